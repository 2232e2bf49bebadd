from __future__ import annotations

import asyncio
import functools
import inspect
import json
from collections.abc import Mapping
from typing import Annotated

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AfterValidator

from detent.tools import Arguments, Context, Refused, Tool, tool

PARAMETERS: dict[str, object] = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


def weather(city: str, days: int = 3) -> str:
    """Report the weather."""
    return f"{city}: sun for {days} days"


def by_hand(**attributes: object) -> Tool:
    given = {"name": "weather", "parameters": PARAMETERS, "call": weather, **attributes}
    return Tool(**given)  # type: ignore[arg-type]  # pyright: ignore  # each test gives what it is about


def arguments(**keywords: object) -> Arguments:
    return Arguments(keywords=keywords, json=keywords)


def test_the_entry_of_a_request_is_what_hosts_take() -> None:
    function = {"name": "weather", "description": "Say.", "parameters": PARAMETERS}

    assert {"type": "function", "function": function} == by_hand(description="Say.").to_openai()


def test_an_empty_description_is_left_out() -> None:
    assert {"type": "function", "function": {"name": "weather", "parameters": PARAMETERS}} == by_hand().to_openai()


def test_nobody_can_change_the_schema_from_outside() -> None:
    parameters = json.loads(json.dumps(PARAMETERS))
    made = by_hand(parameters=parameters)
    parameters["type"] = "string"
    entry = made.to_openai()
    entry["function"]["parameters"].clear()  # type: ignore[index]  # pyright: ignore

    assert PARAMETERS == made.parameters


def test_properties_are_there_even_when_there_are_none() -> None:
    assert {"type": "object", "properties": {}} == by_hand(parameters={"type": "object"}).parameters


def test_what_is_sent_is_well_formed() -> None:
    made = by_hand(description="a\ud800", parameters={"type": "object", "properties": {}, "description": "b\ud800"})

    assert "a\ufffd" == made.description
    assert "b\ufffd" == made.parameters["description"]


def test_a_tool_can_be_called_like_its_function() -> None:
    assert "Oslo: sun for 2 days" == tool(weather)("Oslo", days=2)


def test_a_tool_looks_like_its_function() -> None:
    made = tool(weather)

    assert ("weather", weather.__doc__, weather) == (made.__name__, made.__doc__, inspect.unwrap(made))  # type: ignore[attr-defined]  # pyright: ignore
    assert inspect.signature(weather) == inspect.signature(made)
    assert "name" in inspect.signature(Tool).parameters


def test_tools_are_equal_only_to_themselves_and_can_be_kept_in_sets() -> None:
    first, second = tool(weather), tool(weather)

    assert 2 == len({first, second})
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        first.name = "other"  # type: ignore[misc]  # pyright: ignore


def test_evolving_a_tool_keeps_how_it_reads() -> None:
    renamed = attrs.evolve(tool(weather), name="other")
    changed = attrs.evolve(by_hand(), parameters={"type": "object", "required": ["x"]})

    assert Arguments(keywords={"city": "Oslo", "days": 2}, json={"city": "Oslo", "days": "2"}) == renamed.read(
        '{"city": "Oslo", "days": "2"}'
    )
    assert Refused("x: missing") == changed.read("{}")


class Asynchronous:
    async def __call__(self, city: str) -> str:
        return await asyncio.sleep(0, city)


async def later(city: str) -> str:
    return await asyncio.sleep(0, city)


def test_it_is_known_what_gives_a_coroutine() -> None:
    assert [True, True, True, True, False, False] == [
        tool(each).is_async
        for each in (
            later,
            functools.partial(later),
            Asynchronous(),
            Asynchronous().__call__,
            weather,
            functools.partial(weather),
        )
    ]


def test_a_tool_by_hand_takes_the_context_when_its_function_asks_for_it() -> None:
    def function(context: Context[int], **arguments: object) -> None: ...

    assert by_hand(call=function).takes_context
    assert not by_hand(call=function, takes_context=False).takes_context
    assert not by_hand().takes_context


def test_approval_is_as_declared() -> None:
    assert by_hand(approve=True).needs_approval(arguments())
    assert not by_hand(approve=False).needs_approval(arguments())


def test_approval_may_depend_on_the_values_the_function_gets() -> None:
    made = tool(weather, approve=lambda given: int(str(given["days"])) > 5)
    few, many = made.read('{"city": "Oslo"}'), made.read('{"city": "Oslo", "days": "6"}')

    assert isinstance(few, Arguments)
    assert isinstance(many, Arguments)
    assert [False, True] == [made.needs_approval(few), made.needs_approval(many)]


def test_a_predicate_that_raises_asks_a_person() -> None:
    def changes(given: Mapping[str, object]) -> bool:
        given["city"] = "Rome"  # type: ignore[index]  # pyright: ignore
        return False

    def asks_for_more(given: Mapping[str, object]) -> bool:
        return bool(given["nothing"])

    assert by_hand(approve=asks_for_more).needs_approval(arguments())
    assert by_hand(approve=changes).needs_approval(arguments(city="Oslo"))


def test_a_validator_that_raises_refuses_the_arguments() -> None:
    def fail(value: str) -> str:
        raise KeyError(value)

    def function(city: Annotated[str, AfterValidator(fail)]) -> None: ...

    assert Refused("the arguments could not be checked: KeyError") == tool(function).read('{"city": "Oslo"}')


def test_a_tool_is_visible_while_its_condition_holds() -> None:
    made = by_hand(hidden_until=lambda conversation: conversation["rounds"])

    assert by_hand().is_visible({})
    assert [False, True] == [made.is_visible({"rounds": rounds}) for rounds in (0, 2)]


def test_a_condition_that_raises_hides_the_tool() -> None:
    assert not by_hand(hidden_until=lambda conversation: conversation["nothing"]).is_visible({})


def test_one_name_of_a_required_tool_needs_no_list() -> None:
    assert ("search",) == by_hand(requires="search").requires
    assert ("search", "book") == by_hand(requires=["search", "book"]).requires


ODD = [
    "[" * 100_000,
    '{"city": ' + "[" * 950 + "]" * 950 + "}",
    '{"city": "\ud800"}',
    '{"city": "\\udfff"}',
    '{"city": 1e400}',
    '{"city": ' + "1" * 10_000 + "}",
    "\0",
    "\ufeff{}",
    '{"city": "a"} {"city": "b"}',
]


@given(st.text(st.characters(codec=None)) | st.sampled_from(ODD) | st.dictionaries(st.text(), st.text()).map(json.dumps))
def test_reading_never_raises(text: str) -> None:
    for made in TOOLS:
        found = made.read(text)

        assert isinstance(found, Arguments | Refused)
        if isinstance(found, Refused):
            found.message.encode()
            assert len(found.message) < 2000
            assert "pydantic.dev" not in found.message


def test_what_is_no_text_at_all_is_refused_too() -> None:
    assert isinstance(tool(weather).read(None), Refused)  # type: ignore[arg-type]  # pyright: ignore


TOOLS = (tool(weather), by_hand(), by_hand(parameters={"type": "object", "additionalProperties": {"$ref": "#"}}))
