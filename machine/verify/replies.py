"""What a model can reply: nothing usable, words, and up to three calls of every kind in every order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Final

from ...states.events import Reply, RequestedCall
from ...states.messages import Opaque, Origin, Said
from ...states.usage import Usage

__all__ = ["REPLIES", "USED"]

USED: Final = Usage(prompt=4, completion=3, cached=2, reasoning=1, cost=0.25)
"""What each reply uses; the limits in the settings are reached by one of them exactly."""

_ORIGIN: Final = Origin("portable", "one")

_CALLS: Final[Mapping[str, RequestedCall]] = {
    "good": RequestedCall(name="look", arguments='{"at": 1}', host_id="0", opaque=(Opaque("signature", '"s"'),)),
    "gated": RequestedCall(name="pay", arguments='{"sum": 2}', host_id="0", gated=True),
    "bad": RequestedCall(name="look", arguments='{"at": ', host_id="0"),
    "unknown": RequestedCall(name="no such tool", host_id="0", problem="there is no such tool"),
    "gated and bad": RequestedCall(name="pay", arguments="[]", host_id="0", gated=True),
}
_PLAIN: Final = ("good", "gated", "bad")


def _batches() -> Iterator[tuple[str, ...]]:
    for length in (1, 2):
        yield from product(_CALLS, repeat=length)
    yield from product(_PLAIN, repeat=3)


def _calling(kinds: tuple[str, ...], said: Said | None = None, problem: str | None = None) -> Reply:
    return Reply(said=said or Said(), calls=tuple(_CALLS[kind] for kind in kinds), usage=USED, problem=problem)


def _said(text: str = "", finish: str = "stop") -> Said:
    return Said(text=text, reasoning="because", origin=_ORIGIN, finish=finish)


REPLIES: Final[tuple[tuple[str, Reply], ...]] = (
    ("the model answers", Reply(said=_said("It is 4."), usage=USED)),
    ("the model answers, cut off", Reply(said=_said("It is", "length"), usage=USED)),
    ("the model's answer has the wrong form", Reply(said=_said("It is 4."), usage=USED, problem="JSON is wanted.")),
    ("the model's answer has an unknown fault", Reply(said=_said("It is 4."), usage=USED, problem=" ")),
    ("the model says nothing", Reply(said=_said(" "), usage=USED)),
    ("the model says nothing, cut off", Reply(said=_said("", "length"), usage=USED)),
    ("the model says nothing in the wrong form", Reply(usage=USED, problem="JSON is wanted.")),
    ("the model speaks and asks for good", _calling(("good",), _said("Let me see.", "tool_calls"))),
    ("the model asks for good in the wrong form", _calling(("good",), problem="JSON is wanted.")),
    *((f"the model asks for {', '.join(kinds)}", _calling(kinds)) for kinds in _batches()),
)
"""Each reply with its name."""
