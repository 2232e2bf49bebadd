"""A machine of one's own as what is verified: its work in the alphabet, its rows held to what every machine promises."""

from __future__ import annotations

import sys
from collections.abc import Hashable, Iterator
from functools import partial
from typing import Final

from ...states import Conversation, Limits, OwnState
from ...states.events import ModelReplied, Opened, Prepared
from ...states.own_rows import CameTo, NotYet
from ..own_machine import Machine, Otherwise
from .alphabet import Letter, expected
from .canonical import canonical
from .settings import SETTINGS, Setting
from .subject import Subject

__all__ = ["subject_of"]

_BRIEF_REPLIES: Final = frozenset(
    {
        "the model answers",
        "the model says nothing",
        "the model asks for good",
        "the model asks for gated",
        "the model asks for bad",
    }
)


def subject_of(machine: Machine, *, in_brief: bool = False) -> Subject:
    """Return what `verify` takes; *in_brief* with fewer replies and limits, for a check in a fraction of a second.

    Two records are one state if the agent loop has them so, the work that guards count came to the same as often, and
    `machine.tells_apart` says the same of them.  In full, every row that was added has to be taken.
    """
    own, most = {id(row) for row in machine.added}, _most(machine)
    # A run long enough for whatever is counted: each time costs a reply at most.
    long = Setting("rounds enough and closing words", Limits(rounds=max(2, most + 1), retries=1, on_limit="answer"))
    settings = (SETTINGS[0], long) if in_brief else (*SETTINGS, *((long,) if most > 1 else ()))
    return Subject(
        rows=machine.rows,
        start=Conversation(machine=machine.name),
        expected=partial(_in_brief if in_brief else expected, states=machine.states, settings=settings),
        form=partial(_form, machine, most),
        is_core=lambda row: id(row) not in own,
        has_to_be_taken=lambda row: not in_brief and id(row) in own,
    )


def _in_brief(conversation: Conversation, states: tuple[OwnState, ...], settings: tuple[Setting, ...]) -> tuple[Letter, ...]:
    return tuple(letter for letter in expected(conversation, states, settings) if _is_brief(letter))


def _is_brief(letter: Letter) -> bool:
    match letter.event:
        case ModelReplied():
            return letter.name in _BRIEF_REPLIES
        case Opened(entries=entries):
            return not entries
        case Prepared(spares=spares):
            return not spares
        case _:
            return True


def _form(machine: Machine, most: int, conversation: Conversation) -> Hashable:
    worked = () if conversation.state.ends_a_run else conversation.run.worked
    counts = tuple(sorted((each, min(most, worked.count(each))) for each in set(worked))) if most else ()
    told = None if machine.tells_apart is None else machine.tells_apart(conversation)
    return canonical(conversation), counts, told


def _most(machine: Machine) -> int:
    """Return up to what the guards count how often work came to something; 0 where none of them asks."""
    return max((bound for row in machine.added for bound in _bounds(row.when)), default=0)


def _bounds(guard: object) -> Iterator[int]:
    match guard:
        case Otherwise():
            for each in (guard.when, *guard.others):
                yield from _bounds(each)
        case NotYet():
            yield 1
        case CameTo(tries=range() as tries):
            yield tries.start if tries.stop == sys.maxsize else tries.stop
        case _:
            pass
