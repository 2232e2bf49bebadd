"""Names of an MCP server's tools as every host takes them."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection

__all__ = ["LONGEST_PREFIX", "is_legal_prefix", "legal_names"]

LONGEST_PREFIX = 32
_LONGEST = 64
_ILLEGAL = re.compile("[^A-Za-z0-9_-]")
_DIGEST = 8


def is_legal_prefix(prefix: str) -> bool:
    """Whether *prefix* may begin a name and leaves room for the rest of it."""
    return len(prefix) <= LONGEST_PREFIX and not _ILLEGAL.search(prefix)


def legal_names(names: Collection[str], prefix: str = "") -> dict[str, str]:
    """Return for each of *names*, which differ, a name of 1 to 64 of `A-Z a-z 0-9 _ -`; these differ too.

    A name that is legal behind the *prefix* is kept.  Of others what is illegal becomes `_`, and where that is too long or
    is what another name is called, a digest of the name follows.  The order of *names* does not matter, so that a tool
    keeps its name however the server lists it.
    """
    plain = {name: _ILLEGAL.sub("_", f"{prefix}{name}") for name in names}
    kept = {name for name, legal in plain.items() if legal == f"{prefix}{name}" and 0 < len(legal) <= _LONGEST}
    wanted_by = Counter(plain.values())
    given = {name: plain[name] for name in kept}
    taken = set(given.values())
    for name in sorted(set(names) - kept):
        legal = plain[name]
        if wanted_by[legal] > 1 or not 0 < len(legal) <= _LONGEST:
            legal = _digested(name, legal, taken)
        given[name] = legal
        taken.add(legal)
    return given


def _digested(name: str, legal: str, taken: Collection[str]) -> str:
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    for length in range(_DIGEST, len(digest)):
        made = f"{legal[: _LONGEST - 1 - length]}_{digest[:length]}"
        if made not in taken:
            return made
    raise AssertionError("unreachable: two names have one digest")
