"""What takes time in a run: a model call, a tool call from the model's request to its outcome, and what people say."""

from __future__ import annotations

import enum
from collections.abc import Iterable

from attrs import define, evolve, field, frozen

from ...states import Usage

__all__ = ["Activity", "Draft", "Lane", "Note", "Span", "Work", "merged"]


_NOTHING = Usage()


class Lane(enum.Enum):
    """Whose activity it is."""

    USER = "user"
    MODEL = "model"
    TOOL = "tool"
    LOOP = "loop"


class Work(enum.Enum):
    """What is done meanwhile: something works, a person is waited for, or a pause is kept before the next try."""

    WORKING = "working"
    WAITING = "waiting"
    PAUSE = "pause"


@frozen(kw_only=True)
class Span:
    """A stretch of time, in seconds since the epoch; *going* when the events end before it does."""

    work: Work
    start: float
    end: float
    going: bool = False

    @property
    def seconds(self) -> float:
        """How long it is, as far as the events tell."""
        return self.end - self.start


def merged(spans: Iterable[Span]) -> list[tuple[float, float]]:
    """Return the stretches of time that *spans* cover, in order, none of which touches another."""
    covered: list[tuple[float, float]] = []
    for start, end in sorted((span.start, span.end) for span in spans):
        if covered and start <= covered[-1][1]:
            covered[-1] = (covered[-1][0], max(covered[-1][1], end))
        else:
            covered.append((start, end))
    return covered


@frozen
class Note:
    """A text that belongs to an activity, verbatim as recorded: *label* says what it is."""

    label: str
    text: str


@frozen(kw_only=True)
class Activity:
    """One line of a timeline.  *key* is unique in the trace; *fault* is empty when all went well.

    *number* is that of the event with which it began, and *at* its time in seconds since the epoch.  *brief* is what it is
    about, in a few words.
    """

    key: str
    lane: Lane
    name: str
    number: int
    at: float
    brief: str = ""
    spans: tuple[Span, ...] = ()
    notes: tuple[Note, ...] = ()
    fault: str = ""
    usage: Usage = Usage()

    def seconds(self, work: Work) -> float:
        """Return how long it did that."""
        return sum(span.seconds for span in self.spans if span.work is work)


@define(eq=False, kw_only=True)
class Draft:
    """An activity that is not over.  *asked* is since when a person is waited for, *started* when the work began."""

    begun: Activity
    asked: float | None = None
    started: float | None = None
    _spans: list[Span] = field(factory=list[Span], init=False)
    _notes: list[Note] = field(factory=list[Note], init=False)

    def note(self, label: str, text: str) -> None:
        """Add a text, if there is any, and it is not there yet."""
        if text and Note(label, text) not in self._notes:
            self._notes.append(Note(label, text))

    def heard(self, at: float) -> None:
        """End the wait for a person."""
        if self.asked is not None:
            self._add(Work.WAITING, self.asked, at)
            self.asked = None

    def worked(self, at: float, seconds: float) -> None:
        """End the work, which took *seconds*; where they are not known, it began when it was started."""
        began = at - seconds if seconds else at if self.started is None else self.started
        self._add(Work.WORKING, max(self.begun.at, began), at)
        self.started = None

    def paused(self, start: float, end: float) -> None:
        """Add a pause."""
        self._add(Work.PAUSE, start, end)

    def over(self, at: float, *, going: bool = False, fault: str = "", usage: Usage = _NOTHING) -> Activity:
        """Return the activity, with what was still under way ended, or *going* on, at that time."""
        if self.asked is not None:
            self._add(Work.WAITING, self.asked, at, going=going)
        if self.started is not None:
            self._add(Work.WORKING, self.started, at, going=going)
        return evolve(
            self.begun,
            spans=tuple(self._spans),
            notes=(*self.begun.notes, *self._notes),
            fault=fault,
            usage=self.begun.usage + usage,
        )

    def spend(self, usage: Usage) -> None:
        """Count what models used on its behalf so far."""
        self.begun = evolve(self.begun, usage=self.begun.usage + usage)

    def call(self, name: str, brief: str = "") -> None:
        """Say who it is, and what it is about, once that is known."""
        self.begun = evolve(self.begun, name=name, brief=" \u00b7 ".join(part for part in (self.begun.brief, brief) if part))

    def _add(self, work: Work, start: float, end: float, *, going: bool = False) -> None:
        self._spans.append(Span(work=work, start=start, end=end, going=going))
