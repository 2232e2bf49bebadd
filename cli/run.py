"""`detent run`: from the options to the exit code."""

from __future__ import annotations

import logging
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from attrs import frozen

from ..errors import ConfigurationError
from ..machine.agent import Agent
from ..machine.check import task_message
from ..machine.notices import Notice
from ..machine.result import RunResult
from ..states import Conversation, Limits
from ..tools import Tool
from .asking import Asking, can_ask
from .chosen import chosen_model
from .exits import Exit, exit_for
from .report import report
from .screen import Screen, console_on
from .setting import Setting
from .storing import check_place, read_history, read_record, write_record
from .toolset import check_names, toolset
from .watch import watch

__all__ = ["Asked", "run_task"]

RULE_BASED = "no model is configured, so plain rules answer; --model and --base-url choose a model"


@frozen(kw_only=True)
class Asked:
    """What the options of `detent run` ask for.  Without a *setting* the practice endpoint is asked."""

    task: str
    setting: Setting | None
    instructions: str | None
    limits: Limits
    folder: Path
    approve: tuple[str, ...]
    no_tools: bool
    json: bool
    save: Path | None
    go_on_from: Path | None
    history: Path | None
    verbose: int


def run_task(asked: Asked) -> Exit:
    """Run the task as asked, show or report it, store it, and return the exit code.

    Raises `ConfigurationError` for what is wrong with the options, before anything is run.
    """
    task_message(asked.task)
    tools = _tools(asked)
    start = _start(asked)
    if asked.save is not None:
        check_place(asked.save)
    _log_to_stderr(asked.verbose)
    with ExitStack() as stack:
        model, rule_based = chosen_model(asked.setting, stack)
        agent = Agent(model, tools=tools, instructions=asked.instructions, limits=asked.limits)
        shown = _reported if asked.json else _transcribed
        return exit_for(shown(asked, agent, start, rule_based).state)


def _tools(asked: Asked) -> list[Tool]:
    if not asked.no_tools:
        return toolset(asked.folder, asked.approve)
    check_names(asked.approve, ())
    return []


def _start(asked: Asked) -> Conversation | None:
    """Return what the run goes on from, if anything."""
    if asked.go_on_from is not None and asked.history is not None:
        raise ConfigurationError("--continue and --history exclude each other: a record has a history of its own")
    if asked.go_on_from is not None:
        return read_record(asked.go_on_from)
    return None if asked.history is None else read_history(asked.history)


def _transcribed(asked: Asked, agent: Agent[str], start: Conversation | None, rule_based: bool) -> RunResult[str]:
    """Run with a transcript on stdout."""
    console = console_on()
    model = agent.models[0]
    screen = Screen(console, model.label, patient=not asked.verbose)
    screen.begin(model.address.url, _notes(asked, start, rule_based))
    began = time.monotonic()
    try:
        result = watch(agent, asked.task, start, screen.show, Asking(console) if can_ask(console) else None)
    finally:
        screen.close()
    took = time.monotonic() - began
    try:
        _save(asked, result)
    finally:
        screen.end(result, took, None if asked.save is None else str(asked.save))
    return result


def _reported(asked: Asked, agent: Agent[str], start: Conversation | None, rule_based: bool) -> RunResult[str]:
    """Run in silence and print one JSON object on stdout; a question to a person goes to stderr."""
    console = console_on(stderr=True)
    began = time.monotonic()
    result = watch(agent, asked.task, start, _ignore, Asking(console) if can_ask(console) else None)
    took = time.monotonic() - began
    try:
        _save(asked, result)
    finally:
        sys.stdout.write(report(result, agent.models[0], rule_based=rule_based, seconds=took) + "\n")
    return result


def _notes(asked: Asked, start: Conversation | None, rule_based: bool) -> list[str]:
    notes = [RULE_BASED] if rule_based else []
    if start is not None:
        count = len(start.messages)
        notes.append(f"going on from {asked.go_on_from or asked.history}: {count} message{'' if count == 1 else 's'}")
        notes += [f"repaired: {line}" for line in start.repairs if asked.history is not None]
    return notes


def _save(asked: Asked, result: RunResult[str]) -> None:
    if asked.save is not None:
        write_record(asked.save, result.conversation)


def _ignore(notice: Notice) -> None:
    """Show nothing of it."""


def _log_to_stderr(verbose: int) -> None:
    """Let the library's own lines out: a line a transition with `-v`."""
    if verbose:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S"))
        log = logging.getLogger("detent")
        log.addHandler(handler)
        log.setLevel(logging.DEBUG if verbose > 1 else logging.INFO)
