"""The error that a body carries, in every form that hosts use, under whatever status it came."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from ...states.shapes import is_list
from .parsing import compact, fields, parse

__all__ = ["Complaint", "complaint_in", "complaint_of"]

_DEEPEST: Final = 6
_STATUS_KEYS: Final = ("code", "status", "status_code", "statusCode", "raw_status_code", "http_status")
_STATUS_OF_CODE: Final = {
    "rate_limit": 429,
    "resource_exhausted": 429,
    "overloaded": 529,
    "authentication_error": 401,
    "invalid_api_key": 401,
    "permission": 403,
    "model_not_found": 404,
    "not_found": 404,
    "tool_use_failed": 400,
    "context_length_exceeded": 400,
    "content_filter": 400,
    "content_policy": 400,
    "invalid_request": 400,
    "invalid_argument": 400,
}


@frozen(kw_only=True)
class Complaint:
    """What a host says went wrong.

    *status* is the HTTP status that the body names, or that its code stands for; *code* holds its machine-readable words
    in small letters.  *generation* is what the model wrote when the host refused to pass it on (Groq), None otherwise.
    """

    message: str
    status: int | None = None
    code: str = ""
    generation: str | None = None


def complaint_of(body: bytes) -> Complaint:
    """Return the complaint in the body of an error response; its bare text where it has no known form."""
    try:
        found = complaint_in(parse(body))
    except ValueError:
        found = None
    return found or Complaint(message=body[:2000].decode("utf-8", "replace").strip())


def complaint_in(body: object, depth: int = 0) -> Complaint | None:
    """Return the complaint that a parsed body carries; None when it carries none.

    Forms: `{"error": {...}}`, `{"error": "text"}`, a list around either, `{"errors": [...]}`, `{"object": "error"}`,
    `{"message": ...}` or `{"detail": ...}` where there are no choices.  An empty error object beside choices is none.
    """
    if depth > _DEEPEST:
        return None
    if is_list(body):
        found = (complaint_in(item, depth + 1) for item in body[:4])
        return next((complaint for complaint in found if complaint is not None), None)
    holder = fields(body)
    if error := holder.get("error"):
        return _complaint(error, holder, depth)
    if "choices" in holder or "delta" in holder:
        return None
    for key in ("errors", "message", "detail", "msg"):
        if value := holder.get(key):
            return _complaint(value if key == "errors" else {**holder, "message": value}, holder, depth)
    return None


def _complaint(error: object, holder: dict[str, object], depth: int) -> Complaint | None:
    """Return the complaint in *error*, the value that *holder* has under `error`; None when it says nothing."""
    inner = fields(error)
    if is_list(error) or is_list(inner.get("error")) or fields(inner.get("error")):
        return complaint_in(error, depth + 1)
    code = " ".join(_codes(inner or holder))
    message = _message(inner) if inner else _words(error)
    if not message and not code:
        return None
    generation = inner.get("failed_generation")
    return Complaint(
        message=message or code,
        status=_status(inner) or (_status(holder) if inner is not holder else None) or _status_of(code),
        code=code.lower(),
        generation=generation if isinstance(generation, str) else None,
    )


def _codes(error: dict[str, object]) -> Iterator[str]:
    nested = fields(error.get("innererror"))
    for value in (error.get("code"), error.get("type"), error.get("status"), nested.get("code")):
        if value and not isinstance(value, bool | dict | list):
            yield str(value)


def _message(error: dict[str, object]) -> str:
    """Return the words of an error object, with those of the host behind the host (OpenRouter's `metadata.raw`)."""
    said = [_words(error.get("message") or error.get("detail") or error.get("msg"))]
    raw = fields(error.get("metadata")).get("raw")
    if raw:
        said.append(_raw_words(raw))
    return " ".join(dict.fromkeys(part for part in said if part))


def _raw_words(raw: object) -> str:
    try:
        nested = complaint_in(parse(raw.encode()) if isinstance(raw, str) else raw)
    except ValueError:
        nested = None
    return nested.message if nested is not None else _words(raw)


def _words(value: object, depth: int = 0) -> str:
    """Return the text in a message that may be a list or an object (FastAPI's `detail`)."""
    if value is None or depth > _DEEPEST:
        return ""
    if isinstance(value, str):
        return value.strip()
    if is_list(value):
        said = (_words(item, depth + 1) for item in value[:8])
        return "; ".join(part for part in said if part)
    inner = fields(value)
    text = next((_words(inner[key], depth + 1) for key in ("message", "msg", "detail", "error") if inner.get(key)), "")
    where = inner.get("loc")
    if text and is_list(where):
        text = f"{'.'.join(str(step) for step in where)}: {text}"
    return text or compact(value)


def _status(error: dict[str, object]) -> int | None:
    for key in _STATUS_KEYS:
        value = error.get(key)
        if isinstance(value, str) and len(value) == 3 and value.isdecimal():
            value = int(value)
        if isinstance(value, int) and 400 <= value < 600:
            return value
    return None


def _status_of(code: str) -> int | None:
    lowered = code.lower()
    return next((status for known, status in _STATUS_OF_CODE.items() if known in lowered), None)
