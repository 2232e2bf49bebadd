"""Writing into a configuration file: the least that is to be changed, and all of it at once."""

from __future__ import annotations

import json
import os
import tomllib
from codecs import BOM_UTF8
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, cast

from ...errors import ConfigurationError
from .document import Document

__all__ = ["write_host_types"]

HostTypes = Mapping[tuple[str, str], str]


def write_host_types(document: Document, kinds: HostTypes) -> None:
    """Write *kinds*, by table and name, as `host_type` into the file that *document* was read from.

    TOML keeps its comments, order and spaces; JSON is indented by two.  Nothing is written where there are no *kinds*.
    Raises `ConfigurationError` when the file has changed since, or can not be written; it is untouched then.
    """
    if not kinds:
        return
    wanted = _with(document.data, kinds)
    text = json.dumps(wanted, ensure_ascii=False, indent=2) + "\n" if document.is_json else _toml(document.text, kinds)
    if (json.loads(text) if document.is_json else tomllib.loads(text)) != wanted:
        raise ConfigurationError(f"{document.path}: host_type can not be written into this file, add it by hand")
    try:
        path = document.path.resolve()  # what a link leads to is replaced, not the link
        if path.read_bytes().removeprefix(BOM_UTF8) != document.text.encode():
            raise ConfigurationError(f"{document.path} has changed since it was read: read it again, nothing was written")
        _replace(path, text)
    except OSError as error:
        raise ConfigurationError(f"{document.path}: can not be written: {error.strerror or error}") from None


def _with(data: Mapping[str, object], kinds: HostTypes) -> dict[str, Any]:
    changed: dict[str, Any] = deepcopy(dict(data))
    for (table, name), kind in kinds.items():
        changed[table][name]["host_type"] = kind
    return changed


def _toml(text: str, kinds: HostTypes) -> str:
    try:
        import tomlkit
        from tomlkit.items import Table
    except ModuleNotFoundError:
        raise ConfigurationError("writing TOML needs tomlkit: pip install 'detent[cli]'") from None
    document = tomlkit.parse(text)
    for (table, name), kind in kinds.items():
        entry = cast("dict[str, Any]", document[table])[name]
        below: list[Any] = []
        # What stands below the last key, blank lines and the comment of the next table, is to stay below.
        while isinstance(entry, Table) and entry.value.body and entry.value.body[-1][0] is None:
            below.insert(0, entry.value.body.pop()[1])
        entry["host_type"] = kind
        for each in below:
            entry.add(each)
    return tomlkit.dumps(document)


def _replace(path: Path, text: str) -> None:
    with NamedTemporaryFile("w", encoding="utf-8", newline="", dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            os.chmod(file.name, path.stat().st_mode & 0o777)
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise
