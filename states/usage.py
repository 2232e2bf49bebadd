"""What model calls have used."""

from __future__ import annotations

import math
import sys
from typing import Final

from attrs import Attribute, field, frozen
from attrs.validators import optional

__all__ = ["MOST_TOKENS", "Usage"]

MOST_TOKENS: Final = 2**53
"""The largest count that every reader of JSON reads exactly; a host that names more is not believed."""


def _a_count(instance: object, attribute: Attribute[int], value: int) -> None:
    if not 0 <= value <= MOST_TOKENS:
        raise ValueError(f"{attribute.name}: a count from 0 to {MOST_TOKENS} is wanted, not {value!r}")


def _a_price(instance: object, attribute: object, value: float) -> None:
    if not 0 <= value < math.inf:
        raise ValueError(f"cost: a number of at least 0 is wanted, not {value!r}")


@frozen(kw_only=True)
class Usage:
    """What model calls have used.  Unit: tokens, and *cost* in the currency the host bills in.

    Source: the `usage` of each reply; 0 where a host sent none.  *model_calls* counts the replies.  *cost* is None while no
    host has named one.
    """

    prompt: int = field(default=0, validator=_a_count)
    completion: int = field(default=0, validator=_a_count)
    cached: int = field(default=0, validator=_a_count)
    reasoning: int = field(default=0, validator=_a_count)
    model_calls: int = field(default=0, validator=_a_count)
    cost: float | None = field(default=None, validator=optional(_a_price))

    @property
    def total(self) -> int:
        """Prompt and completion tokens together."""
        return self.prompt + self.completion

    def __add__(self, other: Usage) -> Usage:
        """Return the sum, field by field; a cost is unknown only while both are."""
        costs = [cost for cost in (self.cost, other.cost) if cost is not None]
        return Usage(
            prompt=min(MOST_TOKENS, self.prompt + other.prompt),
            completion=min(MOST_TOKENS, self.completion + other.completion),
            cached=min(MOST_TOKENS, self.cached + other.cached),
            reasoning=min(MOST_TOKENS, self.reasoning + other.reasoning),
            model_calls=min(MOST_TOKENS, self.model_calls + other.model_calls),
            cost=min(sys.float_info.max, sum(costs)) if costs else None,
        )

    def __sub__(self, other: Usage) -> Usage:
        """Return what is left of it, field by field, and at least 0; a cost is unknown only while this one's is."""
        return Usage(
            prompt=max(0, self.prompt - other.prompt),
            completion=max(0, self.completion - other.completion),
            cached=max(0, self.cached - other.cached),
            reasoning=max(0, self.reasoning - other.reasoning),
            model_calls=max(0, self.model_calls - other.model_calls),
            cost=None if self.cost is None else max(0.0, self.cost - (other.cost or 0.0)),
        )
