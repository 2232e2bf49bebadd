"""The check of arguments against a JSON schema somebody else wrote.  Imports jsonschema: import it inside functions only."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator
from typing import Protocol, cast

from attrs import frozen
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # typed only with types-jsonschema
from jsonschema.exceptions import SchemaError  # type: ignore[import-untyped]  # as above
from jsonschema.validators import validator_for  # type: ignore[import-untyped]  # as above
from referencing import Registry, Specification
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012, Schema, SchemaResource, specification_with

from ..errors import ToolDefinitionError
from .arguments import Arguments, Refused
from .wording import JsonObject, Problem, brief, shortened, unknown, worded

__all__ = ["SchemaReader", "reader_of"]

_LONGEST_CHOICES = 120


class _Error(Protocol):
    """What is read of `jsonschema.ValidationError`."""

    validator: str | None
    validator_value: object
    instance: object
    schema: object
    absolute_path: Iterable[str | int]
    relative_path: Iterable[str | int]
    relative_schema_path: Iterable[str | int]
    context: Iterable[_Error]


class _Validator(Protocol):
    """What is asked of a validator of jsonschema."""

    def iter_errors(self, instance: object) -> Iterable[_Error]: ...


@frozen
class SchemaReader:
    """Checks a JSON object against a schema; the keywords of the call are the object's members, nothing is coerced."""

    validator: _Validator

    def __call__(self, given: JsonObject) -> Arguments | Refused:
        """Return the arguments, or what is wrong with them.  Raises `RecursionError` for what is nested too deeply."""
        if (problem := self.problem_of(given)) is not None:
            return Refused(problem)
        return Arguments(keywords=copy.deepcopy(given), json=given)

    def problem_of(self, value: object) -> str | None:
        """Return what is wrong with *value*, of any JSON type, in words for a model or a person; None when it fits."""
        problems = [problem for error in _sorted(self.validator.iter_errors(value)) for problem in _problems(error)]
        return worded(problems) if problems else None


def reader_of(tool: str, schema: JsonObject) -> SchemaReader:
    """Return the reader of *schema*: Draft 2020-12, or what its `$schema` names.  Nothing is ever fetched.

    Raises `ToolDefinitionError` for what is no JSON schema, and for a reference that leads out of it or nowhere.
    """
    try:
        kind = validator_for(schema, default=Draft202012Validator)
        kind.check_schema(schema)
        _follow_references(schema)
        # A registry of its own: the default one fetches what it does not know.
        validator = cast("_Validator", kind(schema, registry=Registry()))
        next(iter(validator.iter_errors({})), None)  # a reference to itself would go round for ever
    except SchemaError as error:
        raise ToolDefinitionError(
            tool, f"parameters are no JSON schema: {error.json_path}: {shortened(error.message, 200)}"
        ) from error
    except RecursionError as error:
        raise ToolDefinitionError(tool, "parameters are nested too deeply, or refer to themselves without end") from error
    except Unresolvable as error:
        raise ToolDefinitionError(
            tool, f"the reference {error.ref!r} leads nowhere within the schema; none is fetched"
        ) from error
    except Exception as error:  # what a library may raise for a schema of the strangest form
        problem = shortened(str(error), 200) or type(error).__name__
        raise ToolDefinitionError(tool, f"parameters can not be used as a JSON schema: {problem}") from error
    return SchemaReader(validator)


def _follow_references(schema: JsonObject) -> None:
    """Raise `Unresolvable` for a reference that the schema itself does not answer."""
    dialect = schema.get("$schema")
    specification: Specification[Schema] = specification_with(str(dialect), default=DRAFT202012) if dialect else DRAFT202012
    root: SchemaResource = specification.create_resource(schema)
    left = [(root, Registry[Schema]().resolver_with_root(root))]
    while left:
        resource, resolver = left.pop()
        contents = resource.contents if isinstance(resource.contents, dict) else {}
        for keyword in ("$ref", "$dynamicRef"):
            if isinstance(reference := contents.get(keyword), str):
                resolver.lookup(reference)
        left += [(inner, resolver.in_subresource(inner)) for inner in resource.subresources()]


# --- what jsonschema says --------------------------------------------------------------------------------------------

_NAMES = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "array": "an array",
    "object": "an object",
    "null": "null",
}


def _sorted(errors: Iterable[_Error]) -> list[_Error]:
    """Return the *errors*, unknown names first: a misspelled one also leaves another missing, and says why."""
    return sorted(errors, key=lambda error: error.validator != "additionalProperties")


def _problems(error: _Error) -> Iterator[Problem]:
    path, keyword = tuple(error.absolute_path), error.validator
    value: object = error.validator_value
    if keyword == "required" and isinstance(value, list):
        instance = cast("JsonObject", error.instance)
        yield from (Problem((*path, name), "missing") for name in cast("list[str]", value) if name not in instance)
    elif keyword == "additionalProperties":
        yield from _unknown(path, cast("JsonObject", error.instance), cast("JsonObject", error.schema))
    elif keyword in ("anyOf", "oneOf") and list(error.context):
        yield from (problem for inner in _likeliest(error) for problem in _problems(inner))
    elif (wanted := _wanted(keyword, value)) is not None:
        yield Problem(path, wanted, given=brief(error.instance))
    elif keyword is None:
        yield Problem(path, f"{brief(error.instance)} is not allowed")
    else:
        yield Problem(path, f"{brief(error.instance)} does not keep to `{keyword}: {brief(value)}`")


def _wanted(keyword: str | None, value: object) -> str | None:
    if keyword == "type":
        names = cast("list[object]", value) if isinstance(value, list) else [value]
        return " or ".join(_NAMES.get(str(name), str(name)) for name in names)
    if keyword == "const":
        return brief(value)
    if keyword == "enum":
        return shortened(f"one of {', '.join(brief(each) for each in cast('list[object]', value))}", _LONGEST_CHOICES)
    return None


def _unknown(path: tuple[str | int, ...], instance: JsonObject, schema: JsonObject) -> Iterator[Problem]:
    known = tuple(cast("JsonObject", schema.get("properties", {})))
    patterns = tuple(cast("JsonObject", schema.get("patternProperties", {})))
    for name in instance:
        if name not in known and not any(re.search(pattern, name) for pattern in patterns):
            yield Problem((*path, name), unknown(known, name))


def _likeliest(error: _Error) -> list[_Error]:
    """Return the errors of the branches that the value seems to be meant for; of all of them when none stands out."""
    branches: dict[str | int, list[_Error]] = {}
    for inner in error.context:
        branches.setdefault(next(iter(inner.relative_schema_path)), []).append(inner)
    likely = [errors for errors in branches.values() if not any(_is_of_another_kind(each) for each in errors)]
    return [each for errors in (likely or branches.values()) for each in errors]


def _is_of_another_kind(error: _Error) -> bool:
    return error.validator == "const" or (error.validator in ("type", "enum") and not list(error.relative_path))
