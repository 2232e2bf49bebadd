"""Records that are taken for one state have the same future."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Hashable

from attrs import evolve
from letter_walk import walk
from scenes import answer, awaiting_approval, awaiting_model, call, dispatching, gated, prompting, said

from detent.machine.step import step
from detent.machine.verify import canonical, expected
from detent.states import Conversation, Limits
from detent.states.events import ToolReturned


def future(conversation: Conversation) -> Counter[tuple[str, bool, Hashable]]:
    """Return what can arrive and what each leads to, whichever call it is that is named."""
    return Counter(
        (re.sub(r"call\w{5}", "a call", letter.name), letter.outside, canonical(step(conversation, letter.event)))
        for letter in expected(conversation)
    )


def test_records_of_one_form_have_the_same_letters_and_lead_to_the_same_forms() -> None:
    chance = random.Random(20261121)
    alike: dict[Hashable, list[Conversation]] = {}
    for _, _, record in walk(chance, 4000):
        alike.setdefault(canonical(record), []).append(record)
    compared = 0
    for records in alike.values():
        first, *others = chance.sample(records, min(3, len(records)))
        for other in others:
            compared += 1
            assert future(first) == future(other)

    assert len(alike) > 600
    assert compared > 400


def test_what_a_tool_returned_makes_no_difference() -> None:
    running = dispatching(call(), call())
    one = step(running, ToolReturned(call_id="call00000", content="4"))
    other = step(running, ToolReturned(call_id="call00001", content="5", seconds=9.0, at=7.0))

    assert one != other
    assert canonical(one) == canonical(other)


def test_what_can_still_happen_makes_one() -> None:
    asked = awaiting_model()
    records = [
        Conversation(),
        prompting(),
        asked,
        awaiting_model(Limits(rounds=3)),
        evolve(asked, run=evolve(asked.run, attempts=1)),
        evolve(asked, run=evolve(asked.run, spares=1)),
        evolve(asked, run=evolve(asked.run, closing=True)),
        step(asked, said("wait")),
        step(asked, answer("4")),
        dispatching(call()),
        dispatching(call(), call()),
        awaiting_approval(gated()),
    ]

    assert len(records) == len({canonical(record) for record in records})
