"""What a row tells in place of a fold; `test_journal.py` asks for the rest."""

from __future__ import annotations

from functools import partial

import pytest
from scenes import answer, said

from detent import State, replay
from detent.machine.sql import SqlJournal
from detent.machine.sql.listing import ids, settle, unsettled
from detent.states import Event
from detent.states.events import Opened, Prepared

RUN: tuple[Event, ...] = (Opened(conversation_id="a"), said("one"), Prepared(), answer("first"))


@pytest.mark.anyio
async def test_a_state_that_has_changed_meanwhile_is_not_noted(sql: SqlJournal) -> None:
    database = sql._store.database
    await sql.append("a", 0, RUN)

    database.write("noting", partial(settle, conversation_id="a", record=replay(RUN[:2])))
    assert ["a"] == database.read("asking", unsettled)

    database.write("noting", partial(settle, conversation_id="a", record=replay(RUN)))
    assert [] == database.read("asking", unsettled)
    assert ("a",) == database.read("asking", partial(ids, state=State.DONE))
