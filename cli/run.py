"""`detent run`: from the options to the exit code."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from attrs import evolve, frozen
from rich.console import Console

from ..errors import ConfigurationError
from ..machine.agent import Agent
from ..machine.check import task_message
from ..machine.notices import Notice
from ..machine.result import RunResult
from ..machine.sql import SqlJournal
from ..states import Conversation, State
from .agents import AgentOptions, agent_for
from .conduct import Conduct
from .deciding import decider, how_to_go_on
from .exits import Exit, exit_for
from .journals import VARIABLE, address_of, opened, stored
from .report import report
from .screen import Screen, console_on
from .storing import check_place, read_history, read_record, write_record

__all__ = ["RULE_BASED", "Asked", "log_to_stderr", "run_task"]

RULE_BASED = "no model is configured, so plain rules answer; --model and --base-url choose a model"


@frozen(kw_only=True)
class Asked:
    """What the options of `detent run` ask for.

    With a *journal* or a *conversation* every event is stored, and the run goes on with the conversation that is there.
    """

    task: str
    agent: AgentOptions
    json: bool
    save: Path | None
    go_on_from: Path | None
    history: Path | None
    journal: str | None
    conversation: str | None
    verbose: int


@frozen(kw_only=True)
class _Start:
    """What the run goes on from, if anything: a record, or the id of a conversation that a journal may hold."""

    record: Conversation | None
    conversation_id: str | None
    journal: SqlJournal | None


def run_task(asked: Asked) -> Exit:
    """Run the task as asked, show or report it, store it, and return the exit code.

    Raises `ConfigurationError` for what is wrong with the options, before anything is run.
    """
    task_message(asked.task)
    if asked.save is not None:
        check_place(asked.save)
    log_to_stderr(asked.verbose)
    with _started(asked) as start, agent_for(asked.agent, start.journal) as (agent, rule_based):
        shown = _reported if asked.json else _transcribed
        return exit_for(shown(asked, agent, start, rule_based).state)


@contextmanager
def _started(asked: Asked) -> Generator[_Start]:
    _check(asked)
    record = None
    if asked.go_on_from is not None:
        record = read_record(asked.go_on_from)
    elif asked.history is not None:
        record = read_history(asked.history)
    address = _address(asked)
    if address is None:
        yield _Start(record=record, conversation_id=None, journal=None)
        return
    with opened(address, new=True) as journal:
        yield _in_journal(asked, journal, record)


def _check(asked: Asked) -> None:
    """Refuse options that do not go together."""
    if asked.go_on_from is not None and asked.history is not None:
        raise ConfigurationError("--continue and --history exclude each other: a record has a history of its own")
    for option, given in (("--journal", asked.journal), ("--conversation", asked.conversation)):
        if asked.go_on_from is not None and given is not None:
            raise ConfigurationError(f"--continue and {option} exclude each other: a journal holds its own record")


def _address(asked: Asked) -> str | None:
    """Return where the journal is; None where none is asked for."""
    wanted = asked.journal or asked.conversation is not None or os.environ.get(VARIABLE)
    return address_of(asked.journal) if wanted and asked.go_on_from is None else None


def _in_journal(asked: Asked, journal: SqlJournal, record: Conversation | None) -> _Start:
    if asked.conversation is None:
        return _Start(record=record, conversation_id=None, journal=journal)
    found = stored(journal, asked.conversation)
    if found is None and record is not None:
        return _Start(record=evolve(record, id=asked.conversation), conversation_id=None, journal=journal)
    if found is None:
        return _Start(record=None, conversation_id=asked.conversation, journal=journal)
    if record is not None:
        raise ConfigurationError(f"--history: the conversation {found.id!r} is in the journal and has a history already")
    return _Start(record=found, conversation_id=None, journal=journal)


def _transcribed(asked: Asked, agent: Agent[str], start: _Start, rule_based: bool) -> RunResult[str]:
    """Run with a transcript on stdout."""
    console = console_on()
    model = agent.models[0]
    screen = Screen(console, model.label, patient=not asked.verbose)
    screen.begin(model.address.url, _notes(asked, start.record, rule_based))
    began = time.monotonic()
    try:
        result = _conducted(asked, agent, start, screen.show, console)
    finally:
        screen.close()
    took = time.monotonic() - began
    try:
        _save(asked, result)
    finally:
        screen.end(result, took, _place(asked, start, result))
    if start.journal is not None and result.state is State.AWAITING_APPROVAL:
        console.print(how_to_go_on(result, asked.agent.resumed(asked.journal)), soft_wrap=True)
    return result


def _reported(asked: Asked, agent: Agent[str], start: _Start, rule_based: bool) -> RunResult[str]:
    """Run in silence and print one JSON object on stdout; a question to a person goes to stderr."""
    began = time.monotonic()
    result = _conducted(asked, agent, start, _ignore, console_on(stderr=True))
    took = time.monotonic() - began
    try:
        _save(asked, result)
    finally:
        sys.stdout.write(report(result, agent.models[0], rule_based=rule_based, seconds=took) + "\n")
    return result


def _conducted(
    asked: Asked, agent: Agent[str], start: _Start, show: Callable[[Notice], None], console: Console
) -> RunResult[str]:
    begin = partial(agent.stream, asked.task, conversation=start.record, conversation_id=start.conversation_id)
    return Conduct(agent, show, decider(console))(begin)


def _place(asked: Asked, start: _Start, result: RunResult[str]) -> str | None:
    """Return in words where the record is kept."""
    kept = [f"{_address(asked)} as {result.conversation.id}"] if start.journal is not None else []
    return " and in ".join([*kept, *([str(asked.save)] if asked.save is not None else [])]) or None


def _notes(asked: Asked, start: Conversation | None, rule_based: bool) -> list[str]:
    notes = [RULE_BASED] if rule_based else []
    if start is not None:
        count = len(start.messages)
        notes.append(
            f"going on from {asked.go_on_from or asked.history or start.id}: {count} message{'' if count == 1 else 's'}"
        )
        notes += [f"repaired: {line}" for line in start.repairs if asked.history is not None]
    return notes


def _save(asked: Asked, result: RunResult[str]) -> None:
    if asked.save is not None:
        write_record(asked.save, result.conversation)


def _ignore(notice: Notice) -> None:
    """Show nothing of it."""


def log_to_stderr(verbose: int) -> None:
    """Let the library's own lines out: a line a transition with `-v`."""
    if verbose:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S"))
        log = logging.getLogger("detent")
        log.addHandler(handler)
        log.setLevel(logging.DEBUG if verbose > 1 else logging.INFO)
