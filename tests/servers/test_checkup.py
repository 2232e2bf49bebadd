"""A real inference server, checked: it lists its model, and its grammar makes it call a tool."""

from __future__ import annotations

import pytest
import tiny_model

from detent import Model
from detent.machine.registry import check_models

pytestmark = pytest.mark.anyio


async def test_llama_cpp_answers_lists_its_model_and_calls_a_tool(llama_cpp: str) -> None:
    parameters = {**tiny_model.SAMPLING, "max_tokens": 200}
    models = {str(seed): Model("tiny.gguf", base_url=llama_cpp, parameters={**parameters, "seed": seed}) for seed in range(8)}
    found = await check_models(models)

    assert {(True, True)} == {(checkup.answers, checkup.listed) for checkup in found.values()}
    assert {"freely", "when it must"} == {checkup.calls for checkup in found.values()}
