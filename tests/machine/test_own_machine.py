"""Machines of one's own: what `extend` makes, what it refuses, and how conversations go by them."""

from __future__ import annotations

import pytest
from attrs import evolve
from own_machines import ASKED, PASSED, PASSED_LATE, REFUSED, guarded, reviewing

from detent import (
    Agent,
    ConfigurationError,
    Conversation,
    IllegalEvent,
    Machine,
    Model,
    OwnState,
    Row,
    State,
    replay,
    step,
)
from detent.machine.own_machine import machine_of
from detent.states import ROWS, as_it_is, came_to, go_on, not_yet
from detent.states.events import Cancelled, ModelReplied, Opened, Prepared, Reply, UserSaid, Worked
from detent.states.messages import Said, UserMessage

SAID = UserSaid(message=UserMessage(content="hi"))
ANSWERED = ModelReplied(reply=Reply(said=Said(text="hello")))
BEGUN = (Opened(conversation_id="c", machine="guarded"), SAID, Prepared(), ANSWERED)


@pytest.fixture(scope="module", autouse=True)
def machine() -> Machine:
    return guarded(reviewing())


def test_detents_own_machine_has_detents_own_rows_and_no_name() -> None:
    assert ("", ROWS, ()) == (Machine().name, Machine().rows, Machine().states)


def test_an_added_row_goes_before_those_that_are_there() -> None:
    assert OwnState("reviewing") == replay(BEGUN).state
    assert State.DONE is replay((evolve(BEGUN[0], machine=""), *BEGUN[1:])).state


def test_a_row_that_is_there_holds_where_the_added_one_does_not() -> None:
    asked = replay((*BEGUN[:3], ModelReplied(reply=Reply())))

    assert State.PROMPTING is asked.state


def test_a_row_to_which_the_added_ones_leave_nothing_is_gone(machine: Machine) -> None:
    answering = [row.to for row in machine.rows if row.label == "answers"]

    assert [OwnState("reviewing")] == answering


def test_a_conversation_goes_by_the_machine_that_it_names() -> None:
    record = replay((*BEGUN, Worked(state="reviewing", outcome="passed")))

    assert ("guarded", State.DONE) == (record.machine, record.state)
    assert (("reviewing", "passed"),) == record.run.worked


@pytest.mark.parametrize(
    ("event", "state"),
    [
        (Worked(state="reviewing", outcome="refused", note="no"), State.PROMPTING),
        (Worked(state="reviewing", outcome="failed", note="broke"), State.FAILED),
        (Cancelled(), State.CANCELLED),
        (SAID, OwnState("reviewing")),
    ],
)
def test_a_state_of_ones_own_is_left_by_its_rows_and_by_those_that_each_has(event: Worked, state: State) -> None:
    assert state == step(replay(BEGUN), event).state


@pytest.mark.parametrize(
    "event", [Worked(state="planning", outcome="passed"), Worked(state="reviewing", outcome="done"), Prepared(), ANSWERED]
)
def test_what_is_not_of_the_state_is_refused_and_the_state_is_named(event: Worked) -> None:
    with pytest.raises(IllegalEvent, match="reviewing"):
        step(replay(BEGUN), event)


def test_a_user_who_spoke_meanwhile_is_heard_before_the_run_is_done() -> None:
    spoken = step(replay(BEGUN), SAID)

    assert State.PROMPTING is step(spoken, Worked(state="reviewing", outcome="passed")).state


def test_a_machine_that_is_not_known_here_is_named_with_what_to_do() -> None:
    with pytest.raises(ConfigurationError, match="'elsewhere', which is not known here; import the module that makes it"):
        step(Conversation(id="c", machine="elsewhere"), SAID)


def test_the_newest_machine_of_a_name_holds() -> None:
    first, second = guarded(reviewing(), name="twice"), guarded(reviewing(), name="twice")

    assert machine_of(Conversation(machine="twice")) is second
    assert first is not second


@pytest.mark.anyio
async def test_an_agent_does_not_run_by_another_machine_of_the_same_name() -> None:
    first = Agent(Model("m", base_url="http://h"), machine=guarded(reviewing(), name="shared"))
    guarded(reviewing(), name="shared")

    with pytest.raises(ConfigurationError, match="'shared' is not the one that goes by that name now"):
        await first.run("hi")
    with pytest.raises(ConfigurationError, match="is not the one"):
        await Agent(Model("m", base_url="http://h"), machine=Machine(rows=())).run("hi")


@pytest.mark.parametrize("given", [{"rows": ["a row"]}, {"states": ["reviewing"]}])
def test_what_is_no_row_and_no_state_is_refused(given: dict[str, list[str]]) -> None:
    with pytest.raises(ConfigurationError, match="is wanted, not '"):
        Machine().extend(name="odd", **given)  # type: ignore[arg-type]


def test_a_machine_can_be_extended_again(machine: Machine) -> None:
    planning = OwnState("planning", work=reviewing().work)
    both = machine.extend(
        name="both",
        states=[planning],
        rows=[
            Row(State.PROMPTING, Prepared, when=not_yet(planning), then=as_it_is, to=planning),
            Row(planning, Worked, when=came_to("done"), then=go_on, to=State.PROMPTING),
        ],
    )
    planned = replay((evolve(BEGUN[0], machine="both"), SAID, Prepared()))
    answered = replay((Worked(state="planning", outcome="done"), Prepared(), ANSWERED), planned)

    assert ("planning", "reviewing") == (planned.state.value, answered.state.value)
    assert 6 == len(both.added)


def refused(*rows: Row[Worked] | Row[ModelReplied], states: tuple[OwnState, ...] = (reviewing(),)) -> str:
    with pytest.raises(ConfigurationError) as caught:
        Machine().extend(name="broken", states=states, rows=rows)
    return str(caught.value)


def test_rows_that_end_a_run_before_the_user_is_heard_are_refused_with_the_way_there() -> None:
    passed = evolve(PASSED, when=came_to("passed"))
    told = refused(ASKED, passed, REFUSED)

    assert "the rows break what is promised\n\nbroken: an ended run has heard everything" in told
    assert "the user says something: reviewing -> reviewing" in told
    assert told.rstrip("`\n").endswith("reviewing comes to passed")


def test_an_outcome_that_no_row_takes_is_refused() -> None:
    told = refused(ASKED, PASSED, PASSED_LATE)

    assert "broken: exactly one row takes what can arrive (none does)" in told
    assert "reviewing comes to refused: reviewing -> nowhere" in told


def test_two_rows_that_take_the_same_are_refused_and_both_are_named() -> None:
    told = refused(ASKED, PASSED, PASSED_LATE, REFUSED, evolve(REFUSED, to=State.FAILED))

    assert "reviewing Worked [came to refused] and reviewing Worked [came to refused]" in told


def test_a_run_that_could_go_on_for_ever_is_refused() -> None:
    again = Row(OwnState("reviewing"), Worked, when=came_to("refused"), then=go_on, to=OwnState("reviewing"))

    assert "no run goes on for ever by itself" in refused(ASKED, PASSED, PASSED_LATE, again)


def test_work_that_is_not_noted_is_refused() -> None:
    assert "what work came to is noted" in refused(ASKED, evolve(PASSED, then=as_it_is), PASSED_LATE, REFUSED)


def test_a_done_run_without_an_answer_is_refused() -> None:
    planning = OwnState("planning", work=reviewing().work)
    told = refused(
        Row(State.PROMPTING, Prepared, when=not_yet(planning), then=as_it_is, to=planning),  # type: ignore[arg-type]
        Row(planning, Worked, when=came_to("done"), then=go_on, to=State.DONE),
        states=(planning,),
    )

    assert "a run that is done ends with an answer" in told


def test_a_model_that_is_asked_without_a_look_at_the_limits_is_refused() -> None:
    told = refused(ASKED, PASSED, PASSED_LATE, evolve(REFUSED, to=State.AWAITING_MODEL))

    assert "no model is asked past a limit" in told


def test_a_state_that_is_not_given_is_named() -> None:
    assert "a row names the state 'reviewing'; give it in states=[...]" in refused(ASKED, states=())


def test_a_state_without_work_is_named() -> None:
    assert "OwnState('reviewing'): work= is missing" in refused(ASKED, states=(OwnState("reviewing"),))


@pytest.mark.parametrize("value", ["done", "prompting", "reviewing"])
def test_two_states_of_one_name_are_refused(value: str) -> None:
    states = (reviewing(), OwnState(value, work=reviewing().work))

    assert f"a state {value!r} is there already" in refused(ASKED, states=states)


@pytest.mark.parametrize("name", ["", "guarded"])
def test_a_machine_needs_a_name_of_its_own(name: str, machine: Machine) -> None:
    with pytest.raises(ConfigurationError, match="another name is wanted"):
        machine.extend(name=name)


def test_what_is_refused_is_not_known_afterwards() -> None:
    refused(ASKED)

    with pytest.raises(ConfigurationError, match="'broken', which is not known here"):
        machine_of(Conversation(machine="broken"))
