"""The messages that one host is sent: ids, calls, reasoning, forms of content, whose turn it is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from attrs import evolve

from detent.machine.wire.host_profile import HostProfile, overridden
from detent.machine.wire.hosts import HOSTS
from detent.machine.wire.projected import KEPT
from detent.machine.wire.projection import Projection
from detent.states import Conversation, Run
from detent.states.messages import AssistantMessage, Call, Opaque, Origin, Part, Said, UserMessage, call_id
from detent.states.turn import Entry, Outcome, OutcomeKind, SealedTurn

PORTABLE = HOSTS["portable"]
ME = Origin("here", "model-3")
ELSEWHERE = Origin("there", "model-3")
SIGNED = Opaque("extra_content", '{"google": {"thought_signature":"AbC=="} }')
UNSIGNED = {"google": {"thought_signature": "skip_thought_signature_validator"}}


@pytest.fixture(autouse=True)
def _nothing_is_kept() -> None:
    KEPT.clear()


def user(text: str = "hi") -> UserMessage:
    return UserMessage(content=text)


def said(text: str = "hello", **fields: Any) -> AssistantMessage:
    return AssistantMessage(said=Said(text=text, **fields))


def turn(*calls: Call, text: str = "", results: tuple[str, ...] = (), **fields: Any) -> SealedTurn:
    texts = results or tuple(f"result {place}" for place in range(len(calls)))
    outcomes = tuple(Outcome(kind=OutcomeKind.RETURNED, content=each) for each in texts)
    return SealedTurn(said=Said(text=text, **fields), calls=calls, outcomes=outcomes)


def call(number: int = 0, **fields: Any) -> Call:
    return Call(id=call_id(number), name="look", **fields)


def project(host: HostProfile, *entries: Entry, origin: Origin | None = ME, system: str = "") -> list[dict[str, Any]]:
    messages = json.loads(Projection(host, origin).messages(Conversation(history=entries), system))
    assert isinstance(messages, list)
    return messages


def roles(messages: list[dict[str, Any]]) -> str:
    return "".join(message["role"][0] for message in messages)


def ids(messages: list[dict[str, Any]]) -> list[str]:
    asked = [each["id"] for message in messages for each in message.get("tool_calls", [])]
    assert asked == [message["tool_call_id"] for message in messages if message["role"] == "tool"]
    return asked


# --- the array -----------------------------------------------------------------------------------


def test_an_empty_history_is_an_empty_array_or_the_system_message_alone() -> None:
    assert [] == project(PORTABLE)
    assert [{"role": "system", "content": "Be brief."}] == project(PORTABLE, system="Be brief.")


def test_a_plain_history_is_sent_as_it_is() -> None:
    assert [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": None, "tool_calls": [
            {"id": "call00000", "type": "function", "function": {"name": "look", "arguments": "{}"}}
        ]},
        {"role": "tool", "tool_call_id": "call00000", "content": "result 0"},
        {"role": "assistant", "content": "hello"},
    ] == project(PORTABLE, user(), turn(call()), said(), system="Be brief.")  # fmt: skip


def test_the_history_is_sent_from_the_window_on() -> None:
    conversation = Conversation(history=(user("old"), said(), user("new")), run=Run(window=2))

    assert b'[{"role":"user","content":"new"}]' == Projection(PORTABLE).messages(conversation)


def test_the_pieces_that_commas_join_are_the_array() -> None:
    conversation, projection = Conversation(history=(user(), turn(call()), said())), Projection(PORTABLE)

    assert projection.messages(conversation, "s") == b",".join(projection.pieces(conversation, "s"))
    assert b"[]" == b",".join(projection.pieces(Conversation()))


# --- ids -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "host_id", "is_kept"),
    [
        ("portable", "call_abc-1", True),
        ("portable", "x" * 40, True),
        ("portable", "x" * 41, False),
        ("portable", "functions.look:0", False),
        ("portable", "", False),
        ("portable", "a b", False),
        ("mistral", "aB3aB3aB3", True),
        ("mistral", "call_abc-1", False),
        ("vllm", "functions.look:0", True),
        ("moonshot", "look:0", True),
        ("litellm", "call_1__thought__" + "A/+=" * 300, True),
        ("anthropic", "toolu_" + "x" * 58, True),
        ("anthropic", "toolu_" + "x" * 59, False),
        ("groq", "x" * 41, False),
        ("vllm", "", False),
        ("vllm", "\ufffd", False),
    ],
)
def test_the_hosts_id_is_kept_where_it_is_legal(host: str, host_id: str, is_kept: bool) -> None:
    assert [host_id if is_kept else "call00000"] == ids(project(HOSTS[host], user(), turn(call(host_id=host_id))))


def test_an_id_that_was_used_before_gives_way_to_ours() -> None:
    entries = (turn(call(0, host_id="a"), call(1, host_id="a")), user(), turn(call(2, host_id="a"), call(3, host_id="b")))

    assert ["a", "call00001", "call00002", "b"] == ids(project(PORTABLE, user(), *entries))


def test_a_host_id_that_looks_like_one_of_ours_gives_way_to_ours() -> None:
    entries = (
        turn(call(0, host_id="call00001")),
        user(),
        turn(call(1, host_id="x")),
        user(),
        turn(call(2, host_id="call00000")),
    )

    assert ["call00000", "x", "call00002"] == ids(project(PORTABLE, user(), *entries))


# --- calls and results ---------------------------------------------------------------------------


def test_arguments_are_sent_byte_for_byte_and_those_of_a_faulty_call_are_an_empty_object() -> None:
    odd = ' {"a" :1e400, "b":"\\u00e9\\n"}\n'
    messages = project(PORTABLE, user(), turn(call(0, arguments=odd), call(1, arguments="{bad", problem="not JSON")))

    assert [odd, "{}"] == [each["function"]["arguments"] for each in messages[1]["tool_calls"]]


@pytest.mark.parametrize("blank", ["", " ", "\n\t"])
def test_an_empty_result_is_said_to_be_empty(blank: str) -> None:
    assert "(no output)" == project(PORTABLE, user(), turn(call(), results=(blank,)))[2]["content"]


@pytest.mark.parametrize(("form", "expected"), [("null", {"content": None}), ("empty", {"content": ""}), ("absent", {})])
def test_no_text_beside_calls_is_written_as_the_host_wants_it(form: str, expected: dict[str, Any]) -> None:
    host = overridden(PORTABLE, {"empty_content": form})
    silent = project(host, user(), turn(call(), text=" \n"))[1]
    speaking = project(host, user(), turn(call(), text=" Let me see. "))[1]

    assert expected == {key: value for key, value in silent.items() if key == "content"}
    assert " Let me see. " == speaking["content"]


def test_where_text_and_calls_exclude_each_other_the_text_goes_first() -> None:
    host = overridden(PORTABLE, {"text_xor_calls": True})
    messages = project(host, user(), turn(call(), text="Let me see."))

    assert "uaat" == roles(messages)
    assert ["Let me see.", None] == [message["content"] for message in messages[1:3]]
    assert "uat" == roles(project(host, user(), turn(call())))


# --- what the user says --------------------------------------------------------------------------


def test_parts_that_are_texts_are_one_string() -> None:
    message = UserMessage(content=(Part("text", '{"type":"text","text":"one"}'), Part("text", '{"text":"two","type":"text"}')))

    assert [{"role": "user", "content": "one\n\ntwo"}] == project(PORTABLE, message)


def test_other_parts_are_sent_byte_for_byte_and_empty_texts_beside_them_are_not() -> None:
    image = '{"type": "image_url",  "image_url": {"url": "data:x", "n": 1e400, "i": 123456789012345678901234567890}}'
    message = UserMessage(content=(Part("text", '{"type":"text","text":" "}'), Part("image_url", image)))
    body = Projection(PORTABLE).messages(Conversation(history=(message,)))

    assert ('[{"role":"user","content":[' + image + "]}]").encode() == body


def test_a_message_of_nothing_but_empty_texts_is_not_sent_empty() -> None:
    message = UserMessage(content=(Part("text", '{"type":"text","text":""}'), Part("text", '{"type":"text"}')))

    assert [{"role": "user", "content": "(no text)"}] == project(PORTABLE, message)


# --- whose turn it is ----------------------------------------------------------------------------


def test_a_host_that_wants_a_word_before_the_user_gets_one() -> None:
    entries = (user(), turn(call()), user("and?"), said(), user(), user(), turn(call(1)), turn(call(2)), said())

    assert "uat" + "a" + "uauu" + "atat" + "a" == roles(project(HOSTS["mistral"], *entries))
    assert "uatuauuatata" == roles(project(PORTABLE, *entries))


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ((user(), user("again")), "uau"),
        ((user(), said(), said("more")), "uaua"),
        ((user(), turn(call()), said()), "uata"),
        ((user(), turn(call()), user()), "uatau"),
        ((user(), said(), turn(call()), said()), "uauata"),
        ((user(), turn(call()), turn(call(1)), said(), user()), "uatatau"),
    ],
)
def test_where_user_and_assistant_take_turns_the_silent_one_says_a_word(entries: tuple[Entry, ...], expected: str) -> None:
    alternate = overridden(PORTABLE, {"alternate": True})
    both = overridden(HOSTS["mistral"], {"alternate": True})

    assert expected == roles(project(alternate, *entries)) == roles(project(both, *entries))


def test_turns_are_taken_between_a_text_and_the_calls_parted_from_it() -> None:
    host = overridden(PORTABLE, {"alternate": True, "text_xor_calls": True})

    assert "uauata" == roles(project(host, user(), turn(call(), text="Let me see."), said()))


@pytest.mark.parametrize("first", [said(), turn(call())])
def test_a_history_never_begins_with_the_assistant(first: Entry) -> None:
    assert roles(project(PORTABLE, first)).startswith("ua")


# --- reasoning -----------------------------------------------------------------------------------

THOUGHT = Opaque("reasoning_content", '"so\\u0020 be it"')


def echoed(host: HostProfile, *opaque: Opaque, by: Origin | None = ME, to: Origin | None = ME) -> list[dict[str, Any]]:
    entries = (user(), said(opaque=opaque, origin=by), turn(call(opaque=opaque), opaque=opaque, origin=by))
    first, second = (message for message in project(host, *entries, origin=to) if message["role"] == "assistant")
    known = {"role", "content", "tool_calls"}
    return [
        {key: value for key, value in first.items() if key not in known},
        {key: value for key, value in second.items() if key not in known},
        {key: value for key, value in second["tool_calls"][0].items() if key not in {"id", "type", "function"}},
    ]


@pytest.mark.parametrize("name", sorted(set(HOSTS) - {"gemini"}))
@pytest.mark.parametrize("key", ["reasoning_content", "reasoning_details", "thinking_blocks", "reasoning", "extra_content"])
def test_reasoning_goes_back_where_the_host_takes_it_and_to_its_origin_alone(name: str, key: str) -> None:
    host, blob = HOSTS[name], Opaque(key, '[{"a": 1}]')
    back = {key: [{"a": 1}]} if host.reasoning != "forbidden" and key in host.keys["assistant"] else {}
    none = {"reasoning_content": ""} if host.reasoning == "required" else {}

    assert [back or none, back or none, {}] == echoed(host, blob)
    for by, to in ((ELSEWHERE, ME), (Origin("here", "model-4"), ME), (None, ME), (ME, None), (None, None)):
        assert [none, none, {}] == echoed(host, blob, by=by, to=to)


def test_reasoning_goes_back_byte_for_byte() -> None:
    conversation = Conversation(history=(user(), said(opaque=(THOUGHT,), origin=ME)))

    assert b'"reasoning_content":"so\\u0020 be it"}]' in Projection(HOSTS["deepseek"], ME).messages(conversation)


@pytest.mark.parametrize("name", ["deepseek", "moonshot"])
def test_where_it_is_required_every_assistant_message_has_the_field(name: str) -> None:
    """ "The `reasoning_content` in the thinking mode must be passed back to the API." """
    host = overridden(HOSTS[name], {"bridge_after_tool": True})
    entries = (user(), said(), turn(call(), origin=ELSEWHERE), user(), turn(call(1), opaque=(THOUGHT,), origin=ME), user())

    assert ["", "", "", "so  be it", ""] == [
        message["reasoning_content"] for message in project(host, *entries) if message["role"] == "assistant"
    ]


@pytest.mark.parametrize("broken", ["", "{", '"\\ud83d"', "null", "NaN", "[" * 5000])
def test_what_no_host_can_read_does_not_go_back(broken: str) -> None:
    assert [{"reasoning_content": ""}] * 2 == echoed(HOSTS["deepseek"], Opaque("reasoning_content", broken))[:2]
    assert [{}, {}] == echoed(HOSTS["vllm"], Opaque("reasoning_content", broken))[:2]


def test_the_signature_of_a_call_goes_back_byte_for_byte() -> None:
    conversation = Conversation(history=(user(), turn(call(opaque=(SIGNED,)), origin=ME)))

    assert f'"extra_content":{SIGNED.json}}}'.encode() in Projection(HOSTS["gemini"], ME).messages(conversation)
    assert b"extra_content" not in Projection(PORTABLE, ME).messages(conversation)


@pytest.mark.parametrize("origin", [ELSEWHERE, None])
def test_calls_from_elsewhere_are_marked_as_unsigned(origin: Origin | None) -> None:
    messages = project(HOSTS["gemini"], user(), turn(call(opaque=(SIGNED,)), call(1), origin=origin))

    assert [UNSIGNED, UNSIGNED] == [each["extra_content"] for each in messages[1]["tool_calls"]]


def test_of_parallel_calls_the_first_alone_is_signed() -> None:
    calls = project(HOSTS["gemini"], user(), turn(call(opaque=(SIGNED,)), call(1), origin=ME))[1]["tool_calls"]

    assert [json.loads(SIGNED.json), None] == [each.get("extra_content") for each in calls]


def test_own_calls_whose_signature_was_lost_are_marked_as_unsigned() -> None:
    assert UNSIGNED == project(HOSTS["gemini"], user(), turn(call(), origin=ME))[1]["tool_calls"][0]["extra_content"]


def test_a_signature_on_a_later_call_does_not_stand_for_the_first() -> None:
    calls = project(HOSTS["gemini"], user(), turn(call(), call(1, opaque=(SIGNED,)), origin=ME))[1]["tool_calls"]

    assert [UNSIGNED, json.loads(SIGNED.json)] == [each.get("extra_content") for each in calls]


def test_gemini_before_three_is_sent_no_mark() -> None:
    asked = project(HOSTS["gemini"], user(), turn(call()), origin=Origin("gemini", "models/gemini-2.5-flash"))[1]

    assert {"id", "type", "function"} == set(asked["tool_calls"][0])


# --- going on ------------------------------------------------------------------------------------


def test_what_is_appended_changes_nothing_before_it() -> None:
    entries: list[Entry] = [
        user(),
        turn(call(host_id="a")),
        user("b"),
        said("c"),
        user("d"),
        turn(call(1, host_id="a")),
        user(),
    ]
    projection, sent = Projection(HOSTS["mistral"], ME), b"["
    for length in range(1, len(entries) + 1):
        now = projection.messages(Conversation(history=tuple(entries[:length])))
        assert now.startswith(sent)
        sent = now[:-1]


def test_a_fork_goes_on_from_what_it_shares() -> None:
    shared = (user(), turn(call(0, host_id="a"), call(1, host_id="b")))
    one, other = (*shared, turn(call(2, host_id="x")), said("one")), (*shared, user("no"), turn(call(2, host_id="x")))
    projection = Projection(HOSTS["mistral"])
    for entries in (one, other, shared, one, other[:1], other):
        conversation = Conversation(history=entries)
        KEPT.clear()
        fresh = Projection(HOSTS["mistral"]).messages(conversation)

        assert fresh == projection.messages(conversation)


def test_one_projection_serves_many_conversations() -> None:
    projection = Projection(PORTABLE)
    for text in ("a", "b", "a"):
        entries = (user(text), turn(call(host_id="x")), user())

        assert [text, "x"] == [(m := project(PORTABLE, *entries))[0]["content"], *ids(m)]
        assert json.loads(projection.messages(Conversation(history=entries))) == m


def test_a_window_that_moves_gives_what_a_new_projection_gives() -> None:
    entries = (user("a"), turn(call(host_id="x")), user("b"), turn(call(1, host_id="x")), user("c"))
    projection = Projection(PORTABLE)
    for place in (0, 2, 4, 0):
        conversation = Conversation(history=entries, run=Run(window=place))
        KEPT.clear()

        assert Projection(PORTABLE).messages(conversation) == projection.messages(conversation)
    assert ["x"] == ids(json.loads(projection.messages(evolve(conversation, run=Run(window=2)))))
