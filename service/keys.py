"""Who may ask: bearer keys, each of an owner who sees only what is their own."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final, Self

from attrs import field, frozen

from ..errors import ConfigurationError

__all__ = ["LOCAL", "Keys"]

LOCAL: Final = "local"
"""The owner of everything where no keys are asked for."""

_OWNER: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_SHORTEST: Final = 16


@frozen
class Keys:
    """The keys of a service, by owner.  Only their digests are kept, and nothing of them is ever shown.  None by default."""

    _digests: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, keys: Mapping[str, str]) -> Self:
        """Return *keys* by owner.

        Raises `ConfigurationError` for an owner's name that is none, a key of fewer than 16 characters, and one given twice.
        """
        for owner, key in keys.items():
            if not _OWNER.fullmatch(owner):
                raise ConfigurationError(f"keys: owner {owner!r}: up to 32 small letters, digits and _ - are wanted")
            if len(key) < _SHORTEST:
                raise ConfigurationError(f"keys: the key of {owner!r} is too short: at least {_SHORTEST} characters are wanted")
        digests = tuple((owner, sha256(key.encode()).digest()) for owner, key in keys.items())
        if len({digest for _, digest in digests}) < len(digests):
            raise ConfigurationError("keys: two owners have the same key")
        return cls(digests)

    @classmethod
    def read(cls, path: Path | str) -> Self:
        """Return the keys of a file: a line `owner: key` each; empty lines and those that begin with `#` are left out.

        Raises `ConfigurationError`, which names the line and shows no key.
        """
        try:
            lines = Path(path).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{path}: {getattr(error, 'strerror', None) or 'not text'}") from None
        keys = dict(_entries(path, lines))
        if not keys:
            raise ConfigurationError(f"{path}: it holds no key, so nobody would be asked for one; a line is `owner: key`")
        return cls.of(keys)

    def __bool__(self) -> bool:
        """Whether keys are asked for."""
        return bool(self._digests)

    def owner(self, authorization: str | None) -> str | None:
        """Return whose key a request's `Authorization` holds, None where it is nobody's; `local` where none are asked for.

        Takes as long for a wrong key as for a right one, whichever it is.
        """
        if not self:
            return LOCAL
        scheme, _, given = (authorization or "").partition(" ")
        digest = sha256(given.strip().encode("utf-8", "replace")).digest()
        found = [owner for owner, each in self._digests if hmac.compare_digest(each, digest)]
        return found[0] if found and scheme.lower() == "bearer" else None


def _entries(path: Path | str, lines: Iterable[str]) -> Iterable[tuple[str, str]]:
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        owner, colon, key = (part.strip() for part in line.partition(":"))
        if not (owner and colon and key):
            raise ConfigurationError(f"{path}:{number}: a line is `owner: key`")
        if owner in seen:
            raise ConfigurationError(f"{path}:{number}: {owner!r} has a key already")
        seen.add(owner)
        yield owner, key
