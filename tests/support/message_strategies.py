"""Chat-completions messages and histories for Hypothesis: valid ones, nearly valid ones, and some that are neither."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st
from text_strategies import HOST_IDS, NAMES, argument_texts, json_values, texts

__all__ = ["messages", "mutated_histories", "valid_histories"]

_ROLES = ("system", "developer", "user", "assistant", "tool", "function", "robot", None)


@st.composite
def _wire_calls(draw: st.DrawFn) -> dict[str, object]:
    function: dict[str, object] = {
        "name": draw(st.sampled_from(NAMES)),
        "arguments": draw(argument_texts | st.none() | st.just({"a": 1}) | json_values),
    }
    call: dict[str, object] = {"id": draw(st.sampled_from(HOST_IDS)), "type": "function", "function": function}
    for key in draw(st.sets(st.sampled_from(("id", "type", "function")), max_size=1)):
        call[key] = draw(json_values)
    return call


@st.composite
def messages(draw: st.DrawFn) -> dict[str, object]:
    """Return a message that is nearly one: any role, any field missing, of a wrong type or too many."""
    message: dict[str, object] = {"role": draw(st.sampled_from(_ROLES[:6]))}
    if draw(st.integers(0, 9)):
        message["content"] = draw(
            texts
            | texts
            | st.none()
            | json_values
            | st.lists(st.builds(lambda text: {"type": "text", "text": text}, texts), max_size=2)
        )
    if message["role"] == "assistant" and draw(st.booleans()):
        message["tool_calls"] = draw(st.lists(_wire_calls(), max_size=3))
    if message["role"] == "assistant" and not draw(st.integers(0, 5)):
        message["function_call"] = {"name": draw(st.sampled_from(NAMES)), "arguments": draw(argument_texts)}
    if message["role"] in ("tool", "function"):
        message["tool_call_id"] = draw(st.sampled_from(HOST_IDS))
        message["name"] = draw(st.sampled_from(NAMES))
    if not draw(st.integers(0, 9)):
        message[draw(texts)] = draw(json_values)
    return message


@st.composite
def valid_histories(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Return a history that is valid as stored: every text and every result in it is another one."""
    history: list[dict[str, Any]] = [{"role": "user", "content": "text 0"}]
    minted = 0
    for step_kind in draw(st.lists(st.integers(0, 2), max_size=5)):
        text = f"text {len(history)}"
        if step_kind < 2:
            history.append({"role": ("user", "assistant")[step_kind], "content": text})
            continue
        ids = [f"id_{minted + number}" for number in range(draw(st.integers(1, 3)))]
        minted += len(ids)
        asked = [{"id": each, "type": "function", "function": {"name": "look", "arguments": '{"a": 1}'}} for each in ids]
        history.append({"role": "assistant", "content": draw(st.sampled_from((None, text))), "tool_calls": asked})
        history += [{"role": "tool", "tool_call_id": each, "content": f"result of {each}"} for each in ids]
    return history


@st.composite
def mutated_histories(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Return a valid history after up to three faults."""
    history = copy.deepcopy(draw(valid_histories()))
    for _ in range(draw(st.integers(1, 3))):
        if not history:
            break
        place, other = (draw(st.integers(0, len(history) - 1)) for _ in range(2))
        match draw(st.integers(0, 6)):
            case 0:
                del history[place]
            case 1:
                history[place], history[other] = history[other], history[place]
            case 2:
                history.insert(other, copy.deepcopy(history[place]))
            case 3:
                history.insert(place, {"role": draw(st.sampled_from(("user", "system"))), "content": "inserted"})
            case 4:
                history[place].pop(draw(st.sampled_from(("content", "tool_call_id", "tool_calls", "role"))), None)
            case 5:
                history[place][draw(st.sampled_from(("content", "tool_call_id", "tool_calls", "extra")))] = draw(json_values)
            case _:
                history[place]["tool_call_id"] = "id_0"
    return history
