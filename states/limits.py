"""What a run may use, and the pure questions asked of it before every model call and every batch of tools."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from attrs import Attribute, field, frozen

from ..errors import ConfigurationError

if TYPE_CHECKING:
    from .conversation import Conversation

__all__ = ["Limits", "fitting_calls", "reached"]


# A validator is handed a value of any type: that it may be a wrong one is why there is a validator.
def _whole(least: int) -> Callable[[Any, Attribute[Any], Any], None]:
    def check(instance: Any, attribute: Attribute[Any], value: Any) -> None:
        if value is None and attribute.default is None:
            return
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise ConfigurationError(
                f"Limits({attribute.name}=...): a whole number of at least {least} is wanted, not {value!r}"
            )

    return check


def _positive(instance: Any, attribute: Attribute[Any], value: Any) -> None:
    if value is None:
        return
    if not isinstance(value, int | float) or isinstance(value, bool) or not value > 0 or math.isinf(value):
        raise ConfigurationError(f"Limits({attribute.name}=...): a number above 0 is wanted, not {value!r}")


def _way_out(instance: Any, attribute: Attribute[Any], value: Any) -> None:
    if value not in ("summary", "answer"):
        raise ConfigurationError(f'Limits(on_limit=...): "summary" or "answer" is wanted, not {value!r}')


@frozen(kw_only=True)
class Limits:
    """What one run may use; None is no limit.

    *rounds* counts the model's replies, *tool_calls* the calls that are run, the tokens are sums over the run's replies,
    *cost* is in the host's currency, *seconds* is wall-clock time (waiting for a person does not count).  A limit is
    looked at before each model call; a batch of calls that would pass *tool_calls* runs only what fits.

    *on_limit* says how a run ends that meets one: "summary" writes down what the tools returned, "answer" makes one
    closing model call with tools switched off first.  Either way it ends in `limit_hit` and nothing gathered is lost.

    *retries* is how often one model is asked again for the same reply after a fault that may pass.

    Raises `ConfigurationError` for a value out of range.
    """

    rounds: int = field(default=10, validator=_whole(1))
    tool_calls: int | None = field(default=None, validator=_whole(1))
    input_tokens: int | None = field(default=None, validator=_whole(1))
    output_tokens: int | None = field(default=None, validator=_whole(1))
    total_tokens: int | None = field(default=None, validator=_whole(1))
    cost: float | None = field(default=None, validator=_positive)
    seconds: float | None = field(default=None, validator=_positive)
    retries: int = field(default=2, validator=_whole(0))
    on_limit: Literal["summary", "answer"] = field(default="summary", validator=_way_out)


def reached(conversation: Conversation, at: float) -> str | None:
    """Return the limit that the run has reached at time *at*, in words ("10 rounds"), or None.

    A refused tool call counts as a limit reached: the model asked for more than it may have.
    """
    run = conversation.run
    limits = run.limits
    if run.limit is not None:
        return run.limit  # once met, even if the clock goes back
    if run.refused_calls:
        return _counted(limits.tool_calls or 0, "tool call")
    if run.rounds >= limits.rounds:
        return _counted(limits.rounds, "round")
    if limits.seconds is not None and at - run.started_at >= limits.seconds:
        return f"{limits.seconds:g} seconds"
    if limits.cost is not None and (run.usage.cost or 0) >= limits.cost:
        return f"{limits.cost:g} of cost"
    tokens = (
        (limits.input_tokens, run.usage.prompt, "input tokens"),
        (limits.output_tokens, run.usage.completion, "output tokens"),
        (limits.total_tokens, run.usage.total, "tokens"),
    )
    return next((f"{most:,} {unit}" for most, used, unit in tokens if most is not None and used >= most), None)


def fitting_calls(conversation: Conversation) -> int | None:
    """Return how many more tool calls the run may make; None when there is no limit."""
    most = conversation.run.limits.tool_calls
    return None if most is None else max(0, most - conversation.run.tool_calls)


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
