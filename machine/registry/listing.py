"""Which models a host lists."""

from __future__ import annotations

import re
from collections.abc import Iterator

import orjson

from ...states.shapes import is_list, members, objects
from ..clients import pool_for
from ..endpoint import options_of
from ..model import Model

__all__ = ["listed_models", "lists", "models_in"]


async def listed_models(model: Model) -> tuple[str, ...] | None:
    """Return the names that the model's endpoint lists; None where it lists none, for whatever reason."""
    import httpx2
    import openai

    path = model.profile.models_path
    if not path:
        return None
    try:
        with (await pool_for(model)).lend() as client:
            response = await client.get(path, cast_to=httpx2.Response, options=options_of(model))
    except (openai.OpenAIError, httpx2.HTTPError, httpx2.InvalidURL, UnicodeError):
        return None
    try:
        return tuple(models_in(orjson.loads(response.content), model.profile.models_shape)) or None
    except orjson.JSONDecodeError:
        return None


def models_in(body: object, shape: str) -> Iterator[str]:
    """Yield the names in a list of models of that *shape*: `data`, `models`, or `list` for a bare one.

    A host that is not as it is known to be may answer in another of them.
    """
    if shape == "list" and is_list(body):
        entries = objects(body)
    else:
        held = members(body)
        other = next((held[key] for key in (shape, "data", "models") if is_list(held.get(key))), body)
        entries = objects(other)
    for entry in entries:
        names = (entry.get(key) for key in ("id", "model", "name"))
        yield from {name: None for name in names if isinstance(name, str) and name}


def lists(listed: tuple[str, ...], name: str) -> bool:
    """Whether *name* is among those *listed*: Gemini puts `models/` before it, Ollama `:latest` behind.

    llama.cpp lists the path of the file that it was started with; the file's name, with or without `.gguf`, is enough.
    """
    files = {re.split(r"[/\\]", each)[-1] for each in listed if each.endswith(".gguf")}
    known = {*listed, *files, *(file.removesuffix(".gguf") for file in files)}
    return not {name, f"models/{name}", f"{name}:latest"}.isdisjoint(known)
