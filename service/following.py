"""A conversation as a stream of server-sent events: what is stored, under its number, and what is told in between.

The id of an event is its number, that of a delta the number of the event before it and its own: `12.3`.  Who comes back with
the last id that was seen is told what is stored since, each once, and the deltas after it while they are there.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Final, assert_never

import anyio
from anyio import to_thread
from attrs import define, field

from ..machine.archive import Archive
from ..machine.notices import CallDelta, ReasoningDelta, TextDelta, ToolProgress, ToolStarted
from ..machine.result import RunResult
from ..machine.step import replay, step
from ..states import Conversation, Event, State
from ..states.events import (
    Answered,
    Approved,
    Denied,
    ModelFailed,
    ModelReplied,
    ToolAsked,
    ToolFailed,
    ToolReturned,
    Worked,
)
from ..states.events import ToolStarted as Started
from .hub import Delta, Hub
from .views import usage_view

__all__ = ["ServerSent", "follow", "seen"]

ServerSent = dict[str, str]
"""`id`, `event` and `data` of a server-sent event, and `comment`s."""

_LONGEST_ID: Final = 40
_LOOK_AGAIN: Final = 2.0
"""Seconds after which the journal is looked at for what another process has stored."""


def seen(last_event_id: str | None) -> tuple[int, int]:
    """Return what a reader has seen: the number of an event, and of a delta after it; nothing for an id that is none."""
    event, _, delta = (last_event_id or "")[:_LONGEST_ID].strip().partition(".")
    return (int(event), int(delta) if delta.isdecimal() else 0) if event.isdecimal() and event.isascii() else (0, 0)


@define(eq=False)
class _Reader:
    """What one reader has been told: *record* is the fold of the events so far, *delta* the last one since."""

    record: Conversation
    delta: int = 0
    rested: bool = field(default=False, init=False)

    def events(self, fresh: tuple[Event, ...]) -> Iterator[ServerSent]:
        for event in fresh:
            self.record, self.delta, self.rested = step(self.record, event), 0, False
            yield _sent(str(self.record.seq), "event", _told(event, self.record))

    def deltas(self, deltas: list[Delta]) -> Iterator[ServerSent]:
        fresh = deltas[self.delta :] if deltas and deltas[0].after == self.record.seq else []
        for each in fresh:
            self.delta = each.number
            yield _sent(f"{each.after}.{each.number}", *_notice(each))

    def rest(self) -> Iterator[ServerSent]:
        """Tell once that nothing moves any more."""
        if not self.rested:
            self.rested = True
            reason = RunResult[str](conversation=self.record, model="").reason if _is_at_rest(self.record) else "parked"
            data = {"seq": self.record.seq, "state": self.record.state.value, "reason": reason}
            yield _sent(str(self.record.seq), "rest", data)


async def follow(
    hub: Hub, journal: Archive, conversation_id: str, last: tuple[int, int] = (0, 0), *, until_rest: bool = False
) -> AsyncIterator[ServerSent]:
    """Yield what happens in the conversation, from what was *last* seen on.

    It ends when the service closes, and with *until_rest* when the run is over, or waits for a person.  Raises
    `UnknownConversation` when there is none.
    """
    events = await journal.read(conversation_id)
    number, delta = last if last[0] <= len(events) else (0, 0)
    reader = _Reader(await to_thread.run_sync(replay, events[:number]), delta)
    for each in reader.events(events[number:]):
        yield each
    while True:
        news, live = hub.news, hub.live(conversation_id)
        if live is not None:
            news = live.news
        fresh = None if live is None else live.run.recorded(reader.record.seq)
        if fresh is None:
            fresh = await journal.read(conversation_id, reader.record.seq)
        for each in reader.events(fresh):
            yield each
        for each in reader.deltas(live.deltas) if live is not None else reader.rest():
            yield each
        ends = hub.is_closing or (until_rest and _is_at_rest(reader.record))
        if live is None and ends and hub.live(conversation_id) is None:
            return
        with anyio.move_on_after(_LOOK_AGAIN):
            await news.wait()


def _is_at_rest(record: Conversation) -> bool:
    return record.state.ends_a_run or record.state is State.AWAITING_APPROVAL


def _sent(number: str, kind: str, data: object) -> ServerSent:
    return {"id": number, "event": kind, "data": json.dumps(data, ensure_ascii=False)}


def _notice(delta: Delta) -> tuple[str, dict[str, object]]:
    match delta.notice:
        case TextDelta(text):
            return "delta", {"kind": "text", "text": text}
        case ReasoningDelta(text):
            return "delta", {"kind": "reasoning", "text": text}
        case CallDelta(place=place, tool=tool, arguments=arguments):
            return "delta", {"kind": "call", "place": place, "tool": tool, "text": arguments}
        case ToolStarted(call=call):
            return "progress", {"call": call.id, "tool": call.tool, "message": "runs"}
        case ToolProgress(call=call, message=message, done=done, total=total):
            return "progress", {"call": call.id, "tool": call.tool, "message": message, "done": done, "total": total}
        case _:
            assert_never(delta.notice)


def _told(event: Event, after: Conversation) -> dict[str, object]:
    """Return an event in short: what it was, and where it led to."""
    told: dict[str, object] = {"seq": after.seq, "type": type(event).__name__, "state": after.state.value, "at": event.at}
    match event:
        case ModelReplied(reply=reply):
            told |= {"text": reply.said.text, "calls": [call.name for call in reply.calls]}
            told |= {"usage": usage_view(after.usage).model_dump()}
        case ModelFailed(failure=failure):
            told |= {"text": failure.message}
        case ToolReturned(call_id=call, content=content) | ToolFailed(call_id=call, content=content):
            told |= {"call": call, "text": content}
        case ToolAsked(call_id=call, ask=ask):
            told |= {"call": call, "text": ask.question}
        case Started(call_id=call) | Approved(call_id=call) | Answered(call_id=call):
            told |= {"call": call}
        case Denied(call_id=call, reason=reason):
            told |= {"call": call, "text": reason}
        case Worked(outcome=outcome, note=note):
            told |= {"text": f"{outcome}: {note}" if note else outcome}
        case _:
            pass
    return told
