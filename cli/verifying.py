"""`detent verify`: everything that can happen to a machine, held against what is promised of it."""

from __future__ import annotations

import sys
from typing import cast

from ..errors import ConfigurationError
from ..machine.own_machine import Machine
from ..machine.verify import DEPTH, Subject, subject_of, told, verify
from ..states import Row, Rows
from .exits import Exit
from .named import object_named

__all__ = ["verify_machine"]

_WANTED = "a detent.Machine, a table's rows, or a detent.machine.verify.Subject"


def verify_machine(target: str | None, depth: int | None) -> Exit:
    """Print what was found of *target*, `package.module:name` or the agent loop itself, and return the exit code.

    That is 0 when all holds and 1 when something does not.  At most *depth* events from the start are explored; None goes
    as far as there is something new.  The name is that of a `Machine`, of a table's rows, or of a `Subject`.
    Raises `ConfigurationError` for a target that can not be had.
    """
    subject = Subject() if target is None else _named(target)
    report = verify(subject, depth=DEPTH if depth is None else depth)
    sys.stdout.write(told(report))
    return Exit.DONE if report.holds else Exit.FAILED


def _named(target: str) -> Subject:
    found = object_named(target, option="verify", wanted=_WANTED)
    kind = type(found).__name__
    if isinstance(found, Subject):
        return found
    if isinstance(found, Machine):
        return subject_of(found)
    rows = cast("tuple[object, ...]", found) if isinstance(found, tuple) else ()
    if rows and all(isinstance(each, Row) for each in rows):
        return Subject(rows=cast("Rows", rows))
    raise ConfigurationError(f"verify {target!r}: that is of type {kind}; {_WANTED} is wanted")
