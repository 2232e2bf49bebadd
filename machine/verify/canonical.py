"""When two records are the same state: what can still make a difference, and nothing else.

Left out, because no guard reads it and no update makes of it anything that a guard reads:

- texts, names, arguments, ids, results and how they came: guards ask only whether a call is owed and whom it waits for;
- the order of the calls in an open turn: guards count them, and each event names its call;
- times: what can arrive is timed from the run's own start, so that only "is the pause on" and "does the clock stand" are left;
- usage and tool calls that no limit counts; what a limit counts matters up to that limit;
- which model is asked: only how many are left decides;
- the history, but for whether its end is unanswered: no other question is asked of it;
- of a run that is over, everything: the next one begins with fresh counters.

A property may speak of these all the same: it is judged on every move, before moves are merged.  For its sake a first run is
kept apart from later ones, and what a person changed or answered from what nobody did.
"""

from __future__ import annotations

from collections.abc import Hashable

from ...states import Conversation, Run
from ...states.turn import Slot, ToolTurn

__all__ = ["canonical"]


def canonical(conversation: Conversation) -> Hashable:
    """Return what stands for *conversation* and for all records with the same future."""
    turn, run = conversation.turn, conversation.run
    is_over = conversation.state.ends_a_run
    return (
        conversation.state,
        conversation.seq == 0,
        bool(conversation.history),
        bool(run.first),
        conversation.is_unanswered,
        conversation.failed_work,
        bool(conversation.inbox),
        None if is_over else _counted(run),
        None if turn is None else _standings(turn),
    )


def _counted(run: Run) -> Hashable:
    return (
        run.limits,
        run.final,
        run.rounds,
        run.tool_calls if run.limits.tool_calls is not None else 0,
        bool(run.refused_calls),
        run.attempts,
        run.spares,
        run.closing,
        run.limit is not None,
        run.not_before is not None,
        run.parked_at is not None,
        *_spent(run),
    )


def _spent(run: Run) -> tuple[float, ...]:
    limits, usage = run.limits, run.usage
    counts = (
        (limits.input_tokens, usage.prompt),
        (limits.output_tokens, usage.completion),
        (limits.total_tokens, usage.total),
        (limits.cost, usage.cost or 0.0),
    )
    return tuple(0 if most is None else min(most, used) for most, used in counts)


def _standings(turn: ToolTurn) -> Hashable:
    standings = tuple(sorted(map(_standing, turn.slots)))
    alone = turn.slots[0] if len(turn.slots) == 1 else None
    return standings if alone is None else (standings, alone.edited is not None, bool(alone.answers))


def _standing(slot: Slot) -> tuple[bool, ...]:
    return (slot.gated, slot.started, slot.ask is not None, slot.awaits_an_answer) if slot.is_owed else ()
