"""From a reply to a completion and to chunks: what is streamed adds up to what is not."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from detent.practice.completion import chunks, completion, models, usage
from detent.practice.request import JSONValue
from detent.practice.rules import Call, Reply

CALLS = st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=3), min_size=1, max_size=3)
REPLIES = st.text(min_size=1).map(lambda text: Reply(text=text)) | CALLS.map(
    lambda each: Reply(calls=tuple(Call(id=f"c{n}", name="f", arguments={**one}) for n, one in enumerate(each)))
)


def streamed(reply: Reply, body: dict[str, JSONValue]) -> list[Any]:
    return list(chunks(reply, body, identity="i", created=0))


@given(REPLIES)
def test_the_chunks_add_up_to_the_message(reply: Reply) -> None:
    deltas = [chunk["choices"][0]["delta"] for chunk in streamed(reply, {})]
    text = "".join(delta.get("content") or "" for delta in deltas)
    pieces = [piece for delta in deltas for piece in delta.get("tool_calls", [])]
    calls = [
        {**piece, "function": {"name": piece["function"]["name"], "arguments": "".join(
            other["function"]["arguments"] for other in pieces if other["index"] == piece["index"])}}
        for piece in pieces if "id" in piece
    ]  # fmt: skip
    for call in calls:
        del call["index"]
    message: Any = reply.to_message()

    assert message.get("tool_calls", []) == calls
    assert (message["content"] or "") == text


def test_a_text_is_streamed_word_by_word_and_ends_with_stop() -> None:
    parts = streamed(Reply(text="one two  three"), {})

    assert [part["choices"][0]["delta"].get("content") for part in parts] == ["", "one", " two", "  three", None]
    assert [part["choices"][0]["finish_reason"] for part in parts] == [None, None, None, None, "stop"]


def test_arguments_come_in_several_pieces() -> None:
    reply = Reply(calls=(Call(id="c1", name="f", arguments={"text": "a long text of words"}),))
    parts = streamed(reply, {})

    assert len(parts) > 5
    assert parts[-1]["choices"][0]["finish_reason"] == "tool_calls"


def test_usage_is_a_last_chunk_without_choices_and_only_when_asked_for() -> None:
    messages: JSONValue = [{"role": "user", "content": "one two"}]
    asked: dict[str, JSONValue] = {"messages": messages, "stream_options": {"include_usage": True}}
    parts = streamed(Reply(text="a b c"), asked)

    assert parts[-1]["choices"] == []
    assert parts[-1]["usage"] == {"prompt_tokens": 2, "completion_tokens": 3, "total_tokens": 5}
    assert all(part["usage"] is None for part in parts[:-1])
    assert not any("usage" in part for part in streamed(Reply(text="a"), {}))


def test_usage_counts_the_words_of_calls_and_results() -> None:
    call: JSONValue = {"id": "c", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}}
    messages: JSONValue = [{"role": "assistant", "content": None, "tool_calls": [call]}, {"role": "tool", "content": "x y"}]

    assert usage(Reply(text=""), {"messages": messages})["prompt_tokens"] == 5


def test_its_name_is_never_shown_without_what_it_is() -> None:
    whole = completion(Reply(text="hi"), {}, identity="i", created=0)

    assert "rule-based" in str(whole["system_fingerprint"])
    assert whole["model"] == "practice-rules"
    assert "rule-based, no language model" in str(models())
