"""Asking the person at the terminal for all that a run waits for: a yes or no, or the answer to a tool's question."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from typing import Any

import orjson
from attrs import frozen
from rich.console import Console
from rich.text import Text

from ..machine.result import RunResult
from ..machine.toolcall import Question
from ..states.shapes import is_list
from .asking import Asking, can_ask, forget_typed
from .conduct import Decide, Words
from .plain import plain

__all__ = ["Deciding", "decider", "how_to_go_on"]


def decider(console: Console) -> Decide | None:
    """Return what asks the person at *console*; None where there is nobody."""
    return Deciding(console) if can_ask(console) else None


@frozen
class Deciding:
    """Puts what waits to the person, one after the other; the end of input leaves the rest waiting."""

    console: Console

    # Any: what the run answers with does not matter here.
    def __call__(self, result: RunResult[Any]) -> Words:
        """Return what the person said."""
        said = Asking(self.console)(result.approvals)
        answers: dict[str, object] = {}
        if len(said) == len(result.approvals):
            for question in result.questions:
                answer = self._answer(question)
                if answer is None:
                    break
                answers[question.id] = answer[0]
        return Words(
            approve=tuple(each for each, agreed in said.items() if agreed),
            deny=tuple(each for each, agreed in said.items() if not agreed),
            answer=answers,
            rest_waits=len(said) + len(answers) < len(result.approvals) + len(result.questions),
        )

    def _answer(self, question: Question) -> tuple[object] | None:
        """Ask until what is typed fits the question; return it, or None at the end of input."""
        forget_typed()
        self.console.print(Text.assemble(("  ? ", "yellow"), (plain(question.tool), "bold"), " asks"), soft_wrap=True)
        self.console.print(Text(f"    {plain(question.question)}"), soft_wrap=True)
        while True:
            self.console.print(Text(f"    {_wanted(question)} ", style="yellow"), end="", soft_wrap=True)
            line = ""
            try:
                line = sys.stdin.readline()
            finally:
                if not line.endswith("\n"):
                    self.console.print()
            if not line:
                return None
            answer = _read(line.strip(), question)
            problem = _problem(answer, question)
            if problem is None:
                return (answer,)
            self.console.print(Text(f"    {plain(problem)}", style="red"), soft_wrap=True)


def _wanted(question: Question) -> str:
    kind, choices = question.schema.get("type"), question.schema.get("enum")
    if is_list(choices):
        return f"[{'/'.join(str(each) for each in choices)}]"
    return {"boolean": "[y/n]", "string": "answer:"}.get(str(kind), f"JSON of type {kind}:" if kind else "JSON:")


def _read(typed: str, question: Question) -> object:
    """Return what was typed as the question takes it: a text without quotes, a yes or no in one letter, or JSON."""
    kind = question.schema.get("type")
    if kind == "boolean" and typed.lower() in ("y", "yes", "n", "no"):
        return typed.lower().startswith("y")
    try:
        value: object = orjson.loads(typed)
    except ValueError:
        return typed
    return typed if kind == "string" and not isinstance(value, str) else value


def _problem(answer: object, question: Question) -> str | None:
    from ..tools.raw import reader_of  # here: it imports jsonschema

    return reader_of(question.tool, dict(question.schema)).problem_of(answer)


# Any: as above.
def how_to_go_on(result: RunResult[Any], options: Sequence[str] = ()) -> str:
    """Return, for a run that waits, the command that says yes to the first call, or answers the first question.

    *options* are those that name the same journal and the same agent.  It can be pasted into a shell.
    """
    said = [("--approve", each.id) for each in result.approvals]
    said += [("--answer", f"{each.id}=JSON") for each in result.questions]
    named = plain(result.conversation.id)
    words = [*said[0], *options, "--", named] if named.startswith("-") else [named, *said[0], *options]
    return f"detent resume {shlex.join(words)}"
