from __future__ import annotations

from typing import Annotated

import attrs
import pytest

from detent.tools import Context, NeedsInput, Progress
from detent.tools.context import is_context


class Special(Context[int]):
    pass


@pytest.mark.parametrize("annotation", [Context, Context[str], Annotated[Context[str], "why"], Special])
def test_the_context_is_known_in_all_its_forms(annotation: object) -> None:
    assert is_context(annotation)


@pytest.mark.parametrize(
    "annotation", [int, list[int], list[Context[int]], Context[int] | None, "Context", None, Annotated[int, 1]]
)
def test_nothing_else_is_the_context(annotation: object) -> None:
    assert not is_context(annotation)


def test_a_context_does_not_change() -> None:
    context = Context(deps={"a": 1}, call_id="c1", idempotency_key="k:1:c1", conversation_id="k")

    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        context.call_id = "c2"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]  # what is tried


def context_with(*answers: object) -> Context[None]:
    return Context(deps=None, call_id="c1", idempotency_key="k:1:c1", conversation_id="k", answers=answers)


def test_questions_are_answered_in_the_order_in_which_they_are_asked() -> None:
    context = context_with("red", False)

    assert ["red", False] == [context.ask("Which colour?", {"type": "string"}), context.ask("Sure?")]


def test_the_first_question_without_an_answer_is_put_to_a_person() -> None:
    context = context_with("red")
    context.ask("Which colour?", {"type": "string"})
    with pytest.raises(NeedsInput) as asked:
        context.ask("How many?", {"type": "integer"})

    assert ("How many?", {"type": "integer"}) == (asked.value.question, asked.value.schema)


def test_an_answer_may_be_no_or_nothing() -> None:
    context = context_with(None, False)

    assert [None, False] == [context.ask("Name?", {"type": ["string", "null"]}), context.ask("Sure?")]


def test_a_changed_copy_has_asked_nothing_yet() -> None:
    context = context_with("red")
    context.ask("Which colour?")

    assert "red" == attrs.evolve(context).ask("Which colour?")


def test_progress_goes_to_whoever_listens() -> None:
    heard: list[Progress] = []
    context = Context(deps=None, call_id="c1", idempotency_key="k", conversation_id="k", report=heard.append)
    context.progress("half way", 1, 2)
    context.progress("on")

    assert [Progress(message="half way", done=1, total=2), Progress(message="on")] == heard


def test_progress_may_be_told_where_nobody_listens() -> None:
    context_with().progress("half way")
