from __future__ import annotations

import json

from detent import Conversation, Model, RunResult
from detent.cli.report import report

FIELDS = """
    text state reason model base_url rule_based rounds seconds tool_calls approvals questions usage
    summary conversation_id messages
"""


def test_the_report_is_one_line_of_ascii_with_all_there_is_to_say() -> None:
    history = [{"role": "user", "content": "?"}, {"role": "assistant", "content": "ünï\x1b\x9b\n"}]
    record = Conversation.from_messages(history, conversation_id="c1")
    line = report(
        RunResult[str](conversation=record, model="label"), Model("m", base_url="http://x"), rule_based=True, seconds=1.23456
    )
    said = json.loads(line)

    assert line.isascii() and line.isprintable()
    assert FIELDS.split() == list(said)
    assert ("label", "http://x/v1", True, 1.235, "c1", "done") == tuple(
        said[name] for name in ("model", "base_url", "rule_based", "seconds", "conversation_id", "state")
    )
    assert history == said["messages"]
    assert ["prompt", "completion", "cached", "reasoning", "model_calls", "cost", "total"] == list(said["usage"])
