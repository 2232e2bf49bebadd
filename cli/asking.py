"""Asking the person at the terminal whether a tool may run."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress

from attrs import frozen
from rich.console import Console
from rich.text import Text

from ..machine.toolcall import ToolCall
from .plain import plain, value

__all__ = ["Asking", "can_ask", "forget_typed"]


def can_ask(console: Console) -> bool:
    """Whether somebody is there: the answers come from a terminal, and the questions go to one."""
    return console.is_terminal and sys.stdin.isatty()


@frozen
class Asking:
    """Puts each call to the person in full, and takes `y` or `yes` for a yes, the end of input for no answer at all."""

    console: Console

    def __call__(self, calls: Sequence[ToolCall]) -> dict[str, bool]:
        """Return the answers by the calls' ids, without those that were not given."""
        answers: dict[str, bool] = {}
        for call in calls:
            answer = self._ask(call)
            if answer is None:
                break
            answers[call.id] = answer
        return answers

    def _ask(self, call: ToolCall) -> bool | None:
        forget_typed()
        self.console.print(Text.assemble(("  ? ", "yellow"), (plain(call.tool), "bold"), " wants to run"), soft_wrap=True)
        if call.question is not None:
            self.console.print(Text(f"    {plain(call.question)}"), soft_wrap=True)
        for name, given in call.args.items() if isinstance(call.args, Mapping) else [("arguments", call.args)]:
            self.console.print(Text.assemble((f"      {plain(name)} = ", "dim"), value(given)), soft_wrap=True)
        self.console.print(Text("    allow it? [y/N] ", style="yellow"), end="", soft_wrap=True)
        line = ""
        try:
            line = sys.stdin.readline()
        finally:
            if not line.endswith("\n"):  # Ctrl-C and Ctrl-D leave the cursor behind the question
                self.console.print()
        return line.strip().lower() in ("y", "yes") if line else None


def forget_typed() -> None:
    """Drop what was typed at a terminal so far: it answers no question that did not stand there yet."""
    with suppress(ImportError):  # on Windows
        import termios

        if sys.stdin.isatty():
            termios.tcflush(sys.stdin, termios.TCIFLUSH)
