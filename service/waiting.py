"""Which run a guest's request goes on with: the one that waits for what the request brings."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Container, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final, TypeAlias

from attrs import evolve, field, frozen

from ..errors import ConfigurationError, UnknownConversation
from ..machine.archive import Archive
from ..machine.decisions import Decisions
from ..machine.toolcall import Question, ToolCall, questions_of, waiting_calls
from ..states import Conversation, State
from ..states.messages import Call
from ..states.shapes import is_object
from ..states.turn import Slot

__all__ = [
    "Message",
    "Waiting",
    "Word",
    "approvals_of",
    "calls_for_client",
    "new_token",
    "questions_for_people",
    "too_old",
    "waiting_for",
]

Message: TypeAlias = Mapping[str, Any]  # Any: JSON, as the client sent it

_HALF: Final = 12
_TOKEN: Final = re.compile(rf"([0-9a-f]{{{2 * _HALF}}}[0-9a-f]+)_(.+)", re.DOTALL)
_MOST: Final = 100
"""How many runs of an owner may wait; the oldest is forgotten for one more: most clients that went away stay away."""


@frozen(kw_only=True)
class Word:
    """What a person said to an interrupt: the *payload* as it came, or that it was *abandoned*."""

    payload: object = None
    abandoned: bool = False


@frozen(kw_only=True)
class Waiting:
    """A run that waits: its *name* in the journal, the *token* that its ids begin with, what is decided now.

    *brought* are the calls whose results the client brought, *after* is how many messages the run was begun with.
    """

    name: str
    token: str
    record: Conversation
    decisions: Decisions = field(factory=Decisions)
    brought: frozenset[str] = frozenset()

    @property
    def after(self) -> int:
        """How many messages there were when it began."""
        return int(self.token[2 * _HALF :], 16)


def new_token(messages: Sequence[Message]) -> str:
    """Return what begins the ids of a run's calls: a digest of the messages, what nobody can guess, and their number."""
    return f"{_digest(messages)}{secrets.token_hex(_HALF // 2)}{len(messages):x}"


async def waiting_for(
    journal: Archive,
    prefix: str,
    messages: Sequence[Message],
    results: Mapping[str, str],
    words: Mapping[str, Word],
    own: Container[str],
) -> Waiting | None:
    """Return the run that waits for the *results* of the client's tools, or for *words* of people; None where none does.

    *prefix* begins the names of the owner's runs, *own* are the client's tools.  Raises `ConfigurationError` where the words
    do not fit what waits.
    """
    if words:
        found = await _named(journal, prefix, words)
        if found is None:
            raise ConfigurationError(f"resume: no run waits for {', '.join(map(repr, words))}")
        return _with_results(_with_words(found, words, own), results)
    found = await _named(journal, prefix, results)
    if found is None or not found.token.startswith(_digest(messages[: found.after])):
        return None  # the client may have changed what came before
    found = _with_results(found, results)
    return found if found.brought else None


def approvals_of(record: Conversation) -> tuple[ToolCall, ...]:
    """Return the calls that a person has to agree to."""
    return tuple(call for slot in _undecided(record) for call in waiting_calls(slot))


def questions_for_people(record: Conversation, own: Container[str]) -> tuple[Question, ...]:
    """Return what a person is asked: what waits for one of the client's *own* tools is for the client alone."""
    asked = [question for slot in _undecided(record) for question in questions_of(slot)]
    return tuple(each for each in asked if "/" in each.id or each.tool not in own)


def calls_for_client(record: Conversation, own: Container[str]) -> tuple[Call, ...]:
    """Return the calls of the client's *own* tools that wait for it, with the arguments to run with."""
    return tuple(slot.to_run for slot in _undecided(record) if slot.call.name in own and slot.awaits_an_answer)


async def too_old(journal: Archive, prefix: str) -> list[str]:
    """Return the runs that wait and are more than may, the newest of which stay."""
    kept = await journal.summaries(state=State.AWAITING_APPROVAL, prefix=prefix, limit=2 * _MOST, newest_first=True)
    return [summary.id for summary in kept[_MOST:] if ":" not in summary.id.removeprefix(prefix)]


async def _named(journal: Archive, prefix: str, ids: Mapping[str, object]) -> Waiting | None:
    tokens = {match[1] for each in ids if (match := _TOKEN.fullmatch(each))}
    if len(tokens) != 1:
        return None
    (token,) = tokens
    try:
        record = await journal.load(f"{prefix}{token}")
    except UnknownConversation:
        return None
    return Waiting(name=f"{prefix}{token}", token=token, record=record)


def _undecided(record: Conversation) -> tuple[Slot, ...]:
    return () if record.turn is None or record.state is not State.AWAITING_APPROVAL else tuple(record.turn.undecided)


def _with_results(found: Waiting, results: Mapping[str, str]) -> Waiting:
    waiting = {slot.call.id for slot in _undecided(found.record)}
    told = {match[2]: text for each, text in results.items() if (match := _TOKEN.fullmatch(each)) and match[1] == found.token}
    brought = {call_id: text for call_id, text in told.items() if call_id in waiting}
    decisions = evolve(found.decisions, answers={**found.decisions.answers, **brought})
    return evolve(found, decisions=decisions, brought=frozenset(brought))


def _with_words(found: Waiting, words: Mapping[str, Word], own: Container[str]) -> Waiting:
    approvals, questions = approvals_of(found.record), questions_for_people(found.record, own)
    said = {each.partition("_")[2]: word for each, word in words.items()}
    waiting = {each.id for each in approvals} | {each.id for each in questions}
    if unknown := [call_id for call_id in said if call_id not in waiting]:
        raise ConfigurationError(f"resume: nobody is asked about {', '.join(unknown)}: it is decided, or was never asked")
    if missing := waiting - said.keys():
        raise ConfigurationError(f"resume: {', '.join(sorted(missing))} wait too: answer all at once")
    answered = {each.id for each in questions}
    abandoned = {call_id: "The person left this undecided." for call_id, word in said.items() if word.abandoned}
    given = {call_id: word.payload for call_id, word in said.items() if not word.abandoned}
    votes = {call_id: _is_agreed(call_id, payload) for call_id, payload in given.items() if call_id not in answered}
    decisions = Decisions(
        agreed={call_id: _edited(given[call_id]) for call_id, agreed in votes.items() if agreed},
        refused=abandoned | {call_id: _reason(given[call_id]) for call_id, agreed in votes.items() if not agreed},
        answers={call_id: payload for call_id, payload in given.items() if call_id in answered},
    )
    return evolve(found, decisions=decisions)


def _is_agreed(call_id: str, payload: object) -> bool:
    approved = payload.get("approved") if is_object(payload) else payload
    if not isinstance(approved, bool):
        raise ConfigurationError(f"resume: for {call_id!r} a payload {{'approved': true}} or {{'approved': false}} is wanted")
    return approved


def _edited(payload: object) -> Mapping[str, object] | None:
    edited = payload.get("editedArgs") if is_object(payload) else None
    return edited if is_object(edited) else None


def _reason(payload: object) -> str:
    reason = payload.get("reason") if is_object(payload) else None
    return reason if isinstance(reason, str) else ""


def _digest(messages: Sequence[Message]) -> str:
    """Return what tells histories apart."""
    told = json.dumps([[message.get("role"), message.get("content")] for message in messages], sort_keys=True)
    return sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:_HALF]
