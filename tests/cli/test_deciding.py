"""What a person is asked that a run waits for, and what counts as an answer."""

from __future__ import annotations

import io
import json
import os
import pty
import threading
from pathlib import Path

import pytest
from attrs import evolve
from journals import asked, opened, ready, replied, said, wanted
from rich.console import Console

from detent import RunResult, replay
from detent.cli.agents import AgentOptions
from detent.cli.conduct import Words
from detent.cli.deciding import Deciding, decider, how_to_go_on
from detent.cli.setting import Setting
from detent.states import Event
from detent.states.events import ToolAsked
from detent.states.turn import Ask


def result(*events: Event) -> RunResult[str]:
    return RunResult(conversation=replay(events), model="m")


def asking(schema: object) -> RunResult[str]:
    question = ToolAsked(call_id="call00000", ask=Ask(question="Which\x1b[8m one?", schema=json.dumps(schema)))
    return result(opened(), said(0, "go"), ready(0), replied(1, 1, wanted("pick")), question)


def decide(waiting: RunResult[str], typed: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Words, str]:
    page = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    return Deciding(Console(file=page, width=60, markup=False))(waiting), page.getvalue()


BOTH = result(
    opened(),
    said(0, "go"),
    ready(0),
    replied(1, 1, wanted("pay", gated=True), wanted("pay", gated=True), wanted("pick")),
)


@pytest.mark.parametrize(
    ("schema", "typed", "answer"),
    [
        ({"type": "string"}, "savings", "savings"),
        ({"type": "string"}, "17", "17"),
        ({"type": "string"}, '"in quotes"', "in quotes"),
        ({"type": "boolean"}, "y", True),
        ({"type": "boolean"}, "No", False),
        ({"type": "boolean"}, "true", True),
        ({"type": "integer"}, "17", 17),
        ({"enum": ["a", "b"]}, "b", "b"),
        ({}, '{"x": [1]}', {"x": [1]}),
    ],
)
def test_an_answer_is_taken_as_the_question_wants_it(
    schema: object, typed: str, answer: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, shown = decide(asking(schema), f"{typed}\n", monkeypatch)

    assert Words(answer={"call00000": answer}) == words
    assert shown.startswith("  ? pick asks\n    Which one?\n    ")


def test_what_does_not_fit_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    words, shown = decide(asking({"type": "integer"}), "many\nNaN\n3\n", monkeypatch)

    assert {"call00000": 3} == words.answer
    assert 3 == shown.count("JSON of type integer: ")


def test_choices_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "    [a/b] " in decide(asking({"enum": ["a", "b"]}), "a\n", monkeypatch)[1]


def test_approvals_come_before_questions_and_the_end_of_input_leaves_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = result(
        *(opened(), said(0, "go"), ready(0), replied(1, 1, wanted("pay", gated=True), wanted("pay", gated=True))),
    )
    whole, _ = decide(waiting, "y\nn\n", monkeypatch)
    part, _ = decide(waiting, "y\n", monkeypatch)

    assert Words(approve=("call00000",), deny=("call00001",), answer={}) == whole
    assert Words(approve=("call00000",), answer={}, rest_waits=True) == part
    assert not decide(waiting, "", monkeypatch)[0]
    assert not decide(asking({"type": "string"}), "", monkeypatch)[0]


def test_nobody_is_asked_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())

    assert decider(Console(file=io.StringIO())) is None


def test_how_a_run_goes_on_is_said_as_a_command() -> None:
    pick = result(opened("c7"), said(0, "x"), ready(0), replied(1, 1, wanted("pick")), asked(2, 0, 1, "Which?"))

    assert "detent resume c --approve call00000" == how_to_go_on(BOTH)
    assert "detent resume c7 --answer call00000=JSON" == how_to_go_on(pick)


def test_the_command_that_goes_on_names_the_same_journal_and_agent_and_can_be_pasted() -> None:
    options = AgentOptions(
        setting=Setting(name="m", base_url="http://h/v1", api_key="secret"), folder=Path("a b"), approve=("pay",), no_tools=True
    )
    own = AgentOptions(named="shop:clerk")
    waiting = evolve(BOTH, conversation=evolve(BOTH.conversation, id="my shop"))
    dashed = evolve(BOTH, conversation=evolve(BOTH.conversation, id="-x"))

    assert (
        "detent resume 'my shop' --approve call00000 --journal 'j k.db' --model m --base-url http://h/v1 "
        "--folder 'a b' --ask pay --no-tools"
    ) == how_to_go_on(waiting, options.resumed("j k.db"))
    assert "detent resume --approve call00000 --agent shop:clerk -- -x" == how_to_go_on(dashed, own.resumed(None))


def test_what_was_typed_before_the_question_stood_there_answers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    outer, inner = pty.openpty()
    os.write(outer, b"y\n")
    with os.fdopen(inner, encoding="utf-8") as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        threading.Timer(0.2, os.write, (outer, b"n\n")).start()
        words = Deciding(Console(file=io.StringIO()))(
            result(opened(), said(0, "go"), ready(0), replied(1, 1, wanted("pay", gated=True)))
        )
    os.close(outer)

    assert (("call00000",), ()) == (words.deny, words.approve)
