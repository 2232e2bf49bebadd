"""`Output`: an answer in a wanted form."""

from __future__ import annotations

import json

import pytest
from pydantic import BaseModel

from detent import ConfigurationError
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
