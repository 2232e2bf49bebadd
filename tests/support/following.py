"""Server-sent events of a service, read by a client."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx2

__all__ = ["follow", "rested"]


def follow(client: httpx2.Client, conversation: str, last: str = "", until: str = "rest") -> Iterator[tuple[str, str, Any]]:
    """Yield the id, the kind and the data of each event, until the conversation rests."""
    headers = {"Last-Event-ID": last} if last else {}
    with client.stream("GET", f"/conversations/{conversation}/events?until={until}", headers=headers) as stream:
        assert 200 == stream.status_code, stream.read()
        fields: dict[str, str] = {}
        for line in stream.iter_lines():
            name, _, value = line.partition(": ")
            if line and name:
                fields[name] = value
            elif fields.get("data"):
                yield fields.get("id", ""), fields["event"], json.loads(fields["data"])
                fields = {}


def rested(client: httpx2.Client, conversation: str) -> dict[str, Any]:
    """Wait until the conversation rests, and return it."""
    for _ in follow(client, conversation):
        pass
    shown: dict[str, Any] = client.get(f"/conversations/{conversation}").json()
    return shown
