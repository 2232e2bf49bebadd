"""What a tool may know of the call it answers, beside its arguments."""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar, get_args, get_origin

from attrs import frozen

__all__ = ["Context", "is_context"]

D = TypeVar("D")


@frozen(kw_only=True)
class Context(Generic[D]):
    """What the driver hands to a tool function whose first parameter is annotated `Context` or `Context[...]`.

    *deps* is what the run was given for its tools: connections, a user's identity, settings.  *idempotency_key* is the same
    each time this very call is run, also after a crash: hand it to a service that drops repeated requests.  The model sees
    none of this: the parameter is not part of the schema.
    """

    deps: D
    call_id: str
    idempotency_key: str
    conversation_id: str


def is_context(annotation: object) -> bool:
    """Whether *annotation* is `Context`, `Context[...]`, a class derived from it, or one of these inside `Annotated`."""
    if get_origin(annotation) is Annotated:
        return is_context(get_args(annotation)[0])
    named = get_origin(annotation) or annotation
    return isinstance(named, type) and issubclass(named, Context)
