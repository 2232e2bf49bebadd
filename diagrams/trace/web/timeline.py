"""A run as a timeline: a line a model call, a tool call, or something said, which opens to show all of it."""

from __future__ import annotations

from ...words import clock, counted, duration, in_one_line
from ..activity import Activity, Note, Span, Work
from ..facts import tokens
from ..runs import RunTrace
from ..scale import Scale, scale
from .element import Child, Element, element

__all__ = ["timeline"]

_LONGEST_NOTE, _LONGEST_BRIEF = 20_000, 120
_UNTIL_NOW = 94.0
"""Where the last event stands, in per cent, when something is still under way: its bar goes on to the end."""
_LEAST = 0.35
"""The least width of a bar, in per cent."""
_TEXT = 11
"""From one text of the axis to the next, at least, in per cent."""
_BAR, _TRACK = 14, 22


def timeline(run: RunTrace) -> Element:
    """Return the timeline of *run*.  Bars that lie one below the other overlap in time."""
    spans = [span for activity in run.activities for span in activity.spans]
    at = scale(spans, run.start, run.end, _UNTIL_NOW if any(span.going for span in spans) else 100.0)
    rows = [_row(activity, at) for activity in run.activities]
    return element("div", _axis(at, run.start), *rows, class_="timeline")


def _row(activity: Activity, at: Scale) -> Element:
    kind = f"row {activity.lane.value}{' fault' if activity.fault else ''}"
    summary = element(
        "summary",
        element("span", *_who(activity), class_="who"),
        element("span", *_brief(activity), class_="brief"),
        _track(activity, at),
        element("span", *_took(activity), class_="took"),
    )
    return element("details", summary, element("div", *_body(activity), class_="body"), class_=kind, id=activity.key)


def _who(activity: Activity) -> list[Child]:
    mark = [element("b", "✗ ", class_="mark")] if activity.fault else []
    return [*mark, in_one_line(activity.name, 64)]


def _brief(activity: Activity) -> list[Child]:
    """Return how it went wrong, and what it was about."""
    brief = in_one_line(activity.brief, _LONGEST_BRIEF)
    if not activity.fault:
        return [brief]
    return [element("b", in_one_line(activity.fault.replace("_", " "), 40), class_="mark"), " ", brief]


def _took(activity: Activity) -> list[Child]:
    """Return the seconds it worked and waited, and the tokens it used."""
    told: list[Child] = []
    worked, waited = activity.seconds(Work.WORKING), activity.seconds(Work.WAITING)
    if any(span.work is Work.WORKING for span in activity.spans):
        told.append(element("span", duration(worked)))
    if any(span.work is Work.WAITING for span in activity.spans):
        going = any(span.going for span in activity.spans)
        told.append(element("span", "waits for a person" if going else f"{duration(waited)} waited", class_="quiet"))
    if activity.usage.total:
        told.append(element("span", counted(activity.usage.total, "token"), class_="quiet"))
    return told


def _track(activity: Activity, at: Scale) -> Element:
    parts = [_bar(span, at, broken=bool(activity.fault) and span is _newest_work(activity)) for span in activity.spans]
    cuts = [
        element("rect", class_="cut", x=f"{cut.left:.2f}%", y=0, width=f"{cut.right - cut.left:.2f}%", height=_TRACK)
        for cut in at.cuts
    ]
    if not activity.spans:
        parts.append(element("circle", class_="point", cx=f"{at(activity.at):.2f}%", cy=_TRACK // 2, r=5))
    return element("svg", *cuts, *parts, class_="track", width="100%", height=_TRACK, aria_hidden="true")


def _newest_work(activity: Activity) -> Span | None:
    return next((span for span in reversed(activity.spans) if span.work is Work.WORKING), None)


def _bar(span: Span, at: Scale, *, broken: bool) -> Element:
    left, right = at(span.start), 100.0 if span.going else at(span.end)
    wide = max(_LEAST, right - left)
    told = {Work.WORKING: "worked", Work.WAITING: "waited for a person", Work.PAUSE: "paused before the next try"}[span.work]
    return element(
        "rect",
        element("title", f"{told}{', and still does' if span.going else ''}: {duration(span.seconds)}"),
        class_=f"bar {span.work.value}{' broken' if broken else ''}{' going' if span.going else ''}",
        x=f"{min(left, 100 - wide):.2f}%",
        y=(_TRACK - _BAR) // 2,
        width=f"{wide:.2f}%",
        height=_BAR,
        rx=2,
    )


def _body(activity: Activity) -> list[Element]:
    used = tokens(activity.usage)
    notes = (*activity.notes, *((Note("tokens", used),) if used else ()))
    parts: list[Element] = []
    for note in notes or (Note("nothing more was recorded", ""),):
        parts.append(element("h4", note.label))
        if note.text:
            parts.append(element("pre", note.text[:_LONGEST_NOTE], tabindex="0"))
        if len(note.text) > _LONGEST_NOTE:
            parts.append(element("p", f"{counted(len(note.text) - _LONGEST_NOTE, 'more character')} in the journal"))
    return parts


def _axis(at: Scale, start: float) -> Element:
    """Return the line with round numbers of seconds, and with how long is left out where it is cut."""
    parts: list[Element] = []
    taken = [(cut.left + cut.right) / 2 for cut in at.cuts]
    for tick in at.ticks:
        x = at(start + tick)
        if any(abs(x - other) < _TEXT for other in taken):
            continue
        taken.append(x)
        anchor = "start" if x < 5 else "end" if x > 95 else "middle"
        parts.append(element("line", class_="tick", x1=f"{x:.2f}%", x2=f"{x:.2f}%", y1=16, y2=22))
        parts.append(element("text", clock(tick), x=f"{x:.2f}%", y=12, text_anchor=anchor))
    for cut in at.cuts:
        told = element("title", f"{duration(cut.seconds)} in which nothing worked, drawn shorter")
        parts.append(
            element("rect", told, class_="cut", x=f"{cut.left:.2f}%", y=0, width=f"{cut.right - cut.left:.2f}%", height=22)
        )
        middle = f"{(cut.left + cut.right) / 2:.2f}%"
        parts.append(element("text", f"// {duration(cut.seconds)} //", class_="gap", x=middle, y=12, text_anchor="middle"))
    track = element("svg", *parts, class_="track", width="100%", height=22, aria_hidden="true")
    empty = element("span", class_="who"), element("span", class_="brief")
    return element("div", *empty, track, element("span", class_="took"), class_="axis")
