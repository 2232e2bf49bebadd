"""Keys: where they come from, read when they are needed, and kept out of what is shown."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from ...errors import ConfigurationError
from .checks import has_literal_key
from .entries import HostEntry

__all__ = ["key_of", "key_source", "redacted"]


def key_of(host: HostEntry, folder: Path) -> str | None:
    """Return the key; None where the file names none.  A relative `api_key_file` is looked for in *folder*.

    Raises `ConfigurationError` for a variable that is not set and a file that can not be read or holds nothing.
    """
    if host.api_key_env is not None:
        key = os.environ.get(host.api_key_env, "").strip()
        if not key:
            raise ConfigurationError(f"the environment variable {host.api_key_env} is not set")
        return key
    if host.api_key_file is not None:
        return _key_in(folder / Path(host.api_key_file).expanduser())
    return host.api_key.get_secret_value() if host.api_key is not None and has_literal_key(host) else None


def _key_in(path: Path) -> str:
    """Return what the file holds.  Its name is not shown: who took it for the place of the key has written the key there."""
    try:
        key = path.read_text("utf-8").strip()
    except OSError as error:
        raise ConfigurationError(f"the file can not be read: {error.strerror or error}") from None
    except ValueError:
        raise ConfigurationError("the file holds no text") from None
    if not key:
        raise ConfigurationError("the file is empty")
    return key


def key_source(host: HostEntry) -> str:
    """Return in words where the key comes from: `$HOUSE_KEY`, `a file`, `in the configuration`, `none`."""
    if host.api_key_env is not None:
        return f"${host.api_key_env}"
    if host.api_key_file is not None:
        return "a file"
    return "in the configuration" if has_literal_key(host) else "none"


def redacted(text: str, secrets: Iterable[str]) -> str:
    """Return *text* with `***` for each of *secrets*."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text
