"""The rows as a graph."""

from __future__ import annotations

from collections import Counter

from attrs import evolve

from detent.diagrams.chart import Chart, Group, Kind, Node, chart, guards_by_event, update, words
from detent.states import ROWS, Conversation, Rows, State
from detent.states.events import Cancelled, UserSaid


def rows_of(drawn: Chart) -> list[object]:
    parts: tuple[Node | Group, ...] = (drawn.live, drawn.ended, *drawn.nodes)
    staying = [row for part in parts for row in part.stays]
    return [*staying, *(row for edge in drawn.edges for row in edge.rows)]


def kinds(rows: Rows) -> dict[str, Kind]:
    return {node.name: node.kind for node in chart(rows).nodes}


def test_every_row_is_in_the_graph_once(grown: Rows) -> None:
    assert Counter(ROWS) == Counter(rows_of(chart(ROWS)))
    assert Counter(grown) == Counter(rows_of(chart(grown)))


def test_every_state_is_in_the_graph_once() -> None:
    assert Counter(state.value for state in State) == Counter(node.name for node in chart(ROWS).nodes)


def test_a_new_conversation_rests_in_the_start() -> None:
    assert Conversation().state.value == chart(ROWS).start.name
    assert Conversation().state.value == chart(()).start.name


def test_two_states_have_at_most_one_edge_each_way() -> None:
    assert {1} == set(Counter((edge.source.name, edge.to.name) for edge in chart(ROWS).edges).values())


def test_a_state_that_ends_a_run_is_ended() -> None:
    ended = {state.value for state in State if state.ends_a_run}

    assert ended == {name for name, kind in kinds(ROWS).items() if kind.ends}


def test_only_approval_waits_for_a_person() -> None:
    assert {"awaiting_approval"} == {name for name, kind in kinds(ROWS).items() if kind is Kind.PERSON}


def test_a_state_that_a_person_leaves_waits_for_a_person_and_one_that_nothing_leaves_is_ended(grown: Rows) -> None:
    assert Kind.PERSON is kinds(grown)["reviewing"]
    assert Kind.ENDED is kinds(grown)["end"]


def test_what_all_live_states_share_is_drawn_from_their_group() -> None:
    drawn = chart(ROWS)

    assert {"Cancelled"} == {row.event.__name__ for edge in drawn.edges if edge.source is drawn.live for row in edge.rows}
    assert {"UserSaid"} == {row.event.__name__ for row in drawn.live.stays}


def test_a_group_shares_a_row_only_if_every_state_has_it() -> None:
    rows = tuple(row for row in ROWS if (row.source, row.event) != (State.PROMPTING, Cancelled))
    drawn = chart(rows)
    cancelling = [edge.source for edge in drawn.edges if edge.to.name == "cancelled"]

    assert {"awaiting_model", "awaiting_approval", "dispatching_tools"} == {source.name for source in cancelling}
    assert all(isinstance(source, Node) for source in cancelling)


def test_a_group_shares_a_row_only_if_guard_and_update_are_the_same(grown: Rows) -> None:
    other = next(row for row in grown if row.then.__name__ == "hand_over")
    rows = tuple(evolve(row, then=other.then) if (row.source, row.event) == (State.DONE, UserSaid) else row for row in ROWS)
    sources = [edge.source for edge in chart(rows).edges if any(row.event is UserSaid for row in edge.rows)]

    assert ["done", "limit_hit", "failed", "cancelled"] == [source.name for source in sources]


def test_one_state_alone_is_no_group() -> None:
    rows = tuple(row for row in ROWS if State.CANCELLED not in (row.source, row.to) and row.source is State.PROMPTING)

    assert not any(isinstance(edge.source, Group) for edge in chart(rows).edges)


def test_a_shared_row_is_written_once_and_kept_for_each_state() -> None:
    drawn = chart(ROWS)

    assert 1 == len(drawn.live.shown)
    assert len(drawn.live.nodes) == len(drawn.live.stays)


def test_words_name_event_guard_and_update() -> None:
    guarded = next(row for row in ROWS if row.label == "asks for tools")
    bare = next(row for row in ROWS if row.event is Cancelled)

    assert "ModelReplied [asks for tools]" == words(guarded)
    assert "open the turn" == update(guarded)
    assert "Cancelled" == words(bare)


def test_a_row_without_guard_beside_a_guarded_one_is_marked(grown: Rows) -> None:
    waking = tuple(row for row in grown if row.event.__name__ == "Prepared" and row.source is State.DONE)

    assert {"Prepared": ["looks finished", "always"]} == guards_by_event(waking)
    assert {"Prepared": []} == guards_by_event(waking[1:])
