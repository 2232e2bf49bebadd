"""The model that a command asks: the one that is set, or the practice endpoint for as long as the command runs."""

from __future__ import annotations

from contextlib import ExitStack

from ..machine.model import Model
from .practising import endpoint
from .setting import Setting, model_of

__all__ = ["chosen_model"]


def chosen_model(setting: Setting | None, stack: ExitStack) -> tuple[Model, bool]:
    """Return the model, and whether it is the practice endpoint, which is then up until *stack* is left."""
    if setting is not None:
        return model_of(setting), False
    from ..practice.rules import ABOUT, MODEL

    url = stack.enter_context(endpoint()).base_url
    return Model(MODEL, base_url=url, label=f"practice ({ABOUT})"), True
