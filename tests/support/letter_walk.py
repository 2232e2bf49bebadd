"""A random walk by the letters of the verifier's alphabet: longer ways to its states than the shortest."""

from __future__ import annotations

import random
from collections.abc import Iterator

from detent.machine.step import step
from detent.machine.verify import Letter, expected
from detent.states import Conversation

__all__ = ["walk"]


def walk(chance: random.Random, length: int) -> Iterator[tuple[Conversation, Letter, Conversation]]:
    """Return *length* moves, each as the record before, the letter, and the record after; now and then it begins anew."""
    conversation = Conversation()
    for _ in range(length):
        if conversation.state.ends_a_run and chance.random() < 0.1:
            conversation = Conversation()
        letter = chance.choice(expected(conversation))
        if letter.name in ("the run is cancelled", "the user says something") and chance.random() < 0.7:
            continue
        before, conversation = conversation, step(conversation, letter.event)
        yield before, letter, conversation
