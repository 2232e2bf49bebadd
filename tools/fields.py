"""Parameters as a pydantic model, whatever their names.  Imports pydantic: import this module inside functions only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from attrs import frozen
from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from .signature import MISSING, Parameter

__all__ = ["Fields"]


@frozen
class Fields:
    """A model with a field for each parameter, and the parameters.

    The fields are called p0, p1, ... and know the parameters' names as aliases: `schema`, `json`, `model_config` and names
    with a leading underscore can be no fields of a pydantic model.
    """

    model: type[BaseModel]
    parameters: tuple[Parameter, ...]

    @classmethod
    def of(cls, name: str, parameters: tuple[Parameter, ...], texts: Mapping[str, str], doc: str | None = None) -> Fields:
        """Return the fields of *parameters*; *texts* describes those that do not describe themselves.

        Raises what pydantic raises for a type it can not check, which may be anything.
        """
        # Any: the keywords of `create_model` have no other type.
        fields: dict[str, Any] = {
            f"p{number}": (each.annotation, _field(each, texts.get(each.name))) for number, each in enumerate(parameters)
        }
        return cls(create_model(name, __config__=ConfigDict(extra="forbid"), __doc__=doc, **fields), parameters)

    def given(self, checked: BaseModel) -> dict[str, object]:
        """Return the values by parameter, without those that the function has a default for and that were not given."""
        given: dict[str, object] = {}
        for number, each in enumerate(self.parameters):
            if each.default is MISSING or f"p{number}" in checked.model_fields_set:
                given[each.name] = getattr(checked, f"p{number}")
        return given


def _field(parameter: Parameter, text: str | None) -> FieldInfo:
    annotation: Any = parameter.annotation  # Any: pydantic asks for a type, which `int | None` is not
    own = FieldInfo.from_annotation(annotation).description
    name, description = parameter.name, own or text
    if parameter.default is MISSING:
        return cast("FieldInfo", Field(alias=name, description=description))
    if _is_json(parameter.default):
        return cast("FieldInfo", Field(alias=name, description=description, default=parameter.default))
    # Not to be shown, nor copied: the function has it.
    return cast("FieldInfo", Field(alias=name, description=description, default_factory=lambda: None))


def _is_json(default: object) -> bool:
    try:
        json.dumps(to_jsonable_python(default), allow_nan=False)
    except Exception:  # an object's own code may run here; whatever it raises, the default can not be shown
        return False
    return True
