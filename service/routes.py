"""The routes of the service, to embed in an application of one's own or to be served by `detent serve`."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict, Field
from sse_starlette import EventSourceResponse

from ..diagrams import svg
from ..diagrams.trace import page, trace
from ..errors import JournalError, UnknownConversation
from ..states import State
from .backends import AUTO
from .desk import Desk
from .following import follow, seen
from .keys import Keys
from .problems import TooLong, Unauthorised, words_for
from .views import ConversationView, SummaryView

__all__ = ["REFUSED", "Health", "Owner", "Problem", "routes", "signed_in"]


class Problem(BaseModel):
    """What is wrong with a request."""

    class Told(BaseModel):
        """Its kind, for programs, and what to do, for people."""

        type: str
        message: str

    error: Told


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Create(_Asked):
    """A new conversation; with a *text* a run begins."""

    text: str | None = Field(default=None, min_length=1, pattern=r"\S")
    backend: str | None = Field(default=None, description="A name of GET /backends; null or auto leaves the choice.")


class Say(_Asked):
    """What the user says."""

    text: str = Field(min_length=1, pattern=r"\S")
    backend: str | None = Field(default=None, description="Who shall answer from now on; null: who did before.")


class Approve(_Asked):
    """Calls that may run, by their ids; with arguments that take the place of the model's, or null."""

    calls: dict[str, dict[str, Any] | None] = Field(min_length=1)


class Deny(_Asked):
    """Calls that may not run, by their ids, each with a reason for the model, which may be empty."""

    calls: dict[str, str] = Field(min_length=1)


class Answer(_Asked):
    """What is answered to the questions of calls, by their ids."""

    calls: dict[str, Any] = Field(min_length=1)


class Fork(_Asked):
    """Up to which event to copy; null: all."""

    at: int | None = Field(default=None, ge=1)


class BackendView(BaseModel):
    """A name that can be asked for, and the label of the model behind it."""

    name: str
    label: str


class BackendsView(BaseModel):
    """What the switch cycles through: `auto` first."""

    backends: list[BackendView]


class Health(BaseModel):
    """That the process answers."""

    status: Literal["ok"] = "ok"


REFUSED: dict[int | str, dict[str, Any]] = {
    code: {"model": Problem, "description": about}
    for code, about in {
        401: "A key is missing or wrong",
        403: "A page of elsewhere asked",
        404: "There is no such conversation, or backend, here",
        409: "It does not fit what is there: the run is live, nothing like that waits, or somebody went first",
        413: "Too large",
        421: "The service does not go by that name",
        422: "The request is malformed",
        429: "Too much at once",
        502: "The model failed (chat completions)",
        503: "The service is closing, or its journal can not be reached",
    }.items()
}
_Id = Annotated[str, Path(alias="id", max_length=200, description="A conversation's id.")]


def signed_in(keys: Keys) -> Any:  # Any: what FastAPI calls a dependency
    """Return the dependency for a router whose routes take an `Owner`: the owner of a request's key; 401 without one."""

    async def check(request: Request, _: Annotated[object, Depends(HTTPBearer(auto_error=False))]) -> None:
        owner = keys.owner(request.headers.get("authorization"))
        if owner is None:
            raise Unauthorised
        request.state.owner = owner

    return Depends(check)


async def _owner(request: Request) -> str:  # async, as is the check: others would take a thread each
    owner: str = request.state.owner
    return owner


Owner = Annotated[str, Depends(_owner)]
"""Whose request it is."""


def routes(desk: Desk, keys: Keys, *, longest_text: int) -> APIRouter:  # noqa: C901  # a list of small ones
    """Return the routes over *desk*, for the owners of *keys*."""
    router = APIRouter(responses=REFUSED, dependencies=[signed_in(keys)])

    def checked(text: str) -> str:
        if len(text) > longest_text:
            raise TooLong(longest_text)
        return text

    @router.get("/backends", tags=["service"])
    async def backends(owner: Owner) -> BackendsView:
        """List what can be asked for, `auto` first."""
        named = {AUTO: desk.backends.choose(None).label, **desk.backends.names}
        return BackendsView(backends=[BackendView(name=name, label=label) for name, label in named.items()])

    @router.post("/conversations", status_code=201, tags=["conversations"])
    async def create(owner: Owner, asked: Create) -> ConversationView:
        """Begin a conversation."""
        return await desk.create(owner, None if asked.text is None else checked(asked.text), asked.backend)

    @router.get("/conversations", tags=["conversations"])
    async def list_(
        owner: Owner,
        state: Annotated[State | None, Query(description="Only those that rest in it.")] = None,
        after: Annotated[str | None, Query(max_length=200, description="The last id of the page before.")] = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
    ) -> list[SummaryView]:
        """List the caller's conversations, the newest first."""
        return await desk.page(owner, state, limit, after)

    @router.get("/conversations/{id}", tags=["conversations"])
    async def read(owner: Owner, name: _Id) -> ConversationView:
        """Show a conversation as it is now."""
        return await desk.read(owner, name)

    @router.delete("/conversations/{id}", status_code=204, tags=["conversations"])
    async def delete(owner: Owner, name: _Id) -> Response:
        """Forget a conversation for good."""
        await desk.delete(owner, name)
        return Response(status_code=204)

    @router.post("/conversations/{id}/messages", status_code=202, tags=["runs"])
    async def say(owner: Owner, name: _Id, asked: Say) -> ConversationView:
        """Say something: a live run hears it before its next reply, else a run begins."""
        await desk.say(owner, name, checked(asked.text), asked.backend)
        return await desk.read(owner, name)

    @router.post("/conversations/{id}/approve", status_code=202, tags=["runs"])
    async def approve(owner: Owner, name: _Id, asked: Approve) -> ConversationView:
        """Let calls run."""
        await desk.decide(owner, name, approve=asked.calls)
        return await desk.read(owner, name)

    @router.post("/conversations/{id}/deny", status_code=202, tags=["runs"])
    async def deny(owner: Owner, name: _Id, asked: Deny) -> ConversationView:
        """Do not let calls run."""
        await desk.decide(owner, name, deny=asked.calls)
        return await desk.read(owner, name)

    @router.post("/conversations/{id}/answer", status_code=202, tags=["runs"])
    async def answer(owner: Owner, name: _Id, asked: Answer) -> ConversationView:
        """Answer what tools ask."""
        await desk.decide(owner, name, answer=asked.calls)
        return await desk.read(owner, name)

    @router.post("/conversations/{id}/resume", status_code=202, tags=["runs"])
    async def resume(owner: Owner, name: _Id) -> ConversationView:
        """Go on with a run that failed, was cancelled or was left in the middle."""
        await desk.resume(owner, name)
        return await desk.read(owner, name)

    @router.post("/conversations/{id}/cancel", status_code=202, tags=["runs"])
    async def cancel(owner: Owner, name: _Id) -> ConversationView:
        """Cancel the run; what has come back is kept."""
        await desk.cancel(owner, name)
        return await desk.read(owner, name)

    @router.post("/conversations/{id}/fork", status_code=201, tags=["conversations"])
    async def fork(owner: Owner, name: _Id, asked: Fork) -> ConversationView:
        """Copy the first events into a new conversation."""
        return await desk.fork(owner, name, asked.at)

    @router.get(
        "/conversations/{id}/events",
        tags=["runs"],
        response_model=None,
        responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
    )
    async def events(
        owner: Owner,
        name: _Id,
        last_event_id: Annotated[str | None, Header(description="Go on after it.")] = None,
        until: Annotated[
            Literal["rest"] | None, Query(description="`rest`: end when the run is over, or waits for a person.")
        ] = None,
    ) -> EventSourceResponse:
        """Follow a conversation as server-sent events: `event`, `delta`, `progress`, `rest`, `problem`."""
        await desk.record(owner, name)  # 404 before the stream begins
        stream = follow(desk.hub, desk.journal, name, seen(last_event_id), until_rest=until == "rest")
        return EventSourceResponse(_while_there(stream), ping=15)

    @router.get(
        "/conversations/{id}/diagram.svg",
        tags=["drawings"],
        response_model=None,
        responses={200: {"content": {"image/svg+xml": {"schema": {"type": "string"}}}}},
    )
    async def diagram(owner: Owner, name: _Id) -> Response:
        """Draw the machine, with the state in which the conversation rests lit."""
        record = await desk.record(owner, name)
        from ..machine.own_machine import machine_of

        drawn = svg(machine_of(record).rows, lit=record.state.value, with_table=False)
        headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
        return Response(drawn, media_type="image/svg+xml", headers=headers)

    @router.get(
        "/conversations/{id}/trace",
        tags=["drawings"],
        response_model=None,
        responses={200: {"content": {"text/html": {"schema": {"type": "string"}}}}},
    )
    async def traced(owner: Owner, name: _Id) -> HTMLResponse:
        """Draw what happened: the path on the machine, a timeline, who said what."""
        await desk.record(owner, name)
        drawn = page(trace(await desk.journal.read(name), conversation_id=name))
        return HTMLResponse(drawn, headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"})

    return router


async def _while_there(stream: AsyncIterator[dict[str, str]]) -> AsyncIterator[dict[str, str]]:
    """Yield the stream; a conversation that is deleted meanwhile ends it, and so does a journal that fails."""
    try:
        async for each in stream:
            yield each
    except JournalError as error:
        if not isinstance(error, UnknownConversation):
            yield {"event": "problem", "data": json.dumps({"message": words_for(error)})}
