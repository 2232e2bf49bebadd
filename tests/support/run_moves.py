"""The moves of a random run: each tells the model of a run and the machine the same fact."""

from __future__ import annotations

import json

import pytest
from expected import Kind
from history_oracle import judge
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine
from run_model import RunModel
from strategies import BAD_ARGUMENTS, SOUND_ARGUMENTS

from detent.errors import IllegalEvent
from detent.machine.step import step
from detent.states import Conversation, Event, Failure, Limits, Usage
from detent.states.events import (
    Answered,
    Approved,
    Cancelled,
    Denied,
    ModelFailed,
    ModelReplied,
    Prepared,
    Reply,
    RequestedCall,
    Resumed,
    ToolAsked,
    ToolFailed,
    ToolReturned,
    ToolStarted,
    UserSaid,
)
from detent.states.messages import Part, Said, UserMessage
from detent.states.turn import Ask

__all__ = ["LIMITS", "PAUSES", "TAILS", "RunMoves"]

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


class RunMoves(RuleBasedStateMachine):
    """A conversation, the model of it, and what can happen to both."""

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

    # --- the user ----------------------------------------------------------------------------------------------------

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

    def the_run_is_cancelled(self, data: st.DataObject) -> None:
        self.feed(Cancelled(at=self.later(data.draw(PAUSES))))
        self.model.is_cancelled()

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

    def a_running_call(self, data: st.DataObject) -> tuple[int, str]:
        place = data.draw(st.sampled_from(self.model.running))
        return place, self.calls()[place]

    def a_tool_starts(self, data: st.DataObject) -> None:
        place, call_id = self.a_running_call(data)
        self.feed(ToolStarted(call_id=call_id, at=self.at))
        self.model.turn[place].started = True

    def a_tool_ends(self, data: st.DataObject) -> None:
        place, call_id = self.a_running_call(data)
        name = self.seen.turn.slots[place].call.name if self.seen.turn is not None else ""
        content, kept, word = self.text(data.draw(TAILS))
        usage, at, failed = self.used_by_a_tool(data), self.later(data.draw(PAUSES)), data.draw(st.booleans())
        parts = () if failed else self.parts(data)
        if failed:
            self.feed(ToolFailed(call_id=call_id, content=content, usage=usage, at=at))
        else:
            self.feed(ToolReturned(call_id=call_id, content=content, parts=parts, usage=usage, at=at))
        shown = (name, tuple(json.loads(part.json) for part in parts)) if parts else None
        self.model.is_settled(place, kept, at, failed=failed, token=word, shown=shown)

    def a_tool_asks(self, data: st.DataObject) -> None:
        """It has begun, perhaps, and wants an answer, or a word on being run again after a crash."""
        place, call_id = self.a_running_call(data)
        if data.draw(st.booleans()):
            self.feed(ToolStarted(call_id=call_id, at=self.at))
        question, _, _ = self.text(data.draw(TAILS))
        schema = data.draw(st.sampled_from((None, '{"type": "string"}', ' {"type": "boolean"}\n', "true")))
        usage, at = self.used_by_a_tool(data), self.later(data.draw(PAUSES))
        self.feed(ToolAsked(call_id=call_id, ask=Ask(question=question, schema=schema), usage=usage, at=at))
        self.model.tool_asks(place, "for a word" if schema is None else "for an answer", at, spent=usage.total)

    def a_tool_asks_until_it_knows_enough(self, data: st.DataObject) -> None:
        """What rarely comes about by chance: several questions of one turn, each with its answer."""
        for _ in range(data.draw(st.integers(2, 4))):
            if self.model.running:
                self.a_tool_asks(data)
            while self.model.state == "awaiting_approval":
                self.a_person_decides(data)

    def parts(self, data: st.DataObject) -> tuple[Part, ...]:
        kinds = data.draw(st.sampled_from(((), (), ("image_url",), ("image_url", "file", "image_url"))))
        made = [{"type": kind, kind: {"url": f"data:{self.text(('', ''))[0]}"}} for kind in kinds]
        return tuple(Part(kind, json.dumps(part)) for kind, part in zip(kinds, made, strict=True))

    def used_by_a_tool(self, data: st.DataObject) -> Usage:
        """Return what models used on a tool's behalf: those of an agent that runs as one."""
        prompt, completion, model_calls = data.draw(st.sampled_from(((0, 0, 0), (0, 0, 0), (3, 1, 1), (10, 0, 2), (0, 10, 1))))
        cost = data.draw(st.sampled_from((None, None, 0.25)))
        self.model.uses(prompt, completion, cost or 0.0, model_calls)
        return Usage(prompt=prompt, completion=completion, model_calls=model_calls, cost=cost)

    def a_person_decides(self, data: st.DataObject) -> None:
        place = data.draw(st.sampled_from(self.model.undecided))
        call_id, at = self.calls()[place], self.later(data.draw(st.sampled_from((0.0, 0.5, 1e6))))
        if data.draw(st.sampled_from((True, True, False))):
            self.a_person_agrees(data, place, call_id, at)
        else:
            self.feed(Denied(call_id=call_id, reason="too dear", at=at))
            self.model.is_denied(place, "too dear", at)

    def a_person_agrees(self, data: st.DataObject, place: int, call_id: str, at: float) -> None:
        """A yes, perhaps with other arguments; or an answer."""
        written = json.dumps({"own": self.text(("", ""))[0]})
        if self.model.turn[place].waits == "for an answer":
            self.feed(Answered(call_id=call_id, answer=written, at=at))
            self.model.is_answered(place, written, at)
            return
        edited = written if data.draw(st.booleans()) else None
        self.feed(Approved(call_id=call_id, arguments=edited, at=at))
        self.model.is_approved(place, edited, at)

    def waiting_for(self, kind: type[Event]) -> list[str]:
        """Return the ids of the calls that wait for an event of that kind."""
        word, answer = self.model.waiting("for a word"), self.model.waiting("for an answer")
        heard: dict[type[Event], list[int]] = {Approved: word, Answered: answer, Denied: word + answer}
        runs = kind in (ToolStarted, ToolReturned, ToolFailed, ToolAsked)
        places = self.model.running if runs else heard.get(kind, [])
        return [self.calls()[place] for place in places]
