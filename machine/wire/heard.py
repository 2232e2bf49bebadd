"""What was heard from a host, whole or merged from a stream, judged: a reply, or a fault."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from ...states import Usage
from ...states.events import Reply
from ...states.messages import Opaque, Origin, Said
from .calls import RawCall, requested_calls
from .content import split_thinking
from .fault import Fault
from .written import written_call

__all__ = ["OPAQUE_KEYS", "Heard", "read_heard"]

OPAQUE_KEYS: Final = ("reasoning_content", "reasoning_details", "thinking_blocks", "reasoning", "extra_content")
"""Fields of a message that a host may want back as they were."""

_TOO_LONG: Final = frozenset({"length", "max_tokens", "max_output_tokens", "model_length", "model_context_window_exceeded"})
_BROKEN: Final = frozenset({"error", "network_error", "insufficient_system_resource", "abort"})
_FILTERED: Final = frozenset({"content_filter", "safety", "recitation", "prohibited_content", "sensitive"})
_MALFORMED: Final = frozenset({"malformed_function_call", "malformed_tool_call", "unexpected_tool_call"})


@frozen(kw_only=True)
class Heard:
    """The contents of a reply.  *finish* is the host's finish reason, *native* that of the host behind it."""

    text: str = ""
    refusal: str = ""
    reasoning: str = ""
    calls: tuple[RawCall, ...] = ()
    opaque: tuple[Opaque, ...] = ()
    finish: str | None = None
    native: str | None = None
    usage: Usage = Usage()

    @property
    def ends(self) -> frozenset[str]:
        """The finish reasons, in small letters."""
        return frozenset(reason.rpartition(": ")[2].lower() for reason in (self.finish, self.native) if reason)

    @property
    def cut(self) -> str | None:
        """Why the reply was cut off; None when it was not."""
        reasons = self.ends & (_TOO_LONG | _BROKEN | _FILTERED)
        if not reasons:
            return None
        return self.finish if self.finish and self.finish.lower() in reasons else min(reasons)


def read_heard(heard: Heard, origin: Origin, offered: frozenset[str] = frozenset()) -> Reply | Fault:
    """Return the reply that was heard.  Whether there are calls decides, never the finish reason.

    A text that the host cut short at its limit is an answer; one that it broke off for a fault of its own is not.
    *offered* are the names of the tools that the request had.
    """
    thought, text = split_thinking(heard.text)
    calls = requested_calls(heard.calls, heard.cut, offered)
    said = Said(
        text=text or heard.refusal,
        reasoning=heard.reasoning + thought,
        opaque=heard.opaque,
        origin=origin,
        finish="refusal" if heard.refusal and not text else heard.finish,
    )
    if not calls and (fault := _fault(heard.ends, said)) is not None:
        return fault
    problem = None if calls or heard.refusal else _problem(heard.ends, said.text, offered)
    return Reply(said=said, calls=calls, usage=heard.usage, problem=problem)


def _fault(ends: frozenset[str], said: Said) -> Fault | None:
    """Return why a reply without calls is none."""
    if ends & _BROKEN:
        reason = ", ".join(sorted(ends & _BROKEN))
        return Fault(kind="server_error", message=f"the host broke the reply off (finish reason {reason!r})", retryable=True)
    if not said.is_blank:
        return None
    if ends & _FILTERED:
        return Fault(kind="content_filter", message="a content filter withheld the reply")
    if "model_context_window_exceeded" in ends:
        return Fault(kind="context_overflow", message="the conversation is too long for the model: it left no room for a reply")
    return None


def _problem(ends: frozenset[str], text: str, offered: frozenset[str]) -> str | None:
    """Return, in words for the model, why a reply without calls can not stand as an answer."""
    if ends & _MALFORMED:
        return "Your last tool call could not be read: it was malformed. Make the call again, with valid JSON arguments."
    if (name := written_call(text, offered)) is not None:
        return (
            f"You wrote a call of {name} into your text, so it was not run. To call a tool, use the tool-calling interface; "
            "otherwise answer in plain words."
        )
    return None
