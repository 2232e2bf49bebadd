"""Whether calls and results of a history pair up: the rule that broken histories break most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .request import as_list, as_mapping

__all__ = ["unpaired"]


def unpaired(messages: list[Mapping[str, object]]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong, as message and parameter: calls unanswered, results without a call, ids used twice."""
    waiting: list[str] = []
    asked: dict[str, int] = {}
    answered: dict[str, int] = {}
    opened = 0
    for at, message in enumerate(messages):
        if message.get("role") == "tool":
            yield from _result(at, str(message.get("tool_call_id")), waiting, answered, opened=messages[at - 1] if at else {})
            continue
        if waiting:
            yield _unanswered(waiting, opened)
        waiting, opened = [str(as_mapping(call).get("id")) for call in as_list(message.get("tool_calls"))], at
        yield from _seen_before(at, waiting, asked)
    if waiting:
        yield _unanswered(waiting, opened)


def _result(
    at: int, identity: str, waiting: list[str], answered: dict[str, int], opened: Mapping[str, object]
) -> Iterator[tuple[str, str]]:
    if identity in waiting:
        waiting.remove(identity)
        answered[identity] = at
    elif opened.get("role") != "tool" and not opened.get("tool_calls"):
        message = "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'."
        yield message, f"messages.[{at}].role"
    elif identity in answered:
        yield _duplicate(identity, answered[identity], at)
    else:
        yield f"Unexpected tool call id {identity} in tool results", f"messages.[{at}].tool_call_id"


def _seen_before(at: int, ids: list[str], asked: dict[str, int]) -> Iterator[tuple[str, str]]:
    """Yield the ids that were used before, in this message or an earlier one."""
    for identity in ids:
        if asked.get(identity) == at:
            yield f"Duplicate tool call id {identity} in assistant message", f"messages.[{at}].tool_calls"
        elif identity in asked:
            yield _duplicate(identity, asked[identity], at)
        asked[identity] = at


def _duplicate(identity: str, first: int, second: int) -> tuple[str, str]:
    message = (
        f"Invalid parameter: Duplicate value for 'tool_call_id' of '{identity}', in messages[{first}] and messages[{second}]."
    )
    return message, f"messages.[{second}].tool_call_id"


def _unanswered(ids: list[str], at: int) -> tuple[str, str]:
    message = (
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "
        f"The following tool_call_ids did not have response messages: {', '.join(ids)}"
    )
    return message, f"messages.[{at}].tool_calls"
