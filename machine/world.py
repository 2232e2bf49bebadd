"""The world that a driver acts on: models at their endpoints, tools, the clock, chance."""

from __future__ import annotations

import time
from typing import assert_never

import anyio
from attrs import define

from ..states import Conversation, Event
from ..states.effects import AskAnswer, AskApproval, CallModel, CallTool, Effect, Prepare, Work
from ..states.events import Prepared
from .work import work
from .world_models import Models
from .world_tools import Tools, seconds_left

__all__ = ["ModelsAndTools"]


@define(eq=False)
class ModelsAndTools:
    """The world of one run: its models, and its tools."""

    models: Models
    tools: Tools

    async def perform(self, effect: Effect, conversation: Conversation) -> Event:
        """Do what is wanted and return what happened.  Faults of models and tools are events too."""
        match effect:
            case Prepare():
                return await self._prepare(effect, conversation)
            case CallModel():
                return await self.models.call(effect, conversation)
            case CallTool():
                return await self.tools.call(effect, conversation)
            case AskApproval() | AskAnswer():
                raise AssertionError("a person answers this, not the driver")
            case Work():
                return await work(effect, conversation, self.tools)
            case _:
                assert_never(effect)

    def may_start(self, effect: CallTool, running: list[CallTool], conversation: Conversation) -> bool:
        """Whether the tool may run beside those that are *running*."""
        return self.tools.may_start(effect, running, conversation)

    def starts_are_recorded(self, effect: CallTool) -> bool:
        """Whether the start of this tool has to be on record before it runs."""
        return self.tools.starts_are_recorded(effect)

    async def _prepare(self, effect: Prepare, conversation: Conversation) -> Prepared:
        if effect.not_before is not None:
            await anyio.sleep(max(0.0, min(effect.not_before - time.time(), seconds_left(conversation))))
        return Prepared(spares=max(0, len(self.models.models) - 1 - conversation.run.model_index), at=time.time())
