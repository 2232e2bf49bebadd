"""Where a request goes: every row of the table, and what holds for any request."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detent import ConfigurationError
from detent.machine.registry import Registry
from detent.machine.registry.document import parse
from detent.machine.routing import ROUTES, Asked, Route, route, routing_table

PAGE = Path(__file__).parents[2] / "docs" / "registry.md"


def configured(models: tuple[str, ...], roles: dict[str, list[str]]) -> Registry:
    entries = {name: {"host": "openai", "model_name": f"{name}-1", "label": name.upper()} for name in models}
    return Registry.of(parse(Path("detent.json"), json.dumps({"models": entries, "roles": roles})))


HOUSE = configured(
    ("big", "small", "spare", "writer"), {"chat": ["big", "small"], "orchestrator": ["small", "big"], "writer": ["spare"]}
)


@pytest.mark.parametrize("requested", [None, "auto", "", "  ", " auto "])
@pytest.mark.parametrize("answered", [None, "big", "small"])
def test_row_1_nothing_named_is_for_the_role_and_no_answer_is_a_fallback(requested: str | None, answered: str | None) -> None:
    expected = Route(models=("big", "small"), role="chat", label="BIG", fallback_used=False)

    assert expected == route(requested, HOUSE, answered=answered)


def test_row_1_the_caller_says_which_role_that_is() -> None:
    expected = Route(models=("small", "big"), role="orchestrator", label="SMALL", fallback_used=False)

    assert expected == route(None, HOUSE, role="orchestrator")


@pytest.mark.parametrize("requested", ["orchestrator", "role:orchestrator"])
@pytest.mark.parametrize("answered", [None, "big", "small"])
def test_row_2_a_role_that_is_named_and_no_answer_is_a_fallback(requested: str, answered: str | None) -> None:
    expected = Route(models=("small", "big"), role="orchestrator", label="SMALL", fallback_used=False)

    assert expected == route(requested, HOUSE, answered=answered)


@pytest.mark.parametrize("answered", [None, "spare"])
def test_row_3_a_model_that_is_named_goes_before_those_of_the_role(answered: str | None) -> None:
    expected = Route(models=("spare", "big", "small"), role="chat", label="SPARE", fallback_used=False)

    assert expected == route("spare", HOUSE, answered=answered)


@pytest.mark.parametrize("answered", ["big", "small"])
def test_row_4_another_that_answers_is_a_fallback_and_shown_as_the_roles_model(answered: str) -> None:
    expected = Route(models=("spare", "big", "small"), role="chat", label="BIG", fallback_used=True)

    assert expected == route("spare", HOUSE, answered=answered)


def test_row_4_a_model_of_the_role_is_not_tried_twice() -> None:
    expected = Route(models=("small", "big"), role="chat", label="BIG", fallback_used=True)

    assert expected == route("small", HOUSE, answered="big")


def test_a_model_goes_before_a_role_of_its_name_and_the_role_can_be_named_as_one() -> None:
    assert ("writer", "big", "small") == route("writer", HOUSE).models
    assert ("spare",) == route("role:writer", HOUSE).models


def test_a_model_can_be_named_where_the_role_is_not_configured() -> None:
    bare = configured(("big",), {})

    assert Route(models=("big",), role=None, label="BIG", fallback_used=False) == route("big", bare)


@pytest.mark.parametrize(
    ("requested", "role", "message"),
    [
        (
            "bigg",
            "chat",
            "no model or role is named 'bigg'; did you mean 'big'? There are models: big, small, spare, writer; roles:",
        ),
        ("role:big", "chat", "no model or role is named 'role:big'"),
        ("role:", "chat", "no model or role is named 'role:'"),
        (None, "painter", "no model or role is named 'role:painter'"),
    ],
)
def test_a_name_that_is_not_configured_is_told_what_is(requested: str | None, role: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        route(requested, HOUSE, role=role)

    assert message in str(caught.value)


def test_an_answer_of_a_model_that_was_not_to_be_tried_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ConfigurationError, match="answered='spare': this model was not to be tried, only big, small"):
        route(None, HOUSE, answered="spare")


NAMES = ("a", "b", "c", "auto-2", "role")
ROLES = ("chat", "orchestrator", "b")
REGISTRIES = st.lists(st.sampled_from(NAMES), min_size=1, unique=True).flatmap(
    lambda models: st.builds(
        configured,
        st.just(tuple(models)),
        st.dictionaries(st.sampled_from(ROLES), st.lists(st.sampled_from(models), min_size=1, unique=True)),
    )
)
REQUESTS = (
    st.none() | st.sampled_from(["auto", "", " ", *NAMES, *ROLES, *(f"role:{role}" for role in ROLES)]) | st.text(max_size=4)
)


@given(requested=REQUESTS, registry=REGISTRIES, role=st.sampled_from(ROLES), data=st.data())
def test_any_request_is_routed_among_what_is_configured_or_told_what_is(
    requested: str | None, registry: Registry, role: str, data: st.DataObject
) -> None:
    try:
        before = route(requested, registry, role=role)
    except ConfigurationError as error:
        assert all(name in str(error) for name in registry.model_names)  # noqa: PT017  # both outcomes are legal
        return
    answered = data.draw(st.sampled_from(before.models))
    after = route(requested, registry, role=role, answered=answered)
    rest = [name for name in before.models if name != requested or requested not in registry.model_names]
    of_the_role = list(registry.roles.get(before.role or "", ()))

    assert before.models == after.models
    assert before.models
    assert len(set(before.models)) == len(before.models)
    assert set(before.models) <= set(registry.model_names)
    assert [name for name in of_the_role if name in rest] == rest
    assert not before.fallback_used
    assert after.fallback_used == (requested in registry.model_names and answered != requested)
    assert after.label in {registry.label(name) for name in after.models}


@given(requested=REQUESTS, registry=REGISTRIES, role=st.sampled_from(ROLES), answered=st.none() | st.sampled_from(NAMES))
def test_exactly_one_row_holds_for_what_is_configured_and_none_for_what_is_not(
    requested: str | None, registry: Registry, role: str, answered: str | None
) -> None:
    asked = Asked(requested=requested, registry=registry, role=role, answered=answered)
    blank = requested is None or requested.strip() in ("", "auto")
    named = (requested or "").removeprefix("role:")
    known = blank or requested in registry.model_names or named in registry.roles

    assert int(known) == sum(rule.holds(asked) for rule in ROUTES)


def test_the_page_shows_the_table_as_it_is() -> None:
    assert PAGE.read_text("utf-8").endswith("\n\n" + routing_table())


def test_every_row_has_five_cells() -> None:
    rows = routing_table().splitlines()

    assert 2 + len(ROUTES) == len(rows)
    assert {6} == {row.count("|") for row in rows}
