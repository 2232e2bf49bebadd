"""`detent chat`: one conversation of the journal, a message after the other, at a prompt."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import Any, Final

from attrs import define, field, frozen
from rich.console import Console

from ..machine.agent import Agent
from ..machine.sql import SqlJournal
from ..states import AnyState, Conversation, State
from .agents import AgentOptions, agent_for
from .conduct import Begin, Conduct
from .deciding import decider
from .exits import Exit, exit_for
from .journals import stored
from .plain import in_one_line, plain
from .run import RULE_BASED, log_to_stderr
from .screen import Screen, console_on

__all__ = ["Chatting", "chat"]

_PROMPT: Final = "> "
_HINT: Final = "Ctrl-D ends the chat; an empty line goes on with what is unfinished"
_LAST: Final = 4
"""Messages that are shown of a conversation that goes on."""


@frozen(kw_only=True)
class Chatting:
    """What the options of `detent chat` ask for.  Without a *conversation* a new one begins."""

    conversation: str | None
    agent: AgentOptions
    address: str
    verbose: int


def chat(journal: SqlJournal, asked: Chatting) -> Exit:
    """Converse until the end of input, and return the exit code of the last run.  Ctrl-C stops a run, not the chat."""
    log_to_stderr(asked.verbose)
    with suppress(ImportError):
        import_module("readline")  # long lines, pastes of several lines, and arrow keys
    record = None if asked.conversation is None else stored(journal, asked.conversation)
    with agent_for(asked.agent, journal) as (agent, rule_based):
        console = console_on()
        talk = _Talk(agent, console, record, asked.conversation)
        talk.begin([RULE_BASED] if rule_based else [])
        while (line := _read(console)) is not None:
            talk.take(line)
        if talk.record is not None:
            console.print(f"kept in {plain(asked.address)} as {plain(talk.record.id)}", soft_wrap=True)
    return Exit.DONE if talk.ended is None else exit_for(talk.ended)


# Any: what an agent of the user's own answers with does not matter.
@define(eq=False)
class _Talk:
    agent: Agent[Any]
    console: Console
    record: Conversation | None
    wanted_id: str | None
    patient: bool = True
    ended: AnyState | None = field(default=None, init=False)
    """Where the last run came to rest."""
    _label: str = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._label = self.agent.models[0].label

    def begin(self, notes: Sequence[str]) -> None:
        """Write the first lines, and go on with a run that was left in the middle."""
        record = self.record
        told = [] if record is None else [f"going on with {record.id}, {record.state.value.replace('_', ' ')}"]
        self._screen().begin(self.agent.models[0].address.url, [*notes, *told, _HINT])
        if record is not None:
            self._remind(record)
            if not record.state.ends_a_run:
                self._go_on(record)

    def take(self, line: str) -> None:
        """Say *line*; where it is empty, go on with what is unfinished."""
        record = self.record
        if line.strip():
            conversation_id = self.wanted_id if record is None else record.id
            self._run(partial(self.agent.stream, line, conversation_id=conversation_id))
        elif record is not None and record.state not in (State.DONE, State.LIMIT_HIT):
            self._go_on(record)

    def _go_on(self, record: Conversation) -> None:
        self._run(partial(self.agent.resume_stream, record.id))

    def _run(self, begin: Begin) -> None:
        screen, began = self._screen(), time.monotonic()
        try:
            result = Conduct(self.agent, screen.show, decider(self.console))(begin)
        except KeyboardInterrupt:  # before there was anything to stop
            return
        finally:
            screen.close()
        self.record, self.ended = result.conversation, result.state
        screen.end(result, time.monotonic() - began)
        self.console.print()

    def _screen(self) -> Screen:
        return Screen(self.console, self._label, patient=self.patient)

    def _remind(self, record: Conversation) -> None:
        said = [message for message in record.messages if message["role"] in ("user", "assistant")]
        messages = [message for message in said if isinstance(message.get("content"), str)]
        for message in messages[-_LAST:]:
            mark = _PROMPT if message["role"] == "user" else "  "
            self.console.print(f"{mark}{in_one_line(str(message['content']))}", soft_wrap=True)
        self.console.print()


def _read(console: Console) -> str | None:
    """Return the next line, without its end; None at the end of input.  Ctrl-C empties the line."""
    prompt: Callable[[], str] = partial(input, _PROMPT if sys.stdin.isatty() else "")
    while True:
        try:
            return prompt()
        except EOFError:
            if sys.stdin.isatty():
                console.print()
            return None
        except KeyboardInterrupt:
            console.print()
            console.print(_HINT)
