"""What `--json` prints: one object that says all there is to say of a run."""

from __future__ import annotations

import json

from attrs import asdict

from ..machine.model import Model
from ..machine.result import RunResult
from ..machine.toolcall import ToolCall

__all__ = ["report"]


def report(result: RunResult[str], model: Model, *, rule_based: bool, seconds: float) -> str:
    """Return the object as one line of ASCII, which every encoding has and no terminal takes amiss."""
    said: dict[str, object] = {
        "text": result.text,
        "state": result.state.value,
        "reason": result.reason,
        "model": result.model,
        "base_url": model.address.url,
        "rule_based": rule_based,
        "rounds": result.rounds,
        "seconds": round(seconds, 3),
        "tool_calls": [_told(call) for call in result.tool_calls],
        "approvals": [{"id": call.id, "tool": call.tool, "args": call.args} for call in result.approvals],
        "questions": [
            {"id": each.id, "tool": each.tool, "args": each.args, "question": each.question, "schema": each.schema}
            for each in result.questions
        ],
        "usage": {**asdict(result.usage), "total": result.usage.total},
        "summary": result.summary,
        "conversation_id": result.conversation.id,
        "messages": result.conversation.messages,
    }
    return json.dumps(said, ensure_ascii=True, default=str)


def _told(call: ToolCall) -> dict[str, object]:
    return {
        "id": call.id,
        "tool": call.tool,
        "args": call.args,
        "result": call.result,
        "ok": call.ok,
        "outcome": call.kind.value if call.kind else None,
        "seconds": round(call.seconds, 6),
    }
