"""Under what a run can stand: each limit, reached soon, and both ways to end at one."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from ...states import Limits
from ...states.events import Resumed, UserSaid
from ...states.messages import AssistantMessage, Call, Said, UserMessage
from ...states.turn import Entry, Outcome, OutcomeKind, SealedTurn

__all__ = ["HISTORY", "SETTINGS", "Setting"]


@frozen
class Setting:
    """What a run is begun with."""

    name: str
    limits: Limits
    final: bool = True
    window: int | None = None

    def said(self, at: float) -> UserSaid:
        """Return what a user says to begin a run."""
        message = UserMessage(content="do it")
        return UserSaid(message=message, limits=self.limits, window=self.window, final=self.final, at=at)

    def resumed(self, at: float) -> Resumed:
        """Return what takes up a run again that came to no answer."""
        return Resumed(limits=self.limits, final=self.final, at=at)


SETTINGS: Final = (
    Setting("1 round", Limits(rounds=1, retries=1), window=0),
    Setting("2 rounds and closing words", Limits(rounds=2, retries=1, on_limit="answer")),
    Setting("2 rounds, 2 tool calls", Limits(rounds=2, tool_calls=2, retries=0)),
    Setting("3 rounds, 1 tool call and closing words", Limits(rounds=3, tool_calls=1, retries=0, on_limit="answer"), window=1),
    Setting("1 round, no final words", Limits(rounds=1, retries=2, on_limit="answer"), final=False),
    Setting("60 seconds", Limits(rounds=1, seconds=60.0, retries=1)),
    Setting("60 seconds and closing words", Limits(rounds=1, seconds=60.0, retries=0, on_limit="answer")),
    Setting("4 input tokens", Limits(rounds=2, input_tokens=4, retries=0)),
    Setting("3 output tokens and closing words", Limits(rounds=2, output_tokens=3, retries=0, on_limit="answer")),
    Setting("7 tokens", Limits(rounds=2, total_tokens=7, retries=0)),
    Setting("0.25 of cost", Limits(rounds=2, cost=0.25, retries=0)),
)
"""Few rounds and tries, so that all of what can happen is seen."""

HISTORY: Final[tuple[Entry, ...]] = (
    UserMessage(content="earlier"),
    SealedTurn(
        said=Said(),
        calls=(Call(id="call00000", name="look"),),
        outcomes=(Outcome(kind=OutcomeKind.RETURNED, content="an earlier result"),),
    ),
    AssistantMessage(said=Said(text="an earlier answer")),
)
"""A history from elsewhere."""
