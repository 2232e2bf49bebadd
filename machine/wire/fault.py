"""What came instead of a reply, sorted by what can be done about it."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from ...states import Failure
from ...states.shapes import is_list, is_object, members

__all__ = ["Fault", "fault_of_status", "named_error"]

_LONGEST_MESSAGE: Final = 600


@frozen(kw_only=True)
class Fault:
    """A model call that brought no reply.

    *kind* is one of: `connection`, `timeout`, `auth`, `not_found`, `bad_request`, `context_overflow`, `content_filter`,
    `rate_limited`, `overloaded`, `server_error`, `bad_response`.  *retryable* means that the same request may succeed
    later, and *retry_after* is the wait in seconds that the host asked for, if it did.
    """

    kind: str
    message: str
    retryable: bool = False
    retry_after: float | None = None

    @property
    def failure(self) -> Failure:
        """The fault as the record keeps it."""
        return Failure(kind=self.kind, message=self.message)


_OVERFLOW: Final = (
    "context_length_exceeded",
    "exceeds the context window",
    "maximum context length",
    "prompt is too long",
    "input is too long for requested model",
    "exceeds the maximum number of tokens",
    "maximum prompt length is",
    "reduce the length of the messages",
    "exceeds the available context size",
    "greater than the context length",
    "exceeded model token limit",
    "context window exceeds limit",
)


def fault_of_status(status: int, message: str) -> Fault:
    """Return what an HTTP *status* from 400 up means, with the host's own words.

    408, 409, 429 and everything from 500 may pass (the SDK's classes).  Source: openai-python `_base_client.py`.
    """
    said = message.strip()[:_LONGEST_MESSAGE] or "(no message)"
    text = f"the host answered {status}: {said}"
    lowered = message.lower()
    if any(pattern in lowered for pattern in _OVERFLOW):
        return Fault(kind="context_overflow", message=f"the conversation is too long for the model; {text}")
    if "content_filter" in lowered:
        return Fault(kind="content_filter", message=f"a content filter refused the request; {text}")
    match status:
        case 401 | 403:
            return Fault(kind="auth", message=f"the key was refused: check the API key; {text}")
        case 404 | 405:
            return Fault(
                kind="not_found",
                message=f"no such model or no chat-completions endpoint there: check URL and model name; {text}",
            )
        case 408:
            return Fault(kind="timeout", message=text, retryable=True)
        case 429:
            return Fault(kind="rate_limited", message=text, retryable=True)
        case 503 | 529:
            return Fault(kind="overloaded", message=text, retryable=True)
        case _ if status >= 500 or status == 409:
            return Fault(kind="server_error", message=text, retryable=True)
        case _:
            return Fault(kind="bad_request", message=text)


def named_error(body: object) -> tuple[str, int | None] | None:
    """Return the message and the status of an error that a body carries, or None when it carries none.

    Every form that hosts use: `{"error": {...}}`, `{"error": "text"}`, the same in a list, `{"object": "error"}`,
    `{"detail": ...}`.  An empty error object beside real choices is none.
    """
    if is_list(body) and body:
        return named_error(body[0])
    if not is_object(body):
        return None
    error = body.get("error")
    if isinstance(error, str) and error:
        return error, _status(body.get("code"))
    if is_object(error) and (error.get("message") or error.get("code")):
        raw = members(error.get("metadata")).get("raw")
        message = " ".join(str(part) for part in (error.get("message"), raw) if part)
        code = error.get("code")
        return message or str(code), _status(code) or _status(error.get("status"))
    if body.get("object") == "error" and body.get("message"):
        return str(body["message"]), _status(body.get("code"))
    if "detail" in body and "choices" not in body:
        return str(body["detail"]), None
    return None


def _status(code: object) -> int | None:
    try:
        number = int(str(code))
    except ValueError:
        return None
    return number if 400 <= number < 600 else None
