"""What `detent lint` prints: a line a finding, below it how hosts word the error, and a summary; or all of it as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

from attrs import frozen
from rich.console import Console
from rich.text import Text

from ..states.history import RULES, Finding
from .plain import in_one_line, plain

__all__ = ["Checked", "Found", "as_json", "shown"]


@frozen(kw_only=True)
class Found:
    """A finding, and where: in which file, on which line of it or in which of its histories."""

    file: str
    line: int | None
    history: int | None
    finding: Finding

    @property
    def where(self) -> str:
        """The place as `file:line: history 2, message 3`."""
        parts = [f"history {self.history}"] if self.history is not None else []
        parts += [f"message {self.finding.index}"] if self.finding.index is not None else []
        at = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{at}: {', '.join(parts)}" if parts else at


@frozen(kw_only=True)
class Checked:
    """What became of one file: what was found in it, what is left of that, and what was changed and written where."""

    name: str
    items: int = 0
    found: tuple[Found, ...] = ()
    left: tuple[Found, ...] = ()
    changes: tuple[str, ...] = ()
    written: str | None = None
    unreadable: str | None = None


def shown(checked: Sequence[Checked], host: str, console: Console) -> None:
    """Print it for people."""
    for each in checked:
        for found in each.found:
            _show(found, console)
        if each.unreadable is not None:
            _line(console, Text.assemble(plain(each.name), (": can not be read: ", "red"), in_one_line(each.unreadable)))
        if each.written is not None:
            _show_repaired(each, each.written, console)
    _line(console, Text(_summary(checked, host), style="bold"))


def as_json(checked: Sequence[Checked], host: str) -> str:
    """Return it as one line of ASCII for programs."""
    said = {
        "host": host,
        "histories": sum(each.items for each in checked),
        "findings": [_told(found) for each in checked for found in each.found],
        "repaired": [
            {"file": each.name, "to": each.written, "changes": [*each.changes], "left": [_told(found) for found in each.left]}
            for each in checked
            if each.written is not None
        ],
        "unreadable": [{"file": each.name, "why": each.unreadable} for each in checked if each.unreadable is not None],
    }
    return json.dumps(said, ensure_ascii=True)


def _show(found: Found, console: Console) -> None:
    finding = found.finding
    _line(console, Text.assemble(f"{plain(found.where)}: ", (finding.rule, "bold red"), f" {in_one_line(finding.detail)}"))
    if finding.hosts_say:
        _line(console, Text(f"    {plain(finding.hosts_say)}", style="dim"))


def _show_repaired(checked: Checked, written: str, console: Console) -> None:
    _line(console, Text(f"{plain(checked.name)}: repaired, written to {plain(written)}", style="green"))
    for change in checked.changes:
        _line(console, Text(f"    {in_one_line(change)}", style="dim"))
    if checked.left:
        _line(console, Text("what is left:", style="yellow"))
    for found in checked.left:
        _show(found, console)


def _told(found: Found) -> dict[str, object]:
    finding = found.finding
    return {
        "file": found.file,
        "line": found.line,
        "history": found.history,
        "message": finding.index,
        "rule": finding.rule,
        "asks": RULES[finding.rule].asks,
        "detail": finding.detail,
        "hosts_say": finding.hosts_say,
    }


def _summary(checked: Sequence[Checked], host: str) -> str:
    found = sum(len(each.found) for each in checked)
    left = sum(len(each.left) for each in checked)
    unreadable = sum(each.unreadable is not None for each in checked)
    read = f"{_counted(sum(each.items for each in checked), 'history', 'histories')}, judged for {host}"
    parts = [read, _counted(found, "finding", "findings")]
    parts += [f"{left} left"] if any(each.written for each in checked) else []
    parts += [f"{_counted(unreadable, 'file', 'files')} unreadable"] if unreadable else []
    return ": ".join((parts[0], ", ".join(parts[1:])))


def _counted(number: int, one: str, many: str) -> str:
    return f"{number or 'no'} {one if number == 1 else many}"


def _line(console: Console, text: Text) -> None:
    console.print(text, soft_wrap=True)
