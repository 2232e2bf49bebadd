from __future__ import annotations

import pytest

from detent.errors import ToolDefinitionError
from detent.tools import InnerCall, NeedsInput


def test_a_question_without_a_schema_is_one_of_yes_or_no() -> None:
    asked = NeedsInput("Sure?")

    assert ("Sure?", {"type": "boolean"}, (), 0) == (asked.question, asked.schema, asked.waiting, asked.seq)
    assert "Sure?" == str(asked)


def test_the_schema_of_an_answer_is_a_copy_that_nobody_else_can_change() -> None:
    schema: dict[str, object] = {"type": "array", "items": {"type": "string"}}
    asked = NeedsInput("Which?", schema)
    schema.clear()

    assert {"type": "array", "items": {"type": "string"}} == asked.schema


def test_a_schema_that_accepts_anything_is_a_schema() -> None:
    assert {} == NeedsInput("What?", {}).schema


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "strin"},
        {"pattern": "("},
        {"type": "string", "enum": {1}},
        {"$ref": "#/nowhere"},
        {"$ref": "http://127.0.0.1:9/x"},
    ],
)
def test_what_is_no_schema_is_refused_where_it_is_asked(schema: dict[str, object]) -> None:
    with pytest.raises(ToolDefinitionError):
        NeedsInput("Which?", schema)


def test_the_calls_that_wait_inside_are_kept_in_order() -> None:
    first, second = InnerCall(id="a", name="pay", arguments="{}"), InnerCall(id="b", name="pay", arguments="{}")

    assert (first, second) == NeedsInput("Pay?", {"type": "object"}, waiting=[first, second], seq=3).waiting
