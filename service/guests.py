"""Runs for clients that keep the conversation themselves: each request brings its history, and perhaps tools of its own.

A tool of the client's is one that asks: the run waits in the journal until the client has run it.  The id that the client is
given for such a call says where; when its result comes back, with the same history before it, the run goes on there.  Else it
begins anew from the history that was sent, which is the client's to change.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from hashlib import sha256
from typing import Any, Final, TypeAlias

from anyio import CancelScope
from attrs import frozen

from ..errors import ConfigurationError, UnknownConversation
from ..machine.result import RunResult
from ..machine.run_stream import RunStream
from ..states import State
from ..states.shapes import is_object, objects
from ..tools import Context, Tool
from .backends import AnyAgent, Backend
from .desk import Desk

__all__ = ["ClientCall", "Guest", "GuestRun", "guest_run"]

Message: TypeAlias = Mapping[str, Any]  # Any: JSON, as the client sent it

_GO_ON: Final = "Go on with these results."
_TOKEN: Final = 12


@frozen(kw_only=True)
class ClientCall:
    """A call that the client has to run: *id* is the one to answer, *name* and *arguments* (JSON text) what to run."""

    id: str
    name: str
    arguments: str


@frozen(kw_only=True)
class Guest:
    """A request: whose it is, who answers, all *messages*, and the client's *tools* as OpenAI's schemas of functions."""

    owner: str
    backend: Backend
    messages: Sequence[Message]
    tools: Sequence[Mapping[str, Any]] = ()

    @property
    def results(self) -> dict[str, str]:
        """The results at the end of the messages, by the ids of their calls."""
        found: dict[str, str] = {}
        for message in reversed(self.messages):
            if message.get("role") != "tool":
                break
            found[str(message.get("tool_call_id"))] = _text(message.get("content"))
        return found


@frozen(kw_only=True)
class GuestRun:
    """A run under way: read it to its end, then ask it for *result* and the client's *calls*.

    *token* begins the ids of those, *own* are the names of the client's tools.
    """

    stream: RunStream[Any]
    guest: Guest
    token: str
    own: frozenset[str]

    @property
    def result(self) -> RunResult[Any]:
        """The result."""
        return self.stream.result

    @property
    def calls(self) -> tuple[ClientCall, ...]:
        """What the client has to run now."""
        turn = self.result.conversation.turn
        waiting = () if turn is None or self.result.state is not State.AWAITING_APPROVAL else turn.undecided
        return tuple(
            ClientCall(id=f"{self.token}_{slot.call.id}", name=slot.call.name, arguments=slot.to_run.arguments)
            for slot in waiting
            if slot.call.name in self.own and slot.awaits_an_answer
        )


@asynccontextmanager
async def guest_run(desk: Desk, guest: Guest) -> AsyncGenerator[GuestRun]:
    """Begin or take up the run of a request; leaving the block early cancels it.

    Nothing of it is kept but what waits for the client.  Raises `ConfigurationError` for messages and tools that are none.
    """
    tools = [_passed_on(tool) for tool in guest.tools]
    agent = guest.backend.agent.within(guest.backend.agent.limits, desk.journal).with_tools(tools)
    own = frozenset(tool.name for tool in tools)
    waits, answers = await _waiting(desk, guest)
    token = waits or _digest(guest.messages) + secrets.token_hex(_TOKEN // 2)
    name = _name(guest, token)
    run: GuestRun | None = None
    try:
        async with agent.resume_stream(name, answer=answers) if waits else _beginning(agent, guest, name) as stream:
            run = GuestRun(stream=stream, guest=guest, token=token, own=own)
            yield run
    finally:
        if run is None or not run.stream.has_ended or not run.calls:
            with CancelScope(shield=True), suppress(UnknownConversation):
                await desk.journal.delete(name)


def _beginning(agent: AnyAgent, guest: Guest, name: str) -> AbstractAsyncContextManager[RunStream[Any]]:
    *before, last = guest.messages
    if last.get("role") == "user":
        return agent.stream(last.get("content") or "", history=before, conversation_id=name)
    return agent.stream(_GO_ON, history=guest.messages, conversation_id=name)


def _passed_on(schema: Mapping[str, Any]) -> Tool:
    function = schema.get("function")
    if schema.get("type") != "function" or not is_object(function):
        raise ConfigurationError("tools: each is wanted as {'type': 'function', 'function': {...}}")

    async def passed_on(context: Context[object], **_: object) -> object:
        return context.ask("The client runs this tool.", {})

    return Tool(
        name=str(function.get("name", "")),
        description=str(function.get("description") or ""),
        parameters=_parameters(function.get("parameters")),
        call=passed_on,
        max_chars=1_000_000,
    )


def _parameters(schema: object) -> dict[str, Any]:
    return dict(schema) if is_object(schema) and schema else {"type": "object", "properties": {}}


async def _waiting(desk: Desk, guest: Guest) -> tuple[str | None, dict[str, str]]:
    """Return where the run waits that the results at the end are for, and what they answer; None where there is none."""
    by_token: dict[str, dict[str, str]] = {}
    for call_id, content in guest.results.items():
        token, _, call = call_id.partition("_")
        by_token.setdefault(token, {})[call] = content
    if len(by_token) != 1:
        return None, {}
    ((token, answers),) = by_token.items()
    asked = len(guest.messages) - len(guest.results) - 1
    if not token.startswith(_digest(guest.messages[:asked])):
        return None, {}
    try:
        record = await desk.journal.load(_name(guest, token))
    except UnknownConversation:
        return None, {}
    waiting = {slot.call.id for slot in record.turn.undecided} if record.turn else set[str]()
    return (token, answers) if answers.keys() <= waiting else (None, {})


def _name(guest: Guest, token: str) -> str:
    """Return the id of the conversation in the journal; no owner's list shows it."""
    return f"{guest.owner}.guest~{guest.backend.name}~{token}"


def _digest(messages: Sequence[Message]) -> str:
    """Return what tells histories apart: the client may have changed what came before."""
    told = json.dumps([[message.get("role"), message.get("content")] for message in messages], sort_keys=True)
    return sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:_TOKEN]


def _text(content: object) -> str:
    return content if isinstance(content, str) else "".join(str(part.get("text", "")) for part in objects(content))
