"""The trace as one HTML file: it opens offline, runs no script, and asks nothing of anybody."""

from __future__ import annotations

import base64
import hashlib

from ...chart import words
from ...words import counted, in_one_line
from ..facts import facts, moment
from ..runs import RunTrace, Trace
from ..text import events_of
from .element import Element, element, markup
from .path import path, taken_rows
from .patterns import patterns
from .sequence import sequence
from .style import STYLE
from .timeline import timeline

__all__ = ["page"]

_SECTIONS = {"path": "Path", "timeline": "Timeline", "sequence": "Sequence", "events": "Events"}
_KEY = (
    ("model", "bar working", "a model works"),
    ("tool", "bar working", "a tool works"),
    ("tool", "bar broken", "came to nothing"),
    ("tool", "bar waiting", "a person is waited for"),
    ("model", "bar pause", "a pause before the next try"),
)


def page(trace: Trace) -> str:
    """Return *trace* as HTML: the path on the machine, a timeline, who said what, and every event.

    What models, tools and people wrote is shown as text and is never part of the markup.  The page forbids itself, by its
    own policy, scripts, styles but its own, and requests of any kind.
    """
    named = in_one_line(trace.conversation_id) or "without an id"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy()),
        element("meta", name="viewport", content="width=device-width,initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", f"Run trace: {named}"),
        element("style", STYLE),
    )
    body = element("body", patterns(), _header(trace, named), element("main", *_main(trace)))
    return markup(element("html", head, body, lang="en"))


def _policy() -> str:
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _header(trace: Trace, named: str) -> Element:
    links = [element("a", name, href=f"#{anchor}") for anchor, name in _SECTIONS.items()]
    said = (
        counted(len(trace.runs), "run"),
        counted(len(trace.moves), "event"),
        f"now {trace.record.state.value}",
        f"began {began}" if (began := moment(trace.start)) else "",
    )
    return element(
        "header",
        element("h1", "Run trace"),
        element("p", "conversation ", element("code", named), class_="id"),
        element("p", ", ".join(part for part in said if part), class_="id"),
        element("nav", *links, aria_label="On this page"),
    )


def _main(trace: Trace) -> list[Element]:
    taken = element(
        "details",
        element("summary", "The transitions taken, as a table"),
        _scrolled(taken_rows(trace.rows, trace.tally), "The transitions taken"),
    )
    return [
        _section("path", _scrolled(path(trace.rows, trace.tally), "The path on the machine", tall=False), taken),
        _section("timeline", _key(), *(part for run in trace.runs for part in _run(run))),
        _section("sequence", *(part for run in trace.runs for part in _said(run))),
        _section("events", element("details", element("summary", "Every event, in order"), *map(_events, trace.runs))),
    ]


def _section(anchor: str, *parts: Element) -> Element:
    return element("section", element("h2", _SECTIONS[anchor]), *parts, id=anchor)


def _scrolled(part: Element, told: str, *, tall: bool = True) -> Element:
    return element("div", part, class_=f"scroll{' tall' if tall else ''}", tabindex="0", role="region", aria_label=told)


def _run(run: RunTrace) -> list[Element]:
    figures = [element("div", element("dt", name), element("dd", value)) for name, value in facts(run).items()]
    return [_heading(run), element("dl", *figures), timeline(run)]


def _said(run: RunTrace) -> list[Element]:
    return [_heading(run), _scrolled(sequence(run), f"Who said what in run {run.number}")]


def _heading(run: RunTrace) -> Element:
    return element("h3", f"Run {run.number}: {run.state}")


def _key() -> Element:
    samples = [
        element(
            "li",
            element(
                "svg",
                element("rect", class_=look, x=1, y=1, width=28, height=12, rx=2),
                width=30,
                height=14,
                aria_hidden="true",
                class_=lane,
            ),
            told,
        )
        for lane, look, told in _KEY
    ]
    return element("ul", *samples, element("li", "Each line opens to show all that was said."), class_="key")


def _events(run: RunTrace) -> Element:
    head = element("tr", *(element("th", name, scope="col") for name in ("number", "after", "state", "event", "said")))
    lines = [
        element(
            "tr",
            element("td", str(move.number), class_="number"),
            element("td", after, class_="number"),
            element("td", move.target),
            element("td", words(move.row)),
            element("td", in_one_line(told, 300)),
        )
        for move, after, told in events_of(run)
    ]
    caption = element("caption", f"Run {run.number}")
    return _scrolled(
        element("table", caption, element("thead", head), element("tbody", *lines)), f"The events of run {run.number}"
    )
