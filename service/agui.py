"""AG-UI: a run as the events that its front ends follow.  The protocol's own package makes and writes them.

Source: docs.ag-ui.com (1.0) and the `ag-ui-protocol` package, read 2026-11-21.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from ag_ui import core
from ag_ui.core import PROTOCOL_VERSION
from ag_ui.encoder import EventEncoder
from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from ..errors import ConfigurationError, DetentError
from ..states import State, Usage
from ..states.shapes import members
from .agui_events import Telling
from .agui_messages import read_messages, read_tool
from .backends import Backend
from .desk import Desk
from .guests import Guest, GuestRun, check_text, guest_run
from .keys import Keys
from .problems import words_for
from .routes import REFUSED, Owner, signed_in
from .waiting import Word

__all__ = ["agui"]

_DECISION: Final = {
    "type": "object",
    "properties": {
        "approved": {"type": "boolean"},
        "editedArgs": {"type": "object", "description": "Arguments to run with, in place of all of the model's."},
        "reason": {"type": "string", "description": "Why not: the model is told."},
    },
    "required": ["approved"],
}


def agui(desk: Desk, keys: Keys, *, longest_text: int) -> APIRouter:
    """Return the route `/agui`, which takes a `RunAgentInput` and answers with the events of the run.

    The history is the client's, and its tools run there, as for `/v1/chat/completions`.  What a person has to decide is an
    interrupt, and goes on with `resume`.  A `backend` in `forwardedProps` names who answers.
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
        backend = desk.backends.choose(wanted if isinstance(wanted, str) else None)
        check_text([message.model_dump() for message in asked.messages[-1:]], longest_text)
        desk.hub.check_room(owner)
        encoder = EventEncoder()
        events = (encoder.encode(event) async for event in _events(desk, owner, backend, asked))
        return StreamingResponse(events, media_type="text/event-stream")

    return router


async def _events(desk: Desk, owner: str, backend: Backend, asked: core.RunAgentInput) -> AsyncIterator[core.BaseEvent]:
    yield core.RunStartedEvent(thread_id=asked.thread_id, run_id=asked.run_id, protocol_version=PROTOCOL_VERSION)
    telling: Telling | None = None
    try:
        async with guest_run(desk, _guest(owner, backend, asked)) as run:
            telling = Telling(asked.run_id, run)
            async for notice in run.stream:
                for event in telling.events(notice):
                    yield event
            for event in telling.end():
                yield event
    except DetentError as error:
        for event in telling.silence() if telling else ():
            yield event
        yield core.RunErrorEvent(message=words_for(error))
        return
    yield _last(run, asked)


def _guest(owner: str, backend: Backend, asked: core.RunAgentInput) -> Guest:
    messages = read_messages(asked.messages)
    if not messages:
        raise ConfigurationError("a message is wanted: there is nothing to answer")
    return Guest(
        owner=owner,
        backend=backend,
        messages=messages,
        tools=[read_tool(tool) for tool in asked.tools or ()],
        asks_people=True,
        words={
            each.interrupt_id: Word(payload=each.payload, abandoned=each.status == "cancelled") for each in asked.resume or ()
        },
    )


def _last(run: GuestRun, asked: core.RunAgentInput) -> core.BaseEvent:
    result = run.result
    if result.state is State.FAILED:
        return core.RunErrorEvent(message=result.reason, code=result.error.kind if result.error else None)
    outcome: core.RunFinishedOutcome
    if interrupts := _interrupts(run):
        outcome = core.RunFinishedInterruptOutcome(interrupts=interrupts)
    elif result.state is State.CANCELLED:
        outcome = core.RunFinishedCancelledOutcome()
    else:
        outcome = core.RunFinishedSuccessOutcome(pending_tool_call_ids=[call.id for call in run.calls] or None)
    return core.RunFinishedEvent(
        thread_id=asked.thread_id, run_id=asked.run_id, outcome=outcome, usage=[_usage(result.model, run.usage)]
    )


def _interrupts(run: GuestRun) -> list[core.Interrupt]:
    """Return what a person has to decide; a call of an agent inside belongs to the call of that agent."""
    approvals = [
        core.Interrupt(
            id=run.id_of(call.id),
            reason="tool_call",
            message=call.question or f"May {call.tool} run?",
            tool_call_id=run.id_of(call.id.partition("/")[0]),
            response_schema=_DECISION,
        )
        for call in run.approvals
    ]
    questions = [
        core.Interrupt(
            id=run.id_of(each.id),
            reason="input_required",
            message=each.question,
            tool_call_id=run.id_of(each.id.partition("/")[0]),
            response_schema=dict(each.schema),
        )
        for each in run.questions
    ]
    return approvals + questions


def _usage(model: str, usage: Usage) -> core.TokenUsage:
    return core.TokenUsage(
        model=model,
        input_tokens=usage.prompt,
        output_tokens=usage.completion,
        total_tokens=usage.total,
        reasoning_tokens=usage.reasoning,
        cached_input_tokens=usage.cached,
    )
