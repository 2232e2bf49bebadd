"""What came of verifying a machine, for programs and for people."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from ...states import AnyState, Rows
from .explored import Move, Violation
from .names import name_of, name_of_row

__all__ = ["Report", "path_diagram", "told", "violations_told"]


@frozen(kw_only=True)
class Report:
    """What was seen: how many *states* and *moves*, and how many events from the start the farthest state is.

    *is_complete* tells that nothing new lies beyond: all that can happen was seen, not just what happens up to a depth.
    Of the *rows* those in *untaken*, of the states those in *unreached* were not come to.  *violations* are what does not
    hold, each with the shortest way there; *properties* is how many sentences each move was held against.
    """

    states: int
    moves: int
    depth: int
    is_complete: bool
    properties: int
    rows: Rows
    untaken: Rows
    reached: frozenset[AnyState]
    unreached: tuple[AnyState, ...]
    violations: tuple[Violation, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing was found that does not hold."""
        return not self.violations


def told(report: Report) -> str:
    """Return the report as lines of text, each violation with its path and a Mermaid diagram of it."""
    extent = "all there are" if report.is_complete else "and there are more beyond"
    rows, states = len(report.rows), len(report.reached) + len(report.unreached)
    lines = [
        f"{report.states:,} states, {report.moves:,} moves, {report.depth} events deep: {extent}",
        f"{rows - len(report.untaken)} of {rows} rows taken, {len(report.reached)} of {states} states reached",
        *(f"  not taken: {name_of_row(row)}" for row in report.untaken),
        f"{report.properties} properties of every move: {_found(report)}",
    ]
    return "\n".join(lines) + "\n" + violations_told(report)


def violations_told(report: Report) -> str:
    """Return the violations alone, in the same way; nothing where there are none."""
    return "".join(f"{line}\n" for each in report.violations for line in _violation(each))


def path_diagram(path: tuple[Move, ...]) -> str:
    """Return *path* as Mermaid text: the states that were visited, and the moves between them by number."""
    edges: dict[tuple[str, str], list[str]] = {}
    for number, move in enumerate(path, start=1):
        edges.setdefault((_id(move.source), _id(move.to)), []).append(f"{number} {move.name.translate(_ESCAPED)}")
    start = [f"[*] --> {_id(path[0].source)}"] if path else []
    lines = [*start, *(f"{source} --> {to}: {'<br>'.join(names)}" for (source, to), names in edges.items())]
    return "\n    ".join(["stateDiagram-v2", *lines]) + "\n"


_ESCAPED = {ord(letter): f"#{ord(letter)};" for letter in '#;<>:"&'}


def _found(report: Report) -> str:
    count = len(report.violations)
    return "all hold" if report.holds else f"{count} violation{'s' if count > 1 else ''}"


def _violation(violation: Violation) -> Iterator[str]:
    yield ""
    yield f"broken: {violation.property}" + (f" ({violation.detail})" if violation.detail else "")
    for number, move in enumerate(violation.path, start=1):
        yield f"  {number}. {move.name}: {_id(move.source)} -> {_id(move.to)}"
    if violation.path:
        yield from ("", "```mermaid", path_diagram(violation.path).rstrip("\n"), "```")


def _id(state: AnyState | None) -> str:
    return "nowhere" if state is None else name_of(state)
