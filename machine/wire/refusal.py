"""A response with an error status, as a fault: what its body says, and what its headers say about trying again."""

from __future__ import annotations

import email.utils
from collections.abc import Mapping
from math import isfinite

from attrs import evolve

from ...states.events import Reply
from ...states.messages import Origin
from .complaint import complaint_of
from .fault import LONGEST_WAIT, Fault, fault_of
from .rejected import rejected_step

__all__ = ["read_refusal", "retry_after"]


def read_refusal(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    origin: Origin,
    *,
    offered: frozenset[str] = frozenset(),
    now: float = 0.0,
) -> Reply | Fault:
    """Return the fault of a response with an error *status*; a reply where the model is to blame (`rejected_step`).

    *headers* are looked up in small letters; *now* is the time in seconds since the epoch, for a `retry-after` that is a
    date.  Total on any body and headers.
    """
    complaint = complaint_of(body)
    if 400 <= status < 500 and (reply := rejected_step(complaint, origin, offered)) is not None:
        return reply
    fault = fault_of(status, complaint)
    wait = retry_after(headers, now)
    return evolve(fault, retryable=_may_pass(fault, headers, wait) and (wait or 0.0) <= LONGEST_WAIT, retry_after=wait)


def _may_pass(fault: Fault, headers: Mapping[str, str], wait: float | None) -> bool:
    """Whether the same request may succeed later: the host's word for it goes before the class of the status."""
    said = headers.get("x-should-retry", "").strip().lower()
    if said in ("true", "false"):
        return said == "true"
    return fault.retryable or (fault.kind == "no_credit" and wait is not None)


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Return the seconds that the host asks to wait: `retry-after-ms`, else `retry-after` as a number or a date."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        seconds = _number(headers.get(name, ""))
        if seconds is not None:
            return max(0.0, seconds * unit)
    try:
        when = email.utils.parsedate_tz(headers.get("retry-after", ""))
        return None if when is None else max(0.0, email.utils.mktime_tz(when) - now)
    except (ValueError, OverflowError, IndexError, TypeError):  # dates that are none
        return None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) else None
