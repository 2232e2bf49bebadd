"""AG-UI's own client, in Node, as a front end: what it makes of runs, and how it goes on with them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import pytest
from attrs import define, field
from npm_packages import installed
from served import Serve

from detent import MemoryJournal

PROGRAM = Path(__file__).parent.parent / "support" / "agui_front_end.mjs"


@define
class FrontEnd:
    """A program that runs as long as the block; `newest` is what the client made of the last run."""

    url: str
    newest: dict[str, Any] = field(factory=dict[str, Any], init=False)
    program: subprocess.Popen[str] = field(init=False)

    def __enter__(self) -> Self:
        """Start it."""
        command = ["node", str(PROGRAM), str(installed()), f"{self.url}/agui"]
        self.program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        assert self.program.stdin is not None
        self.program.stdin.close()
        self.program.wait()
        assert self.program.stdout is not None
        self.program.stdout.close()

    @property
    def interrupts(self) -> list[dict[str, Any]]:
        """What waits for a person."""
        waiting: list[dict[str, Any]] = self.newest["interrupts"]
        return waiting

    def run(self, **what: Any) -> dict[str, Any]:
        """Do one run."""
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        self.program.stdin.write(json.dumps(what) + "\n")
        self.newest = json.loads(self.program.stdout.readline())
        return self.newest

    def decide(self, *payloads: Any, **what: Any) -> dict[str, Any]:
        """Answer all that waits, in order."""
        words = zip(self.interrupts, payloads, strict=True)
        entries = [{"interruptId": each["id"], "status": "resolved", "payload": payload} for each, payload in words]
        return self.run(resume=entries, **what)

    def bring(self, text: str, **what: Any) -> dict[str, Any]:
        """Bring the results of the front end's own calls."""
        return self.run(results={each["id"]: text for each in self.own_calls()}, **what)

    def own_calls(self) -> list[dict[str, Any]]:
        """Return its calls that have no result."""
        calls = [call for message in self.newest["messages"] for call in message.get("toolCalls") or ()]
        done = {message.get("toolCallId") for message in self.newest["messages"]}
        return [call for call in calls if call["id"] not in done and call["function"]["name"] == "measure"]


def told(made: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the messages: who, and what, with the names of calls in brackets."""
    return [
        (
            each["role"],
            "".join([each.get("content") or "", *(f"[{c['function']['name']}]" for c in each.get("toolCalls") or ())]),
        )
        for each in made["messages"]
    ]


@pytest.fixture
def front(serve: Serve) -> Iterator[FrontEnd]:
    with FrontEnd(serve().url) as running:
        yield running


def test_a_talk_is_told_and_remembered_by_the_client(front: FrontEnd) -> None:
    front.run(say="hi")
    made = front.run(say="and look")

    assert [
        ("user", "hi"),
        ("assistant", "Hello <script>alert(1)</script> to you "),
        ("user", "and look"),
        ("assistant", "[look]"),
        ("tool", "it is blue"),
        ("assistant", "So: it is blue"),
    ] == told(made)
    assert (None, []) == (made["error"], made["interrupts"])


def test_what_the_model_thinks_is_a_message_of_its_own(front: FrontEnd) -> None:
    made = front.run(say="think")

    assert ("reasoning", "Well, hm.") in told(made)
    assert "REASONING_END" in made["events"]
    assert None is front.run(say="go on")["error"]  # such messages come back, and are not for the model


def test_a_call_that_a_person_agrees_to_runs(front: FrontEnd) -> None:
    front.run(say="pay")
    (waiting,) = front.interrupts
    assert ("tool_call", "May pay run?") == (waiting["reason"], waiting["message"])
    assert ("assistant", "[pay]") == told(front.newest)[-1]

    made = front.decide({"approved": True})
    assert ["tool", "assistant"] == [who for who, _ in told(made)][-2:]
    assert ("tool", "paid 12.5 <b>at once</b>") == told(made)[-2]
    assert ([], None) == (made["interrupts"], made["error"])


def test_a_person_may_change_the_arguments_or_refuse_with_a_reason(front: FrontEnd) -> None:
    front.run(say="pay")
    assert "paid 1.0" in told(front.decide({"approved": True, "editedArgs": {"amount": 1}}))[-2][1]

    front.run(say="pay")
    assert "too much" in told(front.decide({"approved": False, "reason": "too much"}))[-2][1]

    front.run(say="pay")
    entries = [{"interruptId": each["id"], "status": "cancelled"} for each in front.interrupts]
    assert "left this undecided" in told(front.run(resume=entries))[-2][1]


def test_a_tool_that_asks_is_answered_by_its_schema(front: FrontEnd) -> None:
    front.run(say="book")
    (waiting,) = front.interrupts
    assert ("input_required", "For how many?", {"type": "integer"}) == (
        waiting["reason"],
        waiting["message"],
        waiting["responseSchema"],
    )

    assert ("tool", "booked for 4 on Friday") == told(front.decide(4))[-2]


def test_a_front_end_tool_runs_there_also_after_one_of_the_server(front: FrontEnd) -> None:
    made = front.run(say="look then measure")
    assert [("assistant", "[look]"), ("tool", "it is blue"), ("assistant", "[measure]")] == told(made)[1:]
    assert [] == made["interrupts"]

    made = front.bring("12 metres")
    assert [("tool", "12 metres"), ("assistant", "So: 12 metres")] == told(made)[-2:]


def test_a_person_and_the_front_end_are_asked_for_calls_of_one_reply(front: FrontEnd) -> None:
    assert ["pay"] == [each["message"].split()[1] for each in front.run(say="pay and measure")["interrupts"]]

    made = front.decide({"approved": True})
    assert [("assistant", "[pay]"), ("tool", "paid 12.5 <b>at once</b>"), ("assistant", "[measure]")] == told(made)[1:]

    made = front.bring("3 feet")
    assert [("tool", "3 feet"), ("assistant", "So: 3 feet")] == told(made)[-2:]
    assert ([], None) == (made["interrupts"], made["error"])


def test_what_is_said_beside_a_decision_is_heard(front: FrontEnd) -> None:
    front.run(say="pay")
    made = front.decide({"approved": True}, say="and look")

    assert ("tool", "it is blue") in told(made)


def test_a_decision_counts_once(serve: Serve) -> None:
    journal = MemoryJournal()
    with FrontEnd(serve(journal).url) as front:
        front.run(say="pay")
        entries = [
            {"interruptId": each["id"], "status": "resolved", "payload": {"approved": True}} for each in front.interrupts
        ]
        assert None is front.run(resume=entries)["error"]
        again = front.run(resume=entries)

    assert "no run waits for" in again["error"]


@pytest.mark.parametrize(
    ("payload", "why"),
    [({}, "{'approved': true}"), ("yes", "{'approved': true}"), ({"approved": True, "editedArgs": {"amount": "x"}}, "")],
)
def test_a_decision_that_does_not_fit_is_told_and_the_run_waits_on(front: FrontEnd, payload: Any, why: str) -> None:
    front.run(say="pay")
    waiting = front.interrupts
    made = front.decide(payload)
    if why:
        assert why in made["error"]
        front.newest["interrupts"] = waiting
        made = front.decide({"approved": True})
        assert "paid 12.5" in told(made)[-2][1]
    else:  # the tool refuses what does not fit its arguments, and the model is told
        assert "amount" in told(made)[-2][1]


def test_all_that_waits_is_decided_at_once(front: FrontEnd) -> None:
    front.run(say="pay and pay")
    waiting = front.interrupts
    made = front.run(resume=[{"interruptId": waiting[0]["id"], "status": "resolved", "payload": {"approved": True}}])
    assert made["error"]

    front.newest["interrupts"] = waiting
    made = front.decide({"approved": True}, {"approved": False})
    denied, paid = sorted(text for who, text in told(made) if who == "tool")
    assert ("Tool error: the user did not allow this call.", "paid 12.5 <b>at once</b>") == (denied, paid)
