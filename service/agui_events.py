"""What is told of a run, as AG-UI's events."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from ag_ui import core
from attrs import define, field

from ..machine.notices import Notice, ReasoningDelta, StateChanged, TextDelta, ToolFinished, ToolStarted
from ..states import State
from .guests import GuestRun

__all__ = ["Telling"]


@define(eq=False)
class Telling:
    """Tells a run: each reply is a message, with its text and its calls, and each result another.

    The calls that the run waited for were told by the request before.
    """

    run_id: str
    run: GuestRun
    _told: set[str] = field(factory=set[str], init=False)
    _open: str | None = field(default=None, init=False)
    _thinks: str | None = field(default=None, init=False)
    _reply: str | None = field(default=None, init=False)
    _messages: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        """Begin with what the front end knows."""
        turn = None if self.run.taken_up is None else self.run.taken_up.record.turn
        known = () if turn is None else (*turn.undecided, *(slot for slot in turn.slots if slot.outcome is not None))
        self._told = {slot.call.id for slot in known}

    def events(self, notice: Notice) -> Iterator[core.BaseEvent]:
        """Yield what a notice tells."""
        match notice:
            case TextDelta(text) if text:
                yield from self._text(text)
            case ReasoningDelta(text) if text:
                yield from self._thought(text)
            case ToolStarted(call=call):
                yield from self._called(call.id, call.tool, call.args)
            case ToolFinished(call=call) if not self._is_known_there(call.id):
                yield from self._called(call.id, call.tool, call.args)
                yield core.ToolCallResultEvent(
                    message_id=f"{self.run_id}-{call.id}", tool_call_id=self.run.id_of(call.id), content=call.result or ""
                )
            case StateChanged(target=target):
                yield from self.silence()
                if target is State.AWAITING_MODEL:
                    self._reply = None
                yield core.StateSnapshotEvent(snapshot={"state": target.value})
            case _:
                pass

    def end(self) -> Iterator[core.BaseEvent]:
        """End what is open, and tell the calls that wait."""
        yield from self.silence()
        turn = self.run.stream.conversation.turn
        for slot in turn.undecided if turn is not None and self.run.waits else ():
            yield from self._called(slot.call.id, slot.call.name, slot.to_run.arguments)

    def silence(self) -> Iterator[core.BaseEvent]:
        """End the message that is open."""
        if self._open is not None:
            yield core.TextMessageEndEvent(message_id=self._open)
            self._open = None
        if self._thinks is not None:
            yield core.ReasoningMessageEndEvent(message_id=self._thinks)
            yield core.ReasoningEndEvent(message_id=self._thinks)
            self._thinks = None

    def _is_known_there(self, call_id: str) -> bool:
        """Whether the front end has brought the result."""
        return self.run.taken_up is not None and call_id in self.run.taken_up.brought

    def _text(self, text: str) -> Iterator[core.BaseEvent]:
        if self._open is None:
            yield from self.silence()
            self._reply = self._open = self._new_id()
            yield core.TextMessageStartEvent(message_id=self._open, role="assistant")
        yield core.TextMessageContentEvent(message_id=self._open, delta=text)

    def _thought(self, text: str) -> Iterator[core.BaseEvent]:
        if self._thinks is None:
            yield from self.silence()
            self._thinks = self._new_id()
            yield core.ReasoningStartEvent(message_id=self._thinks)
            yield core.ReasoningMessageStartEvent(message_id=self._thinks)
        yield core.ReasoningMessageContentEvent(message_id=self._thinks, delta=text)

    def _called(self, call_id: str, tool: str, arguments: Mapping[str, object] | str) -> Iterator[core.BaseEvent]:
        if call_id in self._told:
            return
        self._told.add(call_id)
        yield from self.silence()
        self._reply = self._reply or self._new_id()
        known_as = self.run.id_of(call_id)
        yield core.ToolCallStartEvent(tool_call_id=known_as, tool_call_name=tool, parent_message_id=self._reply)
        yield core.ToolCallArgsEvent(tool_call_id=known_as, delta=_json(arguments))
        yield core.ToolCallEndEvent(tool_call_id=known_as)

    def _new_id(self) -> str:
        self._messages += 1
        return f"{self.run_id}-{self._messages}"


def _json(arguments: Mapping[str, object] | str) -> str:
    return arguments if isinstance(arguments, str) else json.dumps(dict(arguments), ensure_ascii=False)
