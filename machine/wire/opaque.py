"""The fields of a streamed message that a host may want back: their pieces put together as the whole message has them."""

from __future__ import annotations

from attrs import define, field

from ...states.messages import Opaque
from ...states.shapes import is_list
from .heard import OPAQUE_KEYS
from .parsing import compact, items

__all__ = ["OpaqueMerger"]

_GROWING = ("text", "summary", "thinking", "data")


@define(eq=False)
class OpaqueMerger:
    """Takes deltas; `opaque` gives the fields.  Texts are joined, entries of lists merged while they go on."""

    _texts: dict[str, list[str]] = field(factory=dict[str, list[str]], init=False)
    _lists: dict[str, list[dict[str, object]]] = field(factory=dict[str, list[dict[str, object]]], init=False)
    _others: dict[str, object] = field(factory=dict[str, object], init=False)

    def take(self, delta: dict[str, object]) -> None:
        """Take what *delta* holds of them."""
        for key in OPAQUE_KEYS:
            value = delta.get(key)
            if not value:
                continue
            if isinstance(value, str):
                self._texts.setdefault(key, []).append(value)
            elif is_list(value):
                entries = self._lists.setdefault(key, [])
                for entry in items(value):
                    _add(entries, entry)
            else:
                self._others[key] = value

    def opaque(self) -> tuple[Opaque, ...]:
        """Return the fields, in a fixed order."""
        texts = {key: "".join(pieces) for key, pieces in self._texts.items()}
        known: dict[str, object] = {**self._others, **self._lists, **texts}
        return tuple(Opaque(key, compact(known[key])) for key in OPAQUE_KEYS if key in known)


def _add(entries: list[dict[str, object]], entry: dict[str, object]) -> None:
    """Add *entry*, or lengthen the last one by it: a stream sends one block of thoughts in many pieces."""
    last = entries[-1] if entries else None
    if last is None or not _goes_on(last, entry):
        entries.append(dict(entry))
        return
    for key, value in entry.items():
        before = last.get(key)
        if key in _GROWING and isinstance(value, str) and isinstance(before, str):
            last[key] = before + value
        elif value is not None:
            last[key] = value


def _goes_on(last: dict[str, object], entry: dict[str, object]) -> bool:
    """Whether *entry* is a further piece of *last*: same kind, same place, and *last* is not signed yet."""
    same = all(last.get(key) == entry.get(key) for key in ("type", "index"))
    return same and not last.get("signature") and (last.get("id") or None) in (entry.get("id") or None, None)
