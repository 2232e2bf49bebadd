"""From the calls a model asked for to an open turn: ids of our own, and an outcome at once for what can not run."""

from __future__ import annotations

from attrs import evolve

from .conversation import Conversation
from .events import Reply, RequestedCall
from .limits import fitting_calls
from .messages import Call, call_id
from .turn import Outcome, OutcomeKind, Slot, ToolTurn

__all__ = ["fitting", "open_turn"]


def fitting(conversation: Conversation, reply: Reply) -> tuple[RequestedCall, ...]:
    """Return the calls that can run: nothing is wrong with them and the limit of tool calls leaves room."""
    sound = tuple(call for call in reply.calls if call.flaw is None)
    return sound[: fitting_calls(conversation)]


def open_turn(conversation: Conversation, reply: Reply) -> ToolTurn:
    """Return the open turn of *reply*: a slot a call, in order; those that can not run have their outcome already."""
    left = fitting_calls(conversation)
    slots: list[Slot] = []
    for number, asked in enumerate(reply.calls, start=conversation.minted):
        slot = Slot(call=_record(asked, number), gated=asked.gated)
        if asked.flaw is not None:
            slot = evolve(slot, outcome=Outcome(kind=OutcomeKind.BAD_ARGUMENTS, content=f"Tool error: {asked.flaw}"))
        elif left == 0:
            slot = evolve(slot, outcome=_over(conversation))
        elif left is not None:
            left -= 1
        slots.append(slot)
    return ToolTurn(seq=conversation.seq, said=reply.said, slots=tuple(slots))


def _record(asked: RequestedCall, number: int) -> Call:
    return Call(
        id=call_id(number),
        name=asked.name,
        arguments=asked.arguments,
        host_id=asked.host_id,
        opaque=asked.opaque,
        problem=asked.flaw,
    )


def _over(conversation: Conversation) -> Outcome:
    most = conversation.run.limits.tool_calls
    content = f"Tool error: not run, because the limit of {most} tool calls is reached."
    return Outcome(kind=OutcomeKind.OVER_LIMIT, content=content)
