"""AG-UI: a run as the events that its front ends follow.  The protocol's own package makes and writes them.

Source: docs.ag-ui.com and the `ag-ui-protocol` package, read 2026-11-21.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from ag_ui import core
from ag_ui.encoder import EventEncoder
from attrs import define, field
from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from ..errors import DetentError
from ..machine.notices import Notice, StateChanged, TextDelta, ToolFinished, ToolStarted
from ..states import State
from ..states.shapes import members
from .desk import Desk
from .guests import ClientCall, Guest, guest_run
from .keys import Keys
from .routes import REFUSED, Owner, signed_in

__all__ = ["agui"]


def agui(desk: Desk, keys: Keys) -> APIRouter:
    """Return the route `/agui`, which takes a `RunAgentInput` and answers with the events of the run.

    The history is the client's, and its tools run there, as for `/v1/chat/completions`.  A `backend` in `forwardedProps`
    names who answers.
    """
    router = APIRouter(tags=["AG-UI"], dependencies=[signed_in(keys)], responses=REFUSED)

    @router.post(
        "/agui",
        response_model=None,
        responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
    )
    async def run(owner: Owner, asked: core.RunAgentInput) -> StreamingResponse:
        """Run an agent."""
        wanted = members(asked.forwarded_props).get("backend")
        guest = Guest(
            owner=owner,
            backend=desk.backends.choose(wanted if isinstance(wanted, str) else None),
            messages=[_message(message) for message in asked.messages],
            tools=[_tool(tool) for tool in asked.tools or ()],
        )
        encoder = EventEncoder()
        events = (encoder.encode(event) async for event in _events(desk, guest, asked))
        return StreamingResponse(events, media_type="text/event-stream")

    return router


async def _events(desk: Desk, guest: Guest, asked: core.RunAgentInput) -> AsyncIterator[core.BaseEvent]:
    yield core.RunStartedEvent(thread_id=asked.thread_id, run_id=asked.run_id)
    telling = _Telling(asked.run_id)
    try:
        if not guest.messages:
            raise DetentError("a message is wanted: there is nothing to answer")
        async with guest_run(desk, guest) as run:
            async for notice in run.stream:
                for event in telling.events(notice):
                    yield event
        for event in (*telling.silence(), *telling.calls(run.calls)):
            yield event
        if run.result.state is State.FAILED:
            yield core.RunErrorEvent(message=run.result.reason, code=run.result.error.kind if run.result.error else None)
            return
    except DetentError as error:
        for event in telling.silence():
            yield event
        yield core.RunErrorEvent(message=str(error))
        return
    yield core.RunFinishedEvent(thread_id=asked.thread_id, run_id=asked.run_id)


@define(eq=False)
class _Telling:
    """What was told so far: the message that is open, if one is, and how many there were."""

    run_id: str
    _open: str | None = field(default=None, init=False)
    _messages: int = field(default=0, init=False)

    def events(self, notice: Notice) -> Iterator[core.BaseEvent]:
        match notice:
            case TextDelta(text) if text:
                if self._open is None:
                    self._messages += 1
                    self._open = f"{self.run_id}-{self._messages}"
                    yield core.TextMessageStartEvent(message_id=self._open, role="assistant")
                yield core.TextMessageContentEvent(message_id=self._open, delta=text)
            case ToolStarted(call=call):
                yield from self.silence()
                yield from _called(call.id, call.tool, _json(call.args))
            case ToolFinished(call=call) if call.kind is not None and call.seconds:
                yield core.ToolCallResultEvent(
                    message_id=f"{self.run_id}-{call.id}", tool_call_id=f"{call.id}", content=call.result or ""
                )
            case StateChanged(target=target):
                yield from self.silence()
                yield core.StateSnapshotEvent(snapshot={"state": target.value})
            case _:
                pass

    def silence(self) -> Iterator[core.BaseEvent]:
        """End the message that is open."""
        if self._open is not None:
            yield core.TextMessageEndEvent(message_id=self._open)
            self._open = None

    def calls(self, calls: tuple[ClientCall, ...]) -> Iterator[core.BaseEvent]:
        """Tell what the client has to run."""
        for call in calls:
            yield from _called(call.id, call.name, call.arguments)


def _called(call: str, tool: str, arguments: str) -> Iterator[core.BaseEvent]:
    yield core.ToolCallStartEvent(tool_call_id=call, tool_call_name=tool)
    yield core.ToolCallArgsEvent(tool_call_id=call, delta=arguments)
    yield core.ToolCallEndEvent(tool_call_id=call)


def _json(arguments: Mapping[str, object] | str) -> str:
    return arguments if isinstance(arguments, str) else json.dumps(dict(arguments), ensure_ascii=False)


def _message(message: Any) -> dict[str, Any]:  # Any: the protocol's union
    """Return a message in the form of chat completions."""
    told: dict[str, Any] = message.model_dump(by_alias=False, exclude_none=True)
    told.pop("id", None)
    if told.get("role") == "developer":
        told["role"] = "system"
    return told


def _tool(tool: core.Tool) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function}
