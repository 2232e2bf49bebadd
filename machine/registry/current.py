"""The registry of the default file: read on first use, and again when the file has changed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from attrs import frozen

from ...errors import ConfigurationError
from ..observe import logger
from .registry import Registry

__all__ = ["config_path", "current_registry"]

Stamp = tuple[int, int, int]


@frozen
class _Read:
    """A registry, and what its file looked like when it was last read."""

    stamp: Stamp | None
    registry: Registry


_READ: dict[Path, _Read] = {}


def config_path(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the default file: `$DETENT_CONFIG`, else `./detent.toml`, else `~/.config/detent/config.toml`.

    Raises `ConfigurationError` when there is none of the last two.  What the variable names need not be there.
    """
    if named := environment.get("DETENT_CONFIG"):
        return Path(named).expanduser().absolute()
    places = (Path("detent.toml"), Path("~/.config/detent/config.toml").expanduser())
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise ConfigurationError(
            f"no configuration: neither {places[0]} nor {places[1]} is there; write one, or set DETENT_CONFIG to its path"
        )
    return found.absolute()


def current_registry(path: Path | str | None = None) -> Registry:
    """Return the registry of the file at *path* (default: `config_path()`), read again only when the file has changed.

    Raises what `Registry.load` raises while the file could never be read.  A change for the worse is logged once, and what
    was read before it stands: a program that runs does not stop at somebody's slip of the pen.  Warnings are logged.
    """
    path = config_path() if path is None else Path(path).absolute()
    stamp, known = _stamp(path), _READ.get(path)
    if known is None:
        known = _Read(stamp, _warned(Registry.load(path)))
    elif known.stamp != stamp:
        known = _Read(stamp, _again(known.registry))
    _READ[path] = known
    return known.registry


def _again(known: Registry) -> Registry:
    try:
        return _warned(Registry.load(known.path))
    except ConfigurationError as error:
        logger().error("configuration", kept="what was read before", error=str(error))
        return known


def _warned(registry: Registry) -> Registry:
    for warning in registry.warnings:
        logger().warning("configuration", warning=warning)
    return registry


def _stamp(path: Path) -> Stamp | None:
    """Return what tells one version of the file from the next; taken before reading, so that no change is missed."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
