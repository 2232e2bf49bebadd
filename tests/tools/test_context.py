from __future__ import annotations

from typing import Annotated

import attrs
import pytest

from detent.tools import Context
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
