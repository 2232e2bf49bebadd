"""What the rules look at in a request: the task, the tools offered, and what tools have answered since.  Total on any JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias, cast

from attrs import field, frozen

__all__ = ["JSONValue", "Offer", "Outcome", "Request", "as_list", "as_mapping", "as_text", "is_array", "is_object"]

JSONValue: TypeAlias = "str | int | float | bool | list[JSONValue] | dict[str, JSONValue] | None"

LONGEST_TASK = 2_000
"""Characters of a task that the rules read; what follows is not looked at."""
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


@frozen(kw_only=True)
class Offer:
    """A tool the request offers.  *parameters* is its JSON schema, {} where there is none."""

    name: str
    description: str = ""
    parameters: Mapping[str, object] = field(factory=dict[str, object])

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the name, lower case: `getWeather_now` has get, weather, now."""
        return tuple(word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+|\d+", self.name))

    @property
    def properties(self) -> Mapping[str, Mapping[str, object]]:
        """The schema of each parameter, in the order in which they are declared."""
        declared = as_mapping(self.parameters.get("properties"))
        return {name: as_mapping(schema) for name, schema in declared.items()}

    @property
    def required(self) -> tuple[str, ...]:
        """The parameters that must be given."""
        asked = as_list(self.parameters.get("required"))
        return tuple(name for name in self.properties if name in asked)


@frozen(kw_only=True)
class Outcome:
    """A call made since the task was set, and the text its tool answered; None: not yet."""

    name: str
    arguments: object
    content: str | None


@frozen(kw_only=True)
class Request:
    """A request as the rules see it."""

    task: str
    offers: tuple[Offer, ...]
    outcomes: tuple[Outcome, ...]
    choice: str
    one_at_a_time: bool
    ids: frozenset[str]
    answer_schema: Mapping[str, object] | None

    @classmethod
    def of(cls, body: Mapping[str, object]) -> Request:
        """Return what *body*, any JSON object, asks for.  *choice* is auto, none, required, or `=` and a tool's name."""
        messages = [as_mapping(message) for message in as_list(body.get("messages"))]
        start = max((at for at in range(len(messages)) if _is_task(messages, at)), default=-1)
        return cls(
            task=as_text(messages[start].get("content"))[:LONGEST_TASK] if messages and start >= 0 else "",
            offers=tuple({offer.name: offer for offer in _offers(body)}.values()),
            outcomes=tuple(_outcomes(messages[start + 1 :])),
            choice=_choice(body.get("tool_choice")),
            one_at_a_time=body.get("parallel_tool_calls") is False,
            ids=frozenset(as_text(call.get("id")) for message in messages for call in _calls(message)),
            answer_schema=_answer_schema(body.get("response_format")),
        )


def is_object(value: object) -> bool:
    """Whether *value* is a JSON object."""
    return isinstance(value, Mapping)


def is_array(value: object) -> bool:
    """Whether *value* is a JSON array."""
    return isinstance(value, list)


def as_mapping(value: object) -> Mapping[str, object]:
    """Return *value* when it is an object, {} otherwise."""
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}


def as_list(value: object) -> list[object]:
    """Return *value* when it is a list, [] otherwise."""
    return cast("list[object]", value) if isinstance(value, list) else []


def as_text(content: object) -> str:
    """Return the text of a message's content, a string or a list of parts, as well-formed Unicode."""
    if isinstance(content, str):
        return content.encode(errors="replace").decode()
    return "".join(as_text(text) for part in as_list(content) if isinstance(text := as_mapping(part).get("text"), str))


def _is_task(messages: list[Mapping[str, object]], at: int) -> bool:
    """Whether the user says what is to be done there; pictures right after a tool's result belong to that."""
    if messages[at].get("role") != "user":
        return False
    shows = any(as_mapping(part).get("type") != "text" for part in as_list(messages[at].get("content")))
    return not (shows and at > 0 and messages[at - 1].get("role") == "tool")


def _offers(body: Mapping[str, object]) -> Iterator[Offer]:
    for entry in as_list(body.get("tools")):
        function = as_mapping(as_mapping(entry).get("function"))
        name = function.get("name")
        if isinstance(name, str) and _NAME.fullmatch(name):
            described = as_text(function.get("description"))
            yield Offer(name=name, description=described, parameters=as_mapping(function.get("parameters")))


def _outcomes(messages: list[Mapping[str, object]]) -> Iterator[Outcome]:
    answers = {as_text(m.get("tool_call_id")): as_text(m.get("content")) for m in messages if m.get("role") == "tool"}
    for call in (call for message in messages for call in _calls(message)):
        function = as_mapping(call.get("function"))
        name, content = as_text(function.get("name")), answers.get(as_text(call.get("id")))
        yield Outcome(name=name, arguments=_parsed(function.get("arguments")), content=content)


def _calls(message: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    return (as_mapping(call) for call in as_list(message.get("tool_calls")))


def _parsed(arguments: object) -> object:
    try:
        return json.loads(arguments) if isinstance(arguments, str) else arguments
    except (ValueError, RecursionError):
        return arguments


def _choice(choice: object) -> str:
    name = as_mapping(as_mapping(choice).get("function")).get("name")
    if isinstance(name, str):
        return f"={name}"
    return str(choice) if choice in ("none", "required") else "auto"


def _answer_schema(response_format: object) -> Mapping[str, object] | None:
    asked = as_mapping(response_format)
    if asked.get("type") == "json_schema":
        return as_mapping(as_mapping(asked.get("json_schema")).get("schema"))
    return {"type": "object"} if asked.get("type") == "json_object" else None
