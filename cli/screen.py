"""The transcript of a run on a terminal or in a file: a calm line for whatever happens, the answer as it comes."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define, field
from rich.console import Console
from rich.text import Text

from ..machine.notices import (
    CallDelta,
    Notice,
    ReasoningDelta,
    StateChanged,
    TextDelta,
    ToolFinished,
    ToolProgress,
    ToolStarted,
)
from ..machine.result import RunResult
from ..states import State
from .lines import Marks, asks, colour, counts, marks_for, moved, progressed, ran, waits
from .plain import plain
from .waiting import Waiting

__all__ = ["Screen", "console_on"]


def console_on(*, stderr: bool = False) -> Console:
    """Return a console that shows text as it is: nothing in it is taken for markup, a number or an emoji."""
    return Console(stderr=stderr, markup=False, highlight=False, emoji=False)


@define(eq=False)
class Screen:
    """An observer of a run's notices that writes them down.

    *patient* is false where other lines come in between (`--verbose`): then nothing on the screen moves.
    """

    console: Console
    label: str
    patient: bool = True
    _marks: Marks = field(init=False)
    _waiting: Waiting = field(init=False)
    _running: dict[str, str] = field(factory=dict[str, str], init=False)
    _last: str = field(default="", init=False)
    _said: bool = field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        """Find out what the console can show."""
        self._marks = marks_for(self.console)
        lively = self.console.is_terminal and not self.console.is_dumb_terminal
        self._waiting = Waiting(self.console, self.patient and lively)

    def begin(self, url: str, notes: Sequence[str]) -> None:
        """Write the first lines: the model, its address, and what else there is to know."""
        self._line(Text.assemble(("detent", "bold"), (f"  {plain(self.label)}  {plain(url)}", "dim")))
        for note in notes:
            self._line(Text(plain(note), style="dim"))
        self.console.print()

    def show(self, notice: Notice) -> None:
        """Write down what happened."""
        match notice:
            case TextDelta():
                self._say(plain(notice.text))
            case ReasoningDelta() | CallDelta():
                pass  # what is thought aloud is long, and not the answer; a call is shown when it runs
            case StateChanged():
                self._move(notice)
            case ToolStarted():
                self._running[notice.call.id] = notice.call.tool
                self._wait()
            case ToolProgress():
                self._close()
                self._line(progressed(notice, self.console, self._marks))
                self._wait()
            case ToolFinished():
                self._running.pop(notice.call.id, None)
                self._close()
                self._line(ran(notice.call, self.console, self._marks))
                self._wait()

    def end(self, result: RunResult[str], seconds: float, saved: str | None = None) -> None:
        """Write the last lines: the answer unless it stands there already, how the run ended, and what it used."""
        self._close()
        if result.text and not self._said:
            self._say(plain(result.text))
            self._close()
        for call in result.approvals:
            self._line(waits(call, self.console, self._marks))
        for question in result.questions:
            self._line(asks(question, self.console, self._marks))
        ended = Text.assemble((result.state.value.replace("_", " "), f"bold {colour(result.state)}"))
        if result.reason and result.state is not State.CANCELLED:
            self._line(ended.append(f": {plain(result.reason)}", style=colour(result.state)))
            ended = Text()
        self._line(ended.append("  " * bool(ended) + counts(result, seconds, self._marks), style="dim"))
        if saved is not None:
            self._line(Text(f"saved in {plain(saved)}", style="dim"))

    def close(self) -> None:
        """Leave the screen as it should be left, whatever happened."""
        self._close()

    def _move(self, notice: StateChanged) -> None:
        self._close()
        self._said = self._said and notice.source is State.AWAITING_MODEL and notice.target.ends_a_run
        self._line(moved(notice, self.console, self._marks))
        if notice.reason and not notice.target.ends_a_run:
            self._line(Text(f"  {plain(notice.reason)}", style="yellow"))
        if notice.target is State.AWAITING_MODEL:
            self._waiting.on(f"waiting for {plain(self.label)}")

    def _say(self, text: str) -> None:
        """Write a piece of the answer where the last piece ended, after a blank line where it is the first."""
        if not self._last:
            text = text.lstrip("\n")
            if not text:
                return
            self._waiting.off()
            self.console.print()
        self.console.out(text, end="", highlight=False)
        self._last, self._said = text[-1:] or self._last, True

    def _close(self) -> None:
        """End the answer's last line, and what waits."""
        self._waiting.off()
        if self._last:
            self.console.print("" if self._last == "\n" else "\n")
        self._last = ""

    def _wait(self) -> None:
        if self._running:
            self._waiting.on(f"running {', '.join(map(plain, self._running.values()))}")

    def _line(self, text: Text) -> None:
        self.console.print(text, soft_wrap=not self.console.is_terminal)
