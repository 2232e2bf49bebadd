"""A streamed response, folded bytes by bytes.  Pure: however the stream is split, the same reply comes out."""

from __future__ import annotations

from typing import Final, cast

from attrs import define, field

from ...states import Usage
from ...states.events import Reply
from ...states.messages import Origin
from ...states.shapes import is_list
from .calls import raw_calls
from .complaint import Complaint, complaint_in
from .content import Delta, ThinkingFilter, reasoning_of, text_of, thoughts_of
from .fault import Fault, fault_of
from .heard import Heard, read_heard
from .lines import ServerEvent, ServerEvents
from .merge import CallMerger
from .opaque import OpaqueMerger
from .parsing import fields, items, parse, word
from .rejected import rejected_step
from .usage import read_usage
from .whole import read_json

__all__ = ["Delta", "StreamFold"]

_BOM: Final = b"\xef\xbb\xbf"
_LINE: Final = 200


@define(eq=False)
class StreamFold:
    """Takes the bytes of a server-sent event stream as they come; `finish` gives the reply.

    A host that answers with a JSON body instead is understood too.  Nothing is decided before the end: arguments that
    parse already may go on, and calls may follow the finish reason.  *offered* are the names of the tools that the
    request had.

    *is_done* is whether the host has said that the stream is over; *progress* counts the pieces that brought something of
    the reply, so that a caller can tell a host at work from one that only keeps the connection open.
    """

    offered: frozenset[str] = frozenset()
    is_done: bool = field(default=False, init=False)
    progress: int = field(default=0, init=False)
    _head: bytes | None = field(default=b"", init=False)
    _body: list[bytes] | None = field(default=None, init=False)
    _events: ServerEvents = field(factory=ServerEvents, init=False)
    _thinking: ThinkingFilter = field(factory=ThinkingFilter, init=False)
    _calls: CallMerger = field(factory=CallMerger, init=False)
    _opaque: OpaqueMerger = field(factory=OpaqueMerger, init=False)
    _text: list[str] = field(factory=list[str], init=False)
    _refusal: list[str] = field(factory=list[str], init=False)
    _reasoning: list[str] = field(factory=list[str], init=False)
    _message: dict[str, object] = field(factory=dict[str, object], init=False)
    _finish: str | None = field(default=None, init=False)
    _native: str | None = field(default=None, init=False)
    _usage: Usage = field(default=Usage(), init=False)
    _trouble: Complaint | Fault | None = field(default=None, init=False)
    _stray: bytes = field(default=b"", init=False)

    def feed(self, chunk: bytes) -> list[Delta]:
        """Take the next bytes and return what they bring to show, in order."""
        if self._head is not None:
            chunk = self._begin(self._head + chunk)
        if self._body is not None:
            self._body.append(chunk)
            return []
        shown: list[Delta] = []
        for event in self._events.feed(chunk):
            self._take_event(event, shown)
        return shown

    def close(self) -> list[Delta]:
        """Say that no more bytes will come; return what that brings to show."""
        shown: list[Delta] = []
        if self._body is None:
            for event in self._events.rest():
                self._take_event(event, shown)
            shown += self._thinking.rest()
        return shown

    def finish(self, origin: Origin) -> Reply | Fault:
        """Return the reply, or the fault that stood in the stream or cut it off.  No call of a broken stream is kept."""
        self.close()
        if self._body is not None or self._head is not None:
            return read_json(b"".join(self._body or ()), origin, self.offered)
        if isinstance(self._trouble, Complaint):
            return rejected_step(self._trouble, origin, self.offered) or fault_of(self._trouble.status or 500, self._trouble)
        if self._trouble is not None:
            return self._trouble
        if self._finish is None and not self.is_done:
            return self._broken_off()
        return read_heard(self._heard(), origin, self.offered)

    def _begin(self, head: bytes) -> bytes:
        """Look at the first bytes to tell an event stream from a JSON body; return those that are to be read."""
        text = head.lstrip().removeprefix(_BOM).lstrip()
        if not text or _BOM.startswith(text):
            self._head = head
            return b""
        self._head = None
        if text[:1] in (b"{", b"[", b"<"):
            self._body = []
        return text

    def _broken_off(self) -> Fault:
        stray = (self._events.stray or self._stray)[:_LINE].decode("utf-8", "replace").strip()
        if stray and not self.progress:
            return Fault(kind="bad_response", message=f"the host's answer is no event stream: {stray!r}", retryable=True)
        hint = f" (it holds {stray!r})" if stray else ""
        message = f"the stream broke off before the reply was complete{hint}"
        return Fault(kind="connection", message=message, retryable=True)

    def _heard(self) -> Heard:
        calls = self._calls.calls()
        heard_nothing = not (self._text or self._refusal or calls)
        message = self._message if heard_nothing else {}
        return Heard(
            text="".join(self._text) or text_of(message.get("content")),
            refusal="".join(self._refusal) or text_of(message.get("refusal")),
            reasoning="".join(self._reasoning) or reasoning_of(message) or thoughts_of(message.get("content")),
            calls=calls or raw_calls(message),
            opaque=self._opaque.opaque(),
            finish=self._finish,
            native=self._native,
            usage=self._usage,
        )

    def _take_event(self, event: ServerEvent, shown: list[Delta]) -> None:
        name, lines = event
        data = lines[0] if len(lines) == 1 else b"\n".join(lines)
        if data.strip() == b"[DONE]":
            self.is_done = True
            return
        try:
            chunk = parse(data)
        except ValueError:
            if len(lines) > 1:  # a host that leaves out the empty lines between its events
                for line in lines:
                    self._take_event(ServerEvent(name, [line]), shown)
            else:
                self._take_text(name, data.strip())
            return
        self._take_chunk(name, chunk, shown)

    def _take_text(self, name: bytes, data: bytes) -> None:
        """Take data that is not JSON: an error, a keep-alive, or an event that was garbled."""
        said = data[:_LINE].decode("utf-8", "replace")
        if name == b"error":
            self._trouble = self._trouble or Complaint(message=said)
        elif data.startswith((b"{", b"[{")):
            garbled = f"the stream holds an event that is not JSON: {said!r}"
            self._trouble = self._trouble or Fault(kind="bad_response", message=garbled, retryable=True)
        else:
            self._stray = self._stray or data

    def _take_chunk(self, name: bytes, chunk: object, shown: list[Delta]) -> None:
        body = fields(chunk)
        choices = body.get("choices")
        if not choices or "error" in body:
            self._take_complaint(name, chunk)
        first: dict[str, object] = {}
        for choice in cast("list[object]", choices) if type(choices) is list else ():
            read = fields(choice)
            if read and not read.get("index"):
                first = read
                self._take_choice(first, shown)
        if body.get("usage") or "x_groq" in body or "usage" in first:
            usage = read_usage(body, first)
            if usage != Usage():
                self._usage = usage

    def _take_complaint(self, name: bytes, chunk: object) -> None:
        """Take an event without choices, or with an error: it may be a complaint, or something of the host's own."""
        body = fields(chunk)
        is_one = name == b"error" or body.get("object") == "error" or any(key in body for key in ("error", "errors", "detail"))
        if is_one or is_list(chunk):
            self._trouble = self._trouble or complaint_in(chunk)

    def _take_choice(self, choice: dict[str, object], shown: list[Delta]) -> None:
        finish = choice.get("finish_reason")
        if finish and isinstance(finish, str):
            self._finish = finish
            self._native = word(choice.get("native_finish_reason")) or None
            self.progress += 1
        if error := choice.get("error"):
            self._trouble = self._trouble or complaint_in({"error": error})
        delta = fields(choice.get("delta"))
        if message := choice.get("message"):
            self._message = fields(message)
        content = delta.get("content")
        if len(delta) > 1 or content is None:
            self._take_more(delta, shown)
        if content:
            self._take_content(content, shown)

    def _take_content(self, content: object, shown: list[Delta]) -> None:
        if type(content) is str:
            text = content
        else:
            self._reason(thoughts_of(content), shown)
            text = text_of(content)
        if text:
            self._text.append(text)
            self.progress += 1
            shown += self._thinking.feed(text)

    def _reason(self, text: str, shown: list[Delta]) -> None:
        if text:
            self._reasoning.append(text)
            self.progress += 1
            shown.append(Delta("reasoning", text))

    def _take_more(self, delta: dict[str, object], shown: list[Delta]) -> None:
        """Take what a delta holds besides its content."""
        calls = delta.get("tool_calls")
        if calls or delta.get("function_call"):
            self._take_calls(calls, delta, shown)
        if refusal := text_of(delta.get("refusal")):
            self._refusal.append(refusal)
            self.progress += 1
            shown.append(Delta("text", refusal))
        extra = delta.get("extra_content")
        if extra and not delta.get("content") and not calls and self._calls.sign(extra):
            return
        self._opaque.take(delta)
        self._reason(reasoning_of(delta), shown)

    def _take_calls(self, calls: object, delta: dict[str, object], shown: list[Delta]) -> None:
        self.progress += 1
        if not calls:
            shown.append(self._calls.take({"index": "function_call", "function": delta.get("function_call")}))
        shown.extend(self._calls.take(call) for call in items(calls) or [fields(calls)] if call)
