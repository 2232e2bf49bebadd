"""The dialects of JSON Schema in which hosts want tools described."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, get_args

__all__ = ["DIALECTS", "Dialect"]

Dialect: TypeAlias = Literal["openai", "strict", "gemini", "moonshot", "mistral"]
"""How a host wants the schemas of tools: as they are, in OpenAI's strict form, or within what one vendor takes."""

DIALECTS: Final[tuple[Dialect, ...]] = get_args(Dialect)
