"""What is printed of a violation: the way there, as a list and as a diagram."""

from __future__ import annotations

from attrs import evolve

from detent.machine.verify import Move, Violation, path_diagram, told, verify
from detent.states import ROWS, State
from detent.states.events import Cancelled, UserSaid
from detent.states.messages import UserMessage

SAID = UserSaid(message=UserMessage(content="hi"))
PATH = (
    Move("the user speaks", SAID, State.DONE, State.PROMPTING),
    Move('the user says "more"; again', SAID, State.PROMPTING, State.PROMPTING),
    Move("the user says it", SAID, State.PROMPTING, State.PROMPTING),
    Move("the run is cancelled", Cancelled(), State.PROMPTING, None),
)


def test_the_diagram_numbers_the_moves_between_the_states_that_were_visited() -> None:
    expected = """\
stateDiagram-v2
    [*] --> done
    done --> prompting: 1 the user speaks
    prompting --> prompting: 2 the user says #34;more#34;#59; again<br>3 the user says it
    prompting --> nowhere: 4 the run is cancelled
"""

    assert expected == path_diagram(PATH)


def test_a_path_of_no_moves_is_an_empty_diagram() -> None:
    assert "stateDiagram-v2\n" == path_diagram(())


def test_each_violation_is_told_with_its_way_and_its_diagram() -> None:
    rows = tuple(row for row in ROWS if (row.event, row.source) != (Cancelled, State.PROMPTING))
    report = verify(rows, depth=2)
    lines = told(report).splitlines()

    assert not report.holds
    assert lines[-2].startswith("    prompting --> nowhere: 2 the run is cancelled")
    assert "broken: exactly one row takes what can arrive (none does)" in lines
    assert "  1. the user speaks (1 round): done -> prompting" in lines
    assert "  2. the run is cancelled: prompting -> nowhere" in lines
    assert lines[lines.index("```mermaid") + 1] == "stateDiagram-v2"
    assert f"{report.properties} properties of every move: 1 violation" in lines


def test_a_violation_without_a_way_is_told_by_its_words() -> None:
    report = evolve(verify(ROWS, depth=1), violations=(Violation(property="every row is taken", detail="the last"),))

    assert told(report).endswith("\n\nbroken: every row is taken (the last)\n")
