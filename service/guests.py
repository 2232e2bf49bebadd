"""Runs for clients that keep the conversation themselves: each request brings its history, and perhaps tools of its own.

A tool of the client's is one that asks: the run waits in the journal until the client has run it.  The id that the client is
given for such a call says where; when its result comes back, with the same history before it, the run goes on there.  Else it
begins anew from the history that was sent, which is the client's to change.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from functools import partial
from itertools import dropwhile, takewhile
from typing import Any, Final

from anyio import CancelScope
from attrs import field, frozen

from ..errors import ConfigurationError, UnknownConversation
from ..machine.result import RunResult
from ..machine.run_stream import RunStream
from ..machine.toolcall import Question, ToolCall
from ..states import Usage
from ..states.shapes import is_object, objects
from ..tools import Context, Tool
from .backends import AnyAgent, Backend
from .desk import Desk
from .names import guest_of, prefix_of
from .problems import TooLong
from .waiting import (
    Message,
    Waiting,
    Word,
    approvals_of,
    calls_for_client,
    new_token,
    questions_for_people,
    too_old,
    waiting_for,
)

__all__ = ["ClientCall", "Guest", "GuestRun", "check_text", "guest_run"]

_GO_ON: Final = "Go on with these results."


@frozen(kw_only=True)
class ClientCall:
    """A call that the client has to run: *id* is the one to answer, *name* and *arguments* (JSON text) what to run."""

    id: str
    name: str
    arguments: str


@frozen(kw_only=True)
class Guest:
    """A request: whose it is, who answers, all *messages*, and the client's *tools* as OpenAI's schemas of functions.

    *asks_people*: the client shows what waits for a person, and brings their *words* with another request, by the ids that
    it was given.
    """

    owner: str
    backend: Backend
    messages: Sequence[Message]
    tools: Sequence[Mapping[str, Any]] = ()
    asks_people: bool = False
    words: Mapping[str, Word] = field(factory=dict[str, Word])

    @property
    def results(self) -> dict[str, str]:
        """The results at the end of the messages, or before what is said beside words, by the ids of their calls."""
        newest = dropwhile(_is("user"), reversed(self.messages)) if self.words else reversed(self.messages)
        return {str(each.get("tool_call_id")): _text(each.get("content")) for each in takewhile(_is("tool"), newest)}

    def said_since(self, count: int) -> list[str]:
        """Return what the user said at the end, of the messages after the first *count*."""
        return [_text(each.get("content")) for each in takewhile(_is("user"), reversed(self.messages[count:]))][::-1]

    @property
    def prefix(self) -> str:
        """What the names of the runs begin with; no owner's list shows them."""
        return prefix_of(guest_of(self.owner)) + prefix_of(self.backend.name)


@frozen(kw_only=True)
class GuestRun:
    """A run under way: read it to its end, then ask it for what it came to.

    *token* begins the ids of its calls, *own* are the names of the client's tools, *taken_up* is what it waited as before.
    """

    stream: RunStream[Any]
    guest: Guest
    token: str
    own: frozenset[str]
    taken_up: Waiting | None

    @property
    def result(self) -> RunResult[Any]:
        """The result."""
        return self.stream.result

    @property
    def usage(self) -> Usage:
        """What was used since the request came."""
        return self.result.usage - (Usage() if self.taken_up is None else self.taken_up.record.run.usage)

    @property
    def calls(self) -> tuple[ClientCall, ...]:
        """What the client has to run now."""
        waiting = calls_for_client(self.stream.conversation, self.own)
        return tuple(ClientCall(id=self.id_of(call.id), name=call.name, arguments=call.arguments) for call in waiting)

    @property
    def approvals(self) -> tuple[ToolCall, ...]:
        """What a person has to agree to now."""
        return approvals_of(self.stream.conversation)

    @property
    def questions(self) -> tuple[Question, ...]:
        """What a person is asked now."""
        return questions_for_people(self.stream.conversation, self.own)

    @property
    def waits(self) -> bool:
        """Whether another request can go on with it."""
        return bool(self.calls or (self.guest.asks_people and (self.approvals or self.questions)))

    def id_of(self, call_id: str) -> str:
        """Return the id by which the client knows a call."""
        return f"{self.token}_{call_id}"


def check_text(messages: Sequence[Message], longest: int) -> None:
    """Refuse what the user says now where it is too long.  Raises `TooLong`."""
    for last in messages[-1:]:
        if last.get("role") == "user" and len(_text(last.get("content"))) > longest:
            raise TooLong(longest)


@asynccontextmanager
async def guest_run(desk: Desk, guest: Guest) -> AsyncGenerator[GuestRun]:
    """Begin or take up the run of a request; leaving the block early cancels it.

    Nothing of it is kept but what waits for the client.  Raises `ConfigurationError` for messages and tools that are none,
    and for words that do not fit what waits, which then waits on; `Busy` and `Closing`.
    """
    desk.hub.check_room(guest.owner)
    tools = [_passed_on(tool) for tool in guest.tools]
    agent = guest.backend.agent.within(guest.backend.agent.limits, desk.journal)
    for tool in tools:
        if tool.name in agent.toolbox:
            raise ConfigurationError(f"tools: {tool.name!r} is one of the agent's own here: give yours another name")
    agent = agent.with_tools(tools)
    own = frozenset(tool.name for tool in tools)
    find = partial(waiting_for, desk.journal, guest.prefix, guest.messages, guest.results, guest.words, own)
    waits = await find()
    if waits is None:
        async with _begun_or_taken_up(desk, guest, agent, own, None) as run:
            yield run
        return
    # Who brings the same once more, as a client that asks again, begins anew.
    async with desk.hub.lock(waits.name), _begun_or_taken_up(desk, guest, agent, own, await find()) as run:
        yield run


@asynccontextmanager
async def _begun_or_taken_up(
    desk: Desk, guest: Guest, agent: AnyAgent, own: frozenset[str], waits: Waiting | None
) -> AsyncGenerator[GuestRun]:
    token = new_token(guest.messages) if waits is None else waits.token
    name = f"{guest.prefix}{token}"
    run: GuestRun | None = None
    try:
        async with _beginning(agent, guest, name) if waits is None else _going_on(agent, guest, waits) as stream:
            run = GuestRun(stream=stream, guest=guest, token=token, own=own, taken_up=waits)
            with desk.hub.guest(name, guest.owner, stream):
                yield run
    finally:
        with CancelScope(shield=True):
            if waits is not None if run is None else run.stream.has_ended and run.waits:
                gone = await too_old(desk.journal, guest.prefix)
            else:
                gone = [name]
            for each in gone:
                with suppress(UnknownConversation):
                    await desk.forget(each)


def _beginning(agent: AnyAgent, guest: Guest, name: str) -> AbstractAsyncContextManager[RunStream[Any]]:
    *before, last = guest.messages
    if last.get("role") == "user":
        return agent.stream(last.get("content") or "", history=before, conversation_id=name)
    return agent.stream(_GO_ON, history=guest.messages, conversation_id=name)


@asynccontextmanager
async def _going_on(agent: AnyAgent, guest: Guest, waits: Waiting) -> AsyncGenerator[RunStream[Any]]:
    decided = waits.decisions
    decisions = {"approve": decided.agreed, "deny": decided.refused, "answer": decided.answers}
    async with agent.resume_stream(waits.name, **decisions) as stream:
        for text in guest.said_since(waits.after):
            stream.say(text)
        yield stream


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


def _is(role: str) -> Callable[[Message], bool]:
    return lambda message: message.get("role") == role


def _text(content: object) -> str:
    return content if isinstance(content, str) else "".join(str(part.get("text", "")) for part in objects(content))
