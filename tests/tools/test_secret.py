"""A secret is masked wherever it is shown, and found wherever it is kept."""

from __future__ import annotations

import copy
import dataclasses
import json
import logging
import pickle
import types
from collections import UserDict, deque
from typing import Any, NamedTuple

import attrs
import orjson
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, PrivateAttr, SecretBytes, SecretStr, ValidationError

from detent.errors import ConfigurationError
from detent.tools.secret import Secret, secrets_in

TEXT = "sk-3f9d0c1b7a"
SECRET = Secret(TEXT)


@attrs.frozen
class Slotted:
    token: object


@dataclasses.dataclass
class Plain:
    token: Secret
    name: str = "x"


class Model(BaseModel):
    token: Secret
    _kept: object = PrivateAttr(default=None)


# -- masked


def test_only_revealing_gives_the_text() -> None:
    assert TEXT == SECRET.reveal()


@pytest.mark.parametrize(
    "shown",
    [
        str(SECRET),
        repr(SECRET),
        f"{SECRET}",
        f"{SECRET:>20}",
        f"{SECRET!r:30}",
        "%s %r" % (SECRET, SECRET),  # noqa: UP031
        str([SECRET]),
        repr({"a": SECRET}),
        repr(Slotted(SECRET)),
        repr(Plain(SECRET)),
        repr(Model(token=SECRET)),
        Model(token=SECRET).model_dump_json(),
        str(Model(token=SECRET).model_dump()),
        str(dataclasses.asdict(Plain(SECRET))),
        str(attrs.asdict(Slotted(SECRET))),
        json.dumps(SECRET, default=str),
        orjson.dumps([SECRET], default=str).decode(),
        structlog.processors.JSONRenderer()(None, "", {"token": SECRET}),
    ],
)
def test_it_is_masked_wherever_it_is_shown(shown: str) -> None:
    assert "Secret(***)" in shown
    assert TEXT not in shown


def test_it_is_masked_in_logs_and_in_errors(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("detent.test").warning("token %s", SECRET, extra={"token": SECRET})

    assert "token Secret(***)" == caplog.messages[0]
    with pytest.raises(KeyError, match=r"Secret\(\*\*\*\)"):
        raise KeyError(SECRET)


@pytest.mark.parametrize("write", [json.dumps, orjson.dumps, *(lambda s, n=n: pickle.dumps(s, n) for n in range(6)), vars])
def test_what_would_write_it_in_the_clear_fails(write: Any) -> None:
    with pytest.raises(TypeError) as refused:
        write(SECRET)

    assert TEXT not in str(refused.value)


def test_copies_are_itself() -> None:
    kept = Plain(SECRET)

    assert SECRET is copy.copy(SECRET)
    assert SECRET is copy.deepcopy(kept).token
    assert SECRET is dataclasses.replace(kept, name="y").token


def test_it_does_not_change() -> None:
    secret: Any = Secret(TEXT)
    with pytest.raises(AttributeError, match="does not change"):
        secret._text = "other"
    with pytest.raises(AttributeError, match="does not change"):
        del secret._text

    assert TEXT == secret.reveal()


@given(st.text("ab\u00e9\ud800", min_size=6, max_size=8), st.text("ab", min_size=6, max_size=7))
def test_it_is_equal_to_a_secret_of_the_same_text_and_to_nothing_else(one: str, other: str) -> None:
    assert Secret(one) == Secret(one)
    assert hash(Secret(one)) == hash(Secret(one))
    assert Secret(one) != one
    assert (Secret(one) == Secret(other)) is (one == other)


@pytest.mark.parametrize("text", ["", "short", "     spaces     "[:10], " " * 20])
def test_what_is_too_short_to_be_told_from_ordinary_text_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="a secret has 6 characters or more"):
        Secret(text)


def test_what_is_no_string_is_refused() -> None:
    nothing: Any = None
    with pytest.raises(ConfigurationError, match="a secret is a string, not NoneType"):
        Secret(nothing)


def test_pydantic_makes_one_of_a_string_and_takes_one_as_it_is() -> None:
    assert SECRET == Model.model_validate({"token": TEXT}).token
    assert SECRET == Model.model_validate_json(json.dumps({"token": TEXT})).token
    assert SECRET is Model(token=SECRET).token
    assert "string" == Model.model_json_schema()["properties"]["token"]["type"]
    with pytest.raises(ValidationError, match="6 characters or more"):
        Model.model_validate({"token": "short"})


# -- found


class Ordinary:
    shared = Secret("of the class")

    def __init__(self) -> None:
        self.token = SECRET

    @property
    def costly(self) -> str:
        raise AssertionError("properties are not run")

    def __getattr__(self, name: str) -> str:
        raise AssertionError("nothing is asked for")


class Named(NamedTuple):
    token: object


class Lazy(dict[str, object]):
    def values(self) -> Any:
        raise AssertionError("it is not asked")

    keys = items = __iter__ = values


def with_private() -> Model:
    model = Model(token=Secret("another one"))
    model._kept = [SECRET]
    return model


@pytest.mark.parametrize(
    "deps",
    [
        SECRET,
        [SECRET, SECRET],
        (1, ("x", SECRET)),
        {SECRET},
        frozenset({SECRET}),
        deque([SECRET]),
        {"a": {"b": SECRET}},
        {SECRET: 1},
        Slotted(SECRET),
        Slotted([Slotted(SECRET)]),
        Plain(SECRET),
        Model(token=SECRET),
        Ordinary(),
        Named(SECRET),
        Lazy(token=SECRET),
        UserDict(token=SECRET),
        types.SimpleNamespace(token=SECRET),
        SecretStr(TEXT),
        SecretBytes(TEXT.encode()),
        [[[[[[[SECRET]]]]]]],
    ],
    ids=lambda deps: type(deps).__name__,
)
def test_it_is_found_wherever_it_is_kept(deps: object) -> None:
    assert (SECRET,) == secrets_in(deps)


def test_all_are_found_in_the_order_of_their_nearness() -> None:
    far, near = Secret("far away"), Secret("near by")

    assert (near, far) == secrets_in([[[far]], near, near])
    assert (Secret("another one"), SECRET) == secrets_in(with_private())


@pytest.mark.parametrize("deps", [None, 1, "text", b"x", object(), Secret, types, len, [], SecretStr("short"), lambda: SECRET])
def test_where_there_is_none_none_is_found(deps: object) -> None:
    assert () == secrets_in(deps)


def test_what_contains_itself_is_gone_through_once() -> None:
    ring: list[object] = [SECRET]
    ring.append(ring)

    many: object = [SECRET]
    for _ in range(6):
        many = [many] * 1000

    assert (SECRET,) == secrets_in(ring)
    assert (SECRET,) == secrets_in(many)


def test_the_search_has_bounds() -> None:
    deep: object = SECRET
    for _ in range(9):
        deep = [deep]

    assert () == secrets_in(deep)
    assert () == secrets_in([*([] for _ in range(1000)), SECRET])
    assert (SECRET,) == secrets_in([[[] for _ in range(20_000)], SECRET])
    assert () == secrets_in([[[[] for _ in range(1000)] for _ in range(20)], [[SECRET]]])


def test_a_slot_that_was_never_set_is_passed_over() -> None:
    class Half:
        __slots__ = ("absent", "token")

        def __init__(self) -> None:
            self.token = SECRET

    assert (SECRET,) == secrets_in(Half())
