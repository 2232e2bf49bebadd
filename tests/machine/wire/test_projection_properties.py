"""What holds of every projection: whatever has happened, and whichever host is asked."""

from __future__ import annotations

import json
import re
from typing import Any

import history_oracle
import strategies
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from told_histories import ME, histories, shown_by

from detent.errors import IllegalEvent
from detent.machine.step import step
from detent.machine.wire.host_profile import HostProfile, overridden
from detent.machine.wire.hosts import HOSTS
from detent.machine.wire.projected import KEPT
from detent.machine.wire.projection import Projection
from detent.machine.wire.request import offer, request_body
from detent.states import Conversation, Event, State
from detent.states.history import judge, judge_request
from detent.states.messages import AssistantMessage, Origin, UserMessage
from detent.states.turn import Entry, SealedTurn

GO_ON = "(Go on.)"
SENDABLE = (State.AWAITING_MODEL, State.PROMPTING)

# --- what the hosts say, written down from their documentation and error texts, not from the profiles ---------------

WANTS_ITS_OWN_IDS = r"[^\s\x00-\x1f\x7f]+"
IDS = {
    "mistral": r"[a-zA-Z0-9]{9}",
    "openai": r".{1,40}",
    "azure": r".{1,40}",
    "anthropic": r"[a-zA-Z0-9_-]{1,64}",
    "bedrock": r"[a-zA-Z0-9_-]{1,64}",
    **dict.fromkeys(("litellm", "ollama", "lmstudio", "llamacpp", "vllm", "sglang", "moonshot"), WANTS_ITS_OWN_IDS),
    **dict.fromkeys(("deepseek", "gemini", "together", "fireworks", "nvidia", "huggingface"), WANTS_ITS_OWN_IDS),
}
PORTABLE_IDS = r"[A-Za-z0-9_-]{1,40}"
ALWAYS_WITH_REASONING = {"deepseek", "moonshot"}
NEVER_WITH_REASONING = {"groq", "cerebras", "mistral", "openai", "azure", "portable", "openwebui", "anthropic"}
REASONING = {"reasoning_content", "reasoning_details", "thinking_blocks", "reasoning"}

ODD = (
    overridden(HOSTS["portable"], {"name": "templates", "alternate": True}),
    overridden(HOSTS["mistral"], {"name": "old-mistral", "alternate": True, "text_xor_calls": True}),
    overridden(HOSTS["deepseek"], {"name": "odd", "bridge_after_tool": True, "empty_content": "empty", "backfill": " "}),
    overridden(HOSTS["gemini"], {"name": "odder", "text_xor_calls": True, "empty_content": "absent"}),
)
EVERY = (*HOSTS.values(), *ODD)


def sent_to(host: HostProfile, conversation: Conversation, origin: Origin = ME) -> list[dict[str, Any]]:
    messages = json.loads(Projection(host, origin).messages(conversation, conversation.system))
    assert isinstance(messages, list)
    return messages


def made_portable(host: HostProfile, messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return *messages* without what *host* alone takes, after checking that it does."""
    plain: dict[str, str] = {}

    def portable_id(wire_id: str) -> str:
        assert re.fullmatch(
            IDS.get(host.name.removeprefix("old-"), WANTS_ITS_OWN_IDS if host in ODD else PORTABLE_IDS), wire_id
        )
        return plain.setdefault(wire_id, f"id{len(plain)}")

    found: list[dict[str, Any]] = []
    for message in messages:
        kept = {key: value for key, value in message.items() if key not in REASONING or message["role"] != "assistant"}
        if message["role"] == "tool":
            kept["tool_call_id"] = portable_id(message["tool_call_id"])
        if "tool_calls" in message:
            kept["tool_calls"] = [{**each, "id": portable_id(each["id"])} for each in message["tool_calls"]]
            for each in kept["tool_calls"]:
                if host.name in ("gemini", "odder"):
                    each.pop("extra_content", None)
            if host.name in ("odd", "odder") and not kept.get("content"):
                kept["content"] = None
        found.append(kept)
    return found


def breaks_its_own_rules(host: HostProfile, messages: list[dict[str, Any]]) -> list[str]:
    """Return what *messages* do that *host* is known to refuse."""
    found: list[str] = []
    spoke: str | None = None
    for before, message in zip([{"role": "system"}, *messages], messages, strict=False):
        if host.name in ("mistral", "old-mistral", "odd") and (before["role"], message["role"]) == ("tool", "user"):
            found.append("Unexpected role 'user' after role 'tool'")
        if (
            host.name in ("templates", "old-mistral")
            and message["role"] in ("user", "assistant")
            and "tool_calls" not in message
        ):
            if spoke == message["role"]:
                found.append("Conversation roles must alternate user/assistant/user/assistant/...")
            spoke = message["role"]
        if host.name in ("old-mistral", "odder") and message.get("tool_calls") and message.get("content"):
            found.append("Assistant message must have either content or tool_calls, but not both.")
        if message["role"] == "assistant" and host.name in ALWAYS_WITH_REASONING and "reasoning_content" not in message:
            found.append("The `reasoning_content` in the thinking mode must be passed back to the API.")
        if host.name in NEVER_WITH_REASONING and REASONING & message.keys():
            found.append("property 'reasoning_content' is unsupported")
        if host.name == "gemini" and any("extra_content" not in each for each in message.get("tool_calls", [])[:1]):
            found.append("Function call is missing a thought_signature in functionCall parts")
    return found


def is_sendable(conversation: Conversation) -> bool:
    return conversation.state in SENDABLE and not conversation.inbox


# --- the properties -------------------------------------------------------------------------------------------------


@settings(max_examples=80)
@given(made=strategies.conversations())
def test_every_host_is_sent_a_history_that_it_accepts(made: tuple[Conversation, tuple[Event, ...]]) -> None:
    conversation, _ = made
    for host in EVERY:
        messages = sent_to(host, conversation)

        assert [] == history_oracle.judge(made_portable(host, messages), sendable=is_sendable(conversation)), host.name
        assert [] == judge(messages, host, sendable=is_sendable(conversation)), host.name
        assert [] == breaks_its_own_rules(host, messages), host.name


@settings(max_examples=80)
@given(history=histories())
def test_every_host_accepts_reasoning_as_it_is_sent(history: tuple[Entry, ...]) -> None:
    conversation = Conversation(history=history)
    for host in EVERY:
        messages = sent_to(host, conversation)

        assert [] == history_oracle.judge(made_portable(host, messages)), host.name
        assert [] == judge(messages, host), host.name
        assert [] == breaks_its_own_rules(host, messages), host.name


@settings(max_examples=60)
@given(made=strategies.conversations(), closing=st.booleans(), with_tools=st.booleans(), stream=st.booleans())
def test_every_host_is_sent_a_request_that_it_accepts(
    made: tuple[Conversation, tuple[Event, ...]], closing: bool, with_tools: bool, stream: bool
) -> None:
    conversation, _ = made
    assume(is_sendable(conversation))
    own = (
        b'[{"type":"function","function":{"name":"look","parameters":{"type":"object","properties":{}}}}]'
        if with_tools
        else None
    )
    for host in EVERY:
        offered = offer(host, conversation, own, closing=closing)
        pieces = Projection(host, ME).pieces(conversation, conversation.system)
        sent = request_body("m", pieces, host=host, tools=offered.tools, tool_choice=offered.choice, stream=stream)

        assert [] == judge_request(json.loads(sent), host), host.name


@settings(max_examples=60)
@given(made=strategies.conversations(), data=st.data())
def test_what_happens_later_changes_nothing_that_was_sent(
    made: tuple[Conversation, tuple[Event, ...]], data: st.DataObject
) -> None:
    conversation, _ = made
    projections = [Projection(host, ME) for host in EVERY]
    sent = [projection.messages(conversation) for projection in projections]
    for _ in range(6):
        try:
            later = step(conversation, data.draw(strategies.fitting_events(conversation)))
        except IllegalEvent:
            continue
        if later.run.window == conversation.run.window:
            for place, projection in enumerate(projections):
                now = projection.messages(later)
                assert now[: len(sent[place]) - 1] == sent[place][:-1], projection.host.name
                assert now == sent[place] or sent[place] == b"[]" or now[len(sent[place]) - 1 :].startswith(b",")
        sent = [projection.messages(later) for projection in projections]
        conversation = later


@given(history=histories(), cuts=st.lists(st.integers(0, 7), max_size=4))
def test_it_makes_no_difference_what_was_written_before(history: tuple[Entry, ...], cuts: list[int]) -> None:
    for host in (HOSTS["portable"], HOSTS["mistral"], HOSTS["gemini"], *ODD):
        projection = Projection(host, ME)
        for cut in (*cuts, len(history)):
            conversation = Conversation(history=history[:cut])
            known = projection.messages(conversation, "s")
            kept = Projection(host, ME).messages(conversation, "s")
            KEPT.clear()
            fresh = Projection(host, ME).messages(conversation, "s")

            assert fresh == known == kept == projection.messages(conversation, "s")


@given(history=histories())
def test_ids_are_different_and_the_same_on_both_sides(history: tuple[Entry, ...]) -> None:
    turns = [entry for entry in history if isinstance(entry, SealedTurn)]
    for host in EVERY:
        messages = sent_to(host, Conversation(history=history))
        asked = [each["id"] for message in messages for each in message.get("tool_calls", [])]
        answered = {message["tool_call_id"]: message["content"] for message in messages if message["role"] == "tool"}

        assert len(asked) == len(set(asked)) == len(answered)
        assert [outcome.content for turn in turns for outcome in turn.outcomes] == [answered[each] for each in asked]


@given(history=histories())
def test_every_text_every_result_and_every_picture_is_sent_once(history: tuple[Entry, ...]) -> None:
    expected = [
        text
        for entry in history
        for text in (
            [entry.content]
            if isinstance(entry, UserMessage)
            else [entry.said.text]
            if isinstance(entry, AssistantMessage)
            else [entry.said.text, *(outcome.content for outcome in entry.outcomes), shown_by(entry)]
        )
        if (text.strip() if isinstance(text, str) else text)
    ]
    for host in EVERY:
        contents = [message.get("content") for message in sent_to(host, Conversation(history=history))]

        assert expected == [content for content in contents if content and content != GO_ON], host.name


@given(history=histories())
def test_pictures_are_sent_by_the_user_right_after_the_results(history: tuple[Entry, ...]) -> None:
    for host in EVERY:
        messages = sent_to(host, Conversation(history=history))
        shown = [place for place, message in enumerate(messages) if isinstance(message.get("content"), list)]

        assert [shown_by(entry) for entry in history if isinstance(entry, SealedTurn) and shown_by(entry)] == [
            messages[place]["content"] for place in shown
        ]
        for place in shown:
            before = messages[place - 1]
            is_bridged = ("assistant", GO_ON) == (before["role"], before.get("content"))
            assert ("tool", "user") == (messages[place - 1 - is_bridged]["role"], messages[place]["role"])
            assert is_bridged == (host.bridge_after_tool or (host.alternate and "user" == last_to_speak(messages[: place - 1])))


def last_to_speak(messages: list[dict[str, Any]]) -> str:
    """Return who spoke last, calls and results aside."""
    return next(str(each["role"]) for each in reversed(messages) if each["role"] != "tool" and "tool_calls" not in each)


@given(history=histories())
def test_arguments_are_sent_as_they_were_written(history: tuple[Entry, ...]) -> None:
    expected = [(call.name, call.arguments) for entry in history if isinstance(entry, SealedTurn) for call in entry.calls]
    for host in EVERY:
        calls = [call for message in sent_to(host, Conversation(history=history)) for call in message.get("tool_calls", [])]

        assert expected == [(call["function"]["name"], call["function"]["arguments"]) for call in calls]


@given(history=histories())
def test_reasoning_is_sent_to_nobody_but_its_origin(history: tuple[Entry, ...]) -> None:
    for host in EVERY:
        elsewhere = Projection(host, Origin("openai", "gpt-3")).messages(Conversation(history=history))
        nowhere = Projection(host).messages(Conversation(history=history))
        here = Projection(host, ME).messages(Conversation(history=history))

        assert b"blob" not in elsewhere + nowhere
        own = [entry for entry in history if not isinstance(entry, UserMessage) and entry.said.origin == ME]
        mine = [blob for entry in own for blob in entry.said.opaque]
        mine += [blob for entry in own if isinstance(entry, SealedTurn) for call in entry.calls for blob in call.opaque]
        assert here.count(b"blob") <= sum("blob" in blob.json for blob in mine)
        if host.reasoning == "forbidden":
            assert here == nowhere
