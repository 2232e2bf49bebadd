"""`detent resume`: a conversation goes on where it stopped, with what people decided meanwhile."""

from __future__ import annotations

import sys
import time
from collections.abc import Container, Iterable, Mapping
from functools import partial
from typing import Any

import anyio
import orjson
from attrs import frozen

from ..errors import ConfigurationError
from ..machine.agent import Agent
from ..machine.decisions import decided
from ..machine.notices import Notice
from ..machine.result import RunResult
from ..machine.sql import SqlJournal
from ..states import State
from ..states.shapes import is_object
from .agents import AgentOptions, agent_for
from .conduct import Conduct
from .deciding import decider, how_to_go_on
from .exits import Exit, exit_for
from .report import report
from .run import RULE_BASED, log_to_stderr
from .screen import Screen, console_on

__all__ = ["Resuming", "agreed", "answered", "refused", "resume"]


@frozen(kw_only=True)
class Resuming:
    """What the options of `detent resume` ask for: what was decided, by the ids of the calls."""

    conversation_id: str
    agent: AgentOptions
    approve: Mapping[str, Mapping[str, object] | None]
    deny: Mapping[str, str]
    answer: Mapping[str, object]
    journal: str | None
    json: bool
    verbose: int


def agreed(given: Iterable[str]) -> dict[str, Mapping[str, object] | None]:
    """Read `CALL` or `CALL={"other": "arguments"}`.  Raises `ConfigurationError` for what is no object."""
    read: dict[str, Mapping[str, object] | None] = {}
    for each in given:
        call_id, sign, text = each.partition("=")
        _check_new(call_id, read, "--approve")
        value = _json(text, f"--approve {each}") if sign else None
        if sign and not is_object(value):
            raise ConfigurationError(f"--approve {each}: the call's new arguments are wanted as a JSON object")
        read[call_id] = value if is_object(value) else None
    return read


def refused(given: Iterable[str]) -> dict[str, str]:
    """Read `CALL` or `CALL=WHY`."""
    read: dict[str, str] = {}
    for each in given:
        call_id, _, why = each.partition("=")
        _check_new(call_id, read, "--deny")
        read[call_id] = why
    return read


def answered(given: Iterable[str]) -> dict[str, object]:
    """Read `CALL=JSON`.  Raises `ConfigurationError` for anything else."""
    read: dict[str, object] = {}
    for each in given:
        call_id, sign, text = each.partition("=")
        if not sign:
            raise ConfigurationError(f"--answer {each}: CALL=JSON is wanted, such as {each}=true")
        _check_new(call_id, read, "--answer")
        read[call_id] = _json(text, f"--answer {each}")
    return read


def _check_new(call_id: str, read: Container[str], option: str) -> None:
    if call_id in read:
        raise ConfigurationError(f"{option} {call_id}: that call is there twice")


def _json(text: str, what: str) -> object:
    try:
        value: object = orjson.loads(text)
    except ValueError as error:
        raise ConfigurationError(f"{what}: not JSON (a text needs quotes): {error}") from None
    return value


def resume(journal: SqlJournal, asked: Resuming) -> Exit:
    """Go on with the conversation, show or report it, and return the exit code.

    Raises `ConfigurationError`, and changes nothing, for a call that does not wait.
    """
    log_to_stderr(asked.verbose)
    words = decided(asked.approve, asked.deny, asked.answer)
    words.events(anyio.run(journal.load, asked.conversation_id), at=0.0)  # what is wrong is told before anything is shown
    with agent_for(asked.agent, journal) as (agent, rule_based):
        result = (_reported if asked.json else _transcribed)(asked, agent, rule_based)
    return exit_for(result.state)


# Any, here and below: what an agent of the user's own answers with does not matter.
def _transcribed(asked: Resuming, agent: Agent[Any], rule_based: bool) -> RunResult[Any]:
    console, model = console_on(), agent.models[0]
    screen = Screen(console, model.label, patient=not asked.verbose)
    notes = [RULE_BASED] if rule_based else []
    screen.begin(model.address.url, [*notes, f"going on with {asked.conversation_id}"])
    began = time.monotonic()
    try:
        result = _conducted(asked, Conduct(agent, screen.show, decider(console)))
    finally:
        screen.close()
    screen.end(result, time.monotonic() - began)
    if result.state is State.AWAITING_APPROVAL:
        console.print(how_to_go_on(result, asked.agent.resumed(asked.journal)), soft_wrap=True)
    return result


def _reported(asked: Resuming, agent: Agent[Any], rule_based: bool) -> RunResult[Any]:
    began = time.monotonic()
    result = _conducted(asked, Conduct(agent, _ignore, decider(console_on(stderr=True))))
    sys.stdout.write(report(result, agent.models[0], rule_based=rule_based, seconds=time.monotonic() - began) + "\n")
    return result


def _conducted(asked: Resuming, conduct: Conduct) -> RunResult[Any]:
    resumed = partial(conduct.agent.resume_stream, asked.conversation_id)
    return conduct(partial(resumed, approve=asked.approve, deny=asked.deny, answer=asked.answer))


def _ignore(notice: Notice) -> None:
    """Show nothing of it."""
