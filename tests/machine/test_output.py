"""`Output`: an answer in a wanted form."""

from __future__ import annotations

import json

import pytest
from pydantic import BaseModel, field_validator
from scripted_host import ScriptedHost, says

from detent import Agent, ConfigurationError, MemoryJournal, Model, State
from detent.machine.output import Output


class City(BaseModel):
    name: str
    degrees: int


def test_the_model_is_told_the_schema() -> None:
    note = Output(City).note

    assert {"name", "degrees"} == set(json.loads(note[note.index("{") :])["properties"])


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "Oslo", "degrees": 4}',
        'Here:\n```json\n{"name": "Oslo", "degrees": 4}\n```\n',
        ' {"name": "Oslo", "degrees": "4"} ',
    ],
)
def test_a_fitting_answer_is_read(text: str) -> None:
    output = Output(City)

    assert output.problem(text) is None
    assert City(name="Oslo", degrees=4) == output.read(text)


@pytest.mark.parametrize(
    ("text", "words"), [("four", "Invalid JSON"), ('{"name": "Oslo"}', "degrees: Field required"), ("[]", "the answer")]
)
def test_what_is_wrong_with_an_answer_is_said_in_words_for_the_model(text: str, words: str) -> None:
    problem = Output(City).problem(text)

    assert problem is not None
    assert words in problem
    assert "https://" not in problem


def test_a_type_that_is_no_json_is_refused() -> None:
    class Opaque:
        pass

    with pytest.raises(ConfigurationError, match=r"Agent\(output="):
        Output(Opaque)


def test_a_validator_may_raise_anything() -> None:
    class Odd(BaseModel):
        name: str

        @field_validator("name")
        @classmethod
        def check(cls, name: str) -> str:
            raise KeyError(name)

    problem = Output(Odd).problem('{"name": "Oslo"}')

    assert problem is not None
    assert "KeyError: 'Oslo'" in problem


@pytest.mark.anyio
async def test_a_run_that_ended_in_another_form_is_read_without_an_output() -> None:
    journal = MemoryJournal()
    with ScriptedHost(says("hello")) as host:
        model = Model("m", base_url=host.base_url)
        await Agent(model, journal=journal).run("hi", conversation_id="c")
        result = await Agent(model, output=City, journal=journal).resume("c")

    assert (State.DONE, "hello", None) == (result.state, result.text, result.output)
