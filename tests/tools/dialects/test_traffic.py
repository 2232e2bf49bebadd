"""Tools that were really sent to hosts, in every dialect."""

from __future__ import annotations

import functools
import json
from typing import Any

from google.genai import types
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # typed only with types-jsonschema
from mistral_common.protocol.instruct.tool_calls import Tool as MistralTool
from mistral_common.protocol.instruct.validator import MistralRequestValidator
from traffic import read, traffic
from wire_dialects import gemini_problems, moonshot_problems, strict_problems

from detent.tools.dialects import DIALECTS, Restoring, convert, from_gemini
from detent.tools.dialects.gemini import respelled

Json = dict[str, Any]


@functools.cache
def functions() -> tuple[Json, ...]:
    """Return the functions that were offered, each schema once."""
    every = (function for exchange in traffic() for function in exchange.tools if isinstance(function.get("parameters"), dict))
    return tuple({json.dumps(function["parameters"], sort_keys=True): function for function in every}.values())


def test_there_are_many() -> None:
    assert len(functions()) > 150


def test_every_one_keeps_to_the_rules_of_each_host() -> None:
    for function in functions():
        assert [] == gemini_problems(convert(function["parameters"], "gemini").schema)
        assert [] == moonshot_problems(convert(function["parameters"], "moonshot").schema)
        written = convert(function["parameters"], "strict")
        assert not written.strict or [] == strict_problems(written.schema)


def test_most_can_be_strict() -> None:
    possible = [function for function in functions() if convert(function["parameters"], "strict").strict]

    assert len(possible) > 0.8 * len(functions())


def test_every_one_is_a_declaration_to_geminis_library_and_comes_back_the_same() -> None:
    for function in functions():
        native = respelled(convert(function["parameters"], "gemini").schema)
        types.FunctionDeclaration.model_validate({"name": "f", "parameters": native})
        once = from_gemini(native)
        assert isinstance(once, dict)
        assert once == from_gemini(respelled(convert(once, "gemini").schema))


def test_every_one_passes_mistrals_own_validation() -> None:
    tools = [
        MistralTool.model_validate(
            {"type": "function", "function": {"name": "f", "parameters": convert(each["parameters"], "mistral").schema}}
        )
        for each in functions()
    ]
    MistralRequestValidator()._validate_tools(tools)


def test_what_models_wrote_fits_every_dialect_if_it_fits_the_original() -> None:
    by_name = {(exchange.id, function["name"]): function for exchange in traffic() for function in exchange.tools}
    seen: set[str] = set()
    for exchange in traffic():
        if exchange.status != 200 or not (exchange.is_stream or "choices" in str(exchange.response)[:2_000]):
            continue
        for name, given in read(exchange).calls:
            schema = by_name.get((exchange.id, name), {}).get("parameters")
            key = json.dumps([schema, given], sort_keys=True)
            if isinstance(schema, dict) and key not in seen and Draft202012Validator(schema).is_valid(given):
                seen.add(key)
                assert given == Restoring.of(schema).restored(given)
                for dialect in DIALECTS:
                    if dialect != "strict":
                        assert Draft202012Validator(convert(schema, dialect).schema).is_valid(given)

    assert len(seen) > 100
