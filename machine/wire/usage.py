"""How many tokens a reply cost, from whichever of the usual places a host names them in."""

from __future__ import annotations

from math import isfinite
from typing import TypeGuard

from ...states import Usage
from ...states.usage import MOST_TOKENS
from .parsing import fields

__all__ = ["read_usage"]


def read_usage(body: object, choice: object = None) -> Usage:
    """Return the tokens that *body* names: in `usage`, in its choice's (Moonshot), in `x_groq`; zeros where it names none."""
    parsed = fields(body)
    for place in (parsed.get("usage"), fields(choice).get("usage"), fields(parsed.get("x_groq")).get("usage")):
        if usage := fields(place):
            return _read(usage)
    return Usage()


def _read(usage: dict[str, object]) -> Usage:
    return Usage(
        prompt=_count(usage, "prompt_tokens") or _count(usage, "input_tokens"),
        completion=_count(usage, "completion_tokens") or _count(usage, "output_tokens"),
        cached=_count(usage.get("prompt_tokens_details"), "cached_tokens")
        or _count(usage, "prompt_cache_hit_tokens")
        or _count(usage, "cache_read_input_tokens"),
        reasoning=_count(usage.get("completion_tokens_details"), "reasoning_tokens"),
        cost=_cost(usage.get("cost")),
    )


def _count(usage: object, key: str) -> int:
    number = fields(usage).get(key)
    return min(max(0, int(number)), MOST_TOKENS) if _is_number(number) else 0


def _cost(cost: object) -> float | None:
    """Return the price: OpenRouter writes a number, Perplexity an object with `total_cost`."""
    price = fields(cost).get("total_cost", cost)
    return float(price) if _is_number(price) and price >= 0 else None


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
