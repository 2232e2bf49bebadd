"""Annotations as pydantic takes them: attrs classes and `typing.TypedDict`, wherever they stand in an annotation.

Imports pydantic: import this module inside functions only.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from typing import Any

import attrs
import typing_extensions
from pydantic import BaseModel, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from .fields import Fields
from .signature import MISSING, Parameter

__all__ = ["Adapter"]

_PRESENCE: tuple[object, ...] = (typing.Required, typing.NotRequired)


class Adapter:
    """Rewrites the annotations of one tool; each class once, so that the schema describes it once.

    Raises `TypeError` for a class that contains itself: pydantic's models and dataclasses can, and need no rewriting.
    """

    def __init__(self) -> None:
        """Begin with no class rewritten."""
        self._made: dict[type, object] = {}

    def __call__(self, annotation: object) -> object:
        """Return *annotation* with every attrs class and `TypedDict` in it replaced by what pydantic can check."""
        if isinstance(annotation, type) and not typing.get_args(annotation):
            return self._class(annotation)
        origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
        if origin is None or origin is typing.Literal:
            return annotation
        if origin is typing.Annotated:
            return typing.Annotated[(self(inner[0]), *inner[1:])]
        adapted = tuple(self(each) for each in inner)
        if all(new is old for new, old in zip(adapted, inner, strict=True)):
            return annotation
        return _subscripted(origin, adapted)

    def _class(self, cls: type) -> object:
        make = self._attrs if _is_plain_attrs(cls) else self._typed_dict if typing.is_typeddict(cls) else None
        if make is None:
            return cls
        if cls not in self._made:
            self._made[cls] = _UNFINISHED
            self._made[cls] = make(cls)
        if self._made[cls] is _UNFINISHED:
            raise TypeError(f"{cls.__name__} contains itself; use a pydantic model or a dataclass for it")
        return self._made[cls]

    def _attrs(self, cls: type) -> object:
        hints = typing.get_type_hints(cls, include_extras=True)
        parameters: list[Parameter] = []
        for attribute in attrs.fields(typing.cast("type[attrs.AttrsInstance]", cls)):
            annotation = hints.get(attribute.name, attribute.type)
            if attribute.init and annotation is None:
                raise TypeError(f"{cls.__name__}.{attribute.name} has no annotation")
            if attribute.init:
                default = MISSING if attribute.default is attrs.NOTHING else attribute.default
                parameters.append(Parameter(attribute.alias or attribute.name, self(annotation), default))
        return typing.Annotated[cls, _BuiltFrom(Fields.of(cls.__name__, tuple(parameters), {}, cls.__doc__), cls)]

    def _typed_dict(self, cls: type) -> object:
        # pydantic refuses `typing.TypedDict` before Python 3.12, where it can not tell which keys are required.
        optional: frozenset[str] = getattr(cls, "__optional_keys__", frozenset())
        keys: dict[str, object] = {}
        for name, hint in typing.get_type_hints(cls, include_extras=True).items():
            adapted = self(hint)
            is_marked = typing.get_origin(hint) in _PRESENCE
            keys[name] = typing.NotRequired[adapted] if name in optional and not is_marked else adapted
        # Type checkers take a call of `TypedDict` only with keys written out.
        make = typing.cast("Callable[[str, dict[str, object]], type]", typing_extensions.TypedDict)
        made = make(cls.__name__, keys)
        made.__doc__ = cls.__doc__
        return made


_UNFINISHED = object()


def _is_plain_attrs(cls: type) -> bool:
    return attrs.has(cls) and not hasattr(cls, "__get_pydantic_core_schema__")


def _subscripted(origin: Any, inner: tuple[object, ...]) -> object:  # Any: what can stand before a bracket has no one type
    if origin in (typing.Union, types.UnionType):
        return typing.Union[inner]  # noqa: UP007  # the members are known at run time only
    return origin[inner[0] if len(inner) == 1 else inner]


@attrs.frozen
class _BuiltFrom:
    """Tells pydantic to check the *fields* and to build *cls* from them."""

    fields: Fields
    cls: Callable[..., object]

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._build, handler.generate_schema(self.fields.model))

    def _build(self, checked: BaseModel) -> object:
        try:
            return self.cls(**self.fields.given(checked))
        except TypeError as error:  # from a validator such as `instance_of`, whose first argument is the message
            raise ValueError(str(error.args[0]) if error.args else "can not be built") from error
