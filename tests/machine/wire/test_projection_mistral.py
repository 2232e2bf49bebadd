"""What Mistral is sent, judged by Mistral's own validator."""

from __future__ import annotations

import json
from typing import Any

import pytest
import strategies
from attrs import evolve
from hypothesis import given, settings
from mistral_common.exceptions import InvalidMessageStructureException, MistralCommonException
from mistral_common.protocol.instruct.request import ChatCompletionRequest
from mistral_common.protocol.instruct.validator import (
    MistralRequestValidatorV11,
    MistralRequestValidatorV13,
    ValidationMode,
)

from detent.machine.wire.hosts import HOSTS
from detent.machine.wire.projection import Projection
from detent.states import Conversation, Event
from detent.states.messages import AssistantMessage, Call, Origin, Part, Said, UserMessage, call_id
from detent.states.turn import Entry, Outcome, OutcomeKind, SealedTurn

# The eleventh asks for ids of nine letters and digits, the thirteenth, which takes any, has the newer rules.
VALIDATORS: tuple[Any, ...] = tuple(
    kind(mode=ValidationMode.serving) for kind in (MistralRequestValidatorV11, MistralRequestValidatorV13)
)


_DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
PICTURE = Part("image_url", f'{{"type": "image_url", "image_url": {{"url": "data:image/png;base64,{_DOT}"}}}}')


def validate(messages: list[dict[str, Any]]) -> None:
    """Raise what Mistral's library says against *messages*."""
    request: Any = ChatCompletionRequest.from_openai(messages=messages, model="mistral-large")
    for validator in VALIDATORS:
        validator.validate_request(request)


def sent(*entries: Entry) -> list[dict[str, Any]]:
    messages = json.loads(
        Projection(HOSTS["mistral"], Origin("mistral", "m")).messages(Conversation(history=entries), "Be brief.")
    )
    assert isinstance(messages, list)
    return messages


def user(text: str = "hi") -> UserMessage:
    return UserMessage(content=text)


def turn(first: int, *host_ids: str, text: str = "") -> SealedTurn:
    calls = tuple(Call(id=call_id(first + place), name="look", host_id=each) for place, each in enumerate(host_ids))
    outcomes = tuple(Outcome(kind=OutcomeKind.RETURNED, content="") for _ in calls)
    return SealedTurn(said=Said(text=text), calls=calls, outcomes=outcomes)


def seen(turn: SealedTurn) -> SealedTurn:
    return evolve(turn, outcomes=tuple(evolve(outcome, parts=(PICTURE,)) for outcome in turn.outcomes))


@pytest.mark.parametrize(
    "entries",
    [
        (user(),),
        (user(), turn(0, "", "call_abcdefgh")),
        (user(), turn(0, "aB3aB3aB3", text="Let me see."), turn(1, "aB3aB3aB3")),
        (user(), turn(0, "x"), user("and?"), AssistantMessage(said=Said(text="yes")), user()),
        (user(), user(), turn(0, "functions.look:0", "x" * 50)),
        (user(), seen(turn(0, "x", "y"))),
        (user(), seen(turn(0, "x")), user("and?"), seen(turn(1, "y")), AssistantMessage(said=Said(text="yes")), user()),
    ],
)
def test_mistral_accepts_what_it_is_sent(entries: tuple[Entry, ...]) -> None:
    validate(sent(*entries))


def test_no_user_stands_directly_after_a_tool() -> None:
    """The hosted service is stricter than the library: "Unexpected role 'user' after role 'tool'", code 3230."""
    messages = sent(user(), turn(0, "x"), user("and?"))

    assert ["system", "user", "assistant", "tool", "assistant", "user"] == [message["role"] for message in messages]


def test_no_picture_stands_directly_after_a_tool() -> None:
    messages = sent(user(), seen(turn(0, "x")), user("and?"))

    assert ["system", "user", "assistant", "tool", "assistant", "user", "user"] == [message["role"] for message in messages]


def test_the_validator_would_say_what_is_wrong() -> None:
    portable = json.loads(Projection(HOSTS["portable"]).messages(Conversation(history=(user(), turn(0, "call_abcdefgh")))))
    with pytest.raises(MistralCommonException, match="must be a-z, A-Z, 0-9, with a length of 9"):
        validate(portable)
    with pytest.raises(InvalidMessageStructureException):
        validate(sent(user(), turn(0, "x"))[:-1])


@settings(max_examples=60)
@given(made=strategies.conversations())
def test_mistral_accepts_every_conversation(made: tuple[Conversation, tuple[Event, ...]]) -> None:
    conversation, _ = made
    entries = map(with_real_pictures, conversation.history[conversation.run.window :])

    validate(sent(*entries, user("go on")))


def with_real_pictures(entry: Entry) -> Entry:
    """Return *entry* with a real picture for each part: the library reads them, and those of the strategies are made up."""
    if isinstance(entry, UserMessage) and not isinstance(entry.content, str):
        return evolve(entry, content=(PICTURE,))
    if isinstance(entry, SealedTurn):
        real = tuple(evolve(outcome, parts=(PICTURE,) * len(outcome.parts)) for outcome in entry.outcomes)
        return evolve(entry, outcomes=real)
    return entry
