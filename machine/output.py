"""An answer in a wanted form: the type is described to the model, and what it answers is checked against it."""

from __future__ import annotations

import json
import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ..errors import ConfigurationError

if TYPE_CHECKING:
    from pydantic import TypeAdapter

__all__ = ["Output"]

T = TypeVar("T")

_FENCED = re.compile(r"```(?:json)?\s*\n(.*?)```", re.DOTALL)


class Output(Generic[T]):
    """The form of an answer, given as a type that pydantic knows (a model, a dataclass, `list[int]`, ...)."""

    def __init__(self, kind: type[T]) -> None:
        """Take the type.  Raises `ConfigurationError` when pydantic can not describe it."""
        from pydantic import TypeAdapter  # an agent without an output type needs no pydantic
        from pydantic.errors import PydanticUserError

        try:
            self._adapter: TypeAdapter[T] = TypeAdapter(kind)
            self._schema: dict[str, Any] = self._adapter.json_schema()  # JSON of any shape
        except PydanticUserError as error:
            raise ConfigurationError(f"Agent(output={kind!r}): it can not be described as JSON: {error.message}") from None

    @cached_property
    def note(self) -> str:
        """What the model is told of the form."""
        schema = json.dumps(self._schema, ensure_ascii=False, separators=(",", ":"))
        return f"Give your final answer as JSON alone, without any other words, that fits this JSON schema: {schema}"

    def problem(self, text: str) -> str | None:
        """Return what is wrong with an answer, in words for the model; None when it fits."""
        from pydantic import ValidationError

        try:
            self.read(text)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[:3]
            wrong = "; ".join(f"{'.'.join(map(str, each['loc'])) or 'the answer'}: {each['msg']}" for each in first)
            return f"The last reply does not have the wanted form. {wrong}. Answer again, with the JSON alone."
        except Exception as error:  # a validator of the caller's may raise anything
            return f"The last reply is refused. {type(error).__name__}: {error}. Answer again, with the JSON alone."
        return None

    def fitting(self, text: str) -> T | None:
        """Return the value of an answer; None for one that does not fit, as another agent may have ended the run."""
        return self.read(text) if self.problem(text) is None else None

    def read(self, text: str) -> T:
        """Return the value that an answer is the JSON of; one fenced block of code is looked into."""
        fenced = _FENCED.search(text)
        return self._adapter.validate_json(fenced.group(1) if fenced else text.strip())
