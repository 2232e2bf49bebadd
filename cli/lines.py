"""The lines of a transcript, each as rich text: no markup is read in them and no control character is left in them."""

from __future__ import annotations

from typing import Final

from attrs import frozen
from rich.console import Console
from rich.text import Text

from ..machine.notices import StateChanged, ToolProgress
from ..machine.result import RunResult
from ..machine.toolcall import Question, ToolCall
from ..states import AnyState, State
from .plain import arguments, in_one_line, plain

__all__ = ["Marks", "asks", "colour", "counts", "marks_for", "moved", "progressed", "ran", "waits"]

_LONGEST: Final = 160
"""Columns of a tool's line where there is no terminal to be as wide as."""
_WIDEST_MOVE: Final = len("awaiting approval -> dispatching tools")

_COLOURS: dict[AnyState, str] = {
    State.DONE: "green",
    State.LIMIT_HIT: "yellow",
    State.AWAITING_APPROVAL: "yellow",
    State.FAILED: "red",
    State.CANCELLED: "magenta",
}


@frozen(kw_only=True)
class Marks:
    """The few characters beyond ASCII, and what stands for them where the encoding has none."""

    state: str = "●"
    to: str = "→"
    tool: str = "⚙"
    failed: str = "✗"
    dot: str = "·"
    cut: str = "…"


_ASCII: Final = Marks(state="*", to="->", tool="+", failed="x", dot="|", cut="...")


def marks_for(console: Console) -> Marks:
    """Return the marks that *console* can show."""
    try:
        "".join((Marks().state, Marks().to, Marks().tool, Marks().failed, Marks().dot, Marks().cut)).encode(console.encoding)
    except (UnicodeEncodeError, LookupError):
        return _ASCII
    return Marks()


def colour(state: AnyState) -> str:
    """Return the colour of *state*; dim for those that a run passes through."""
    return _COLOURS.get(state, "dim")


def moved(notice: StateChanged, console: Console, marks: Marks) -> Text:
    """Return the line of a transition: from where (unless a run begins) to where, in which round, after how long."""
    at = min(notice.round + (notice.target in (State.PROMPTING, State.AWAITING_MODEL)), notice.rounds)
    move = _words(notice.target) if notice.source.ends_a_run else f"{_words(notice.source)} {marks.to} {_words(notice.target)}"
    figures, took = f"{max(at, 1)}/{notice.rounds}", f"{notice.seconds:6.2f} s"
    line = f"{move:<{_WIDEST_MOVE}}  {figures:>5}  {took}"
    if len(line) + len("* ") > _columns(console):
        line = f"{move}  {took.strip()}"
    return Text.assemble((f"{marks.state} ", colour(notice.target)), (line, "dim"))


def ran(call: ToolCall, console: Console, marks: Marks) -> Text:
    """Return the line of a call that has its outcome: the arguments, the result and the time, cut to one line."""
    mark, style = (marks.tool, "cyan") if call.ok else (marks.failed, "red")
    result = in_one_line((call.result or "").removeprefix("Tool error: "))
    took = f"{call.seconds:.2f} s"
    room = max(24, _columns(console) - len(took) - 8)
    asked, told = _asked(call), Text(result, style="" if call.ok else "red")
    _cut(asked, max(room // 2, room - told.cell_len), marks)
    _cut(told, room - asked.cell_len, marks)
    return Text.assemble((f"  {mark} ", style), asked, "  ", told, "  ", (took, "dim"))


def progressed(notice: ToolProgress, console: Console, marks: Marks) -> Text:
    """Return the line of a tool that tells how far it has come: `look: half way (3/10)`."""
    done = "" if notice.done is None else f"{notice.done:g}" + ("" if notice.total is None else f"/{notice.total:g}")
    line = Text(f"    {plain(notice.call.tool)}: {in_one_line(notice.message)}", style="dim")
    _cut(line, max(24, _columns(console) - len(done) - 3), marks)
    return line.append(f" ({done})") if done else line


def asks(question: Question, console: Console, marks: Marks) -> Text:
    """Return the line of a call whose tool asks a person something."""
    asked = Text.assemble(f"{plain(question.tool)}: ", in_one_line(question.question))
    _cut(asked, max(24, _columns(console) - 4), marks)
    return Text.assemble(("  ? ", "yellow"), asked)


def waits(call: ToolCall, console: Console, marks: Marks) -> Text:
    """Return the line of a call that waits for a person."""
    asked = _asked(call)
    _cut(asked, max(24, _columns(console) - 4), marks)
    return Text.assemble(("  ? ", "yellow"), asked)


def counts(result: RunResult[str], seconds: float, marks: Marks) -> str:
    """Return what the run used: `2 rounds · 2 calls · 812 tokens · 0.42 s`."""
    usage = result.usage
    used = [_counted(result.rounds, "round"), _counted(len(result.tool_calls), "call")]
    if usage.total:
        used.append(_counted(usage.total, "token"))
    if usage.cost is not None:
        used.append(f"cost {usage.cost:.4g}")
    return f" {marks.dot} ".join([*used, f"{seconds:.2f} s"])


def _asked(call: ToolCall) -> Text:
    return Text.assemble(plain(call.tool), ("(", "dim"), (arguments(call.args), "dim"), (")", "dim"))


def _cut(text: Text, columns: int, marks: Marks) -> None:
    if text.cell_len > columns:
        text.truncate(max(1, columns - len(marks.cut)))
        text.append(marks.cut)


def _columns(console: Console) -> int:
    return console.width if console.is_terminal else _LONGEST


def _words(state: AnyState) -> str:
    return state.value.replace("_", " ")


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
