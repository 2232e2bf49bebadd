"""Stored bytes: JSON, deflated with a dictionary of what events are made of.

An event of 250 bytes takes about 120, and reading it back costs a few microseconds.  Each packed value carries a checksum:
bytes that were damaged on disk are noticed, not guessed at.
"""

from __future__ import annotations

import zlib
from typing import Final

from ...errors import FormatError

__all__ = ["pack", "unpack"]

_WINDOW: Final = 15
_LEVEL: Final = 6
_MEMORY: Final = 5
"""Small state, quickly set up: an event is short."""

# Part of the format: a byte changed here, and nothing that was stored can be read.  The likeliest texts stand last.
_DICTIONARY: Final = (
    b'"type":"Opened","system":"","repairs":["message "],"entries":[{"message":{"content":"","type":"UserMessage"},'
    b'"calls":[{"id":"call00000","name":"","arguments":"{}","host_id":"call_","problem":"","outcomes":[{"kind":"returned",'
    b'"content":"","type":"SealedTurn"},{"said":{"text":"","type":"AssistantMessage","synthetic":true'
    b'{"failure":{"kind":"rate_limit","message":"","model":""},"retryable":true,"delay":0.,"seconds":0.,"type":"ModelFailed"}'
    b'{"limits":{"rounds":10,"tool_calls":,"input_tokens":,"output_tokens":,"total_tokens":,"cost":,"on_limit":"answer"},'
    b'"window":6,"final":false,"type":"Resumed"},"at":17,"type":"Cancelled"}{"call_id":"call00000","reason":"","type":"Denied"}'
    b'{"call_id":"call00000","type":"Approved"}{"call_id":"call00000","ask":{"question":"","type":"ToolAsked"}'
    b'{"call_id":"call00000","answer":"","type":"Answered"}"spares":1,"kind":"timed_out","kind":"bad_arguments",'
    b'{"call_id":"call00000","content":"Tool error: ","kind":"raised","seconds":0.0,"at":17,"type":"ToolFailed"}'
    b'{"conversation_id":"","at":17,"type":"Opened"}{"message":{"content":" the and of to in is that for with "},"at":17,'
    b'"type":"UserSaid"}{"reply":{"said":{"text":" the ","reasoning":"","opaque":[{"key":"","json":"","origin":{"host":"'
    b'openai","model":"gpt-"},"finish":"stop"},"usage":{"prompt":1,"completion":1,"cached":1,"reasoning":1,"model_calls":1,"cost":0.0}},'
    b'"seconds":1.,"at":17,"type":"ModelReplied"}{"at":17,"type":"Prepared"}{"call_id":"call00000","at":17,"type":"ToolStarted"}'
    b'{"call_id":"call00000","content":"{\\"","usage":{"model_calls":1},"seconds":0.00,"at":17,"type":"ToolReturned"}'
    b'{"reply":{"said":{"origin":{"host":"portable","model":""},"finish":"tool_calls"},"calls":[{"name":"",'
    b'"arguments":"{\\"\\": \\"\\", \\"}","host_id":"call_"}],"usage":{"prompt":1,"completion":1}},'
    b'"seconds":0.0,"at":17,"type":"ModelReplied"}'
)


def pack(data: bytes) -> bytes:
    """Return *data* packed."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW, _MEMORY, zlib.Z_DEFAULT_STRATEGY, _DICTIONARY)
    return packer.compress(data) + packer.flush()


def unpack(packed: bytes) -> bytes:
    """Return what was packed.  Raises `FormatError` where the bytes are damaged."""
    unpacker = zlib.decompressobj(_WINDOW, _DICTIONARY)
    try:
        data = unpacker.decompress(packed)
    except zlib.error as error:
        raise FormatError(f"the stored bytes are damaged: {error}") from None
    if not unpacker.eof:
        raise FormatError("the stored bytes are damaged: their end is missing")
    return data
