"""What a tool may know of the call it answers, beside its arguments, and what it may do while it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Generic, TypeVar, get_args, get_origin

from attrs import field, frozen

from .asking import NeedsInput

__all__ = ["Context", "Progress", "is_context"]

D = TypeVar("D")


@frozen(kw_only=True)
class Progress:
    """How far a tool has come: *message* in words, *done* of *total* in a unit of the tool's own where it counts."""

    message: str
    done: float | None = None
    total: float | None = None


def _nobody(progress: Progress) -> None:
    """Hear what is not listened to."""


@frozen(kw_only=True)
class Context(Generic[D]):
    """What the driver hands to a tool function whose first parameter is annotated `Context` or `Context[...]`.

    *deps* is what the run was given for its tools: connections, a user's identity, settings.  *idempotency_key* is the same
    each time this very call is run, also after a crash: hand it to a service that drops repeated requests.  *answers* is
    what people have answered to this call's questions so far.  The model sees none of this: the parameter is not part of
    the schema.
    """

    deps: D
    call_id: str
    idempotency_key: str
    conversation_id: str
    answers: tuple[object, ...] = ()
    _report: Callable[[Progress], None] = field(default=_nobody, alias="report", repr=False, eq=False)
    _asked: list[str] = field(factory=list[str], init=False, repr=False, eq=False)

    def progress(self, message: str, done: float | None = None, total: float | None = None) -> None:
        """Tell whoever watches the run how far the tool has come; nothing is stored.  Call it from any thread."""
        self._report(Progress(message=message, done=done, total=total))

    def ask(self, question: str, schema: Mapping[str, object] | None = None) -> object:
        """Return a person's answer to *question*, which fits *schema*; without one it is True or False.

        While there is none, it raises `NeedsInput`: let it pass.  The tool runs again from its start when the answer is
        there, so ask before anything is done that must not be done twice, and ask in the same order each time.
        """
        self._asked.append(question)
        if len(self._asked) > len(self.answers):
            raise NeedsInput(question, schema)
        return self.answers[len(self._asked) - 1]


def is_context(annotation: object) -> bool:
    """Whether *annotation* is `Context`, `Context[...]`, a class derived from it, or one of these inside `Annotated`."""
    if get_origin(annotation) is Annotated:
        return is_context(get_args(annotation)[0])
    named = get_origin(annotation) or annotation
    return isinstance(named, type) and issubclass(named, Context)
