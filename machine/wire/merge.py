"""Deltas of calls, put together to calls: by index where a host gives one, by id where not, else to the latest.

Nothing is decided before the end: arguments that parse already may go on.
"""

from __future__ import annotations

import json

from attrs import define, field

from .calls import RawCall, function_of
from .content import Delta
from .parsing import word

__all__ = ["CallMerger"]


@define(eq=False)
class _Growing:
    """One call while its deltas arrive."""

    index: object
    is_custom: bool = False
    name: str = ""
    host_id: str = ""
    ids: set[str] = field(factory=set[str])
    pieces: list[str] = field(factory=list[str])
    whole: object = None
    extra: object = None

    @property
    def text(self) -> str:
        """The argument text so far; a host that sends the whole text again is heard once."""
        text = ""
        for piece in self.pieces:
            if piece != text or not _is_complete(text):
                text += piece
        self.pieces = [text] if text else []
        return text

    @property
    def has_arguments(self) -> bool:
        """Whether any arguments have come."""
        return bool(self.pieces) or self.whole is not None

    @property
    def is_complete(self) -> bool:
        """Whether the arguments can not go on: they are an object, or the text of one."""
        return self.whole is not None or _is_complete(self.text)

    def take(self, name: str, host_id: str, arguments: object, extra: object) -> None:
        """Add a delta that belongs here."""
        if name:
            self.name = _merged_name(self.name, name)
        if host_id:
            self.host_id = self.host_id or host_id
            self.ids.add(host_id)
        if isinstance(arguments, str):
            if arguments:
                self.pieces.append(arguments)
        elif arguments is not None:
            self.whole = arguments
        if extra:
            self.extra = extra

    def raw(self) -> RawCall:
        """Return the call as far as it came."""
        arguments = self.text if self.whole is None else self.whole
        return RawCall(
            name=self.name, arguments=arguments, host_id=self.host_id, extra=self.extra or None, is_custom=self.is_custom
        )


@define(eq=False)
class CallMerger:
    """Takes the entries of `delta.tool_calls` as they come; `calls` gives the calls in the order in which they began."""

    _calls: list[_Growing] = field(factory=list[_Growing], init=False)

    def take(self, delta: dict[str, object]) -> Delta:
        """Take one entry and return what it brings to show."""
        function, is_custom = function_of(delta)
        name, host_id, index = word(function.get("name")), word(delta.get("id")), delta.get("index")
        arguments = function.get("input" if is_custom else "arguments")
        call = self._latest(index, host_id)
        if call is None or (name and call.name and _opens(call, host_id, name, arguments)):
            call = _Growing(index=index, is_custom=is_custom)
            self._calls.append(call)
        call.take(name, host_id, arguments, delta.get("extra_content"))
        place = next(place for place, each in enumerate(self._calls) if each is call)
        return Delta("call", word(arguments), place, call.name)

    def sign(self, extra: object) -> bool:
        """Give the latest call the `extra_content` that came in a delta of its own; false when no call waits for one."""
        if not self._calls or self._calls[-1].extra:
            return False
        self._calls[-1].extra = extra
        return True

    def calls(self) -> tuple[RawCall, ...]:
        """Return the calls.  A nameless one goes on with the one before it, if that is not complete; an empty one is none."""
        kept: list[_Growing] = []
        for call in self._calls:
            before = kept[-1] if kept else None
            if not call.name and before is not None and call.whole is None and not before.is_complete:
                before.pieces += call.pieces
                before.extra = before.extra or call.extra
            elif call.name or call.has_arguments:
                kept.append(call)
        return tuple(call.raw() for call in kept if not _is_an_echo(call, kept))

    def _latest(self, index: object, host_id: str) -> _Growing | None:
        """Return the call that a delta with this index and id goes on with, unless it opens another one."""
        calls = self._calls
        if not calls:
            return None
        if index is not None:
            for call in reversed(calls):
                if call.index == index:
                    return call
        if host_id:
            for call in reversed(calls):
                if host_id in call.ids and (index is None or call.index is None):
                    return call
        return calls[-1] if index is None else None


def _opens(latest: _Growing, host_id: str, name: str, arguments: object) -> bool:
    """Whether a delta with a name opens another call under the index or id of *latest*: some hosts number all calls alike.

    Else the name is repeated, or is a further piece of it.
    """
    is_new_id = bool(host_id and latest.ids and host_id not in latest.ids)
    is_another_name = _merged_name(latest.name, name) != latest.name
    if latest.is_complete:
        return is_new_id or is_another_name or _begins_another(latest, name, arguments)
    return is_another_name and (is_new_id or latest.has_arguments)


def _begins_another(latest: _Growing, name: str, arguments: object) -> bool:
    """Whether *arguments* are those of another call rather than the same ones once more."""
    known = latest.text if latest.whole is None else latest.whole
    if isinstance(arguments, str) and not arguments.lstrip().startswith("{"):
        return False
    return arguments is not None and (name, arguments) != (latest.name, known)


def _is_an_echo(call: _Growing, calls: list[_Growing]) -> bool:
    """Whether an empty call is a last chunk under one more id of a host that gives each chunk an id of its own."""
    return not call.has_arguments and any(other.name == call.name and len(other.ids) > 1 for other in calls)


def _merged_name(current: str, new: str) -> str:
    """Return the name after another piece: hosts send it once, late, repeated whole, or split."""
    if not new or current.startswith(new) or current.endswith(new):
        return current
    return new if new.startswith(current) else current + new


def _is_complete(text: str) -> bool:
    text = text.strip()
    if not (text.startswith("{") and text.endswith("}")):
        return False
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
