"""detent."""

from __future__ import annotations

import httpx2

from detent import Agent, Conversation, Limits, Model, replay
from detent.states.events import Opened

from ..histories import TASK, JSONObject, repeat
from ..measure import Work


def prepare(http: httpx2.AsyncClient, url: str, history: list[JSONObject], answer: str) -> Work:
    """Return a run that goes on from the record of the history."""
    read = Conversation.from_messages(history)
    record = replay([Opened(conversation_id="c", entries=read.history)])
    agent = Agent(Model("m", base_url=url, api_key="x", http_client=http), tools=[repeat], limits=Limits(rounds=50))

    async def run() -> None:
        assert (await agent.run(TASK, conversation=record)).text == answer

    return run
