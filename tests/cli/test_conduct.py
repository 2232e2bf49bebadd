"""Runs that are driven for a person: shown, asked about, stopped, with a journal and without one."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import anyio
import pytest
from scripted_host import Script, ScriptedHost, asks, hangs, streams

from detent import (
    Agent,
    ConfigurationError,
    Context,
    MemoryJournal,
    Model,
    RunResult,
    State,
    StateChanged,
    TextDelta,
    ToolFinished,
    replay,
    tool,
)
from detent.cli.conduct import Conduct, Decide, Words
from detent.machine.notices import Notice


@tool(approve=True)
def pay(amount: int) -> str:
    """Pay an amount."""
    return f"paid {amount}"


@tool
def pick(context: Context[None]) -> str:
    """Let a person pick."""
    return f"picked {context.ask('Which?', {'type': 'string'})}"


def run(
    *script: Script,
    show: Callable[[Notice], None] = lambda notice: None,
    decide: Decide | None = None,
    task: str = "go",
    journal: MemoryJournal | None = None,
) -> RunResult[str]:
    with ScriptedHost(*script) as host:
        agent = Agent(Model("m", base_url=host.base_url), tools=[pay, pick], journal=journal)
        return Conduct(agent, show, decide)(partial(agent.stream, task))


def every(agreed: bool) -> Decide:
    def decide(result: RunResult[Any]) -> Words:
        ids = tuple(call.id for call in result.approvals)
        return Words(approve=ids if agreed else (), deny=() if agreed else ids, answer={q.id: "b" for q in result.questions})

    return decide


TWICE = asks(("pay", '{"amount": 1}'), ("pay", '{"amount": 2}'))
THANKS = streams({"content": "thanks"})


def test_a_run_is_shown_to_its_end() -> None:
    shown: list[Notice] = []
    result = run(THANKS, show=shown.append)

    assert (State.DONE, "thanks") == (result.state, result.text)
    assert TextDelta("thanks") in shown
    assert [State.PROMPTING, State.AWAITING_MODEL, State.DONE] == [
        notice.target for notice in shown if isinstance(notice, StateChanged)
    ]


def test_a_run_that_needs_a_person_waits_where_there_is_none() -> None:
    result = run(TWICE)

    assert (State.AWAITING_APPROVAL, 2) == (result.state, len(result.approvals))


def test_after_a_persons_word_the_run_goes_on_and_is_shown() -> None:
    shown: list[Notice] = []
    result = run(TWICE, THANKS, show=shown.append, decide=every(True))

    assert (State.DONE, "thanks") == (result.state, result.text)
    assert ["paid 1", "paid 2"] == [call.result for call in result.tool_calls]
    assert 2 == sum(isinstance(notice, ToolFinished) for notice in shown)
    assert State.DONE is getattr(shown[-1], "target", None)


def test_a_persons_answer_reaches_the_tool() -> None:
    result = run(asks(("pick", "{}")), THANKS, decide=every(True))

    assert ["picked b"] == [call.result for call in result.tool_calls]


def test_a_no_is_told_to_the_model_and_the_rest_waits_on() -> None:
    words = iter([Words(deny=("call00000",), answer={}), Words(answer={})])
    result = run(TWICE, decide=lambda result: next(words))

    assert State.AWAITING_APPROVAL is result.state
    assert ["denied", None] == [call.kind and call.kind.value for call in result.tool_calls]


def test_ctrl_c_ends_a_run_in_cancelled_and_that_is_shown() -> None:
    shown: list[Notice] = []

    def interrupt(notice: Notice) -> None:
        shown.append(notice)
        if isinstance(notice, StateChanged) and notice.target is State.AWAITING_MODEL:
            signal.raise_signal(signal.SIGINT)

    result = run(hangs(threading.Event()), show=interrupt)

    assert State.CANCELLED is result.state
    assert State.CANCELLED is getattr(shown[-1], "target", None)


def test_ctrl_c_after_a_persons_word_keeps_what_was_done() -> None:
    def interrupt(notice: Notice) -> None:
        if isinstance(notice, StateChanged) and notice.source is State.DISPATCHING_TOOLS:
            signal.raise_signal(signal.SIGINT)

    result = run(TWICE, hangs(threading.Event()), show=interrupt, decide=every(True))

    assert State.CANCELLED is result.state
    assert ["paid 1", "paid 2"] == [call.result for call in result.tool_calls]


def test_who_leaves_after_one_word_is_not_asked_again() -> None:
    asked: list[RunResult[Any]] = []

    def one(result: RunResult[Any]) -> Words:
        asked.append(result)
        return Words(approve=(result.approvals[0].id,), answer={}, rest_waits=True)

    result = run(TWICE, decide=one)

    assert (State.AWAITING_APPROVAL, 1, 1) == (result.state, len(result.approvals), len(asked))


@pytest.mark.parametrize("journal", [None, MemoryJournal()])
def test_ctrl_c_instead_of_an_answer_cancels_the_run_in_the_journal_too(journal: MemoryJournal | None) -> None:
    def interrupt(result: RunResult[Any]) -> Words:
        raise KeyboardInterrupt

    result = run(TWICE, decide=interrupt, journal=journal)

    assert State.CANCELLED is result.state
    assert ["cancelled", "cancelled"] == [call.kind and call.kind.value for call in result.tool_calls]
    if journal is not None:
        assert result.conversation == replay(anyio.run(journal.read, result.conversation.id))


def test_a_wrong_task_is_refused_as_the_agent_refuses_it() -> None:
    with pytest.raises(ConfigurationError, match="the task is empty"):
        run(THANKS, task=" ")
