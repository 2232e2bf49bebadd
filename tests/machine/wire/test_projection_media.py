"""Images and files that tools return: the user shows them, once all results are there."""

from __future__ import annotations

import json
from typing import Any

import pytest
from attrs import evolve
from history_oracle import judge
from scenes import asked, picture, sealed

from detent.machine.wire.host_profile import HostProfile, overridden
from detent.machine.wire.hosts import HOSTS
from detent.machine.wire.projected import KEPT
from detent.machine.wire.projection import Projection
from detent.states import Conversation
from detent.states.messages import AssistantMessage, Part, Said
from detent.states.turn import Entry, SealedTurn

PORTABLE = HOSTS["portable"]
BRIDGED = overridden(PORTABLE, {"bridge_after_tool": True})
ALTERNATE = overridden(PORTABLE, {"alternate": True})
GO_ON = {"role": "assistant", "content": "(Go on.)"}
ANSWER = AssistantMessage(said=Said(text="I see."))


@pytest.fixture(autouse=True)
def _nothing_is_kept() -> None:
    KEPT.clear()


def showing(*names: str, first: int = 0, text: str = "") -> SealedTurn:
    """Return a turn of a call for each name, which returned the picture of that name; none where it is empty."""
    turn = sealed(*names, first=first, text=text)
    parts = [(picture(name),) if name else () for name in names]
    return evolve(turn, outcomes=tuple(map(lambda outcome, own: evolve(outcome, parts=own), turn.outcomes, parts)))


def project(host: HostProfile, *entries: Entry) -> list[dict[str, Any]]:
    messages = json.loads(Projection(host).messages(Conversation(history=entries)))
    assert isinstance(messages, list)
    return messages


def roles(messages: list[dict[str, Any]]) -> str:
    return "".join(message["role"][0] for message in messages)


def test_pictures_follow_all_results_in_call_order_under_the_names_of_their_tools() -> None:
    messages = project(PORTABLE, asked(), showing("a", "", "c"))

    assert "uatttu" == roles(messages)
    assert [
        {"type": "text", "text": "Returned by look:"},
        {"type": "image_url", "image_url": {"url": "data:a"}},
        {"type": "text", "text": "Returned by look:"},
        {"type": "image_url", "image_url": {"url": "data:c"}},
    ] == messages[-1]["content"]
    assert [] == judge(messages, sendable=True)


def test_a_part_is_sent_byte_for_byte() -> None:
    odd = '{"type": "image_url",  "image_url": {"url": "data:x", "n": 1e400}}'
    turn = sealed("4")
    turn = evolve(turn, outcomes=(evolve(turn.outcomes[0], parts=(Part("image_url", odd),)),))

    assert odd.encode() in Projection(PORTABLE).messages(Conversation(history=(asked(), turn)))


@pytest.mark.parametrize(
    ("host", "expected", "entries"),
    [
        (PORTABLE, "uatu", (asked(), showing("a"))),
        (PORTABLE, "uatuu", (asked(), showing("a"), asked())),
        (BRIDGED, "uatau", (asked(), showing("a"))),
        (BRIDGED, "uatauu", (asked(), showing("a"), asked())),
        (BRIDGED, "uatauatau", (asked(), showing("a"), showing("b", first=1))),
        (BRIDGED, "uatauataua", (asked(), showing("a"), showing("b", first=1), ANSWER)),
        (BRIDGED, "uatatau", (asked(), showing(""), showing("b", first=1))),
        (ALTERNATE, "uatau", (asked(), showing("a"))),
        (ALTERNATE, "uatauau", (asked(), showing("a"), asked())),
        (ALTERNATE, "uatauatau", (asked(), showing("a"), showing("b", first=1))),
        (ALTERNATE, "uataua", (asked(), showing("a"), ANSWER)),
        (ALTERNATE, "uauatauau", (asked(), ANSWER, showing("a"), asked())),
        (HOSTS["mistral"], "uatauu", (asked(), showing("a"), asked())),
    ],
)
def test_a_word_is_said_between_results_and_pictures_where_the_host_wants_one(
    host: HostProfile, expected: str, entries: tuple[Entry, ...]
) -> None:
    messages = project(host, *entries)

    assert expected == roles(messages)
    assert [] == judge(messages)
    assert {GO_ON["content"]} >= {
        message["content"] for message in messages if message["role"] == "assistant" and "tool_calls" not in message
    } - {"I see."}


def test_text_parted_from_its_calls_goes_before_them_and_the_pictures_after() -> None:
    host = overridden(PORTABLE, {"text_xor_calls": True})

    assert "uaatu" == roles(project(host, asked(), showing("a", text="Let me see.")))


@pytest.mark.parametrize("host", [PORTABLE, BRIDGED, ALTERNATE, HOSTS["mistral"], HOSTS["gemini"], HOSTS["deepseek"]])
def test_what_follows_pictures_changes_nothing_before_it(host: HostProfile) -> None:
    entries = (asked(), showing("a", "b"), asked(), showing("c", first=2), ANSWER, asked(), showing("", first=3), asked())
    projection, sent = Projection(host), b"["
    for length in range(1, len(entries) + 1):
        now = projection.messages(Conversation(history=entries[:length]))
        KEPT.clear()
        assert now.startswith(sent)
        assert now == Projection(host).messages(Conversation(history=entries[:length]))
        sent = now[:-1]
