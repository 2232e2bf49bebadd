"""A state that a machine of one's own has beside the eight."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

from attrs import Attribute, field, frozen
from attrs.validators import matches_re

from ..errors import ConfigurationError
from .usage import Usage

__all__ = ["FAILED", "Finding", "OwnState"]

FAILED: Final = "failed"
"""What the work of a state comes to when it raises, or takes too long: every state of one's own may come to that."""


def _of_its_kind(instance: Finding, attribute: Attribute[Any], value: object) -> None:  # Any: fields of two kinds
    wanted: type = Usage if attribute.name == "usage" else str
    if not isinstance(value, wanted):
        raise TypeError(f"Finding({attribute.name}=...): a {wanted.__name__} is wanted, not {value!r}")


@frozen
class Finding:
    """What the work of a state came to: one of its outcomes, a *note* on it in words, and what models used for it."""

    outcome: str = field(validator=_of_its_kind)
    note: str = field(default="", validator=_of_its_kind)
    usage: Usage = field(default=Usage(), validator=_of_its_kind)


# Any: the conversation, whose module imports this one; and `deps`, which are the caller's own.
Work: TypeAlias = Callable[[Any, Any], Awaitable[str | Finding]]
"""An async function of the conversation and the run's `deps`; it returns an outcome, or a `Finding` with a note on it."""


def _async(instance: OwnState, attribute: Attribute[Work | None], work: Work | None) -> None:
    if work is not None and not inspect.iscoroutinefunction(work):
        raise ConfigurationError(f"OwnState({instance.value!r}, work=...): an async function of (conversation, deps) is wanted")


def _outcomes(instance: OwnState, attribute: Attribute[tuple[str, ...]], outcomes: tuple[str, ...]) -> None:
    if not outcomes or FAILED in outcomes or len(set(outcomes)) < len(outcomes):
        raise ConfigurationError(
            f"OwnState({instance.value!r}, outcomes=...): one or more different words are wanted, without {FAILED!r}, "
            "which is there by itself"
        )


@frozen
class OwnState:
    """A state by its name *value*: lower-case letters, digits and `_`.  Two of the same name are the same state.

    While a conversation rests in it, *work* is done, which comes to one of *outcomes*, or to `failed`.
    Raises `ConfigurationError`, or `ValueError` for a name that is none.
    """

    value: str = field(validator=matches_re(r"[a-z][a-z0-9_]{0,63}"))
    outcomes: tuple[str, ...] = field(default=("done",), converter=tuple[str, ...], validator=_outcomes, eq=False, repr=False)
    work: Work | None = field(default=None, validator=_async, eq=False, repr=False)

    @property
    def name(self) -> str:
        """The name as `State` members have it."""
        return self.value.upper()

    @property
    def ends_a_run(self) -> bool:
        """Whether nothing more happens until the user speaks again: never here."""
        return False
