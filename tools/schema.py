"""A function's parameters as a JSON schema, and the check of arguments against them.

Imports pydantic: import this module inside functions only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Annotated, cast

from attrs import frozen
from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaWarningKind
from pydantic_core import ErrorDetails

from ..errors import ToolDefinitionError
from .adapt import Adapter
from .arguments import Arguments, Refused
from .fields import Fields
from .signature import MISSING, Parameter
from .wording import JsonObject, Problem, brief, unknown, worded

__all__ = ["FunctionReader", "schema_of"]


class _Quiet(GenerateJsonSchema):
    ignored_warning_kinds: set[JsonSchemaWarningKind] = {"skipped-choice", "non-serializable-default"}  # noqa: RUF012  # pydantic's


@frozen
class FunctionReader:
    """Turns a JSON object into keyword arguments of the annotated types."""

    fields: Fields
    defaults: Mapping[str, object]

    def __call__(self, given: JsonObject) -> Arguments | Refused:
        """Return the arguments, or what is wrong with them.  Raises what a validator of the user's own types may raise."""
        try:
            # As JSON: only then a date, a set or an enum is read from what JSON has, also where a model is strict.
            checked = self.fields.model.model_validate_json(json.dumps(given))
        except ValidationError as error:
            known = tuple(each.name for each in self.fields.parameters)
            return Refused(worded(_problem(each, given, known) for each in _sorted(error)))
        return Arguments(keywords={**self.defaults, **self.fields.given(checked)}, json=given)


def schema_of(tool: str, parameters: tuple[Parameter, ...], texts: Mapping[str, str]) -> tuple[JsonObject, FunctionReader]:
    """Return the JSON schema of *parameters*, described by *texts*, and the reader that goes with it.

    Raises `ToolDefinitionError` that names the parameter whose type can not be described.
    """
    adapter = Adapter()
    plain = tuple(_adapted(tool, adapter, each) for each in parameters)
    defaults = {each.name: each.default for each in plain if each.default is not MISSING}
    try:
        fields, schema = _described(plain, texts)
    except Exception as error:  # pydantic's own errors, and whatever a user's type raises while it is described
        raise _culprit(tool, plain, error) from error
    return schema, FunctionReader(fields, defaults)


def _adapted(tool: str, adapter: Adapter, parameter: Parameter) -> Parameter:
    annotation, default = parameter.annotation, parameter.default
    if isinstance(default, FieldInfo):  # `city: str = Field(description=...)`
        annotation, default = Annotated[annotation, default], MISSING
    try:
        return Parameter(parameter.name, adapter(annotation), default)
    except Exception as error:  # resolving the annotations of the user's classes can raise anything
        raise _undescribable(tool, parameter, error) from error


def _described(parameters: tuple[Parameter, ...], texts: Mapping[str, str]) -> tuple[Fields, JsonObject]:
    fields = Fields.of("Arguments", parameters, texts)
    schema = fields.model.model_json_schema(schema_generator=_Quiet)
    ordered: JsonObject = {"type": "object", "properties": schema.pop("properties", {}), **schema}
    return fields, _without_titles(ordered)


def _culprit(tool: str, parameters: tuple[Parameter, ...], error: Exception) -> ToolDefinitionError:
    for parameter in parameters:
        try:
            _described((parameter,), {})
        except Exception as its_own:  # as above
            return _undescribable(tool, parameter, its_own)
    return ToolDefinitionError(tool, f"the parameters can not be described: {_first_line(error)}")


def _undescribable(tool: str, parameter: Parameter, error: Exception) -> ToolDefinitionError:
    problem = f"the type of parameter {parameter.name!r} can not be described to a model: {_first_line(error)}"
    return ToolDefinitionError(tool, f"{problem}; use JSON's types, dataclasses, attrs classes or pydantic models")


def _first_line(error: Exception) -> str:
    # What follows in pydantic's text is advice for those who write pydantic models.
    return str(error).partition("\n")[0].partition(". Set `")[0] or type(error).__name__


# --- what pydantic adds ----------------------------------------------------------------------------------------------

_OF_NAMES = frozenset({"properties", "$defs", "patternProperties"})
_OF_ONE = frozenset({"items", "additionalProperties", "propertyNames", "not"})
_OF_MANY = frozenset({"anyOf", "oneOf", "allOf", "prefixItems"})


def _without_titles(schema: JsonObject) -> JsonObject:
    """Return *schema* without titles, which repeat the names.  A property or a key of a default called so stays."""
    return {key: _inner(key, value) for key, value in schema.items() if key != "title"}


def _inner(key: str, value: object) -> object:
    if key in _OF_NAMES and isinstance(value, dict):
        return {name: _schema(each) for name, each in cast("JsonObject", value).items()}
    if key in _OF_MANY and isinstance(value, list):
        return [_schema(each) for each in cast("list[object]", value)]
    return _schema(value) if key in _OF_ONE else value


def _schema(value: object) -> object:
    return _without_titles(cast("JsonObject", value)) if isinstance(value, dict) else value


# --- what pydantic says ----------------------------------------------------------------------------------------------

_WANTED = {
    "string_type": "a string",
    "bytes_type": "a string",
    "path_type": "a string",
    "int_type": "an integer",
    "int_parsing": "an integer",
    "int_from_float": "an integer",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "an array",
    "tuple_type": "an array",
    "set_type": "an array",
    "frozen_set_type": "an array",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "dataclass_type": "an object",
    "none_required": "null",
}
_UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")
_CHOICES = ("literal_error", "enum")
_PREFIX = re.compile("^(Input should be|Value error,|Assertion failed,) ")


def _sorted(error: ValidationError) -> list[ErrorDetails]:
    """Return what is wrong, unknown names first: a misspelled one also leaves another missing, and says why."""
    return sorted(error.errors(include_url=False), key=lambda each: each["type"] not in _UNKNOWN)


def _problem(error: ErrorDetails, given: JsonObject, known: tuple[str, ...]) -> Problem:
    kind, path = error["type"], _path(error, given)
    if kind == "missing":
        return Problem(path, "missing")
    if kind in _UNKNOWN:
        return Problem(path, unknown(known, str(path[0])) if len(path) == 1 else "unknown")
    if kind == "json_invalid":  # it was written from what had been read, so only its depth can be at fault
        return Problem(path, "nested too deeply")
    if kind in ("value_error", "assertion_error"):
        return Problem(path, _PREFIX.sub("", error["msg"]))
    if kind in _CHOICES:
        return Problem(path, _PREFIX.sub("", error["msg"]), given=brief(error["input"]))
    if kind in _WANTED:
        return Problem(path, _WANTED[kind], given=brief(error["input"]))
    return Problem(path, f"{_PREFIX.sub('should be ', error['msg'])}, not {brief(error['input'])}")


def _path(error: ErrorDetails, given: JsonObject) -> tuple[str | int, ...]:
    """Return where in *given* the error is: pydantic also names the branch of a union there, which the model never saw."""
    value: object = given
    path: list[str | int] = []
    for part in error["loc"]:
        if isinstance(value, dict) and part in value:
            value = cast("dict[str | int, object]", value)[part]
        elif isinstance(value, list) and isinstance(part, int) and part < len(cast("list[object]", value)):
            value = cast("list[object]", value)[part]
        elif error["type"] != "missing" or part != error["loc"][-1]:
            continue
        path.append(part)
    return tuple(path)
