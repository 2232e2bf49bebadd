"""Secrets that a tool works with and nobody else reads: masked wherever they are shown, and found wherever they are kept."""

from __future__ import annotations

import hmac
import types
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Final, NoReturn, Self, cast

from ..errors import ConfigurationError

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

__all__ = ["SHORTEST", "Secret", "secrets_in"]

MASK: Final = "Secret(***)"
SHORTEST: Final = 6
"""Characters of a secret: shorter ones could not be told from ordinary text."""

_PLAIN = (str, bytes, bytearray, int, float, complex, type(None), type, types.ModuleType, types.FunctionType)
_DEEPEST = 8
_MOST_MEMBERS = 1000
_MOST_VALUES = 10_000


class Secret:
    """A text that is not to be seen, such as a token or a password; `reveal` alone returns it.

    `str`, `repr`, formatting and logging give `Secret(***)`; so does JSON where it is a field of a pydantic model.  It is
    equal to a secret of the same text, compared in constant time, and to nothing else.  Copying gives itself; pickling
    raises `TypeError`, as the text would be in the clear.  It does not change.
    """

    __slots__ = ("_text",)
    _text: str

    def __init__(self, text: str) -> None:
        """Keep *text*; raises `ConfigurationError` when it has fewer than 6 characters without the space around it."""
        if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]  # callers without a type checker
            raise ConfigurationError(f"a secret is a string, not {type(text).__name__}")
        if len(text.strip()) < SHORTEST:
            raise ConfigurationError(f"a secret has {SHORTEST} characters or more: a shorter one is found in ordinary text")
        object.__setattr__(self, "_text", text)

    def reveal(self) -> str:
        """Return the text."""
        return self._text

    def __repr__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._text.encode("utf-8", "surrogatepass"), other._text.encode("utf-8", "surrogatepass"))

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a secret does not change")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a secret does not change")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a secret is not pickled; reveal() it where it is needed, or read it anew in the other process")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let pydantic make one of a string, and write it masked."""
        from pydantic_core import core_schema

        made = core_schema.no_info_after_validator_function(cls, core_schema.str_schema())
        return core_schema.json_or_python_schema(
            json_schema=made,
            python_schema=core_schema.union_schema([core_schema.is_instance_schema(cls), made]),
            serialization=core_schema.to_string_ser_schema(when_used="json"),
        )


def secrets_in(deps: object) -> tuple[Secret, ...]:
    """Return the secrets among *deps*, each once: it may be one, or hold them at any place.

    Looks into dictionaries, lists, tuples, sets and the attributes of objects (of dataclasses, attrs classes, pydantic models
    and others), breadth first, at most 8 levels deep, at 1,000 members of one thing and at 10,000 in all.  Properties are not
    run, and what a function or a method has bound is not seen.  pydantic's own `SecretStr` and `SecretBytes` count too,
    when they are 6 characters or longer.
    """
    found, seen = dict[Secret, None](), set[int]()
    waiting = deque([(deps, 0)])
    while waiting and len(seen) < _MOST_VALUES:
        value, depth = waiting.popleft()
        if isinstance(value, _PLAIN) or id(value) in seen:
            continue
        seen.add(id(value))
        if (secret := _as_secret(value)) is not None:
            found[secret] = None
        elif depth < _DEEPEST:
            waiting.extend((each, depth + 1) for each in islice(_members(value), _MOST_MEMBERS))
    return tuple(found)


def _as_secret(value: object) -> Secret | None:
    if isinstance(value, Secret):
        return value
    reveal = getattr(type(value), "get_secret_value", None)
    if not getattr(reveal, "__module__", "").startswith("pydantic"):
        return None
    text = reveal(value)  # type: ignore[misc]  # pydantic is not imported here; its secrets have this
    text = text.decode(errors="replace") if isinstance(text, bytes) else text
    return Secret(text) if isinstance(text, str) and len(text.strip()) >= SHORTEST else None


def _members(value: object) -> Iterator[object]:
    """Yield what *value* holds: as a collection, if it is one, and in its attributes."""
    if isinstance(value, dict):
        mapping = cast("dict[object, object]", value)
        yield from dict[object, object].keys(mapping)
        yield from dict[object, object].values(mapping)
    elif isinstance(value, list | tuple | set | frozenset | deque):
        yield from cast("Iterable[object]", value)
    yield from _attributes(value)  # pyright: ignore[reportUnknownArgumentType]  # narrowed to collections of who knows what


def _attributes(value: object) -> Iterator[object]:
    """Yield what *value* has in its `__dict__` and its slots.  None of its own code runs."""
    with suppress(AttributeError):  # slots only
        yield from cast("dict[str, object]", object.__getattribute__(value, "__dict__")).values()
    for kind in type(value).__mro__:
        for slot in vars(kind).values():
            if isinstance(slot, types.MemberDescriptorType):
                with suppress(AttributeError):  # never set
                    yield slot.__get__(value)
