"""What people decided of the calls that wait for them, as events."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias, cast

from attrs import field, frozen

from ..errors import ConfigurationError
from ..states import Conversation, Event
from ..states.events import Answered, Approved, Denied
from ..states.text import settle_arguments
from ..states.turn import Ask, SealedTurn, Slot
from .toolcall import Question, ToolCall, questions_of, waiting_calls

__all__ = ["Approve", "Decisions", "Deny", "decided"]

Approve: TypeAlias = str | ToolCall | Iterable[str | ToolCall] | Mapping[str, Mapping[str, object] | None]
"""The calls agreed to: ids or `ToolCall`s, or a mapping of ids to arguments that take the place of the model's."""

Deny: TypeAlias = str | Mapping[str, str] | Iterable[str] | None
"""The calls refused: ids, or a mapping of ids to reasons."""


@frozen(kw_only=True)
class Decisions:
    """What was decided, by the call's id: *agreed* with the arguments to run with if others, *refused* with reasons.

    *answers* are of any JSON type, *shown* the calls as the person saw them.  The id `call00001/call00000` is the call
    `call00000` of an agent that runs as the tool of `call00001`.
    """

    agreed: Mapping[str, Mapping[str, object] | None] = field(factory=dict[str, Mapping[str, object] | None])
    refused: Mapping[str, str] = field(factory=dict[str, str])
    answers: Mapping[str, object] = field(factory=dict[str, object])
    shown: tuple[ToolCall, ...] = ()

    def events(self, conversation: Conversation, at: float) -> tuple[Event, ...]:
        """Return the events for *conversation*.

        Raises `ConfigurationError` for a call that waits for nobody, and for what does not fit what it waits for.  What was
        agreed to before is passed over: to agree twice runs once.
        """
        waiting = {slot.call.id: slot for slot in conversation.turn.undecided} if conversation.turn else {}
        self._refuse_what_has_changed(waiting)
        refused = {each: reason for each, reason in self.refused.items() if "/" not in each}
        answers = {each: _answer(each, word, waiting) for each, word in self.answers.items() if "/" not in each}
        words = (
            *(event for call_id in self.agreed for event in self._agreement(call_id, conversation, waiting, at)),
            *(Denied(call_id=_known(call_id, waiting), reason=reason, at=at) for call_id, reason in refused.items()),
            *(Answered(call_id=each, answer=text, at=at) for each, text in (answers | self._inner(waiting)).items()),
        )
        if len({word.call_id for word in words}) < len(words):
            raise ConfigurationError("resume(...): more than one word at once on a call, and on what waits inside it")
        return words

    def _agreement(
        self, call_id: str, conversation: Conversation, waiting: Mapping[str, Slot], at: float
    ) -> Iterator[Approved | Answered]:
        if "/" in call_id or (call_id not in waiting and _was_there(conversation, call_id)):
            return
        arguments = self.agreed[call_id]
        if waiting[_known(call_id, waiting)].awaits_an_answer:
            yield Answered(call_id=call_id, answer=_answer(call_id, arguments is None or arguments, waiting), at=at)
            return
        yield Approved(call_id=call_id, arguments=None if arguments is None else _edited(call_id, arguments), at=at)

    def _inner(self, waiting: Mapping[str, Slot]) -> dict[str, str]:
        """Return what was decided of the calls of agents that run as tools: one answer for each such tool."""
        words: dict[str, dict[str, object]] = {}
        for kind, decisions in (("approve", self.agreed), ("deny", self.refused), ("answer", self.answers)):
            for call_id, word in decisions.items():
                outer, slash, inner = call_id.partition("/")
                if slash:
                    _check_inner(call_id, kind, word, waiting)
                    words.setdefault(outer, {})[inner] = {kind: word}
        return {outer: _told(_ask_of(waiting[outer]), calls) for outer, calls in words.items()}

    def _refuse_what_has_changed(self, waiting: Mapping[str, Slot]) -> None:
        now = {call.id: call for slot in waiting.values() for call in waiting_calls(slot)}
        for call in self.shown:
            if call.id in now and now[call.id].args != call.args:
                raise ConfigurationError(f"resume(approve=...): the call {call.id!r} has other arguments than the one shown")


def decided(approve: Approve, deny: Deny, answer: Mapping[str, object] | None) -> Decisions:
    """Return what a caller gave as decisions.  Raises `ConfigurationError` for more than one word on a call."""
    approved = _several(approve)
    shown = tuple(each for each in approved if isinstance(each, ToolCall))
    if isinstance(approve, Mapping):
        agreed = dict(cast("Mapping[str, Mapping[str, object] | None]", approve))
    else:
        agreed = {each.id if isinstance(each, ToolCall) else each: None for each in approved}
    refused = dict(cast("Mapping[str, str]", deny)) if isinstance(deny, Mapping) else dict.fromkeys(_several(deny), "")
    words = Counter[object]((*agreed, *refused, *(answer or {})))
    if several := sorted(repr(call_id) for call_id, count in words.items() if count > 1):
        raise ConfigurationError(f"resume(...): more than one word at once on {', '.join(several)}")
    return Decisions(agreed=agreed, refused=cast("dict[str, str]", refused), answers=dict(answer or {}), shown=shown)


def _several(given: Approve | Deny) -> tuple[str | ToolCall, ...]:
    if given is None:
        return ()
    return (given,) if isinstance(given, str | ToolCall) else tuple(given)


def _known(call_id: str, waiting: Mapping[str, Slot]) -> str:
    if call_id not in waiting:
        known = ", ".join(waiting) or "none"
        raise ConfigurationError(f"resume(...): no call {call_id!r} waits for a person; waiting: {known}")
    return call_id


def _was_there(conversation: Conversation, call_id: str) -> bool:
    if conversation.turn is not None and conversation.turn.slot(call_id) is not None:
        return True
    return any(call.id == call_id for entry in conversation.history if isinstance(entry, SealedTurn) for call in entry.calls)


def _edited(call_id: str, arguments: Mapping[str, object]) -> str:
    text = _json(arguments, f"resume(approve=...): the arguments for {call_id!r}")
    if (flaw := settle_arguments(text)[1]) is not None:
        raise ConfigurationError(f"resume(approve=...): for {call_id!r}: {flaw}")
    return text


def _known_inner(call_id: str, waiting: Mapping[str, Slot]) -> None:
    outer, _, inner = call_id.partition("/")
    slot = waiting.get(outer)
    ids = [] if slot is None or slot.ask is None else [each.id for each in slot.ask.waiting]
    if inner not in ids:
        known = ", ".join(f"{outer}/{each}" for each in ids) or "none"
        raise ConfigurationError(f"resume(...): no call {call_id!r} waits for a person; waiting there: {known}")


def _check_inner(call_id: str, kind: str, word: object, waiting: Mapping[str, Slot]) -> None:
    """Refuse now what the agent inside would refuse, when it is too late to ask again."""
    _known_inner(call_id, waiting)
    if kind == "answer":
        _answer(call_id, word, waiting)
    elif kind == "approve" and _question(call_id, waiting) is not None:
        _answer(call_id, word is None or word, waiting)
    elif kind == "approve" and word is not None:
        _edited(call_id, cast("Mapping[str, object]", word))


def _question(call_id: str, waiting: Mapping[str, Slot]) -> Question | None:
    return next((each for slot in waiting.values() for each in questions_of(slot) if each.id == call_id), None)


def _told(ask: Ask, calls: Mapping[str, object]) -> str:
    return json.dumps({"seq": ask.seq, "calls": calls}, ensure_ascii=False, default=dict)


def _ask_of(slot: Slot) -> Ask:
    assert slot.ask is not None
    return slot.ask


def _answer(call_id: str, answer: object, waiting: Mapping[str, Slot]) -> str:
    """Return *answer* as JSON.  Raises `ConfigurationError` when it does not fit what was asked."""
    asked = _question(call_id, waiting)
    if asked is None:
        known_as = call_id if "/" in call_id else _known(call_id, waiting)
        raise ConfigurationError(f"resume(answer=...): the call {known_as!r} waits for a yes or no: approve or deny it")
    from ..tools.raw import reader_of  # here: it imports jsonschema

    text = _json(answer, f"resume(answer=...): the answer for {call_id!r}")
    if (problem := reader_of(asked.tool, dict(asked.schema)).problem_of(json.loads(text))) is not None:
        raise ConfigurationError(f"resume(answer=...): for {call_id!r}, which asks {asked.question!r}: {problem}")
    return text


def _json(value: object, what: str) -> str:
    try:
        plain: object = dict(cast("Mapping[str, object]", value)) if isinstance(value, Mapping) else value
        return json.dumps(plain, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ConfigurationError(f"{what} can not be written as JSON: {error}") from None
