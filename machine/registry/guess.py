"""The kind of a host that a file does not name: files that were written before there was `host_type` have none."""

from __future__ import annotations

import re
from typing import Final

from ..wire.hosts import HOSTS, guess_host

__all__ = ["guessed_type"]

_WITH_A_VERSION: Final = re.compile(r"(?<!/api)/v\d+/?(/chat/completions/?)?$")


def guessed_type(url: str | None, kind: str | None) -> str:
    """Return the kind of the host at *url* that is of the *kind* that an old file calls `type`.

    The first of these that holds decides:

    1. the address is that of a known host;
    2. *kind* names a known one, however it is cased and hyphenated; `openai` at another's address says no more than that
       it is compatible: `portable`;
    3. the address ends in a version such as `/v1`, but not `/api/v1`: `portable`;
    4. `openwebui`, as for a configuration mapping (`Model.from_config`).
    """
    if url is not None and (found := guess_host(url)).name != "portable":
        return found.name
    if kind is not None and (named := re.sub(r"[^a-z0-9]", "", kind.lower())) in HOSTS:
        return "portable" if named == "openai" and url is not None else named
    return "portable" if url is not None and _WITH_A_VERSION.search(url.strip()) else "openwebui"
