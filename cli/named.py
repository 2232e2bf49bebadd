"""What an argument names in a module of somebody's own: `package.module:name`."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from traceback import extract_tb

from ..errors import ConfigurationError

__all__ = ["imported", "object_named"]


def object_named(target: str, *, option: str, wanted: str) -> object:
    """Return what *target* names.  *option* and *wanted*, what it should be, are for the error.

    Modules of the working folder are found as those that are installed.  Raises `ConfigurationError` when it can not be had.
    """
    module, _, name = target.partition(":")
    if not (module and name):
        raise ConfigurationError(f"{option} {target!r}: package.module:name is wanted, the name that of {wanted}")
    loaded = _imported(module, f"{option} {target!r}")
    try:
        return getattr(loaded, name)
    except AttributeError as error:
        raise ConfigurationError(f"{option} {target!r}: {error}") from None


def imported(module: str, *, option: str) -> None:
    """Import the module of that name.  Raises `ConfigurationError` when it can not be had."""
    _imported(module, f"{option} {module!r}")


def _imported(module: str, asked: str) -> object:
    if not all(module.split(".")):
        raise ConfigurationError(f"{asked}: that is no name of a module")
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.insert(0, here)
    try:
        return import_module(module)
    except ImportError as error:
        raise ConfigurationError(f"{asked}: {error}") from None
    except Exception as error:  # whatever somebody's own code may do
        last = extract_tb(error.__traceback__)[-1]
        place = "" if isinstance(error, SyntaxError) else f" ({last.filename}, line {last.lineno})"
        raise ConfigurationError(f"{asked}: {type(error).__name__}: {error}{place}") from error
