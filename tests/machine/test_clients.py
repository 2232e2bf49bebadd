"""The clients of event loops, and loops that go away."""

from __future__ import annotations

import asyncio
import gc

import pytest
from scripted_host import ScriptedHost, says

from detent import Agent, Model
from detent.machine import clients


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_loops_that_were_closed_without_being_shut_down_are_let_go_of() -> None:
    with ScriptedHost(says("hello")) as host:
        agent = Agent(Model("m", base_url=host.base_url))
        for _ in range(3):
            loop = asyncio.new_event_loop()
            loop.run_until_complete(agent.run("hi"))
            loop.close()
        agent.run_sync("hi")
    gc.collect()  # what such a loop leaves behind is not to come up in another test

    assert not any(each.is_closed() for each in clients._LOOPS if isinstance(each, asyncio.AbstractEventLoop))
