"""What an argument names in a module of somebody's own: `package.module:name`."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from ..errors import ConfigurationError

__all__ = ["imported", "object_named"]


def object_named(target: str, *, option: str, wanted: str) -> object:
    """Return what *target* names.  *option* and *wanted*, what it should be, are for the error.

    Modules of the working folder are found as those that are installed.  Raises `ConfigurationError` when it can not be had.
    """
    module, _, name = target.partition(":")
    if not (module and name):
        raise ConfigurationError(f"{option} {target!r}: package.module:name is wanted, the name that of {wanted}")
    try:
        return getattr(_imported(module), name)
    except (ImportError, AttributeError) as error:
        raise ConfigurationError(f"{option} {target!r}: {error}") from None


def imported(module: str, *, option: str) -> None:
    """Import the module of that name.  Raises `ConfigurationError` when it can not be had."""
    try:
        _imported(module)
    except ImportError as error:
        raise ConfigurationError(f"{option} {module!r}: {error}") from None


def _imported(module: str) -> object:
    if not all(module.split(".")):
        raise ImportError("that is no name of a module")
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.insert(0, here)
    return import_module(module)
