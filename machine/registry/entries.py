"""What may stand in the file, as types, and what is wrong with what does not fit them.  Imports pydantic."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, ValidationError, model_validator
from pydantic_core import ErrorDetails

from ...states.shapes import is_list, members
from ...tools.wording import unknown
from .document import Problem
from .guess import guessed_type
from .places import Place

__all__ = ["Entries", "HostEntry", "ModelEntry", "RoleEntry", "read_entries"]

_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
_Blank = Annotated[str, StringConstraints(strip_whitespace=True)]  # empty is as good as left out
_Seconds = Annotated[float, Field(gt=0)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class HostEntry(_Entry):
    """A host: where it is, what kind it is of, and the key.  What is left out is None or empty."""

    api_url: _Text | None = None
    host_type: _Blank | None = None
    type: _Blank | None = None  # what old files have in place of `host_type`
    api_key: SecretStr | None = None
    api_key_env: _Text | None = None
    api_key_file: _Text | None = None
    headers: dict[str, SecretStr] = {}
    profile: dict[str, object] = {}
    timeout: _Seconds | None = None
    first_token_timeout: _Seconds | None = None
    between_tokens_timeout: _Seconds | None = None
    retry_within: _Seconds | None = None

    @property
    def kind(self) -> str:
        """The kind of host: as named, or guessed."""
        return self.host_type or guessed_type(self.api_url, self.type or None)


class ModelEntry(HostEntry):
    """A model: at a host of the file, at one that is known by its kind, or with an address of its own."""

    model_name: _Text
    host: _Text | None = None
    label: _Blank | None = None
    parameters: dict[str, object] = {}

    def at(self, host: HostEntry) -> Self:
        """Return the model with what *host* says filled in; of headers and profile each key.  A key of its own goes first."""
        own = self.model_fields_set
        theirs = {name: getattr(host, name) for name in host.model_fields_set if not (name in _KEYS and own & _KEYS)}
        mine: dict[str, object] = {name: getattr(self, name) for name in own}
        together = {"headers": {**host.headers, **self.headers}, "profile": {**host.profile, **self.profile}}
        return self.model_construct(None, **{**theirs, **mine, **together})


_KEYS: Final = frozenset({"api_key", "api_key_env", "api_key_file"})


class RoleEntry(_Entry):
    """A role: the model that has it, and those that are asked in turn when it fails."""

    model: _Text
    fallbacks: list[_Text] = []

    @model_validator(mode="before")
    @classmethod
    def _in_short(cls, given: object) -> object:
        """Take a model's name, or a list of names, for the whole of it."""
        if isinstance(given, str):
            return {"model": given}
        if is_list(given) and given:
            return {"model": given[0], "fallbacks": given[1:]}
        return given

    @property
    def names(self) -> tuple[str, ...]:
        """The model and its fallbacks, in order."""
        return (self.model, *self.fallbacks)


class Entries(_Entry):
    """All of the file."""

    hosts: dict[str, HostEntry] = {}
    models: dict[str, ModelEntry] = {}
    roles: dict[str, RoleEntry] = {}


_KINDS: Final[Mapping[object, type[_Entry]]] = {"hosts": HostEntry, "models": ModelEntry, "roles": RoleEntry}
_SAID: Final = {
    "missing": "missing",
    "string_type": "a text is wanted",
    "string_too_short": "a text is wanted, and this one is empty",
    "float_type": "a number of seconds is wanted",
    "greater_than": "a number of seconds above 0 is wanted",
    "dict_type": "a table of keys and values is wanted",
    "model_type": "a table of keys and values is wanted",
    "list_type": "a list of names is wanted",
}


def read_entries(data: Mapping[str, object]) -> tuple[Entries, tuple[Problem, ...]]:
    """Return the entries of the right shape, and what is wrong with the shape of the others, without the values.

    So what is wrong between those that are sound can be told along with it.
    """
    try:
        return Entries.model_validate(data), ()
    except ValidationError as error:
        problems = tuple(Problem(each["loc"], _said(each)) for each in error.errors(include_input=False, include_url=False))
    return Entries.model_validate(_without({problem.place[:2] for problem in problems}, data)), problems


def _without(places: Collection[Place], data: Mapping[str, object]) -> dict[str, object]:
    kept = {table: entries for table, entries in data.items() if (table,) not in places and table in Entries.model_fields}
    return {
        table: {name: entry for name, entry in members(entries).items() if (table, name) not in places}
        for table, entries in kept.items()
    }


def _said(error: ErrorDetails) -> str:
    place = error["loc"]
    if error["type"] == "extra_forbidden":
        entry = Entries if len(place) == 1 else _KINDS.get(place[0], Entries)
        return unknown([name for name in entry.model_fields if name != "type"], str(place[-1]))
    if place[0] == "roles" and error["type"] == "model_type":
        return "the name of a model is wanted, or a list of names: the model, then its fallbacks"
    return _SAID.get(error["type"], error["msg"])
