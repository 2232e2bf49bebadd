"""The events of a conversation as JSON: each with its number and the state that it led to."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from ..machine.codec import json_of
from ..machine.recorder import moves_of
from ..states import Conversation, Event

__all__ = ["as_json"]


def as_json(conversation_id: str, events: Sequence[Event]) -> str:
    """Return the conversation as one JSON object.  Raises `IllegalEvent` when the events are no conversation."""
    listed = [
        {"seq": seq, "state": after.state.value, "event": orjson.Fragment(json_of(event))}
        for seq, (_, event, after) in enumerate(moves_of(Conversation(), events))
    ]
    return orjson.dumps({"conversation_id": conversation_id, "events": listed}).decode()
