"""What an agent is given, checked where it is given: each mistake is named with what would do."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from ..errors import ConfigurationError
from ..states import Conversation
from ..states.messages import Part, UserMessage
from ..states.shapes import is_object, objects
from ..tools import Tool, Toolbox
from .model import Model

__all__ = ["checked_count", "checked_instance", "checked_model", "checked_text", "checked_tools", "decisions", "task_message"]


def checked_model(model: object, argument: str) -> Model:
    """Return *model* as a `Model`: one already, a name such as `"ollama:llama3.1"`, or a configuration mapping."""
    if isinstance(model, Model):
        return model
    if isinstance(model, str):
        return Model.named(model)
    if model is None or is_object(model):
        return Model.from_config(model)
    raise ConfigurationError(f"Agent({argument}=...): a Model, a model's name or a configuration is wanted, not {model!r}")


def checked_tools(tools: object) -> Toolbox:
    """Return *tools*, tools or plain functions, as a toolbox."""
    if isinstance(tools, Toolbox):
        return tools
    if isinstance(tools, Tool) or callable(tools):
        raise ConfigurationError(
            f"Agent(tools=...): a list of tools is wanted; put the one you gave in brackets: [{getattr(tools, 'name', tools)}]"
        )
    if isinstance(tools, str) or not isinstance(tools, Iterable):
        raise ConfigurationError(f"Agent(tools=...): a list of tools is wanted, not {tools!r}")
    return Toolbox(cast("Iterable[Tool]", tools))  # Toolbox says what is no tool


def checked_instance(value: object, kind: type, argument: str) -> None:
    """Refuse a *value* that is not of *kind*."""
    if not isinstance(value, kind):
        raise ConfigurationError(f"Agent({argument}=...): a {kind.__name__} is wanted, not {value!r}")


def checked_text(value: object, argument: str) -> None:
    """Refuse a *value* that is no text, or an empty one."""
    if not isinstance(value, str) or not value:
        raise ConfigurationError(f"{argument}: a text is wanted, not {value!r}")


def checked_count(value: object, argument: str, *, least: int) -> None:
    """Refuse a *value* that is not a whole number of at least *least*."""
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ConfigurationError(f"Agent({argument}=...): a whole number of at least {least} is wanted, not {value!r}")


def task_message(task: str | Sequence[Mapping[str, object]]) -> UserMessage:
    """Return the user's message: a text, or chat-completions content parts (text and images)."""
    if isinstance(task, str):
        if not task.strip():
            raise ConfigurationError("run(task=...): the task is empty; say what is to be done")
        return UserMessage(content=task)
    parts = [part for part in objects(list(task)) if isinstance(part.get("type"), str)]
    if not parts or len(parts) < len(task):
        raise ConfigurationError('run(task=...): a text is wanted, or content parts such as {"type": "text", "text": "..."}')
    return UserMessage(content=tuple(Part(str(part["type"]), json.dumps(part, ensure_ascii=False)) for part in parts))


def decisions(
    conversation: Conversation, approve: str | Iterable[str], deny: Mapping[str, str] | Iterable[str] | None
) -> tuple[list[str], dict[str, str]]:
    """Return the calls to approve and those to deny with their reasons.  Refuses ids that wait for nobody."""
    agreed = [approve] if isinstance(approve, str) else list(approve)
    refused = _reasons(deny)
    waiting = [slot.call.id for slot in conversation.turn.undecided] if conversation.turn else []
    for call_id in (*agreed, *refused):
        if call_id not in waiting:
            known = ", ".join(waiting) or "none"
            raise ConfigurationError(f"resume(...): no call {call_id!r} waits for a person; waiting: {known}")
    if both := set(agreed) & set(refused):
        raise ConfigurationError(f"resume(...): approved and denied at once: {', '.join(sorted(both))}")
    return list(dict.fromkeys(agreed)), refused


def _reasons(deny: Mapping[str, str] | Iterable[str] | None) -> dict[str, str]:
    if isinstance(deny, Mapping):
        return dict(cast("Mapping[str, str]", deny))
    return dict.fromkeys([deny] if isinstance(deny, str) else deny or (), "")
