from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import Field, ValidationError

from detent.tools.fields import Fields
from detent.tools.signature import Parameter

NAMES = ("schema", "json", "copy", "model_config", "_private", "__dunder", "p0", "p1", "self", "class", "dict", "validate")


def test_any_name_can_be_a_parameter() -> None:
    fields = Fields.of("T", tuple(Parameter(name, int) for name in NAMES), {})
    given = {name: number for number, name in enumerate(NAMES)}

    assert given == fields.given(fields.model.model_validate(given))
    assert set(NAMES) == set(fields.model.model_json_schema()["properties"])


def test_what_was_not_given_is_left_to_the_function() -> None:
    fields = Fields.of("T", (Parameter("a", int), Parameter("b", int, 3)), {})

    assert {"a": 1} == fields.given(fields.model.model_validate({"a": 1}))
    assert {"a": 1, "b": 3} == fields.given(fields.model.model_validate({"a": 1, "b": 3}))


def test_a_default_that_pydantic_knows_is_filled_in() -> None:
    fields = Fields.of("T", (Parameter("a", Annotated[int, Field(default=7)]),), {})

    assert {"a": 7} == fields.given(fields.model.model_validate({}))


@pytest.mark.parametrize("default", [object(), float("nan"), lambda: 1, b"\xff"])
def test_a_default_that_is_no_json_is_not_shown_and_makes_nothing_compulsory(default: object) -> None:
    fields = Fields.of("T", (Parameter("a", object, default),), {})

    assert {} == fields.model.model_json_schema()["properties"]["a"].get("default", {})
    assert {} == fields.given(fields.model.model_validate({}))


def test_a_parameter_that_describes_itself_is_not_described_by_the_docstring() -> None:
    parameters = (Parameter("a", Annotated[int, Field(description="own")]), Parameter("b", int), Parameter("c", int))
    properties = Fields.of("T", parameters, {"a": "text", "b": "text"}).model.model_json_schema()["properties"]

    assert ["own", "text", None] == [properties[name].get("description") for name in "abc"]


def test_unknown_names_are_refused() -> None:
    with pytest.raises(ValidationError):
        Fields.of("T", (Parameter("a", int),), {}).model.model_validate({"a": 1, "p0": 2})
