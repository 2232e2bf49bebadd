"""An agent as a tool of another: a conversation of its own, within the limits of the one around it."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import anyio
from attrs import evolve

from ..errors import ToolError, UnknownConversation
from ..states import AnyState, Conversation, Limits, State, Usage
from ..states.turn import Slot
from ..tools import InnerCall, NeedsInput, Tool
from .call_context import CallContext
from .check import task_message
from .decisions import Decisions
from .driver import AROUND
from .journal import Journal, MemoryJournal
from .result import RunResult
from .world_tools import seconds_left

if TYPE_CHECKING:
    from .agent import Agent

__all__ = ["agent_tool", "left_of"]

N = TypeVar("N", int, float)

_PARAMETERS: Final = {
    "type": "object",
    "properties": {"task": {"type": "string", "description": "What is to be done, with all that has to be known for it."}},
    "required": ["task"],
    "additionalProperties": False,
}
_LEAST_SECONDS: Final = 0.001
_KEPT: Final = 100
"""How many runs that came to nothing are kept where nothing is stored: a retry goes on with what it finds."""
_LOOKS_AFTER: Final = 0.05
_LOOKS_EVERY: Final = 1.0
"""Seconds between looks at a conversation that another driver goes on with: at first, and at most."""

_SILENCE: Final = 60.0
"""Seconds without an event after which the other driver is taken to be gone."""


# Any: what the agent answers with does not matter here.
def agent_tool(agent: Agent[Any], name: str, description: str, timeout: float | None) -> Tool:
    """Return *agent* as a tool; see `Agent.as_tool`."""
    own = MemoryJournal()

    async def call(context: CallContext[object], task: str) -> object:
        journal: Journal = agent.journal or context.journal or own
        inner = agent.within(left_of(agent.limits, context.conversation), journal)
        # Where nothing is stored, runs that go on from one record give their calls one key: what is there is another's.
        is_first = journal is own and not (context.answers or context.spent)
        place = await _place(inner, context, task, journal, is_first=is_first)
        try:
            return _outcome(await _answer(inner, context, place, journal), context.call_id)
        finally:
            with anyio.CancelScope(shield=True):
                context.spent.append(await _unreported(context, place.id, journal))
                if journal is own:
                    await _forget(place.id, own, only_in=(State.DONE, State.LIMIT_HIT))
                    for each in (*await own.list(state=State.FAILED), *await own.list(state=State.CANCELLED))[:-_KEPT]:
                        await own.delete(each)

    # Idempotent: called again with the same key it goes on with the conversation that it has begun.
    return Tool(
        name=name,
        description=description,
        parameters=_PARAMETERS,
        call=call,
        takes_context=True,
        idempotent=True,
        timeout=timeout,
    )


def left_of(limits: Limits, outer: Conversation) -> Limits:
    """Return *limits*, but no more than what is left of those of the run of *outer*."""
    run = outer.run
    whole, used = run.limits, run.usage
    seconds = None if whole.seconds is None else max(_LEAST_SECONDS, seconds_left(outer))
    cost = None if whole.cost is None else max(1e-9, whole.cost - (used.cost or 0.0))
    return evolve(
        limits,
        input_tokens=_least(limits.input_tokens, _left(whole.input_tokens, used.prompt)),
        output_tokens=_least(limits.output_tokens, _left(whole.output_tokens, used.completion)),
        total_tokens=_least(limits.total_tokens, _left(whole.total_tokens, used.total)),
        cost=_least(limits.cost, cost),
        seconds=_least(limits.seconds, seconds),
    )


def _left(most: int | None, used: int) -> int | None:
    return None if most is None else max(1, most - used)


def _least(one: N | None, other: N | None) -> N | None:
    known = [each for each in (one, other) if each is not None]
    return min(known) if known else None


# Any: as above.
async def _place(
    inner: Agent[Any], context: CallContext[object], task: str, journal: Journal, *, is_first: bool
) -> Conversation:
    """Return the inner conversation, begun if it is new.

    What is stored under the call's key and was told another task is that of another call: one of a conversation that was
    deleted since, or of a run that nobody stored.
    """
    for again in count():
        key = context.idempotency_key + (f"+{again}" if again else "")
        if is_first and await _is_there(key, journal):
            continue
        place = await inner.opened(task, key, journal)
        if place.history[:1] == (task_message(task),):
            return place
    raise AssertionError("unreachable: there is always another number")


# Any: as above.
async def _answer(inner: Agent[Any], context: CallContext[object], before: Conversation, journal: Journal) -> RunResult[Any]:
    """Take the inner conversation up where it rests: at its begin, after a crash, or with what people decided meanwhile.

    Where another process goes on with it, its end is waited for; but the process that leads outside leads inside too.
    """
    result = await inner.resume_with(before, _decisions(context.answers, before), deps=context.deps)
    while not _rests(result.conversation):
        before = await _left_alone(result.conversation, journal)
        result = await inner.resume_with(before, Decisions(), deps=context.deps)
    return result


async def _left_alone(seen: Conversation, journal: Journal) -> Conversation:
    """Return the record once it rests, once the driver outside leads, or once nobody has stored anything for long."""
    pause, silence, around = _LOOKS_AFTER, 0.0, AROUND.get()
    while not _rests(seen) and silence < _SILENCE and not (around is not None and await around.leads()):
        await anyio.sleep(pause)
        before, seen = seen, await journal.load(seen.id)
        silence = silence + pause if seen.seq == before.seq else 0.0
        pause = min(2 * pause, _LOOKS_EVERY)
    return seen


def _rests(conversation: Conversation) -> bool:
    return conversation.state.ends_a_run or conversation.state is State.AWAITING_APPROVAL


def _decisions(answers: tuple[object, ...], before: Conversation) -> Decisions:
    """Return what people decided since the inner conversation came to rest; nothing, where it has taken that in already."""
    newest = cast("Mapping[str, Any]", answers[-1] if answers else {})
    if newest.get("seq") != before.seq:
        return Decisions()
    words = cast("Mapping[str, Mapping[str, Any]]", newest["calls"])
    return Decisions(
        agreed={call_id: word["approve"] for call_id, word in words.items() if "approve" in word},
        refused={call_id: word["deny"] for call_id, word in words.items() if "deny" in word},
        answers={call_id: word["answer"] for call_id, word in words.items() if "answer" in word},
    )


# Any: as above.
def _outcome(result: RunResult[Any], call_id: str) -> object:
    """Return what the inner run came to, for the model outside.  Raises `NeedsInput` when it waits for people."""
    match result.state:
        case State.DONE:
            return result.text if result.output is None else result.output
        case State.LIMIT_HIT:
            return f"{result.text}\n[It had to stop there: {result.reason}.]"
        case State.AWAITING_APPROVAL:
            calls = (
                *(
                    InnerCall(id=each.id, name=each.tool, arguments=_json(each.args), question=each.question)
                    for each in result.approvals
                ),
                *(
                    InnerCall(
                        id=each.id,
                        name=each.tool,
                        arguments=_json(each.args),
                        question=each.question,
                        schema=_json(each.schema),
                    )
                    for each in result.questions
                ),
            )
            raise NeedsInput(result.reason, {"type": "object"}, waiting=calls, seq=result.conversation.seq)
        case _:
            raise ToolError(f"the agent came to no answer: {result.reason}")


async def _unreported(context: CallContext[object], place: str, journal: Journal) -> Usage:
    """Return what the inner conversation has used, but for what was counted when it came to rest before."""
    try:
        used = (await journal.load(place)).usage
    except UnknownConversation:
        return Usage()
    slot: Slot | None = context.conversation.turn.slot(context.call_id) if context.conversation.turn else None
    return used - sum(context.spent, Usage() if slot is None else slot.spent)


async def _is_there(conversation_id: str, journal: Journal) -> bool:
    try:
        return bool(await journal.read(conversation_id))
    except UnknownConversation:
        return False


async def _forget(conversation_id: str, journal: MemoryJournal, only_in: Container[AnyState]) -> None:
    with suppress(UnknownConversation):
        if (await journal.load(conversation_id)).state in only_in:
            await journal.delete(conversation_id)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
