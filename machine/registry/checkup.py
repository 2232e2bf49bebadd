"""Whether models are there: the endpoint answers, lists the model, and returns a tool call."""

from __future__ import annotations

import time
from collections.abc import Mapping
from importlib import import_module
from typing import Final

import anyio
from attrs import frozen

from ...states.events import Reply
from ...tools.wording import closest
from ..endpoint import ask
from ..model import Model
from ..wire.encoding import encode
from ..wire.fault import Fault
from ..wire.request import request_body
from .keys import redacted
from .listing import listed_models, lists

__all__ = ["Checkup", "check_models"]

_TOOL: Final = "weather"
_TOOLS: Final[object] = [
    {
        "type": "function",
        "function": {
            "name": _TOOL,
            "description": "Report the weather of a city.",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string", "description": "The city's name, in English."}},
                "required": ["city"],
            },
        },
    }
]
_MESSAGES: Final[object] = [{"role": "user", "content": f"What is the weather in Oslo? Call the tool {_TOOL} to find out."}]
_UNREACHED: Final = frozenset({"connection", "timeout"})


@frozen(kw_only=True)
class Checkup:
    """What was found of one model.  *seconds* is how long its answer took.

    *listed* is None where the host has no list, or shows none.  *calls* is `freely`, `when it must` (with `tool_choice:
    "required"` alone) or `never`.  *problem* is empty when all is well.
    """

    answers: bool
    listed: bool | None = None
    calls: str = "never"
    seconds: float = 0.0
    problem: str = ""

    @property
    def is_well(self) -> bool:
        """Whether the model answers with a tool call, and its host does not leave it out of its list."""
        return not self.problem


async def check_models(models: Mapping[str, Model], *, at_once: int = 4, timeout: float = 60.0) -> Mapping[str, Checkup]:
    """Return what is found of each of *models*, in their order; whatever the hosts do, nothing is raised.

    Each is sent one or two tiny requests with a tool, and one for the list.  *at_once* models are asked at a time, and
    *timeout* is seconds for each of the requests.
    """
    import_module("openai")  # half a second, for which the first answer would be charged
    found = dict.fromkeys(models, Checkup(answers=False))
    limiter = anyio.CapacityLimiter(at_once)

    async def check(name: str, model: Model) -> None:
        async with limiter:
            found[name] = await _checkup(model, timeout)

    async with anyio.create_task_group() as group:
        for name, model in models.items():
            group.start_soon(check, name, model)
    return found


async def _checkup(model: Model, timeout: float) -> Checkup:
    began = time.monotonic()
    answer = await _answer(model, timeout)
    seconds = time.monotonic() - began
    if isinstance(answer, Fault) and answer.kind in _UNREACHED:
        return Checkup(answers=False, seconds=seconds, problem=_told(answer, model))
    names: tuple[str, ...] | None = None
    with anyio.move_on_after(timeout):
        names = await listed_models(model)
    listed = None if names is None else lists(names, model.name)
    missing = "" if names is None or listed else _not_listed(model.name, names)
    if isinstance(answer, Fault):
        problem = "; ".join(filter(None, (_told(answer, model), missing)))
        return Checkup(answers=False, listed=listed, seconds=seconds, problem=problem)
    calls = await _calls(model, answer, timeout)
    problem = missing or ("" if calls != "never" else "it answered without a tool call")
    return Checkup(answers=True, listed=listed, calls=calls, seconds=seconds, problem=problem)


async def _calls(model: Model, answer: Reply, timeout: float) -> str:
    if _is_a_call(answer):
        return "freely"
    if "required" in model.profile.tool_choices and _is_a_call(await _answer(model, timeout, choice="required")):
        return "when it must"
    return "never"


def _is_a_call(answer: Reply | Fault) -> bool:
    return isinstance(answer, Reply) and any(call.name == _TOOL for call in answer.calls)


async def _answer(model: Model, timeout: float, choice: str = "auto") -> Reply | Fault:
    body = request_body(
        model.name,
        encode(_MESSAGES),
        host=model.profile,
        tools=encode(_TOOLS),
        tool_choice=choice if choice in model.profile.tool_choices else None,
        parameters={name: value for name, value in model.parameters.items() if name != "tool_choice"},
    )
    with anyio.move_on_after(timeout):
        return await ask(model, body, offered=frozenset({_TOOL}))
    return Fault(kind="timeout", message=f"{model.address.url} did not answer within {timeout:g} seconds")


def _not_listed(name: str, names: tuple[str, ...]) -> str:
    near = closest(name, names)
    return f"the host does not list {name!r}" + (f"; did you mean {near!r}?" if near else f", but {', '.join(names[:5])}")


def _told(fault: Fault, model: Model) -> str:
    """Return the fault's words; some hosts repeat the key that they refuse."""
    key = model.api_key or ("" if model.address.api_key == "none" else model.address.api_key)
    return redacted(fault.message, (key, *model.headers.values()))
