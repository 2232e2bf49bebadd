"""A streamed response, folded bytes by bytes.  Pure: however the stream is split, the same reply comes out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final

import orjson
from attrs import define, field, frozen

from ...states import Usage
from ...states.events import Reply
from ...states.messages import Opaque, Origin
from ...states.shapes import is_list, members, objects
from .calls import RawCall
from .fault import Fault, fault_of_status, named_error
from .intake import OPAQUE_KEYS, Heard, read_heard, read_usage, text_of

__all__ = ["Delta", "StreamFold"]

_DONE: Final = b"[DONE]"


@frozen
class Delta:
    """A piece that a person may be shown at once: *kind* is `text` or `reasoning`."""

    kind: str
    text: str


@define(eq=False)
class StreamFold:
    """Takes the bytes of a server-sent event stream as they come; `finish` gives the reply.

    Nothing is decided before the end: arguments that parse already may go on, and calls may follow the finish reason.
    """

    _lines: _Lines = field(factory=lambda: _Lines(), init=False)
    _data: list[bytes] = field(factory=list[bytes], init=False)
    _text: list[str] = field(factory=list[str], init=False)
    _refusal: list[str] = field(factory=list[str], init=False)
    _reasoning: list[str] = field(factory=list[str], init=False)
    _opaque: dict[str, object] = field(factory=dict[str, object], init=False)
    _calls: _CallMerger = field(factory=lambda: _CallMerger(), init=False)
    _finish: str | None = field(default=None, init=False)
    _usage: Usage = field(default=Usage(), init=False)
    _done: bool = field(default=False, init=False)
    _fault: Fault | None = field(default=None, init=False)

    def feed(self, chunk: bytes) -> list[Delta]:
        """Take the next bytes and return what they bring to show, in order."""
        return [delta for line in self._lines.feed(chunk) for delta in self._take_line(line)]

    def finish(self, origin: Origin) -> Reply | Fault:
        """Return the reply, or the fault that stood in the stream or cut it off.  No call of a broken stream is kept."""
        for line in self._lines.rest():
            for _ in self._take_line(line):
                pass
        for _ in self._take_line(b""):
            pass
        if self._fault is not None:
            return self._fault
        if self._finish is None and not self._done:
            return Fault(kind="connection", message="the stream broke off before the reply was complete", retryable=True)
        heard = Heard(
            text="".join(self._text),
            refusal="".join(self._refusal),
            reasoning="".join(self._reasoning),
            calls=self._calls.merged(),
            opaque=tuple(Opaque(key, _dump(value)) for key, value in self._opaque.items()),
            finish=self._finish,
            usage=self._usage,
        )
        return read_heard(heard, origin)

    def _take_line(self, line: bytes) -> Iterator[Delta]:
        if line:
            if line.startswith(b"data:"):
                self._data.append(line[5:].removeprefix(b" "))
            return
        data, self._data = b"\n".join(self._data), []
        if data.strip() == _DONE:
            self._done = True
        elif data:
            yield from self._take_event(data)

    def _take_event(self, data: bytes) -> Iterator[Delta]:
        try:
            chunk = orjson.loads(data)
        except orjson.JSONDecodeError:
            self._fault = self._fault or Fault(
                kind="bad_response", message="the stream holds an event that is not JSON", retryable=True
            )
            return
        if (error := named_error(chunk)) is not None:
            self._fault = self._fault or fault_of_status(error[1] or 500, error[0])
        choice = next((one for one in objects(members(chunk).get("choices")) if not one.get("index")), None)
        usage = read_usage(chunk, choice)
        if usage != Usage():
            self._usage = usage
        if choice is not None:
            yield from self._take_choice(choice)

    def _take_choice(self, choice: Mapping[str, object]) -> Iterator[Delta]:
        finish = choice.get("finish_reason")
        if isinstance(finish, str) and finish:
            self._finish = finish
        delta = members(choice.get("delta"))
        if reasoning := text_of(delta.get("reasoning_content") or delta.get("reasoning")):
            self._reasoning.append(reasoning)
            yield Delta("reasoning", reasoning)
        if text := text_of(delta.get("content")):
            self._text.append(text)
            yield Delta("text", text)
        if refusal := text_of(delta.get("refusal")):
            self._refusal.append(refusal)
            yield Delta("text", refusal)
        for call in objects(delta.get("tool_calls")):
            self._calls.take(call)
        self._take_opaque(delta)

    def _take_opaque(self, delta: Mapping[str, object]) -> None:
        """Put together what the host may want back: texts are joined, lists lengthened."""
        for key in OPAQUE_KEYS:
            value = delta.get(key)
            before = self._opaque.get(key)
            if isinstance(value, str) and value:
                self._opaque[key] = (before if isinstance(before, str) else "") + value
            elif is_list(value) and value:
                self._opaque[key] = [*(before if is_list(before) else []), *value]


@define(eq=False)
class _Lines:
    """Bytes into lines, whatever ends a line (LF, CR LF or CR) and wherever the bytes were split."""

    _rest: bytes = b""

    def feed(self, chunk: bytes) -> list[bytes]:
        text = self._rest + chunk
        if b"\r" in text:
            held = text.endswith(b"\r")  # it may be half of a `\r\n`
            body = (text[:-1] if held else text).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            *lines, self._rest = body.split(b"\n")
            self._rest += b"\r" if held else b""
            return lines
        *lines, self._rest = text.split(b"\n")
        return lines

    def rest(self) -> list[bytes]:
        rest, self._rest = self._rest.removesuffix(b"\r"), b""
        return [rest] if rest else []


@define(eq=False)
class _Growing:
    """One call while its deltas arrive."""

    index: object
    host_id: str
    name: str
    arguments: list[str]
    whole: object = None
    extra: object = None


@define(eq=False)
class _CallMerger:
    """Deltas of calls into calls, by index where hosts give one, by id where they do not, else to the latest."""

    _calls: list[_Growing] = field(factory=list[_Growing])

    def take(self, delta: Mapping[str, object]) -> None:
        function = members(delta.get("function"))
        name, arguments = function.get("name"), function.get("arguments")
        host_id, index = delta.get("id"), delta.get("index")
        named = name if isinstance(name, str) else ""
        given = host_id if isinstance(host_id, str) else ""
        call = self._belongs_to(index, given, named)
        if call is None:
            call = _Growing(index=index, host_id=given, name=named, arguments=[])
            self._calls.append(call)
        else:
            call.name = _merged_name(call.name, named)
            call.host_id = call.host_id or given
        if isinstance(arguments, str):
            call.arguments.append(arguments)
        elif arguments is not None:
            call.whole = arguments
        call.extra = delta.get("extra_content") or call.extra

    def merged(self) -> tuple[RawCall, ...]:
        """Return the calls in the order in which they began; one that never got a name and no arguments is dropped."""
        return tuple(
            RawCall(
                name=call.name,
                arguments=call.whole if call.whole is not None else _joined(call.arguments),
                host_id=call.host_id,
                opaque=(Opaque("extra_content", _dump(call.extra)),) if call.extra else (),
            )
            for call in self._calls
            if call.name or "".join(call.arguments).strip()
        )

    def _belongs_to(self, index: object, host_id: str, name: str) -> _Growing | None:
        """Return the call that a delta goes on with; None when it opens a new one.

        A new call has a name or a new index.  With one index for several calls (Ollama), a new id together with a new
        name opens the next; an id that differs on every chunk of a nameless delta (LM Studio) opens none.
        """
        same = [call for call in self._calls if index is not None and call.index == index]
        if not same and host_id:
            same = [call for call in self._calls if call.host_id == host_id and (index is None or call.index is None)]
        if same:
            latest = same[-1]
            is_another = bool(host_id and name and latest.host_id and host_id != latest.host_id and latest.name)
            return None if is_another and not _repeats(latest, name) else latest
        if index is not None or not self._calls:
            return None
        return None if name and (host_id or self._calls[-1].name) else self._calls[-1]


def _repeats(call: _Growing, name: str) -> bool:
    """Whether a name under a changed id only repeats a call whose arguments are not complete yet."""
    if name != call.name:
        return False
    try:
        json.loads("".join(call.arguments) or "x")
    except ValueError:
        return True
    return False


def _merged_name(current: str, new: str) -> str:
    """Return the name after another piece: hosts send it once, late, repeated whole, or split."""
    if not new or current.startswith(new) or current.endswith(new):
        return current
    return new if new.startswith(current) else current + new


def _joined(pieces: list[str]) -> str:
    """Return the argument text; a host that sends the whole text again with each chunk is heard once."""
    text = "".join(pieces)
    if len(pieces) > 1 and pieces[-1].startswith("{") and pieces[-1].endswith("}"):
        before = "".join(pieces[:-1])
        if before == pieces[-1] * (len(pieces) - 1):
            return pieces[-1]
    return text


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
