"""What an agent is given, checked where it is given: each mistake is named with what would do."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from ..errors import ConfigurationError
from ..states.messages import Part, UserMessage
from ..states.shapes import is_object, objects
from ..states.text import well_formed
from .model import Model

__all__ = ["checked_count", "checked_instance", "checked_model", "checked_models", "checked_text", "task_message"]


def checked_model(model: object, argument: str) -> Model:
    """Return *model* as a `Model`: one already, a name such as `"ollama:llama3.1"`, or a configuration mapping."""
    if isinstance(model, Model):
        return model
    if isinstance(model, str):
        return Model.named(model)
    if model is None or is_object(model):
        return Model.from_config(model)
    raise ConfigurationError(f"Agent({argument}=...): a Model, a model's name or a configuration is wanted, not {model!r}")


def checked_models(model: object, fallbacks: Iterable[object]) -> tuple[Model, ...]:
    """Return the models in the order in which they are asked; a role brings its own fallbacks where none are given."""
    spares = tuple(checked_model(each, "fallbacks") for each in fallbacks)
    if isinstance(model, str) and model.startswith("role:") and not spares:
        from .registry import current_registry  # loads pydantic

        return current_registry().models(model)
    return (checked_model(model, "model"), *spares)


def checked_instance(value: object, kind: type, argument: str) -> None:
    """Refuse a *value* that is not of *kind*."""
    if not isinstance(value, kind):
        raise ConfigurationError(f"Agent({argument}=...): a {kind.__name__} is wanted, not {value!r}")


def checked_text(value: object, argument: str) -> None:
    """Refuse a *value* that is no text, an empty one, or one that can not be written as UTF-8."""
    if not isinstance(value, str) or not value or value != well_formed(value):
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
    try:
        return UserMessage(content=tuple(Part(str(part["type"]), json.dumps(part, ensure_ascii=False)) for part in parts))
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"run(task=...): {error}") from None
