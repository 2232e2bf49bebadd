"""A step of the model that the host refused to pass on: Groq answers 400 `tool_use_failed` for the model's mistakes."""

from __future__ import annotations

import json
import re
from typing import Final

from ...states.events import Reply, RequestedCall
from ...states.messages import Origin, Said
from .calls import clean_name
from .complaint import Complaint
from .parsing import compact
from .written import call_in

__all__ = ["rejected_step"]

_REJECTED: Final = re.compile(
    r"tool_use_failed|tool call validation failed|failed to call a function|was not in request\.tools"
)
_TAGGED: Final = re.compile(r"<function[=(]\s*([\w.:-]+)\s*[)>]?\s*(\{.*\})", re.DOTALL)


def rejected_step(complaint: Complaint, origin: Origin, offered: frozenset[str] = frozenset()) -> Reply | None:
    """Return the reply that the host refused, with what it found wrong for the model to mend; None for any other error.

    The request was sound, so it is not to blame.  The call is rebuilt where it can be made out, and never run.
    """
    if not _REJECTED.search(f"{complaint.code} {complaint.message}".lower()):
        return None
    written = (complaint.generation or "").strip()
    said = Said(origin=origin, finish="tool_use_failed")
    call = _call(written)
    if call is not None:
        asked = RequestedCall(
            name=clean_name(call[0], offered), arguments=call[1], problem=f"the host refused this call: {complaint.message}"
        )
        return Reply(said=said, calls=(asked,))
    problem = f"The host refused your last reply: {complaint.message}."
    if written:
        problem += f" You wrote: {written[:500]}"
    return Reply(said=said, problem=problem)


def _call(written: str) -> tuple[str, str] | None:
    """Return the name and the argument text of the call that the model wrote; None when it is not one."""
    if tagged := _TAGGED.search(written):
        return tagged[1], tagged[2]
    text = re.sub(r"</?tool_call>|```(?:json)?", "", written).strip()
    try:
        called = call_in(json.loads(text))
    except (ValueError, RecursionError):
        return None
    if called is None:
        return None
    name, arguments = called
    return name, arguments if isinstance(arguments, str) else compact(arguments)
