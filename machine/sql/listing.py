"""Conversations in short: which there are, what state they are in, and forgetting one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attrs import frozen
from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from ...errors import UnknownConversation
from ...states import AnyState, Conversation
from ...states.conversation import state_named
from ..archive import Summary, title_of
from .schema import conversations

__all__ = ["Short", "forget", "ids", "settle", "short_rows", "unsettled"]

_table = conversations.c


@frozen
class Short:
    """A conversation's row.  *state* and *title* are None where they were not told when it last grew."""

    id: str
    title: str | None
    state: str | None
    events: int
    opened_at: float
    changed_at: float

    def summary(self, fold: Callable[[str], Conversation]) -> Summary:
        """Return it as a summary; *fold* gives the record where the row does not tell enough."""
        if self.state is None or self.title is None:
            record = fold(self.id)
            state, title = record.state, title_of(record)
        else:
            state, title = state_named(self.state), self.title
        return Summary(
            id=self.id,
            title=title,
            state=state,
            events=self.events,
            opened_at=self.opened_at,
            changed_at=self.changed_at,
        )


def ids(connection: Connection, state: AnyState | None) -> tuple[str, ...]:
    """Return the ids of all conversations, or of those in *state*, oldest first."""
    found = select(_table.id).where(*_in(state)).order_by(_table.number)
    return tuple(connection.execute(found).scalars())


def short_rows(
    connection: Connection, state: AnyState | None, prefix: str, limit: int, after: str | None, *, newest_first: bool
) -> list[Short]:
    """Return up to *limit* rows, of the conversations with that *prefix* that come after the one with the id *after*."""
    columns = (_table.id, _table.title, _table.state, _table.events, _table.opened_at, _table.changed_at)
    found = select(*columns).where(*_in(state)).limit(max(0, limit))
    if prefix:  # by characters: LIKE takes capital letters for small ones, and an order depends on the database's language
        found = found.where(func.substr(_table.id, 1, len(prefix)) == prefix)
    if after is not None:
        number = _number(connection, after)
        found = found.where(_table.number < number if newest_first else _table.number > number)
    rows = connection.execute(found.order_by(_table.number.desc() if newest_first else _table.number))
    return [Short(*row) for row in rows]


def unsettled(connection: Connection) -> Sequence[str]:
    """Return the ids of those whose state was not told when they last grew."""
    return connection.execute(select(_table.id).where(_table.state.is_(None))).scalars().all()


def settle(connection: Connection, conversation_id: str, record: Conversation) -> None:
    """Note what *record* tells, unless the conversation has grown meanwhile."""
    same = (_table.id == conversation_id, _table.events == record.seq)
    connection.execute(update(conversations).where(*same).values(state=record.state.value, title=title_of(record)))


def forget(connection: Connection, conversation_id: str) -> None:
    """Delete the conversation and all that hangs on it.  Raises `UnknownConversation` when there is none."""
    number = _number(connection, conversation_id)
    connection.execute(delete(conversations).where(_table.number == number))


def _in(state: AnyState | None) -> tuple[ColumnElement[bool], ...]:
    return () if state is None else (_table.state == state.value,)


def _number(connection: Connection, conversation_id: str) -> int:
    found = select(_table.number).where(_table.id == conversation_id)
    number: int | None = connection.execute(found).scalar_one_or_none()
    if number is None:
        raise UnknownConversation(conversation_id)
    return number
