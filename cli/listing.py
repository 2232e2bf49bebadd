"""`detent list`: the conversations of a journal, the newest first."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial

import anyio
from attrs import frozen
from rich.console import Console

from ..machine.archive import Archive, Summary
from ..states import AnyState, State
from .journals import short_ids
from .lines import marks_for
from .plain import in_one_line
from .screen import console_on
from .table import table

__all__ = ["Listing", "list_conversations", "moment"]


@frozen(kw_only=True)
class Listing:
    """What the options of `detent list` ask for: at most *limit* conversations, or only those in *state*."""

    state: State | None = None
    limit: int = 50
    json: bool = False


def list_conversations(journal: Archive, asked: Listing, console: Console | None = None) -> None:
    """Print the conversations: a line each, or one JSON array."""
    console = console or console_on()
    found = anyio.run(partial(journal.summaries, state=asked.state, limit=asked.limit + 1, newest_first=True))
    listed, more = found[: asked.limit], len(found) > asked.limit
    if asked.json:
        console.file.write(json.dumps([_object(each) for each in listed]) + "\n")
    elif not listed:
        console.print("no conversations" if asked.state is None else f"no conversation is {_words(asked.state)}")
    else:
        ids = short_ids(anyio.run(partial(journal.list)))
        rows = [
            (
                in_one_line(ids[each.id]),
                _words(each.state),
                f"{each.events:,}",
                moment(each.changed_at),
                in_one_line(each.title),
            )
            for each in listed
        ]
        heads = ("id", "state", "events", "changed", "title")
        console.print(table(heads, rows, console, marks_for(console), right=(2,)), soft_wrap=True)
        if more:
            console.print(f"there are more: --limit {asked.limit * 2}")


def moment(at: float) -> str:
    """Return *at*, seconds since the epoch, as the clock on the wall showed it; `?` for a time that no clock shows."""
    try:
        return datetime.fromtimestamp(at, tz=UTC).astimezone().strftime("%Y-%m-%d %H:%M")
    except (OverflowError, ValueError, OSError):
        return "?"


def _object(summary: Summary) -> dict[str, object]:
    return {
        "id": summary.id,
        "title": summary.title,
        "state": summary.state.value,
        "events": summary.events,
        "opened_at": summary.opened_at,
        "changed_at": summary.changed_at,
    }


def _words(state: AnyState) -> str:
    return state.value.replace("_", " ")
