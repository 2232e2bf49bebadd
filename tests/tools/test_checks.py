from __future__ import annotations

import asyncio
import math

import pytest

from detent.errors import ConfigurationError, DetentError, ToolDefinitionError
from detent.tools import Tool


def call(**arguments: object) -> object:
    return arguments


async def agree(arguments: object) -> bool:
    return await asyncio.sleep(0, True)


def deep() -> dict[str, object]:
    schema: dict[str, object] = {}
    for _ in range(5000):
        schema = {"not": schema}
    return {"type": "object", **schema}


def define(**attributes: object) -> Tool:
    given = {"name": "t", "description": "d", "parameters": {"type": "object"}, "call": call, **attributes}
    return Tool(**given)  # type: ignore[arg-type]  # pyright: ignore  # wrong types are what is tried


@pytest.mark.parametrize(
    ("attribute", "value", "problem"),
    [
        ("name", "", "name must be 1 to 64"),
        ("name", "a b", "name must be 1 to 64"),
        ("name", "a\n", "name must be 1 to 64"),
        ("name", "ü", "name must be 1 to 64"),
        ("name", "x" * 65, "name must be 1 to 64"),
        ("name", 3, "name must be a string"),
        ("description", 3, "description must be a string, not int"),
        ("parameters", 3, "parameters must be a JSON schema"),
        ("parameters", {"type": "object", "x": {1}}, "parameters must be a JSON schema"),
        ("parameters", {"type": "object", "x": math.nan}, "parameters must be a JSON schema"),
        ("parameters", deep(), "parameters must be a JSON schema"),
        ("parameters", {}, 'parameters must have "type": "object"'),
        ("parameters", {"type": ["object", "null"]}, 'parameters must have "type": "object"'),
        ("call", 3, "call must be a function or a callable object, not int"),
        ("call", dict, "call must be a function or a callable object, not the class dict"),
        ("timeout", 0, "timeout must be a number of seconds above 0"),
        ("timeout", -1.5, "timeout must be"),
        ("timeout", math.inf, "timeout must be"),
        ("timeout", math.nan, "timeout must be"),
        ("timeout", "3", "timeout must be"),
        ("timeout", True, "timeout must be"),
        ("retries", -1, "retries must be 0 or more, not -1"),
        ("retries", 1.0, "retries must be"),
        ("retries", True, "retries must be"),
        ("retries", 1, "retries need idempotent=True"),
        ("idempotent", 1, "idempotent must be True or False, not 1"),
        ("exclusive", None, "exclusive must be True or False, not None"),
        ("takes_context", "yes", "takes_context must be True or False"),
        ("approve", "yes", "approve must be True, False or a function"),
        ("approve", agree, "approve must be a plain function"),
        ("max_chars", 99, "max_chars must be 100 or more, not 99"),
        ("max_chars", None, "max_chars must be"),
        ("max_chars", True, "max_chars must be"),
        ("max_parallel", 0, "max_parallel must be 1 or more, or None for no limit, not 0"),
        ("max_parallel", 1.0, "max_parallel must be"),
        ("max_parallel", True, "max_parallel must be"),
        ("requires", [3], "requires must be the names of other tools, not 3"),
        ("requires", "a b", "requires must be the names of other tools, not 'a b'"),
        ("requires", ("other", "t"), "requires itself, so it could never run"),
        ("hidden_until", True, "hidden_until must be a plain function of the conversation, not True"),
        ("hidden_until", agree, "hidden_until must be a plain function"),
        ("on_crash", "again", "on_crash must be 'retry', 'ask', 'report' or None, not 'again'"),
    ],
)
def test_a_wrong_attribute_is_a_definition_error_that_names_it(attribute: str, value: object, problem: str) -> None:
    with pytest.raises(ToolDefinitionError, match=problem) as caught:
        define(**{attribute: value})

    assert isinstance(caught.value, ConfigurationError | DetentError)
    assert str(caught.value).startswith("tool ")


@pytest.mark.parametrize(
    "attributes",
    [
        {"name": "A-z_9" + "x" * 59},
        {"timeout": 1},
        {"timeout": 0.5},
        {"timeout": None},
        {"retries": 2, "idempotent": True},
        {"approve": True},
        {"approve": bool},
        {"max_chars": 100},
        {"max_parallel": None},
        {"max_parallel": 1},
        {"requires": ("other", "more")},
        {"hidden_until": bool},
        {"on_crash": "retry"},
        {"on_crash": "ask"},
        {"on_crash": "report"},
    ],
)
def test_a_right_attribute_is_kept(attributes: dict[str, object]) -> None:
    tool = define(**attributes)

    assert attributes == {name: getattr(tool, name) for name in attributes}
