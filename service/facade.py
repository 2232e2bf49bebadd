"""Chat completions: any client of OpenAI's API can use an agent as if it were a model.

Source of the forms: the `openai` package's types and platform.openai.com/docs/api-reference/chat, read 2026-11-21.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final, Literal

import anyio
from anyio.abc import TaskGroup
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from ..errors import ConfigurationError, DetentError
from ..machine.notices import ReasoningDelta, StateChanged, TextDelta
from ..states import State, Usage
from .backends import AUTO, Backend
from .desk import Desk
from .guests import ClientCall, Guest, GuestRun, check_text, guest_run
from .keys import Keys
from .problems import Closing, status_of, words_for
from .routes import REFUSED, Owner, signed_in

__all__ = ["FIELDS", "Asked", "facade"]

FIELDS: Final[Mapping[str, str]] = {
    "model": "a name of `/v1/models`; `auto` leaves the choice to the service",
    "messages": "the history; the last is the user's, or results of the client's tools",
    "stream": "true: chunks as server-sent events",
    "stream_options": "`include_usage`: a last chunk with the usage",
    "tools": "the client's own; their calls are in the reply, and go on with their results",
    "tool_choice": "`auto`; with `none` the client's tools are left out; anything else is refused",
    "n": "1; anything else is refused",
}
"""What is understood of a request.  Everything else is taken and has no effect: an agent has parameters of its own."""


class _StreamOptions(BaseModel):
    model_config = ConfigDict(extra="allow")

    include_usage: bool | None = False


class Asked(BaseModel):
    """A request; see `FIELDS`."""

    model_config = ConfigDict(extra="allow")

    model: str | None = Field(default=AUTO, max_length=200)
    messages: list[dict[str, Any]] = Field(min_length=1)
    stream: bool | None = False
    stream_options: _StreamOptions | None = None
    tools: list[dict[str, Any]] | None = None
    tool_choice: Literal["auto", "none"] | None = None
    n: Literal[1] | None = None


def facade(desk: Desk, keys: Keys, *, longest_text: int) -> APIRouter:
    """Return the routes `/v1/models` and `/v1/chat/completions`."""
    router = APIRouter(prefix="/v1", tags=["chat completions"], dependencies=[signed_in(keys)], responses=REFUSED)

    @router.get("/models")
    async def models(owner: Owner) -> dict[str, Any]:
        """List the backends as models."""
        return {"object": "list", "data": [_model(name) for name in (AUTO, *desk.backends.names)]}

    @router.get("/models/{name}")
    async def model(owner: Owner, name: str) -> Response:
        """Show one of them."""
        if name not in (AUTO, *desk.backends.names):
            return _error(404, f"The model {name!r} does not exist", "model_not_found")
        return JSONResponse(_model(name))

    @router.post("/chat/completions", response_model=None)
    async def complete(owner: Owner, asked: Asked, request: Request) -> Response:
        """Answer as a model does."""
        try:
            guest = _guest(desk, owner, asked)
        except ConfigurationError as error:
            return _error(404, str(error), "model_not_found")
        check_text(asked.messages, longest_text)
        desk.hub.check_room(owner)
        problem = _problem_of(asked)
        if problem is not None:
            return _error(400, problem, None, param="messages")
        told = _Told(guest.backend.name, asked.stream_options is not None and bool(asked.stream_options.include_usage))
        if asked.stream:
            return StreamingResponse(_stream(desk, guest, told), media_type="text/event-stream")
        return await _whole(desk, guest, told, request)

    return router


def _guest(desk: Desk, owner: str, asked: Asked) -> Guest:
    backend: Backend = desk.backends.choose(asked.model)
    tools = asked.tools if asked.tools and asked.tool_choice != "none" else []
    return Guest(owner=owner, backend=backend, messages=asked.messages, tools=tools)


def _problem_of(asked: Asked) -> str | None:
    last = asked.messages[-1]
    if last.get("role") not in ("user", "tool"):
        return "the last message has to be the user's, or the result of a tool"
    if last.get("role") == "user" and not last.get("content"):
        return "the last message is empty"
    if last.get("role") == "user" and not isinstance(last["content"], str | list):
        return "the last message's content has to be a text or a list of parts"
    return None


class _Told:
    """One answer: its id and model, as each chunk repeats them."""

    def __init__(self, model: str, with_usage: bool) -> None:
        self.with_usage = with_usage
        self._head = {"id": f"chatcmpl-{secrets.token_hex(12)}", "created": int(time.time()), "model": model}

    def whole(self, run: GuestRun) -> dict[str, Any]:
        calls = run.calls
        message: dict[str, Any] = {"role": "assistant", "content": _text(run) or (None if calls else "")}
        if calls:
            message["tool_calls"] = [_call(call) for call in calls]
        choice = {"index": 0, "message": message, "finish_reason": _finish(run), "logprobs": None}
        return {**self._head, "object": "chat.completion", "choices": [choice], "usage": _usage(run.usage)}

    def chunk(self, delta: Mapping[str, Any], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": dict(delta), "finish_reason": finish}
        return _sent({**self._head, "object": "chat.completion.chunk", "choices": [choice]})

    def end(self, run: GuestRun) -> list[bytes]:
        calls = [{"index": index, **_call(call)} for index, call in enumerate(run.calls)]
        chunks = [self.chunk({"tool_calls": calls})] if calls else []
        if (waits := _waits(run)) and not calls:
            chunks.append(self.chunk({"content": waits}))
        chunks.append(self.chunk({}, _finish(run)))
        if self.with_usage:
            none: list[object] = []
            usage = _usage(run.usage)
            chunks.append(_sent({**self._head, "object": "chat.completion.chunk", "choices": none, "usage": usage}))
        return chunks


async def _whole(desk: Desk, guest: Guest, told: _Told, request: Request) -> Response:
    try:
        async with guest_run(desk, guest) as run, anyio.create_task_group() as tasks:
            tasks.start_soon(_cancel_when_gone, request, run, tasks)
            async for _ in run.stream:
                pass
            tasks.cancel_scope.cancel()
        if run.result.state is State.FAILED:
            return _error(502, run.result.reason, run.result.error.kind if run.result.error else None)
        if run.result.state is State.CANCELLED:
            raise Closing("the run was stopped: the service is closing")
        return JSONResponse(told.whole(run))
    except DetentError as error:
        return _error(_status(error), words_for(error), None)


def _status(error: DetentError) -> int:
    """Return the status in OpenAI's manner: what the client got wrong is 400."""
    return 400 if status_of(error) == 409 else status_of(error)


async def _cancel_when_gone(request: Request, run: GuestRun, tasks: TaskGroup) -> None:
    while not await request.is_disconnected():
        await anyio.sleep(0.2)
    await run.stream.cancel()


async def _stream(desk: Desk, guest: Guest, told: _Told) -> AsyncIterator[bytes]:
    try:
        async with guest_run(desk, guest) as run:
            yield told.chunk({"role": "assistant", "content": ""})
            spoke = False
            async for notice in run.stream:
                match notice:
                    case TextDelta(text):
                        spoke = True
                        yield told.chunk({"content": text})
                    case ReasoningDelta(text):
                        yield told.chunk({"reasoning_content": text})
                    case StateChanged(target=State.PROMPTING) if spoke:
                        spoke = False
                        yield told.chunk({"content": "\n\n"})  # what was said beside calls, and what comes after them
                    case _:
                        pass
        # Only now: a run that the journal broke off has no end to tell of.
        if run.result.state is State.FAILED:
            yield _sent(_error_body(run.result.reason, run.result.error.kind if run.result.error else None))
        elif run.result.state is State.CANCELLED:
            raise Closing("the run was stopped: the service is closing")
        else:
            for chunk in told.end(run):
                yield chunk
    except DetentError as error:
        yield _sent(_error_body(words_for(error), None, status=_status(error)))
    yield b"data: [DONE]\n\n"


def _text(run: GuestRun) -> str:
    return "\n\n".join(part for part in (run.result.text, "" if run.calls else _waits(run)) if part)


def _waits(run: GuestRun) -> str:
    """Return in words what a person would have to agree to on the server: nobody can be asked here."""
    if run.result.state is not State.AWAITING_APPROVAL:
        return ""
    return f"[This can not go on here: {run.result.reason}.]"


def _finish(run: GuestRun) -> str:
    if run.calls:
        return "tool_calls"
    return "length" if run.result.state is State.LIMIT_HIT else "stop"


def _call(call: ClientCall) -> dict[str, Any]:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.prompt,
        "completion_tokens": usage.completion,
        "total_tokens": usage.total,
        "prompt_tokens_details": {"cached_tokens": usage.cached},
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning},
    }


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "detent"}


def _sent(body: Mapping[str, Any]) -> bytes:
    return b"data: " + json.dumps(body, ensure_ascii=False).encode("utf-8", "replace") + b"\n\n"


def _error(status: int, message: str, code: str | None, *, param: str | None = None) -> Response:
    return JSONResponse(_error_body(message, code, status=status, param=param), status_code=status)


def _error_body(message: str, code: str | None, *, status: int = 502, param: str | None = None) -> dict[str, Any]:
    kind = "invalid_request_error" if status < 500 else "api_error"
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}
