"""The bytes of a response with a good status as a reply or a fault.  Total on any bytes."""

from __future__ import annotations

from ...states.events import Reply
from ...states.messages import Origin
from .fault import Fault
from .lines import is_event_stream
from .stream import StreamFold
from .whole import read_json

__all__ = ["read_body"]


def read_body(body: bytes, origin: Origin, offered: frozenset[str] = frozenset()) -> Reply | Fault:
    """Return what *body* says: a JSON body, or an event stream from a host that streams unasked.

    *offered* are the names of the tools that the request had.
    """
    if not is_event_stream(body[:64].removeprefix(b"\xef\xbb\xbf").lstrip()):
        return read_json(body, origin, offered)
    fold = StreamFold(offered)
    fold.feed(body)
    return fold.finish(origin)
