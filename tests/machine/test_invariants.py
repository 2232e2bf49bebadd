"""The promises of the design, held against a model of its own after every event of any run."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from attrs import evolve
from history_oracle import judge
from hypothesis import given, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from run_model import Expected, Kind, RunModel, matches
from strategies import (
    BAD_ARGUMENTS,
    SOUND_ARGUMENTS,
    conversations,
    events,
    fitting_events,
    limits,
    replies,
    user_messages,
)

from detent.errors import IllegalEvent
from detent.machine.codec import dump_event, dumps, load_event, loads
from detent.machine.step import replay, step
from detent.states import Conversation, Event, Failure, Limits, State, Usage, effects
from detent.states.effects import AskApproval, CallModel, CallTool, Prepare
from detent.states.events import (
    Approved,
    Cancelled,
    Denied,
    ModelFailed,
    ModelReplied,
    Opened,
    Prepared,
    Reply,
    RequestedCall,
    Resumed,
    ToolFailed,
    ToolReturned,
    ToolStarted,
    UserSaid,
)
from detent.states.messages import AssistantMessage, Call, Said, UserMessage
from detent.states.repair import read_history
from detent.states.turn import Entry, Outcome, OutcomeKind, SealedTurn

# A tail that makes a text nasty, and what must be left of it.
TAILS = st.sampled_from(
    [("", ""), (" ", " "), ("\0", "\ufffd"), ("\ud83d", "\ufffd"), ("\ud83d\ude00", "😀"), ("\n{}", "\n{}"), ("é", "é")]
)
LIMITS = st.builds(
    Limits,
    rounds=st.integers(1, 4),
    tool_calls=st.sampled_from((None, None, 1, 2, 4)),
    input_tokens=st.sampled_from((None, None, None, None, 10)),
    output_tokens=st.sampled_from((None, None, None, None, 10)),
    total_tokens=st.sampled_from((None, None, None, None, 10)),
    cost=st.sampled_from((None, None, None, None, 0.5)),
    seconds=st.sampled_from((None, None, None, 3.0)),
    retries=st.integers(0, 2),
    on_limit=st.sampled_from(("summary", "answer")),
)
ANY_KIND: tuple[Kind, ...] = ("runs", "runs", "gated", "flawed")
KINDS = st.lists(st.sampled_from(ANY_KIND), min_size=1, max_size=5)
PAUSES = st.sampled_from((0.0, 0.0, 0.5, 2.0))
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


class AnyRun(RuleBasedStateMachine):
    """Any run of any conversation: each rule tells the model and the machine the same fact."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = Conversation()
        self.log: list[Event] = []
        self.model = RunModel()
        self.at = 0.0
        self.texts = 0
        self.ids: list[str] = []

    def feed(self, event: Event) -> None:
        before = repr((self.seen, event))
        after = step(self.seen, event)
        assert before == repr((self.seen, event)), "an input was changed"
        self.log.append(event)
        self.seen = after
        assert [] == judge(after.messages)
        note(f"{type(event).__name__} -> {after.state.value}")

    def refuse(self, event: Event) -> None:
        before = repr(self.seen)
        with pytest.raises(IllegalEvent):
            step(self.seen, event)
        assert before == repr(self.seen)

    def text(self, tail: tuple[str, str]) -> tuple[str, str, str]:
        """Return a text never used before, how it must be recorded, and a word of it."""
        self.texts += 1
        word = f"text{self.texts}."
        return word + tail[0], word + tail[1], word

    def later(self, pause: float) -> float:
        self.at += pause
        return self.at

    def calls(self) -> list[str]:
        assert self.seen.turn is not None
        return [slot.call.id for slot in self.seen.turn.slots]

    # --- the beginning -----------------------------------------------------------------------------------------------

    @initialize(fallbacks=st.integers(0, 2), opened=st.booleans())
    def begins(self, fallbacks: int, opened: bool) -> None:
        self.model.fallbacks = fallbacks
        if opened:
            read = read_history(HISTORY)
            self.feed(Opened(conversation_id="c1", system=read.system, repairs=read.changes, entries=read.entries))
            self.model.history = [Expected(message["role"], message["content"]) for message in HISTORY]
            self.ids = ["call00000"]

    # --- the user ----------------------------------------------------------------------------------------------------

    @rule(tail=TAILS, limits=LIMITS, window=st.none() | st.integers(0, 5), pause=PAUSES)
    def the_user_speaks(self, tail: tuple[str, str], limits: Limits, window: int | None, pause: float) -> None:
        self.says(tail, limits, window, final=True, pause=pause)

    def says(self, tail: tuple[str, str], limits: Limits, window: int | None, *, final: bool, pause: float) -> None:
        text, kept, _ = self.text(tail)
        at = self.later(pause)
        self.feed(UserSaid(message=UserMessage(content=text), limits=limits, window=window, final=final, at=at))
        self.model.user_says(kept, limits, final=final, at=at)

    def the_run_is_taken_up_again(self, data: st.DataObject) -> None:
        drawn, final = data.draw(LIMITS), data.draw(st.booleans())
        event = Resumed(limits=drawn, final=final, at=self.later(data.draw(PAUSES)))
        if self.model.may_resume:
            self.feed(event)
            self.model.resumes(drawn, final=final, at=self.at)
        else:
            self.refuse(event)

    @precondition(lambda self: not self.model.ended)
    @rule(data=st.data(), really=st.sampled_from((True, False, False, False)))
    def somebody_may_stop_the_run(self, data: st.DataObject, really: bool) -> None:
        if really:
            self.the_run_is_cancelled(data)

    def the_run_is_cancelled(self, data: st.DataObject) -> None:
        self.feed(Cancelled(at=self.later(data.draw(PAUSES))))
        self.model.is_cancelled()

    # --- the run goes on ---------------------------------------------------------------------------------------------

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

    def the_user_says_something(self, data: st.DataObject) -> None:
        window = data.draw(st.none() | st.integers(0, 5))
        self.says(data.draw(TAILS), data.draw(LIMITS), window, final=data.draw(st.booleans()), pause=data.draw(PAUSES))

    def the_driver_is_prepared(self, data: st.DataObject) -> None:
        self.feed(Prepared(spares=self.model.spares, at=self.later(data.draw(PAUSES))))
        self.model.is_prepared(self.at)

    def the_model_calls(self, data: st.DataObject) -> None:
        kinds = data.draw(KINDS)
        text, kept, _ = self.text(data.draw(TAILS)) if data.draw(st.booleans()) else ("", "", "")
        calls = tuple(self.requested(data, kind) for kind in kinds)
        reply = Reply(said=Said(text=text), calls=calls, usage=self.used(data))
        self.feed(ModelReplied(reply=reply, at=self.later(data.draw(PAUSES))))
        self.model.model_calls(kinds, kept, self.at)
        if self.seen.turn is not None:
            self.ids += self.calls()
        elif self.model.state == "prompting":
            self.ids += [str(message["tool_call_id"]) for message in self.seen.messages[-len(kinds) :]]

    def requested(self, data: st.DataObject, kind: Kind) -> RequestedCall:
        flawed = kind == "flawed"
        problem = data.draw(st.sampled_from((None, "there is no tool of that name"))) if flawed else None
        bad = flawed and problem is None
        return RequestedCall(
            name=data.draw(st.sampled_from(("look", "", "a b", "x" * 70, "\ud800"))),
            arguments=data.draw(st.sampled_from(BAD_ARGUMENTS if bad else SOUND_ARGUMENTS)),
            host_id=data.draw(st.sampled_from(("", "0", "call00000"))),
            problem=problem,
            gated=kind == "gated" or (flawed and data.draw(st.booleans())),
        )

    def used(self, data: st.DataObject) -> Usage:
        prompt, completion = data.draw(st.sampled_from(((0, 0), (0, 0), (3, 1), (10, 0), (0, 10))))
        cost = data.draw(st.sampled_from((None, None, 0.25)))
        self.model.uses(prompt, completion, cost or 0.0)
        return Usage(prompt=prompt, completion=completion, cost=cost)

    def the_model_answers(self, data: st.DataObject) -> None:
        problem = data.draw(st.sampled_from((*(None,) * 6, "JSON is wanted.", "", " ", "\0")))
        text, kept, _ = self.text(data.draw(TAILS))
        reply = Reply(said=Said(text=text), usage=self.used(data), problem=problem)
        self.feed(ModelReplied(reply=reply, at=self.later(data.draw(PAUSES))))
        self.model.model_answers(kept, usable=problem is None)

    def the_model_says_nothing(self, data: st.DataObject) -> None:
        text = data.draw(st.sampled_from(("", " ", "\n")))
        said = Said(text=text, reasoning="because", finish=data.draw(st.sampled_from((None, "length", "tool_calls"))))
        self.feed(ModelReplied(reply=Reply(said=said, usage=self.used(data)), at=self.at))
        self.model.model_answers(text, usable=False)

    def the_model_fails(self, data: st.DataObject) -> None:
        failure, retryable = Failure(kind="server", message="500"), data.draw(st.booleans())
        delay = data.draw(PAUSES)
        self.feed(ModelFailed(failure=failure, retryable=retryable, delay=delay, at=self.later(data.draw(PAUSES))))
        self.model.model_fails(retryable=retryable, delay=delay, at=self.at)

    def a_tool_starts(self, data: st.DataObject) -> None:
        place = data.draw(st.sampled_from(self.model.owed))
        self.feed(ToolStarted(call_id=self.calls()[place], at=self.at))
        self.model.turn[place].started = True

    def a_tool_ends(self, data: st.DataObject) -> None:
        place = data.draw(st.sampled_from(self.model.owed))
        content, kept, word = self.text(data.draw(TAILS))
        kind = ToolFailed if data.draw(st.booleans()) else ToolReturned
        self.feed(kind(call_id=self.calls()[place], content=content, at=self.later(data.draw(PAUSES))))
        self.model.is_settled(place, kept, token=word)

    def a_person_decides(self, data: st.DataObject) -> None:
        place = data.draw(st.sampled_from(self.model.undecided))
        at = self.later(data.draw(st.sampled_from((0.0, 0.5, 1e6))))
        if data.draw(st.booleans()):
            self.feed(Approved(call_id=self.calls()[place], at=at))
            self.model.is_approved(place, at)
        else:
            self.feed(Denied(call_id=self.calls()[place], reason="too dear", at=at))
            self.model.is_denied(place, "too dear", at)

    # --- what must change nothing ------------------------------------------------------------------------------------

    @rule(event=events())
    def something_out_of_place_happens(self, event: Event) -> None:
        """An event that names no owed call, or that this state does not know, is refused."""
        legal = {
            "prompting": (UserSaid, Prepared, Cancelled),
            "awaiting_model": (UserSaid, ModelReplied, ModelFailed, Cancelled),
            "dispatching_tools": (UserSaid, Cancelled),
            "awaiting_approval": (UserSaid, Cancelled),
        }.get(self.model.state, (UserSaid, Resumed, Opened))
        waits = self.model.owed if self.model.state == "dispatching_tools" else self.model.undecided
        known = [self.calls()[place] for place in waits]
        if not isinstance(event, legal) and getattr(event, "call_id", None) not in known:
            self.refuse(event)

    @precondition(lambda self: bool(self.ids))
    @rule(data=st.data())
    def a_finished_call_ends_again(self, data: st.DataObject) -> None:
        call_id = data.draw(st.sampled_from(self.ids))
        owed = [self.calls()[place] for place in self.model.owed] if self.model.turn else []
        if call_id not in owed:
            self.refuse(ToolReturned(call_id=call_id, content="again", at=self.at))
            self.refuse(ToolStarted(call_id=call_id, at=self.at))
            self.refuse(Approved(call_id=call_id, at=self.at))

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
            assert [self.calls()[place] for place in model.owed] == [e.call.id for e in wanted if isinstance(e, CallTool)]
            assert [model.turn[place].started for place in model.owed] == [e.started for e in wanted if isinstance(e, CallTool)]
            assert len(model.owed) == len(wanted)
        else:
            assert [self.calls()[place] for place in model.undecided] == [
                e.call.id for e in wanted if isinstance(e, AskApproval)
            ]
            assert len(model.undecided) == len(wanted)

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
        assert len(self.log) == self.seen.seq


TestAnyRun = AnyRun.TestCase
TestAnyRun.settings = settings(max_examples=settings().max_examples // 2, stateful_step_count=30)


# --- any events at all -----------------------------------------------------------------------------------------------


@given(conversations(longest=20))
def test_the_history_is_valid_after_every_event(walked: tuple[Conversation, tuple[Event, ...]]) -> None:
    conversation = Conversation()
    for event in walked[1]:
        conversation = step(conversation, event)

        assert [] == judge(conversation.messages, sendable=conversation.state is State.AWAITING_MODEL)


@given(conversations(), st.data())
def test_no_input_is_ever_changed(walked: tuple[Conversation, tuple[Event, ...]], data: st.DataObject) -> None:
    conversation, _ = walked
    event = data.draw(fitting_events(conversation))
    before = repr((conversation, event))
    try:
        first, second = step(conversation, event), step(conversation, event)
    except IllegalEvent:
        pass
    else:
        assert first == second
        assert repr(first) == repr(second)
    effects(conversation)

    assert before == repr((conversation, event))


@given(conversations())
def test_a_conversation_comes_back_from_its_bytes(walked: tuple[Conversation, tuple[Event, ...]]) -> None:
    conversation, taken = walked

    assert conversation == loads(dumps(conversation))
    assert dumps(conversation) == dumps(replay(load_event(dump_event(event)) for event in taken))


@given(events())
def test_an_event_comes_back_from_its_bytes(event: Event) -> None:
    assert event == load_event(dump_event(event))


ODD = (math.inf, -math.inf, math.nan)
FAILURE = Failure(kind="server", message="500")
ODD_FACTS: list[Callable[[], Event]] = [
    lambda: ModelReplied(reply=Reply(usage=Usage(prompt=2**70))),
    lambda: ModelReplied(reply=Reply(usage=Usage(cost=math.inf))),
    *(partial(ModelFailed, failure=FAILURE, delay=odd) for odd in ODD),
    *(partial(ModelFailed, failure=FAILURE, seconds=odd) for odd in ODD),
    *(partial(ModelReplied, reply=Reply(), seconds=odd) for odd in ODD),
    *(partial(ToolReturned, call_id="call00000", content="", seconds=odd) for odd in ODD),
    *(partial(Cancelled, at=odd) for odd in ODD),
]


@pytest.mark.parametrize("fact", ODD_FACTS, ids=range(len(ODD_FACTS)))
def test_a_number_that_cannot_be_stored_is_refused_before_it_is_an_event(fact: Callable[[], Event]) -> None:
    try:
        event = fact()
    except ValueError:
        return

    assert event == load_event(dump_event(event))


ANSWERED = (Outcome(kind=OutcomeKind.RETURNED, content="4"),)


@pytest.mark.parametrize(
    "entries",
    [
        (AssistantMessage(said=Said(text="first")),),
        (UserMessage(content="hi"), SealedTurn(said=Said(), calls=(Call(id="call00001", name="look"),), outcomes=ANSWERED)),
        (UserMessage(content="hi"), *(SealedTurn(said=Said(), calls=(Call(id="x", name="look"),), outcomes=ANSWERED),) * 2),
    ],
    ids=["the assistant begins", "an id that will be given out", "an id used twice"],
)
def test_a_conversation_opens_with_a_valid_history_only(entries: tuple[Entry, ...]) -> None:
    asked = ModelReplied(reply=Reply(calls=(RequestedCall(name="look"),) * 2))
    said = UserSaid(message=UserMessage(content="more"))
    try:
        conversation = replay((Opened(conversation_id="c1", entries=entries), said, Prepared(), asked, Cancelled()))
    except (ValueError, IllegalEvent):
        return

    assert [] == judge(conversation.messages)


@given(user_messages)
def test_a_cancelled_run_keeps_the_task(message: UserMessage) -> None:
    conversation = replay((UserSaid(message=message), Cancelled()))

    assert [*message.to_messages()] == conversation.messages


# --- every run ends --------------------------------------------------------------------------------------------------

ONE_CALL = Reply(calls=(RequestedCall(name="look"),), usage=Usage(prompt=3, completion=2, cost=0.01))


def driven(
    conversation: Conversation, reply: Reply | None, *, spares: int = 0, seconds: float = 1.0
) -> tuple[Conversation, int]:
    """Return where a run ends whose model gives *reply*, or fails, each time, and how many model calls it made."""
    at, model_calls = conversation.run.started_at, 0
    for _ in range(2000):
        at += seconds
        wanted = effects(conversation)
        if not wanted:
            return conversation, model_calls
        match wanted[0]:
            case Prepare(not_before=not_before):
                at = max(at, not_before or at)
                event: Event = Prepared(spares=max(0, spares - conversation.run.model_index), at=at)
            case CallModel() if reply is not None:
                model_calls += 1
                event = ModelReplied(reply=reply, at=at)
            case CallModel():
                model_calls += 1
                event = ModelFailed(failure=Failure(kind="server", message="500"), retryable=True, delay=0.5, at=at)
            case CallTool(call=call):
                event = ToolReturned(call_id=call.id, content="4", at=at)
            case AskApproval(call=call):
                event = Approved(call_id=call.id, at=at)
        conversation = step(conversation, event)
    raise AssertionError("the run does not end")


ENDLESS = Limits(rounds=500)


@pytest.mark.parametrize("wrap_up", [False, True])
@pytest.mark.parametrize(
    ("expected", "limits"),
    [
        ("4 rounds", Limits(rounds=4)),
        ("3 tool calls", evolve(ENDLESS, tool_calls=3)),
        ("10 input tokens", evolve(ENDLESS, input_tokens=10)),
        ("7 output tokens", evolve(ENDLESS, output_tokens=7)),
        ("20 tokens", evolve(ENDLESS, total_tokens=20)),
        ("0.035 of cost", evolve(ENDLESS, cost=0.035)),
        ("12 seconds", evolve(ENDLESS, seconds=12.0)),
    ],
)
def test_every_limit_ends_a_run_that_would_not_end_by_itself(expected: str, limits: Limits, wrap_up: bool) -> None:
    limits = evolve(limits, on_limit="answer" if wrap_up else "summary")
    begun = step(Conversation(), UserSaid(message=UserMessage(content="hi"), limits=limits, at=100.0))
    conversation, model_calls = driven(begun, ONE_CALL)

    assert State.LIMIT_HIT is conversation.state
    assert expected == conversation.run.limit
    assert 4 + wrap_up >= model_calls


@given(limits, replies | st.none(), st.integers(0, 2), st.booleans(), st.sampled_from((0.0, 0.1, 1.0)))
def test_every_run_ends_whatever_the_model_does(
    limits: Limits, reply: Reply | None, spares: int, final: bool, seconds: float
) -> None:
    begun = step(Conversation(), UserSaid(message=UserMessage(content="hi"), limits=limits, final=final))
    conversation, model_calls = driven(begun, reply, spares=spares, seconds=seconds)

    assert conversation.state.ends_a_run
    assert (limits.rounds + 1) * (1 + limits.retries) * (1 + spares) >= model_calls
    assert [] == judge(conversation.messages)
