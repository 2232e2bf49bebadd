"""`Offering`: an agent's tools as requests carry them."""

from __future__ import annotations

import json

from scenes import after, awaiting_model, call, calls, dispatching

from detent import Conversation, Toolbox, tool
from detent.machine.offering import Offering
from detent.states.events import ToolReturned


@tool
def search() -> str:
    return "found"


def returned(conversation: Conversation) -> bool:
    return bool(conversation.history) and conversation.run.rounds > 0


@tool(hidden_until=returned)
def book() -> str:
    return "booked"


BEFORE, LATER = awaiting_model(), after(dispatching(call("search")), ToolReturned(call_id="call00000", content="x"))


def test_tools_that_never_hide_are_always_the_same_toolbox() -> None:
    toolbox = Toolbox([search])

    assert toolbox is Offering(toolbox).visible(BEFORE)


def test_a_tool_that_hides_appears_when_its_condition_holds() -> None:
    offering = Offering(Toolbox([search, book]))

    assert [("search",), ("search", "book")] == [offering.visible(record).names for record in (BEFORE, LATER)]
    assert [None, book] == [offering.get("book", record) for record in (BEFORE, LATER)]


def test_a_tool_is_found_by_its_name_where_it_may_be_seen() -> None:
    offering = Offering(Toolbox([search]))

    assert (search, None) == (offering.get("search", BEFORE), offering.get("nothing", BEFORE))


def test_each_set_of_tools_is_encoded_once_for_each_dialect() -> None:
    offering = Offering(Toolbox([search, book]))
    some, everything = (offering.encoded(offering.visible(record), "openai") for record in (BEFORE, LATER))

    assert some is offering.encoded(offering.visible(BEFORE), "openai")
    assert everything is offering.encoded(offering.visible(after(LATER)), "openai")
    assert some is not offering.encoded(offering.visible(BEFORE), "gemini")
    assert [["search"], ["search", "book"]] == [
        [each["function"]["name"] for each in json.loads(encoded or b"")] for encoded in (some, everything)
    ]


def test_no_tools_are_nothing_in_a_request() -> None:
    assert Offering(Toolbox()).encoded(Toolbox(), "openai") is None


def test_a_condition_is_asked_of_the_very_conversation() -> None:
    seen: list[Conversation] = []

    def look(conversation: Conversation) -> bool:
        seen.append(conversation)
        return False

    @tool(hidden_until=look)
    def never() -> str:
        return "never"

    record = after(awaiting_model(), calls(call("search")))

    assert (0, [record]) == (len(Offering(Toolbox([never])).visible(record)), seen)
