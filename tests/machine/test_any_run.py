"""Any run of any conversation, held against a model of its own after every event."""

from __future__ import annotations

import re
from typing import Any

from attrs import evolve
from expected import Expected, matches
from history_oracle import judge
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from run_moves import LIMITS, PAUSES, TAILS, RunMoves
from strategies import events

from detent.machine.codec import dump_event, dumps, load_event, loads
from detent.machine.step import replay
from detent.states import Event, Limits, State, effects
from detent.states.effects import AskAnswer, AskApproval, CallModel, CallTool, Prepare
from detent.states.events import (
    Answered,
    Approved,
    Cancelled,
    Denied,
    ModelFailed,
    ModelReplied,
    Opened,
    Prepared,
    Resumed,
    ToolAsked,
    ToolReturned,
    ToolStarted,
    UserSaid,
)
from detent.states.repair import read_history
from detent.states.turn import Ask

HISTORY: list[dict[str, Any]] = [
    {"role": "user", "content": "earlier"},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "0", "type": "function", "function": {"name": "look", "arguments": "{}"}}],
    },
    {"role": "tool", "tool_call_id": "0", "content": "an earlier result"},
    {"role": "assistant", "content": "an earlier answer"},
]


class AnyRun(RunMoves):
    """Any run of any conversation."""

    @initialize(fallbacks=st.integers(0, 2), opened=st.booleans())
    def begins(self, fallbacks: int, opened: bool) -> None:
        self.model.fallbacks = fallbacks
        if opened:
            read = read_history(HISTORY)
            self.feed(Opened(conversation_id="c1", system=read.system, repairs=read.changes, entries=read.entries))
            self.model.history = [Expected(message["role"], message["content"]) for message in HISTORY]
            self.ids = ["call00000"]

    @rule(tail=TAILS, limits=LIMITS, window=st.none() | st.integers(0, 5), pause=PAUSES)
    def the_user_speaks(self, tail: tuple[str, str], limits: Limits, window: int | None, pause: float) -> None:
        self.says(tail, limits, window, final=True, pause=pause)

    @precondition(lambda self: not self.model.ended)
    @rule(data=st.data(), really=st.sampled_from((True, False, False, False)))
    def somebody_may_stop_the_run(self, data: st.DataObject, really: bool) -> None:
        if really:
            self.the_run_is_cancelled(data)

    @rule(data=st.data())
    def the_run_goes_on(self, data: st.DataObject) -> None:
        """One of the events that are owed arrives."""
        moves = {
            "prompting": (self.the_driver_is_prepared,),
            "awaiting_model": (
                *(self.the_model_calls,) * 3,
                *(self.the_model_answers,) * (4 if self.model.inbox else 1),
                self.the_model_says_nothing,
                self.the_model_fails,
                self.the_user_says_something,
            ),
            "dispatching_tools": (
                *(self.a_tool_ends,) * 7,
                *(self.a_tool_starts,) * 2,
                *(self.a_tool_asks,) * 2,
                *(self.a_tool_asks_until_it_knows_enough,) * 2,
                self.the_user_says_something,
                self.the_run_is_cancelled,
            ),
            "awaiting_approval": (*(self.a_person_decides,) * 8, self.the_user_says_something, self.the_run_is_cancelled),
        }.get(self.model.state, (self.the_user_says_something, self.the_user_says_something, self.the_run_is_taken_up_again))
        data.draw(st.sampled_from(moves), label="move")(data)

    # Hypothesis leaves some rules out of each example: the move that matters is there under three names.
    @rule(data=st.data())
    def the_run_goes_on_further(self, data: st.DataObject) -> None:
        for _ in range(3):
            self.the_run_goes_on(data)

    @rule(data=st.data())
    def the_run_goes_on_and_on(self, data: st.DataObject) -> None:
        for _ in range(6):
            self.the_run_goes_on(data)

    # --- what must change nothing ------------------------------------------------------------------------------------

    @rule(event=events())
    def something_out_of_place_happens(self, event: Event) -> None:
        """An event that names no call that waits for it, or that this state does not know, is refused."""
        legal = {
            "prompting": (UserSaid, Prepared, Cancelled),
            "awaiting_model": (UserSaid, ModelReplied, ModelFailed, Cancelled),
            "dispatching_tools": (UserSaid, Cancelled),
            "awaiting_approval": (UserSaid, Cancelled),
        }.get(self.model.state, (UserSaid, Resumed, Opened))
        if not isinstance(event, legal) and getattr(event, "call_id", None) not in self.waiting_for(type(event)):
            self.refuse(event)

    @precondition(lambda self: bool(self.ids))
    @rule(data=st.data())
    def a_call_hears_what_it_does_not_wait_for(self, data: st.DataObject) -> None:
        call_id = data.draw(st.sampled_from(self.ids))
        for event in (
            ToolReturned(call_id=call_id, content="again", at=self.at),
            ToolAsked(call_id=call_id, ask=Ask(question="again?"), at=self.at),
            ToolStarted(call_id=call_id, at=self.at),
            Approved(call_id=call_id, at=self.at),
            Answered(call_id=call_id, answer="true", at=self.at),
            Denied(call_id=call_id, at=self.at),
        ):
            if call_id not in self.waiting_for(type(event)):
                self.refuse(event)

    @rule()
    def the_process_dies(self) -> None:
        """What is stored is all there is: the events give the record, and so do its bytes."""
        before = self.seen
        stored = [dump_event(event) for event in self.log]
        assert self.log == [load_event(data) for data in stored]
        assert dumps(before) == dumps(loads(dumps(before)))
        self.seen = replay(load_event(data) for data in stored)
        assert before == self.seen == loads(dumps(before))
        assert dumps(before) == dumps(self.seen)

    # --- what must hold after every event ----------------------------------------------------------------------------

    @invariant()
    def rests_where_the_model_rests(self) -> None:
        assert self.model.state == self.seen.state.value

    @invariant()
    def the_history_is_valid_and_holds_each_thing_once(self) -> None:
        messages = self.seen.messages
        assert [] == judge(messages)
        assert len(self.model.history) == len(messages)
        for expected, message in zip(self.model.history, messages, strict=True):
            assert matches(expected, message), (expected, message)

    @invariant()
    def what_the_model_is_shown_is_a_valid_request(self) -> None:
        shown = [message for entry in self.seen.history[self.seen.run.window :] for message in entry.to_messages()]
        assert [] == judge(shown, sendable=self.seen.state is State.AWAITING_MODEL)

    @invariant()
    def the_inbox_holds_what_was_not_heard_yet(self) -> None:
        assert self.model.inbox == [message.content for message in self.seen.inbox]

    @invariant()
    def the_open_turn_holds_each_result_in_its_place(self) -> None:
        slots = () if self.seen.turn is None else self.seen.turn.slots
        assert len(self.model.turn) == len(slots)
        for expected, slot in zip(self.model.turn, slots, strict=True):
            assert (expected.outcome is None) == (slot.outcome is None)
            assert (expected.answers, expected.edited, expected.spent) == (slot.answers, slot.edited, slot.spent.total)
            if expected.outcome is not None and slot.outcome is not None:
                assert matches(expected.outcome, {"role": "tool", "content": slot.outcome.content})

    @invariant()
    def every_call_has_an_id_of_its_own(self) -> None:
        assert len(self.ids) == len(set(self.ids)) == self.seen.minted
        assert all(re.fullmatch("[A-Za-z0-9]{9}", call_id) for call_id in self.ids)

    @invariant()
    def wants_what_is_owed_and_nothing_else(self) -> None:
        wanted = effects(self.seen)
        model = self.model
        if model.ended:
            assert () == wanted
        elif model.state == "prompting":
            assert (Prepare(not_before=model.not_before),) == wanted
        elif model.state == "awaiting_model":
            assert (CallModel(model_index=model.model, attempt=model.tries, closing=model.closing),) == wanted
        elif model.state == "dispatching_tools":
            assert [self.call_of(place) for place in model.running] == [*wanted]
        else:
            assert [
                (AskAnswer if model.turn[place].waits == "for an answer" else AskApproval, self.calls()[place])
                for place in model.undecided
            ] == [(type(effect), effect.call.id) for effect in wanted if isinstance(effect, AskAnswer | AskApproval)]
            assert len(model.undecided) == len(wanted)

    def call_of(self, place: int) -> CallTool:
        """Return how the call is to be run: with a person's arguments, and all answers so far."""
        assert self.seen.turn is not None
        expected, call = self.model.turn[place], self.seen.turn.slots[place].call
        return CallTool(
            call=call if expected.edited is None else evolve(call, arguments=expected.edited),
            key=f"{self.seen.id}:{self.seen.turn.seq}:{call.id}",
            started=expected.started,
            answers=expected.answers,
        )

    @invariant()
    def the_clock_stands_while_people_alone_are_waited_for(self) -> None:
        run = self.seen.run
        assert self.model.started == run.started_at
        assert self.model.ended or (self.model.state == "awaiting_approval") == (run.parked_at is not None)

    @invariant()
    def stays_within_its_limits(self) -> None:
        if self.model.settings is None:
            return
        limits = self.model.settings
        run = self.seen.run
        assert self.model.rounds == run.rounds <= limits.rounds + (limits.on_limit == "answer")
        assert self.model.calls_for_this_reply <= (1 + limits.retries) * (1 + self.model.fallbacks)
        assert self.model.ran == run.tool_calls
        assert limits.tool_calls is None or run.tool_calls <= limits.tool_calls

    @invariant()
    def counts_what_was_used(self) -> None:
        usage = self.seen.run.usage
        assert (self.model.prompt, self.model.completion) == (usage.prompt, usage.completion)
        assert self.model.cost == (usage.cost or 0.0)
        assert (self.model.asked, self.model.in_all) == (usage.model_calls, self.seen.usage.total)
        assert len(self.log) == self.seen.seq


TestAnyRun = AnyRun.TestCase
TestAnyRun.settings = settings(max_examples=settings().max_examples // 2, stateful_step_count=30)
