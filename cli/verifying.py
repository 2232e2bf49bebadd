"""`detent verify`: everything that can happen to a machine, held against what is promised of it."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import cast

from ..errors import ConfigurationError
from ..machine.verify import DEPTH, Subject, told, verify
from ..states import Row, Rows
from .exits import Exit

__all__ = ["verify_machine"]

_WANTED = "the table's rows, or a detent.machine.verify.Subject"


def verify_machine(target: str | None, depth: int | None) -> Exit:
    """Print what was found of *target*, `package.module:name` or the agent loop itself, and return the exit code.

    That is 0 when all holds and 1 when something does not.  At most *depth* events from the start are explored; None goes
    as far as there is something new of the agent loop.  The name is that of the table's rows, or of a `Subject`.
    Raises `ConfigurationError` for a target that can not be had.
    """
    subject = Subject() if target is None else _named(target)
    report = verify(subject, depth=DEPTH if depth is None else depth)
    sys.stdout.write(told(report))
    return Exit.DONE if report.holds else Exit.FAILED


def _named(target: str) -> Subject | Rows:
    """Return what *target* names; modules of the working folder are found as those that are installed."""
    module, colon, name = target.partition(":")
    if not (module and colon and name):
        raise ConfigurationError(f"verify {target!r}: package.module:name is wanted, the name that of {_WANTED}")
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.insert(0, here)
    try:
        found: object = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise ConfigurationError(f"verify {target!r}: {error}") from None
    kind = type(found).__name__
    if isinstance(found, Subject):
        return found
    rows = cast("tuple[object, ...]", found) if isinstance(found, tuple) else ()
    if rows and all(isinstance(each, Row) for each in rows):
        return cast("Rows", rows)
    raise ConfigurationError(f"verify {target!r}: that is of type {kind}; {_WANTED} is wanted")
