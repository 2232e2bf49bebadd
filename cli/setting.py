"""Which model a run asks: a pure function of the options and the environment."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve, field, frozen

from ..errors import ConfigurationError
from ..machine.model import Model

__all__ = ["Setting", "model_of", "setting"]


@frozen(kw_only=True)
class Setting:
    """A model's name, and what was said of where it is.  None leaves it to `Model`, which reads the environment too."""

    name: str
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    host: str | None = None


def setting(
    *,
    model: str | None,
    base_url: str | None,
    api_key: str | None,
    host: str | None,
    environment: Mapping[str, str],
    chosen_by: str | None = None,
) -> Setting | None:
    """Return what the options and the environment say of the model; None when they say nothing at all.

    *chosen_by* is an option that has chosen the models already: then it is not for the environment to say.  Raises
    `ConfigurationError` when something is said, but not which model, or one is chosen twice.
    """
    options = {"--model": model, "--base-url": base_url, "--host": host, "--api-key": api_key}
    if chosen_by is not None:
        if twice := [option for option, text in options.items() if text]:
            raise ConfigurationError(f"{chosen_by} and {twice[0]} exclude each other: the models are chosen there")
        return None
    name = model or environment.get("OPENAI_MODEL")
    if name:
        return Setting(name=name, base_url=base_url or None, api_key=api_key or None, host=host or None)
    said = options | {variable: environment.get(variable) for variable in ("OPENAI_BASE_URL", "OPENAI_API_KEY")}
    given = next((source for source, text in said.items() if text), None)
    if given is not None:
        raise ConfigurationError(f"--model is missing: {given} is given, but not which model to ask (or set OPENAI_MODEL)")
    return None


def model_of(chosen: Setting) -> Model:
    """Return the model; a name such as `ollama:llama3.1` names its host too, unless an option does."""
    if chosen.base_url is None and chosen.host is None:
        named = Model.named(chosen.name)
        return named if chosen.api_key is None else evolve(named, api_key=chosen.api_key)
    return Model(chosen.name, base_url=chosen.base_url, api_key=chosen.api_key, host=chosen.host)
