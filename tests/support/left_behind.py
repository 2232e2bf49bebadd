"""What processes that were killed leave behind, and what is to hold of it: in the journal, outside of it, at the models."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen
from crashing_child import INNER
from history_oracle import judge

from detent import Conversation, replay
from detent.states import Event, State
from detent.states.events import Approved, Denied, ModelReplied, ToolFailed, ToolReturned
from detent.states.turn import OutcomeKind, SealedTurn

__all__ = ["Left", "judge_end", "judge_what_was_kept"]

_REPEATED = ("repeatable", "retried")


@frozen
class Left:
    """What there is when a process is gone.

    *conversations* are the events of the one that was asked for, which comes first, and of those of agents inside;
    *ledger* is what tools wrote down, and *requests* how often models were asked.
    """

    conversations: Mapping[str, tuple[Event, ...]]
    ledger: tuple[dict[str, Any], ...]
    requests: int

    @property
    def records(self) -> dict[str, Conversation]:
        """The records that the events make."""
        return {name: replay(events) for name, events in self.conversations.items()}

    @property
    def begun(self) -> Counter[tuple[str, str]]:
        """How often each call began: by its conversation and its id."""
        return self._noted("begin")

    @property
    def ended(self) -> Counter[tuple[str, str]]:
        """How often each call came to its end."""
        return self._noted("end")

    def _noted(self, what: str) -> Counter[tuple[str, str]]:
        return Counter((line["conversation"], line["call"]) for line in self.ledger if line["what"] == what)

    @property
    def known(self) -> set[tuple[str, str]]:
        """The calls that have their outcome."""
        return {(name, each.call_id) for name, events in self.conversations.items() for each in _outcomes(events)}

    @property
    def lost(self) -> int:
        """How many calls have the outcome that nobody knows what came of them."""
        outcomes = [each for events in self.conversations.values() for each in _outcomes(events)]
        return sum(isinstance(each, ToolFailed) and each.kind is OutcomeKind.LOST for each in outcomes)

    @property
    def resting(self) -> str:
        """The state of the conversation, with what the ledger says to be under way, in words."""
        if not self.conversations:
            return "nothing stored"
        outer, *inner = (record.state.value for record in self.records.values())
        inside = [f"{state} inside" for state in inner if state != State.DONE.value]
        working = ["in a tool"] if self.begun != self.ended else []
        return ", ".join((outer, *inside, *working))


def judge_end(end: Left) -> None:
    """Hold what is left at the end against what is promised."""
    assert 2 == len(end.conversations)
    for name, record in end.records.items():
        assert State.DONE is record.state, (name, record.run)
        assert [] == judge(record.messages)
        _judge_calls(end, name, _calls(record))
    keys = {(line["conversation"], line["call"], line["key"]) for line in end.ledger}
    assert len(keys) == len({key for *_, key in keys}) == len(end.begun), "a call has one key, and no other call has it"


def judge_what_was_kept(before: Left, end: Left, asked_since: Sequence[Mapping[str, Any]]) -> None:
    """Hold what is left at the end against what was there *before*, and against what models were asked since then."""
    for name, events in before.conversations.items():
        assert events == end.conversations[name][: len(events)]
    for call in before.known:
        assert before.begun[call] == end.begun[call], f"{call} ran again after its outcome was stored"
    for request in asked_since:
        is_inner = request["messages"][0]["content"].startswith(INNER)
        replies = sum(map(_replies, [*before.conversations.values()][is_inner : is_inner + 1]))
        answered = sum("tool_calls" in message for message in request["messages"])
        assert replies <= answered, "a model was asked again for a reply that is stored"


def _judge_calls(end: Left, conversation: str, names: Mapping[str, str]) -> None:
    events = end.conversations[conversation]
    agreed = Counter(each.call_id for each in events if isinstance(each, Approved))
    assert Counter(names.keys()) == Counter(each.call_id for each in _outcomes(events)), "each call has one outcome"
    for call_id, name in names.items():
        times = end.begun[conversation, call_id]
        if name not in _REPEATED:
            assert times <= 1 + (agreed[call_id] if name == "checked" else 0), f"{name} began {times} times"
    for each in _outcomes(events):
        if isinstance(each, ToolReturned) and names[each.call_id] != "inner":
            assert end.ended[conversation, each.call_id], "what has returned was done"
        assert names[each.call_id] != "inner" or isinstance(each, ToolReturned), "the agent inside comes to its answer"


def _calls(record: Conversation) -> dict[str, str]:
    """Return the tool of each call, by the call's id."""
    turns = [entry for entry in record.history if isinstance(entry, SealedTurn)]
    return {call.id: call.name for turn in turns for call in turn.calls}


def _outcomes(events: Sequence[Event]) -> list[ToolReturned | ToolFailed | Denied]:
    return [event for event in events if isinstance(event, ToolReturned | ToolFailed | Denied)]


def _replies(events: Sequence[Event]) -> int:
    return sum(isinstance(event, ModelReplied) for event in events)
