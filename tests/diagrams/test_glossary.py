"""The page of states, events and effects."""

from __future__ import annotations

import re
from typing import get_args

from detent.diagrams import glossary
from detent.states import EVENTS, ROWS, Rows, State
from detent.states.effects import Effect


def lines(section: str, rows: Rows = ROWS) -> dict[str, list[str]]:
    """Return the cells of each line of the section's table, by the name in its first cell."""
    part = glossary(rows).split(f"## {section}\n")[1].split("## ")[0]
    cells = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| `")]
    return {first.strip("`"): rest for first, *rest in cells}


def test_every_state_event_and_effect_has_a_line_that_says_something() -> None:
    assert {state.value for state in State} == set(lines("States"))
    assert [event.__name__ for event in EVENTS] == list(lines("Events"))
    assert [effect.__name__ for effect in get_args(Effect)] == list(lines("Effects"))
    assert all(cell.strip() for section in ("States", "Events", "Effects") for row in lines(section).values() for cell in row)


def test_an_event_names_the_states_that_take_it() -> None:
    assert "`failed`, `cancelled`" == lines("Events")["Resumed"][-1]
    assert "any state" == lines("Events")["UserSaid"][-1]


def test_what_is_said_of_an_event_is_what_its_class_says() -> None:
    documented = {event.__name__: re.sub(" +", " ", (event.__doc__ or "").split("\n")[0]) for event in EVENTS}

    assert documented == {name: cells[0] for name, cells in lines("Events").items()}


def test_a_state_that_a_user_added_is_listed(grown: Rows) -> None:
    assert "a person is asked" == lines("States", grown)["reviewing"][0]
