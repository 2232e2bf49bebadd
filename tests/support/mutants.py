"""Single faults: tables that are wrong in one row, and functions that are wrong in one place.

A row's fault is another table.  A function's fault is planted in the function itself, so that everybody who calls it
meets it, and taken out again.
"""

from __future__ import annotations

import ast
import copy
import inspect
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from types import CodeType, ModuleType
from typing import Any, Protocol

from attrs import evolve
from faults import faults

from detent.machine.verify import verify
from detent.states import (
    ROWS,
    Conversation,
    Event,
    Row,
    Rows,
    State,
    awaiting_approval,
    awaiting_model,
    calls,
    dispatching_tools,
    ended,
    limits,
    prompting,
)
from detent.states.row import always

__all__ = ["CodeMutant", "Mutant", "RowMutant", "code_mutants", "every_mutant", "row_mutants", "survives"]


class Function(Protocol):
    """A function whose code can be put in place of another's."""

    __name__: str
    __code__: CodeType


@dataclass(frozen=True)
class RowMutant:
    """A table with one fault."""

    name: str
    rows: Rows

    @contextmanager
    def planted(self) -> Generator[Rows]:
        yield self.rows


@dataclass(frozen=True)
class CodeMutant:
    """A function with one fault, there for as long as the block of *planted* runs."""

    name: str
    function: Function
    code: CodeType

    @contextmanager
    def planted(self) -> Generator[Rows]:
        sound = self.function.__code__
        self.function.__code__ = self.code
        try:
            yield ROWS
        finally:
            self.function.__code__ = sound


Mutant = RowMutant | CodeMutant

_MODULES = (prompting, awaiting_model, dispatching_tools, awaiting_approval, ended, calls)
_OF_LIMITS = ("reached", "fitting_calls", "_counted")  # the rest checks what a caller gives


@cache
def every_mutant() -> tuple[Mutant, ...]:
    """Return every fault in the table and in what its rows name, in the order of the table and of the files."""
    of_code = [mutant for module in _MODULES for mutant in code_mutants(module)]
    of_limits = [mutant for mutant in code_mutants(limits) if mutant.function.__name__ in _OF_LIMITS]
    return (*row_mutants(ROWS), *of_code, *of_limits)


def survives(place: int) -> bool:
    """Whether nothing is found of the mutant at *place*; for a process of its own, which makes the mutants anew."""
    with every_mutant()[place].planted() as rows:
        return verify(rows, stop_at_first=True).holds


# --- rows ------------------------------------------------------------------------------------------------------------


def never(conversation: Conversation, event: Event) -> bool:
    return False


def stay(conversation: Conversation, event: Event) -> Conversation:
    return conversation


def negated(when: Callable[..., bool]) -> Callable[..., bool]:
    return lambda conversation, event: not when(conversation, event)


def row_mutants(rows: Rows) -> Iterator[RowMutant]:
    """Return every table with one fault: rows left out, redirected, or with another guard or update."""
    for place, row in enumerate(rows):
        named = f"{row.source.value} {row.event.__name__} [{row.label}]"
        yield RowMutant(f"{named}: left out", rows[:place] + rows[place + 1 :])
        for fault, changed in _changed(row, rows):
            yield RowMutant(f"{named}: {fault}", (*rows[:place], changed, *rows[place + 1 :]))
    yield from _swapped(rows)


def _changed(row: Row[Any], rows: Rows) -> Iterator[tuple[str, Row[Any]]]:
    for state in State:
        if state is not row.to:
            yield f"to {state.value}", evolve(row, to=state)
    yield "never", evolve(row, when=never)
    if row.when is not always:
        yield "always", evolve(row, when=always)
        yield "negated", evolve(row, when=negated(row.when))
    yield "changes nothing", evolve(row, then=stay)
    others = {other.then: other for other in rows if other.event is row.event and other.then is not row.then}
    for then in others:
        yield f"updated by {then.__name__}", evolve(row, then=then)


def _swapped(rows: Rows) -> Iterator[RowMutant]:
    for one, first in enumerate(rows):
        for two, second in enumerate(rows[one + 1 :], start=one + 1):
            if first.event is second.event and first.then is not second.then:
                changed = list(rows)
                changed[one], changed[two] = evolve(first, then=second.then), evolve(second, then=first.then)
                yield RowMutant(f"rows {one} and {two}: updates swapped", tuple(changed))


# --- functions -------------------------------------------------------------------------------------------------------


def code_mutants(module: ModuleType) -> Iterator[CodeMutant]:
    """Return every function of *module* with one fault in its text."""
    tree = ast.parse(inspect.getsource(module))
    for place, node in enumerate(tree.body):
        if isinstance(node, ast.FunctionDef):
            for changed, what in _variants(node):
                whole = copy.copy(tree)
                whole.body = [*tree.body[:place], changed, *tree.body[place + 1 :]]
                code = _code_of(whole, node.name, str(module.__file__))
                short = module.__name__.rpartition(".")[2]
                yield CodeMutant(f"{short}.{node.name}: {what}", getattr(module, node.name), code)


def _code_of(tree: ast.Module, name: str, file: str) -> CodeType:
    compiled = compile(ast.fix_missing_locations(tree), file, "exec")
    return next(each for each in compiled.co_consts if isinstance(each, CodeType) and each.co_name == name)


def _variants(function: ast.FunctionDef) -> Iterator[tuple[ast.FunctionDef, str]]:
    count = sum(len(faults(node)) for node in _inner(function))
    for number in range(count):
        changed = copy.deepcopy(function)
        planted = [fault for node in _inner(changed) for fault in faults(node)]
        was = ast.unparse(function)
        what = planted[number]()
        now = ast.unparse(changed)
        if now != was:
            yield changed, f"({number}) {what}"


def _inner(function: ast.FunctionDef) -> list[ast.AST]:
    body = function.body[1:] if ast.get_docstring(function) else function.body
    nodes = [node for statement in body for node in ast.walk(statement)]
    compared = [each for node in nodes if isinstance(node, ast.Compare) for each in node.comparators]
    # `is None` is changed as a comparison; there is nothing to be had from `is 0`.
    return [node for node in nodes if node not in compared or ast.unparse(node) != "None"]
