"""One structlog line a transition: where, in which round, what arrived, from which state to which, after how long.

No line holds a message's text, a tool's arguments or a key.  A program that has configured structlog gets the lines its
way; in any other they go to the standard logger `detent`, which says nothing until it is asked to.
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

from ..states import Conversation, Event
from ..states.events import ModelFailed

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger

__all__ = ["is_listened_to", "log_transition", "logger"]


def is_listened_to() -> bool:
    """Return whether anybody would see a line: a run in silence need not write any."""
    structlog = sys.modules.get("structlog")
    return (structlog is not None and structlog.is_configured()) or logging.getLogger("detent").isEnabledFor(logging.INFO)


def logger() -> FilteringBoundLogger:
    """Return the logger for a run: structlog's as configured, or one on the standard library's `detent`."""
    import structlog

    if structlog.is_configured():
        configured: FilteringBoundLogger = structlog.get_logger("detent")
        return configured
    wrapped: FilteringBoundLogger = structlog.wrap_logger(
        logging.getLogger("detent"),
        wrapper_class=structlog.stdlib.BoundLogger,
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.processors.LogfmtRenderer(key_order=["event", "conversation"]),
        ],
    )
    return wrapped


def log_transition(log: FilteringBoundLogger, before: Conversation, event: Event, after: Conversation, seconds: float) -> None:
    """Write the line of one transition, at level info."""
    run = after.run
    facts: dict[str, object] = {
        "conversation": after.id,
        "round": min(run.rounds + (not after.state.ends_a_run), run.limits.rounds),
        "of": run.limits.rounds,
        "from": before.state.value,
        "to": after.state.value,
        "seconds": round(seconds, 6),
    }
    if isinstance(event, ModelFailed):
        facts["failure"] = event.failure.kind
    log.info(type(event).__name__, **facts)
