from __future__ import annotations

import pytest

from detent import State
from detent.cli.exits import EXIT_CODES, Exit, exit_for


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (State.DONE, 0),
        (State.FAILED, 1),
        (State.LIMIT_HIT, 3),
        (State.AWAITING_APPROVAL, 4),
        (State.CANCELLED, 130),
        (State.PROMPTING, 1),
    ],
)
def test_each_state_in_which_a_run_rests_has_its_exit_code(state: State, code: int) -> None:
    assert code == exit_for(state)


def test_the_help_names_every_code() -> None:
    assert all(f" {code.value} " in EXIT_CODES for code in Exit)
