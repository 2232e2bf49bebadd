"""What is peculiar to one kind of host, as a frozen value, and how a caller changes it field by field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, cast

from attrs import Factory, evolve, field, fields, frozen

from ...errors import ConfigurationError
from ...tools.dialect import DIALECTS, Dialect

__all__ = ["PORTABLE_CALL_KEYS", "PORTABLE_KEYS", "PORTABLE_ROLES", "HostProfile", "overridden"]

PORTABLE_ROLES: Final = frozenset({"system", "user", "assistant", "tool"})
PORTABLE_KEYS: Final[Mapping[str, frozenset[str]]] = {
    "system": frozenset({"role", "content"}),
    "user": frozenset({"role", "content"}),
    "assistant": frozenset({"role", "content", "tool_calls"}),
    "tool": frozenset({"role", "content", "tool_call_id"}),
}
PORTABLE_CALL_KEYS: Final = frozenset({"id", "type", "function"})


# A validator is handed a value of any type: that it may be a wrong one is why there is a validator.  It is itself returned
# as Any because beside a typed one pyright takes a literal's default for any text.
def _must(holds: Callable[[Any], bool], wanted: str) -> Any:
    def check(instance: Any, attribute: Any, value: Any) -> None:
        if not holds(value):
            raise ConfigurationError(f"a host profile's {attribute.name} must be {wanted}, not {value!r}")

    return check


def _one_of(*known: str) -> Any:
    return _must(lambda value: value in known, " or ".join(map(repr, known)))


def _is_pattern(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(re.compile(value))
    except re.error:
        return False


_FLAG: Final = _must(lambda value: isinstance(value, bool), "True or False")
_TEXT: Final = _must(lambda value: isinstance(value, str), "a text")
_TEXT_OR_NONE: Final = _must(lambda value: value is None or isinstance(value, str), "a text or None")
_PATTERN: Final = _must(_is_pattern, "a regular expression")
_COUNT: Final = _must(lambda value: type(value) is int and value > 0, "a number above 0")


def _are_words(value: object) -> bool:
    return isinstance(value, frozenset) and all(isinstance(word, str) for word in cast("frozenset[object]", value))


def _are_words_of_roles(value: object) -> bool:
    return isinstance(value, Mapping) and all(map(_are_words, cast("Mapping[object, object]", value).values()))


_WORDS: Final = _must(_are_words, "a frozenset of texts")
_WORDS_OR_NONE: Final = _must(lambda value: value is None or _are_words(value), "a frozenset of texts or None")
_WORDS_OF_ROLES: Final = _must(_are_words_of_roles, "a mapping of roles to frozensets of texts")


def _portable_keys_and(more: frozenset[str]) -> Mapping[str, frozenset[str]]:
    return {**PORTABLE_KEYS, "assistant": PORTABLE_KEYS["assistant"] | more}


@frozen(kw_only=True)
class HostProfile:
    """What is peculiar to one kind of host.  A default is what every host takes (`portable`).

    **Where it is.** *url* is the address when none is given; *path* is appended to an address that has none or only the
    beginning of it (for Open WebUI: to any that does not end in it).  An address that *matches*, a regular expression,
    finds is taken for this kind of host.  *key_header* is the header for the key: `Authorization` is sent as
    `Bearer <key>`, any other with the bare key.  *models_path* lists the models (None: there is no list), in a
    *models_shape*: `data` for `{"data": [{"id": ...}]}`, `list` for a bare list of such objects, `models` for
    `{"models": [...]}`.

    **Messages.** *roles* it knows, and the *keys* it knows in the messages of each.  *call_keys* are those of an entry of
    `tool_calls`.  *id_pattern* is what a call's id must match as a whole.  *empty_content* is how an assistant's message
    with calls and no text is written: `"content": null`, `"content": ""`, or no `content`.  *single_system*: one system
    message, at the front.  *alternate*: user and assistant take turns, tool turns aside (templates of older models).
    *bridge_after_tool*: a user's message may not follow a tool's result.  *text_xor_calls*: a message holds text or calls.

    **Reasoning.** *reasoning* says whether the fields in which a model's own reasoning came back are to be sent again, to
    the same model at the same host alone: `required`, `allowed` or `forbidden`.  *reasoning_keys* names them; one that is
    in *call_keys* belongs to a call, one that is in the assistant's *keys* to a message.  Where they are required and
    nothing was kept, *backfill* is sent.  *unsigned_call* is the JSON text of the `extra_content` that goes with calls
    which are not signed by the host itself.

    **The request.** *body_keys* are the members of a request that it knows (None: no list is kept, any may be sent).
    *tool_choices* are the values it knows of `none`, `auto`, `required` and `named` (one function by name).
    *sticky_tools*: while the history holds calls, `tools` must be there.  *closing* is how tools are switched off for
    closing words: `none` sends them with `tool_choice: "none"`, `drop` leaves them out.  *reply_limit* is the name of the
    limit on the reply's tokens.  *stream_usage*: `stream_options` may ask for the usage of a stream.  *max_tools* is how
    many tools one request may hold, and *dialect* the one of JSON Schema that they are written in.
    """

    name: str = field(validator=_TEXT)
    url: str | None = field(default=None, validator=_TEXT_OR_NONE)
    path: str = field(default="/v1", validator=_TEXT)
    matches: str = field(default=r"(?!)", validator=_PATTERN)
    key_header: str = field(default="Authorization", validator=_TEXT)
    models_path: str | None = field(default="/models", validator=_TEXT_OR_NONE)
    models_shape: Literal["data", "list", "models"] = field(default="data", validator=_one_of("data", "list", "models"))
    roles: frozenset[str] = field(default=PORTABLE_ROLES, validator=_WORDS)
    call_keys: frozenset[str] = field(default=PORTABLE_CALL_KEYS, validator=_WORDS)
    id_pattern: str = field(default=r"[A-Za-z0-9_-]{1,40}", validator=_PATTERN)
    empty_content: Literal["null", "empty", "absent"] = field(default="null", validator=_one_of("null", "empty", "absent"))
    single_system: bool = field(default=True, validator=_FLAG)
    alternate: bool = field(default=False, validator=_FLAG)
    bridge_after_tool: bool = field(default=False, validator=_FLAG)
    text_xor_calls: bool = field(default=False, validator=_FLAG)
    reasoning: Literal["required", "allowed", "forbidden"] = field(
        default="forbidden", validator=_one_of("required", "allowed", "forbidden")
    )
    reasoning_keys: frozenset[str] = field(default=frozenset[str](), validator=_WORDS)
    keys: Mapping[str, frozenset[str]] = field(
        default=Factory(lambda host: _portable_keys_and(host.reasoning_keys - host.call_keys), takes_self=True),
        validator=_WORDS_OF_ROLES,
        hash=False,
    )
    backfill: str = field(default="", validator=_TEXT)
    unsigned_call: str | None = field(default=None, validator=_TEXT_OR_NONE)
    body_keys: frozenset[str] | None = field(default=None, validator=_WORDS_OR_NONE)
    tool_choices: frozenset[str] = field(default=frozenset({"none", "auto", "required", "named"}), validator=_WORDS)
    sticky_tools: bool = field(default=True, validator=_FLAG)
    closing: Literal["none", "drop"] = field(default="none", validator=_one_of("none", "drop"))
    reply_limit: Literal["max_tokens", "max_completion_tokens"] = field(
        default="max_tokens", validator=_one_of("max_tokens", "max_completion_tokens")
    )
    stream_usage: bool = field(default=True, validator=_FLAG)
    max_tools: int = field(default=128, validator=_COUNT)
    dialect: Dialect = field(default="openai", validator=_one_of(*DIALECTS))

    @property
    def message_echoes(self) -> frozenset[str]:
        """The reasoning fields that belong to an assistant's message."""
        return self._echoes(self.keys.get("assistant", frozenset()))

    @property
    def call_echoes(self) -> frozenset[str]:
        """The reasoning fields that belong to a call."""
        return self._echoes(self.call_keys)

    def _echoes(self, known: frozenset[str]) -> frozenset[str]:
        return frozenset() if self.reasoning == "forbidden" else self.reasoning_keys & known


def overridden(host: HostProfile, changes: Mapping[str, object]) -> HostProfile:
    """Return *host* with the fields of *changes* in place of its own.

    Names may come in a list.  `keys` may name some of the roles only; `reasoning_keys` that are nowhere yet become keys of
    the assistant's messages.  Raises `ConfigurationError` for a field that there is not, which lists those there are, and
    for a value that can not be.
    """
    known = [attribute.name for attribute in fields(HostProfile)]
    unknown = sorted(str(name) for name in changes if name not in known)
    if unknown:
        raise ConfigurationError(
            f"Model(profile=...): a host profile has no field {', '.join(map(repr, unknown))}; known are {', '.join(known)}"
        )
    given = {name: _frozen(value) for name, value in changes.items()}
    if isinstance(given.get("keys"), Mapping):
        given["keys"] = {**host.keys, **given["keys"]}
    changed = evolve(host, **given)
    homeless = changed.reasoning_keys - changed.call_keys - changed.keys.get("assistant", frozenset())
    if not homeless:
        return changed
    return evolve(changed, keys={**changed.keys, "assistant": changed.keys.get("assistant", frozenset()) | homeless})


def _frozen(value: object) -> Any:
    """Return *value* with lists and sets in it as frozensets, as a configuration file has them; validators see to the rest."""
    if isinstance(value, Mapping):
        return {key: _frozen(inner) for key, inner in cast("Mapping[object, object]", value).items()}
    if isinstance(value, list | tuple | set):
        inner = cast("list[object]", value)
        return frozenset(inner) if all(isinstance(word, str) for word in inner) else inner
    return value
