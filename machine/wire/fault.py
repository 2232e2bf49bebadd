"""What came instead of a reply, sorted by what can be done about it."""

from __future__ import annotations

import re
from typing import Final

from attrs import evolve, frozen

from ...states import Failure
from ...states.text import well_formed
from .complaint import Complaint

__all__ = ["LONGEST_WAIT", "Fault", "fault_of"]

LONGEST_WAIT: Final = 120.0
"""Seconds: a host that asks for a longer pause is not asked again (the SDK's rule)."""

_LONGEST_MESSAGE: Final = 600


@frozen(kw_only=True)
class Fault:
    """A model call that brought no reply.

    *kind* is one of: `connection`, `timeout`, `auth`, `no_credit`, `not_found`, `bad_request`, `context_overflow`,
    `content_filter`, `rate_limited`, `overloaded`, `server_error`, `bad_response`.  *retryable* means that the same
    request may succeed later, and *retry_after* is the wait in seconds that the host asked for, if it did.
    """

    kind: str
    message: str
    retryable: bool = False
    retry_after: float | None = None

    @property
    def failure(self) -> Failure:
        """The fault as the record keeps it."""
        return Failure(kind=self.kind, message=well_formed(self.message))


_OVERFLOW: Final = re.compile(
    r"context_length_exceeded|model_context_window_exceeded"
    r"|exceeds the context window"  # OpenAI
    r"|maximum (?:context|input) length|max context length|maximum model length"  # vLLM, OpenRouter, DeepSeek, Ollama
    r"|prompt is too long|prompt too long|input is too long"  # Anthropic, Ollama, Bedrock
    r"|input token count.{0,80}exceeds the maximum|exceeds the maximum number of tokens"  # Gemini
    r"|maximum prompt length is"  # xAI
    r"|reduce the length of the messages"  # Groq
    r"|exceeds the available context size"  # llama.cpp
    r"|greater than the context length"  # LM Studio
    r"|too large for model with \d+ maximum context"  # Mistral
    r"|exceeded model token limit"  # Kimi
    r"|context window exceeds limit"  # MiniMax
    r"|exceeds the limit of \d+"  # Copilot
    r"|range of input length should be",  # DashScope
    re.DOTALL,
)
_UNREADABLE: Final = re.compile(
    r"failed to parse tool call arguments|system message must be at the beginning|unexpected message role"
    r"|roles must alternate|only user and assistant roles|jinja|raise_exception|chat template|parser for this template"
)
"""Errors that llama.cpp and its kin give as 500 though the request is at fault: the same body fails again."""
_FILTERED: Final = re.compile(r"content_filter|content management policy|content_policy|responsibleaipolicy")
_MODERATED: Final = re.compile(r"moderation|flagged|safety|content_policy")
_BAD_KEY: Final = re.compile(r"api key not valid|(?:incorrect|invalid) api key")


def fault_of(status: int, complaint: Complaint) -> Fault:
    """Return what an HTTP *status* from 400 up means, with the host's own words.

    What the body says goes before the status.  Otherwise 408, 409, 429 and everything from 500 may pass (the SDK's
    classes; source: openai-python `_base_client.py`, read 2026-11-20).
    """
    said = complaint.message[:_LONGEST_MESSAGE] or "(no message)"
    text = f"the host answered {status}: {said}"
    words = f"{complaint.code} {complaint.message}".lower()
    fault = _fault_of_words(status, words) or _fault_of_status(status)
    return evolve(fault, message=f"{fault.message}; {text}" if fault.message else text)


def _fault_of_words(status: int, words: str) -> Fault | None:
    if status != 429 and _OVERFLOW.search(words):
        return Fault(kind="context_overflow", message="the conversation is too long for the model")
    if status == 413 or (status == 400 and not words.strip()):
        return Fault(kind="context_overflow", message="the request is too large for the host, or too long for the model")
    if _FILTERED.search(words) or (status == 403 and _MODERATED.search(words)):
        return Fault(kind="content_filter", message="a content filter refused the request")
    if _UNREADABLE.search(words):
        return Fault(kind="bad_request", message="the host can not read the request as it is, and would refuse it again")
    if status == 400 and _BAD_KEY.search(words):
        return _BAD_KEY_FAULT
    return None


_BAD_KEY_FAULT: Final = Fault(kind="auth", message="the key was refused: check the API key")


def _fault_of_status(status: int) -> Fault:
    match status:
        case 401 | 403:
            return _BAD_KEY_FAULT
        case 402:
            return Fault(kind="no_credit", message="the account has no credit left, or not enough for this request")
        case 404 | 405:
            return Fault(
                kind="not_found", message="no such model or no chat-completions endpoint there: check URL and model name"
            )
        case 408:
            return Fault(kind="timeout", message="", retryable=True)
        case 429:
            return Fault(kind="rate_limited", message="", retryable=True)
        case 503 | 529:
            return Fault(kind="overloaded", message="", retryable=True)
        case _ if status >= 500 or status == 409:
            return Fault(kind="server_error", message="", retryable=True)
        case _:
            return Fault(kind="bad_request", message="")
