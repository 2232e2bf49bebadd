"""What the rules make of a task, as a table; and that they answer any JSON at all with a valid message."""

from __future__ import annotations

import json
import re
import time
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # typed only with types-jsonschema

from detent.practice import reply
from detent.practice.request import JSONValue

Json = dict[str, JSONValue]
Calls = list[tuple[str, Json]]


def offer(called: str, required: list[str], description: str = "", **properties: str | Json) -> Json:
    schemas: Json = {name: {"type": kind} if isinstance(kind, str) else kind for name, kind in properties.items()}
    parameters: JSONValue = {"type": "object", "properties": schemas, "required": cast("list[JSONValue]", required)}
    return {"type": "function", "function": {"name": called, "description": description, "parameters": parameters}}


BUILTIN = [
    offer("list_files", [], path="string", pattern="string"),
    offer("read_file", ["path"], path="string", start_line="integer", lines="integer"),
    offer("search_files", ["text"], text="string", pattern="string", path="string"),
    offer("calculate", ["expression"], expression="string"),
    offer("now", [], timezone="string"),
]
WEATHER = offer("weather", ["city"], "Report the weather of a city.", city="string")
FORECAST = offer(
    "get_forecast", ["city"], city="string", unit={"type": "string", "enum": ["celsius", "fahrenheit"]}, days="integer"
)


def asked(task: str, tools: list[Json], *since: Json, **more: JSONValue) -> Json:
    return {"messages": [{"role": "user", "content": task}, *since], "tools": cast("JSONValue", tools), **more}


NOTHING: Json = {}


def calls(body: Json) -> Calls:
    return [(call.name, dict(call.arguments)) for call in reply(body).calls]


def answered(body: Json, *results: str) -> Json:
    """Return the request that follows *body*: its reply, and a result for each of the calls."""
    said = reply(body)
    given: list[Json] = [
        {"role": "tool", "tool_call_id": call.id, "content": result} for call, result in zip(said.calls, results, strict=True)
    ]
    return {**body, "messages": [*cast("list[JSONValue]", body["messages"]), said.to_message(), *given]}


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        ("What is 17% of 2,340?", [("calculate", {"expression": "17/100*2340"})]),
        (
            'What is 17% of 2,340, and which files here mention "detent"?',
            [("calculate", {"expression": "17/100*2340"}), ("search_files", {"text": "detent"})],
        ),
        ("What is 12*7 and what time is it?", [("calculate", {"expression": "12*7"}), ("now", NOTHING)]),
        ("Tell me 12*7 and the time", [("calculate", {"expression": "12*7"}), ("now", NOTHING)]),
        ("12 x 7", [("calculate", {"expression": "12*7"})]),
        ("What is (3+4)*2?", [("calculate", {"expression": "(3+4)*2"})]),
        ("what is the square root of 144 plus 3?", [("calculate", {"expression": "sqrt(144)+3"})]),
        ("Today is 2026-11-20, what is 2^10?", [("calculate", {"expression": "2**10"})]),
        ("How much is 1,234.5 divided by 5?", [("calculate", {"expression": "1234.5/5"})]),
        ("What time is it in Oslo and New York?", [("now", {"timezone": "Oslo"}), ("now", {"timezone": "New York"})]),
        ("what time is it in tokyo", [("now", {"timezone": "tokyo"})]),
        ("What is the time in Europe/Oslo?", [("now", {"timezone": "Europe/Oslo"})]),
        ("What's today's date?", [("now", NOTHING)]),
        ("List the files", [("list_files", NOTHING)]),
        ("list files in src", [("list_files", {"path": "src"})]),
        ("Show me all Python files in the docs folder", [("list_files", {"path": "docs", "pattern": "*.py"})]),
        ("What files are here?", [("list_files", NOTHING)]),
        ("read README.md", [("read_file", {"path": "README.md"})]),
        ("What does the README say?", [("read_file", {"path": "README.md"})]),
        (
            "Summarise src/app.py and pyproject.toml",
            [("read_file", {"path": "src/app.py"}), ("read_file", {"path": "pyproject.toml"})],
        ),
        ("Read LICENSE", [("read_file", {"path": "LICENSE"})]),
        ("Search for 'x'", [("search_files", {"text": "x"})]),
        ("find hello world in *.py files", [("search_files", {"text": "hello world", "pattern": "*.py"})]),
        ("which files contain import re?", [("search_files", {"text": "import re"})]),
        ("search the files for TODO", [("search_files", {"text": "TODO"})]),
        ("Search for 'README.md'", [("search_files", {"text": "README.md"})]),
        (
            'Read states/row.py, then search for "Row" in states.',
            [("read_file", {"path": "states/row.py"}), ("search_files", {"text": "Row", "path": "states"})],
        ),
        ("Calculate 3 times 4 and list the files", [("calculate", {"expression": "3*4"}), ("list_files", NOTHING)]),
        ("hello", []),
        ("Is 3 > 2, e.g. on 24 December?", []),
    ],
)
def test_a_task_for_the_tools_that_come_with_it(task: str, expected: Calls) -> None:
    assert expected == calls(asked(task, BUILTIN))


@pytest.mark.parametrize(
    ("task", "tool", "expected"),
    [
        ("What is the weather in Oslo?", WEATHER, [{"city": "Oslo"}]),
        ("weather in oslo", WEATHER, [{"city": "oslo"}]),
        ("How is the weather in Oslo and Paris?", WEATHER, [{"city": "Oslo"}, {"city": "Paris"}]),
        ("What's the weather like in New York today?", WEATHER, [{"city": "New York"}]),
        ("Oslo weather please", WEATHER, [{"city": "Oslo"}]),
        ("weather", WEATHER, []),
        ("What can you do?", WEATHER, []),
        ("A forecast for Oslo in fahrenheit, 3 days", FORECAST, [{"city": "Oslo", "unit": "fahrenheit", "days": 3}]),
        ("Forecast for Oslo", FORECAST, [{"city": "Oslo"}]),
        ("Add 2 and 3", offer("add", ["a", "b"], a="integer", b="integer"), [{"a": 2, "b": 3}]),
        ("What is 2.5 + 3?", offer("add", ["a", "b"], a="number", b="number"), [{"a": 2.5, "b": 3}]),
        ("Add 2.5 and 3", offer("add", ["a", "b"], a="integer", b="integer"), []),
        ("Roll a dice with 20 sides", offer("rollDice", ["sides"], sides="integer"), [{"sides": 20}]),
        ("Greet Ada", offer("greet", ["name"], name="string"), [{"name": "Ada"}]),
        ("Lights off, without dimming", offer("lights", ["dimming"], dimming="boolean"), [{"dimming": False}]),
        ("Sum 1, 2 and 3", offer("sum_up", ["of"], of={"type": "array", "items": {"type": "number"}}), [{"of": [1, 2, 3]}]),
        ("Draw a circle of 5", offer("draw", ["shape"], shape={"enum": ["square", "circle"]}), [{"shape": "circle"}]),
        (
            'Translate "good morning" to French',
            offer("translate", ["text", "language"], text="string", language="string"),
            [{"text": "good morning", "language": "French"}],
        ),
        (
            'Send an email to bob@example.com with subject "Hello" and body "Hi there"',
            offer("send_email", ["to", "subject", "body"], to="string", subject="string", body="string"),
            [{"to": "bob@example.com", "subject": "Hello", "body": "Hi there"}],
        ),
        (
            "Book a table for 4",
            offer(
                "book_table",
                ["party"],
                party={"type": "object", "properties": {"size": {"type": "integer"}}, "required": ["size"]},
            ),
            [{"party": {"size": 4}}],
        ),
        (
            "Set the limit: limit 5",
            offer("limit", [], limit={"anyOf": [{"type": "integer"}, {"type": "null"}]}),
            [{"limit": 5}],
        ),
    ],
)
def test_a_tool_of_ones_own_is_called_by_a_word_of_its_name(task: str, tool: Json, expected: list[Json]) -> None:
    assert expected == [arguments for _, arguments in calls(asked(task, [tool]))]


def test_of_two_tools_that_share_a_word_the_one_that_is_named_in_full_is_called() -> None:
    tools = [offer("create_ticket", ["title"], title="string"), offer("delete_ticket", ["id"], id="integer")]

    assert calls(asked("Delete the ticket 12", tools)) == [("delete_ticket", {"id": 12})]


def test_a_tool_of_ones_own_and_a_sum_go_out_in_one_reply() -> None:
    tools = [WEATHER, *BUILTIN]

    assert calls(asked("What is the weather in Oslo, and what is 3*4?", tools)) == [
        ("weather", {"city": "Oslo"}),
        ("calculate", {"expression": "3*4"}),
    ]


def test_a_quoted_text_belongs_to_its_own_clause() -> None:
    task = 'What is the weather in Oslo, and which files mention "detent"?'

    assert calls(asked(task, [WEATHER, *BUILTIN])) == [("weather", {"city": "Oslo"}), ("search_files", {"text": "detent"})]


def test_the_answer_is_worded_from_the_results() -> None:
    first = asked('What is 17% of 2,340, and which files here mention "detent"?', BUILTIN)

    assert (
        reply(answered(first, "397.8", "README.md:1: # detent\nREADME.md:9: detent\nsetup.py:2: detent")).text
    ) == '17% of 2,340 is 397.8. README.md, setup.py mention "detent" (3 lines).'


@pytest.mark.parametrize(
    ("task", "result", "expected"),
    [
        ("What is 12*7?", "84", "12*7 is 84."),
        ("What time is it?", "2026-11-20T21:00:00+00:00", "It is 2026-11-20T21:00:00+00:00."),
        ("What time is it in Oslo?", "22:00", "In Oslo it is 22:00."),
        ("List the files", "a.py\nb.py", "The files here:\na.py\nb.py"),
        ("Read a.py", "print(1)", "a.py reads:\n\nprint(1)"),
        ("Search for 'x'", "nothing found", 'Searched for "x": nothing found.'),
        ("Search for 'x'", "a.py:1: x", 'a.py mentions "x" (1 line).'),
        ("What is 12*0?", "Tool error: out of paper", "calculate could not do it: out of paper"),
    ],
)
def test_a_result_is_told_honestly(task: str, result: str, expected: str) -> None:
    assert expected == reply(answered(asked(task, BUILTIN), result)).text


def test_the_results_of_a_tool_called_twice_are_told_apart() -> None:
    first = asked("How is the weather in Oslo and Paris?", [WEATHER])

    assert reply(answered(first, "sun", "rain")).text == "weather(Oslo) answered: sun. weather(Paris) answered: rain."


def test_a_long_result_is_shortened() -> None:
    told = reply(answered(asked("Read a.txt", BUILTIN), "word " * 1000)).text

    assert len(told) < 800
    assert "more characters" in told


def test_a_listing_of_many_lines_is_shortened() -> None:
    told = reply(answered(asked("List the files", BUILTIN), "\n".join(f"{n}.py" for n in range(50)))).text

    assert told.endswith("... and 30 more lines.")


def test_a_failed_call_is_not_made_again() -> None:
    after = answered(asked("What is 1/0?", BUILTIN), "Tool error: division by zero")

    assert calls(after) == []


def test_a_new_task_starts_anew() -> None:
    after = answered(asked("What is 12*7?", BUILTIN), "84")
    after["messages"] = [*cast("list[JSONValue]", after["messages"]), {"role": "user", "content": "What is 12*7?"}]

    assert calls(after) == [("calculate", {"expression": "12*7"})]


def test_pictures_that_come_with_results_are_no_new_task() -> None:
    shown: Json = {
        "role": "user",
        "content": [{"type": "text", "text": "Look."}, {"type": "image_url", "image_url": {"url": "x"}}],
    }
    after = answered(asked("What is 12*7?", BUILTIN), "84")
    after["messages"] = [*cast("list[JSONValue]", after["messages"]), shown]

    assert calls(after) == []
    assert "84" in (reply(after).text or "")


def test_reading_the_first_file_takes_two_steps() -> None:
    first = asked("Read the first file you find", BUILTIN)
    second = answered(first, "docs/\nREADME.md\nsetup.py")
    third = answered(second, "# Title")

    assert calls(first) == [("list_files", NOTHING)]
    assert calls(second) == [("read_file", {"path": "README.md"})]
    assert "README.md reads:\n\n# Title" in reply(third).text


def test_nothing_is_read_after_a_listing_that_failed() -> None:
    assert calls(answered(asked("Read the first file you find", BUILTIN), "Tool error: no")) == []


def test_one_call_at_a_time_when_parallel_calls_are_off() -> None:
    first = asked("What is 12*7 and what time is it?", BUILTIN, parallel_tool_calls=False)

    assert calls(first) == [("calculate", {"expression": "12*7"})]
    assert calls(answered(first, "84")) == [("now", NOTHING)]


def test_without_a_choice_of_tools_it_says_what_it_is() -> None:
    for body in (asked("What is 12*7?", BUILTIN, tool_choice="none"), {"messages": [{"role": "user", "content": "hi"}]}):
        assert "rule-based, no language model" in reply(body).text


def test_it_gives_examples_for_the_tools_that_are_offered() -> None:
    assert "What is 17% of 2,340?" in reply(asked("hello", BUILTIN)).text
    assert "weather" in reply(asked("hello", [WEATHER])).text


def test_tool_choice_none_still_tells_what_tools_answered() -> None:
    after = answered(asked("What is 12*7?", BUILTIN), "84")

    assert reply({**after, "tool_choice": "none"}).text == "12*7 is 84."


def test_tool_choice_required_makes_a_call_when_nothing_fits() -> None:
    assert calls(asked("hello", [WEATHER], tool_choice="required")) == [("weather", {"city": "hello"})]


def test_tool_choice_required_keeps_to_what_the_task_asks_for() -> None:
    assert calls(asked("What time is it?", BUILTIN, tool_choice="required")) == [("now", NOTHING)]


def test_a_named_tool_is_the_one_that_is_called() -> None:
    named: JSONValue = {"type": "function", "function": {"name": "search_files"}}

    assert [name for name, _ in calls(asked("What is 12*7?", BUILTIN, tool_choice=named))] == ["search_files"]


def test_an_answer_in_json_is_one() -> None:
    schema: JSONValue = {
        "type": "object",
        "properties": {"n": {"type": "number"}, "said": {"type": "string"}},
        "required": ["n", "said"],
    }
    wanted: JSONValue = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    after = answered(asked("What is 6*7?", BUILTIN, response_format=wanted), "42")

    assert json.loads(reply(after).text) == {"n": 42, "said": "6*7 is 42."}


# -- any JSON at all

ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 200) | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from(["messages", "tools", "tool_choice", "parallel_tool_calls", "response_format", "model"])
PHRASES = [
    "weather in Oslo",
    "What is 3*4?",
    "the time",
    "read a.py",
    'find "x"',
    "list files",
    "5",
    "Add -2",
    "red",
    "size 3",
    "Bob",
]
TASKS = st.lists(st.sampled_from(PHRASES) | st.text(max_size=8), max_size=5).map(", and ".join)


@st.composite
def plain_schemas(draw: st.DrawFn, depth: int = 2) -> Json:
    kind = draw(
        st.sampled_from(["string", "integer", "number", "boolean", "enum", "const"] + (["array", "object"] if depth else []))
    )
    match kind:
        case "enum":
            return {"enum": ["red", "green"]}
        case "const":
            return {"const": draw(st.sampled_from([1, "x", True]))}
        case "integer" | "number":
            return {"type": kind, **draw(st.sampled_from([{}, {"minimum": 3}, {"maximum": -3}, {"minimum": 2, "maximum": 2}]))}
        case "array":
            return {"type": "array", "items": draw(plain_schemas(depth=depth - 1))}
        case "object":
            return draw(objects(depth=depth - 1))
        case _:
            either: list[JSONValue] = [kind, [kind, "null"]]
            return {"type": draw(st.sampled_from(either))}


@st.composite
def objects(draw: st.DrawFn, depth: int = 2) -> Json:
    properties = draw(
        st.dictionaries(st.sampled_from(["city", "size", "path", "a", "text"]), plain_schemas(depth=depth), max_size=4)
    )
    required = draw(st.lists(st.sampled_from(sorted(properties)), unique=True)) if properties else []
    return {"type": "object", "properties": cast("JSONValue", properties), "required": cast("list[JSONValue]", required)}


@st.composite
def tools(draw: st.DrawFn) -> Json:
    name = draw(
        st.sampled_from(["weather", "add", "calculate", "now", "read_file", "search_files", "list_files", "size", "x-1", "__"])
    )
    return {"type": "function", "function": {"name": name, "parameters": draw(objects())}}


def assert_valid(message: Json, offered: dict[str, Json]) -> None:
    """Check what any host would: a text, or calls of tools that were offered, with ids and arguments that are objects."""
    assert message["role"] == "assistant"
    made = cast("list[Json]", message.get("tool_calls", []))
    if not made:
        assert "tool_calls" not in message
        assert isinstance(message["content"], str)
        assert message["content"]
    assert len({str(call["id"]) for call in made}) == len(made)
    for call in made:
        function = cast("dict[str, str]", call["function"])
        assert re.fullmatch("[A-Za-z0-9]{9}", str(call["id"]))
        arguments: object = json.loads(function["arguments"])
        assert isinstance(arguments, dict)
        Draft202012Validator(offered[function["name"]]).validate(arguments)  # pyright: ignore  # no types of its own


@given(ANY | st.dictionaries(KEYS, ANY, max_size=6))
@settings(max_examples=80, deadline=None)
def test_any_json_is_answered(body: JSONValue) -> None:
    message = reply(body if isinstance(body, dict) else {"messages": body, "tools": body}).to_message()

    assert message["role"] == "assistant"
    json.dumps(message).encode()


@given(
    task=TASKS,
    offered=st.lists(tools(), max_size=4, unique_by=lambda tool: str(cast("Json", tool["function"])["name"])),
    choice=st.sampled_from(["auto", "required", "none", "first"]),
    result=st.text(max_size=20),
)
@settings(max_examples=120, deadline=None)
def test_calls_name_offered_tools_with_arguments_that_fit_their_schema(
    task: str, offered: list[Json], choice: str, result: str
) -> None:
    functions = [cast("Json", tool["function"]) for tool in offered]
    named: JSONValue = (
        {"type": "function", "function": {"name": functions[0]["name"]}} if choice == "first" and functions else "auto"
    )
    body = asked(task, offered, tool_choice=named if choice == "first" else choice)
    schemas = {str(function["name"]): cast("Json", function["parameters"]) for function in functions}

    said = reply(body)
    assert_valid(said.to_message(), schemas)
    assert said.calls if choice in ("required", "first") and offered else True
    then = reply({**answered(body, *[result for _ in said.calls]), "tool_choice": "auto"})
    assert_valid(then.to_message(), schemas)


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "1",
        "1,",
        "(",
        "1+",
        "a.",
        "a/",
        "A ",
        "in ",
        '"',
        "search for ",
        "A and ",
        "times ",
        "read ",
        "- ",
        "in A, A",
        "find x in ",
    ],
)
def test_a_tedious_task_is_answered_quickly(piece: str) -> None:
    started = time.thread_time()

    reply(asked(piece * 3000, BUILTIN))
    assert time.thread_time() - started < 0.5
