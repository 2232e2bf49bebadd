"""The judge beside Mistral's own validator, which ships with its tokenizers: what that refuses is refused here."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from mistral_common.exceptions import MistralCommonException
from mistral_common.protocol.instruct.request import ChatCompletionRequest
from mistral_common.protocol.instruct.validator import MistralRequestValidatorV13, ValidationMode

from detent.states.history import PORTABLE, judge

History = list[dict[str, Any]]
MISTRAL = evolve(PORTABLE, name="mistral", id_pattern="[a-zA-Z0-9]{9}", bridge_after_tool=True)
VALIDATOR: Any = MistralRequestValidatorV13(mode=ValidationMode.serving)


def mistral_takes(history: History) -> bool:
    try:
        request: Any = ChatCompletionRequest[Any].from_openai(messages=copy.deepcopy(history), model="m")
        VALIDATOR.validate_request(request)
    except (MistralCommonException, ValueError, TypeError, KeyError, AssertionError):
        return False
    return True


def a_call(call_id: str, arguments: str = '{"city": "Oslo"}') -> dict[str, Any]:
    return {"id": call_id, "type": "function", "function": {"name": "weather", "arguments": arguments}}


VALID: History = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "What is the weather?"},
    {"role": "assistant", "content": None, "tool_calls": [a_call("call00001"), a_call("call00002")]},
    {"role": "tool", "tool_call_id": "call00001", "content": "rain"},
    {"role": "tool", "tool_call_id": "call00002", "content": "sun"},
    {"role": "assistant", "content": "Rain."},
    {"role": "user", "content": "And now?"},
    {"role": "assistant", "content": None, "tool_calls": [a_call("call00003")]},
    {"role": "tool", "tool_call_id": "call00003", "content": "snow"},
]


def test_both_take_the_valid_history() -> None:
    assert mistral_takes(VALID)
    assert [] == judge(VALID, MISTRAL, sendable=True)


def reuse_an_id(history: History) -> None:
    history[7]["tool_calls"][0]["id"] = history[8]["tool_call_id"] = "call00001"


REFUSED_BY_BOTH: dict[str, Callable[[History], object]] = {
    "a result is missing": lambda history: history.pop(4),
    "a result too many": lambda history: history.insert(5, {"role": "tool", "tool_call_id": "call00009", "content": ""}),
    "a result twice": lambda history: history.insert(5, dict(history[4])),
    "a result behind the user": lambda history: history.insert(2, dict(history[4])),
    "an id of another form": lambda history: history[7]["tool_calls"][0].update(id="call_3"),
    "an unknown id": lambda history: history[8].update(tool_call_id="call00009"),
    "an id twice in a message": lambda history: history[2]["tool_calls"][1].update(id="call00001"),
    "the answer is last": lambda history: history.__delitem__(slice(6, None)),
    "nothing": lambda history: history.clear(),
    "a name with a space": lambda history: history[7]["tool_calls"][0]["function"].update(name="the weather"),
    "an unknown role": lambda history: history[1].update(role="robot"),
}


@pytest.mark.parametrize("change", REFUSED_BY_BOTH.values(), ids=REFUSED_BY_BOTH)
def test_both_refuse_it(change: Callable[[History], object]) -> None:
    history = copy.deepcopy(VALID)
    change(history)

    assert not mistral_takes(history)
    assert [] != judge(history, MISTRAL, sendable=True)


REFUSED_HERE_ALONE: dict[str, tuple[str, Callable[[History], object]]] = {
    "cut arguments": ("V31", lambda history: history[2]["tool_calls"][0]["function"].update(arguments='{"city": ')),
    "an id used again later": ("V16", reuse_an_id),
    "neither text nor calls": ("V4", lambda history: history[5].update(content=None)),
    "an empty text and no calls": ("V5", lambda history: history[5].update(content="")),
    # api.mistral.ai is reported to refuse it, and recorded to have taken it.
    "the user speaks after a result": ("V24", lambda history: history.pop(5)),
}


@pytest.mark.parametrize(("rule", "change"), REFUSED_HERE_ALONE.values(), ids=REFUSED_HERE_ALONE)
def test_what_mistrals_validator_lets_through_is_refused_all_the_same(rule: str, change: Callable[[History], object]) -> None:
    history = copy.deepcopy(VALID)
    change(history)

    assert mistral_takes(history)
    assert rule in [finding.rule for finding in judge(history, MISTRAL, sendable=True)]


ids = st.sampled_from(("call00001", "call00002", "call00003", "call_1", ""))
texts = st.sampled_from(("hi", "", " "))
calls = st.builds(a_call, ids, st.sampled_from(("{}", "{", "[]")))
some_messages = st.one_of(
    st.builds(lambda text: {"role": "user", "content": text}, texts),
    st.builds(lambda text: {"role": "system", "content": text}, texts),
    st.builds(lambda text: {"role": "assistant", "content": text}, texts | st.none()),
    st.builds(
        lambda text, made: {"role": "assistant", "content": text, "tool_calls": made},
        texts | st.none(),
        st.lists(calls, max_size=2),
    ),
    st.builds(lambda text, call_id: {"role": "tool", "content": text, "tool_call_id": call_id}, texts, ids),
)


@st.composite
def nearly_valid(draw: st.DrawFn) -> History:
    history: History = copy.deepcopy(VALID)
    for _ in range(draw(st.integers(1, 2))):
        place = draw(st.integers(0, max(len(history) - 1, 0)))
        match draw(st.integers(0, 2)):
            case 0:
                history.insert(place, draw(some_messages))
            case 1:
                history[place : place + 1] = [draw(some_messages)]
            case _:
                del history[place : place + 1]
    return history


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(nearly_valid() | st.lists(some_messages, max_size=4))
def test_whatever_mistrals_validator_refuses_is_refused(history: History) -> None:
    assume(not mistral_takes(history))

    assert [] != judge(history, MISTRAL, sendable=True)
