"""Conversations as the service shows them: what was said and done, what waits for a person, and how far it is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import BaseModel, Field

from ..machine.archive import Summary, title_of
from ..machine.result import RunResult
from ..states import Conversation, Usage
from ..states.messages import AssistantMessage, UserMessage
from ..states.turn import SealedTurn, Slot, ToolTurn
from .backends import Answered

__all__ = ["CallView", "ConversationView", "SummaryView", "UsageView", "WaitingView", "summary_view", "usage_view", "view"]


_LEFT = "the run was left in the middle: resume goes on with it"


class UsageView(BaseModel):
    """Tokens, model calls and cost."""

    prompt: int
    completion: int
    total: int
    model_calls: int
    cost: float | None


class CallView(BaseModel):
    """A tool call.  While it has no outcome, *status* says whether it runs or whom it waits for."""

    id: str
    tool: str
    arguments: str
    status: str = Field(description="running, waiting, asking, or the outcome: returned, raised, denied, ...")
    result: str | None = None
    seconds: float = 0.0


class EntryView(BaseModel):
    """A step of the conversation: what somebody said, and the calls that go with it."""

    role: Literal["user", "assistant"]
    text: str
    reasoning: str = ""
    calls: list[CallView] = []
    synthetic: bool = Field(default=False, description="Written by the loop in somebody's place.")


class WaitingView(BaseModel):
    """A call that waits for a person: for a yes or no, or, with a *schema*, for an answer."""

    id: str
    tool: str
    arguments: str
    question: str | None = None
    answer_schema: dict[str, object] | None = None


class LimitsView(BaseModel):
    """Under what the run stands, and how far it is."""

    rounds: int
    rounds_used: int
    tool_calls: int | None
    tool_calls_used: int
    seconds: float | None


class ConversationView(BaseModel):
    """A conversation as it is now."""

    id: str
    title: str
    state: str
    reason: str = Field(description="Why it rests where it does; empty while it runs and when it is done.")
    running: bool = Field(description="Whether its run is live in this process.")
    seq: int = Field(description="How many events it has: where a stream of them goes on.")
    backend: str
    label: str = Field(description="Of the model that answers.")
    fallback_used: bool = Field(description="A backend was named, and another answered.")
    entries: list[EntryView]
    waiting: list[WaitingView]
    usage: UsageView
    limits: LimitsView


class SummaryView(BaseModel):
    """A conversation in short."""

    id: str
    title: str
    state: str
    events: int
    opened_at: float = Field(description="Seconds since the epoch, as is changed_at.")
    changed_at: float
    running: bool


def view(record: Conversation, *, running: bool, backend: str, answered: Answered) -> ConversationView:
    """Return *record* as it is shown."""
    result, run = RunResult[str](conversation=record, model=""), record.run
    rests = record.state.ends_a_run or bool(result.approvals or result.questions)
    return ConversationView(
        id=record.id,
        title=title_of(record),
        state=record.state.value,
        reason="" if running else result.reason if rests else _LEFT,
        running=running,
        seq=record.seq,
        backend=backend,
        label=answered.label,
        fallback_used=answered.fallback_used,
        entries=list(_entries(record)),
        waiting=[*_waiting(result)],
        usage=usage_view(record.usage),
        limits=LimitsView(
            rounds=run.limits.rounds,
            rounds_used=run.rounds,
            tool_calls=run.limits.tool_calls,
            tool_calls_used=run.tool_calls,
            seconds=run.limits.seconds,
        ),
    )


def usage_view(usage: Usage) -> UsageView:
    """Return *usage* as it is shown."""
    return UsageView(
        prompt=usage.prompt,
        completion=usage.completion,
        total=usage.total,
        model_calls=usage.model_calls,
        cost=usage.cost,
    )


def summary_view(summary: Summary, *, running: bool) -> SummaryView:
    """Return *summary* as it is shown."""
    return SummaryView(
        id=summary.id,
        title=summary.title,
        state=summary.state.value,
        events=summary.events,
        opened_at=summary.opened_at,
        changed_at=summary.changed_at,
        running=running,
    )


def _entries(record: Conversation) -> Iterator[EntryView]:
    turn = () if record.turn is None else (record.turn,)
    for entry in (*record.history, *turn, *record.inbox):
        match entry:
            case UserMessage():
                yield EntryView(role="user", text=_text(entry), synthetic=entry.synthetic)
            case AssistantMessage(said=said):
                yield EntryView(role="assistant", text=said.text, reasoning=said.reasoning, synthetic=entry.synthetic)
            case SealedTurn(said=said):
                slots = [Slot(call=call, outcome=each) for call, each in zip(entry.calls, entry.outcomes, strict=True)]
                yield _turn(said.text, said.reasoning, slots)
            case ToolTurn(said=said, slots=slots):
                yield _turn(said.text, said.reasoning, slots)


def _turn(text: str, reasoning: str, slots: list[Slot] | tuple[Slot, ...]) -> EntryView:
    return EntryView(role="assistant", text=text, reasoning=reasoning, calls=[_call(slot) for slot in slots])


def _call(slot: Slot) -> CallView:
    call, outcome = slot.to_run, slot.outcome
    if outcome is not None:
        return CallView(
            id=call.id,
            tool=call.name,
            arguments=call.arguments,
            status=outcome.kind.value,
            result=outcome.content,
            seconds=outcome.seconds,
        )
    status = "asking" if slot.awaits_an_answer else "waiting" if slot.is_undecided else "running"
    return CallView(id=call.id, tool=call.name, arguments=call.arguments, status=status)


def _waiting(result: RunResult[str]) -> Iterator[WaitingView]:
    for call in result.approvals:
        yield WaitingView(id=call.id, tool=call.tool, arguments=_json(call.args), question=call.question)
    for each in result.questions:
        schema = dict(each.schema)
        yield WaitingView(id=each.id, tool=each.tool, arguments=_json(each.args), question=each.question, answer_schema=schema)


def _json(arguments: Mapping[str, object] | str) -> str:
    return arguments if isinstance(arguments, str) else json.dumps(dict(arguments), ensure_ascii=False)


def _text(message: UserMessage) -> str:
    if isinstance(message.content, str):
        return message.content
    parts = [json.loads(part.json) for part in message.content]
    return "\n".join(str(part.get("text", f"[{part.get('type', 'part')}]")) for part in parts)
