"""What is written of a conversation is kept for its next run."""

from __future__ import annotations

import threading

import pytest

from detent.machine.wire import encoding
from detent.machine.wire import projection as module
from detent.machine.wire.hosts import HOSTS
from detent.machine.wire.projected import KEPT, Kept, Projected
from detent.machine.wire.projection import Projection
from detent.states import Conversation
from detent.states.messages import Origin, UserMessage
from detent.states.turn import Entry

HOST = HOSTS["portable"]


@pytest.fixture(autouse=True)
def _nothing_is_kept() -> None:
    KEPT.clear()


def texts(*given: str) -> tuple[Entry, ...]:
    return tuple(UserMessage(content=text) for text in given)


def projected(entries: tuple[Entry, ...], size: int = 10) -> Projected:
    return Projected(entries, tuple(b"x" * size for _ in entries))


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the texts that were encoded, in order."""
    seen: list[str] = []
    encode = encoding.user_text

    def record(message: UserMessage) -> bytes:
        seen.append(str(message.content))
        return encode(message)

    monkeypatch.setattr(module, "user_text", record)
    return seen


def test_another_run_of_a_conversation_encodes_only_what_is_new(written: list[str]) -> None:
    history = texts("a", "b")
    Projection(HOST).messages(Conversation(history=history))
    Projection(HOST).messages(Conversation(history=(*history, *texts("c"))))

    assert ["a", "b", "c"] == written


def test_another_host_model_or_beginning_is_written_anew(written: list[str]) -> None:
    history = texts("a")
    Projection(HOST).messages(Conversation(history=history))
    Projection(HOSTS["groq"]).messages(Conversation(history=history))
    Projection(HOST, Origin("portable", "m")).messages(Conversation(history=history))
    Projection(HOST).messages(Conversation(history=texts("a")))

    assert ["a"] * 4 == written


def test_of_a_fork_only_what_differs_is_encoded(written: list[str]) -> None:
    shared = texts("a", "b")
    Projection(HOST).messages(Conversation(history=(*shared, *texts("c", "d"))))
    Projection(HOST).messages(Conversation(history=(*shared, *texts("e"))))
    Projection(HOST).messages(Conversation(history=shared))

    assert ["a", "b", "c", "d", "e"] == written


def test_equal_entries_need_not_be_the_same_ones(written: list[str]) -> None:
    first = texts("a")
    Projection(HOST).messages(Conversation(history=(*first, *texts("b"))))
    Projection(HOST).messages(Conversation(history=(*first, *texts("b", "c"))))

    assert ["a", "b", "c"] == written


def test_the_oldest_make_room_and_the_last_one_always_stays() -> None:
    kept = Kept(most_bytes=2 * 2048 + 25)  # two entries of ten bytes, and what they take beside their JSON
    a, b, c, big = texts("a"), texts("b"), texts("c"), texts("d")
    for entries in (a, b, a, c):
        kept.keep(HOST, None, projected(entries))
    assert [1, 0, 1] == [len(kept.find(HOST, None, entries)) for entries in (a, b, c)]

    kept.keep(HOST, None, projected(big, size=10_000))
    assert [0, 0, 0, 1] == [len(kept.find(HOST, None, entries)) for entries in (a, b, c, big)]

    kept.keep(HOST, None, projected(a))
    assert [1, 0] == [len(kept.find(HOST, None, entries)) for entries in (a, big)]


def test_of_nothing_nothing_is_kept() -> None:
    assert 0 == len(Kept().find(HOST, None, ()))


def test_threads_may_share_it() -> None:
    kept = Kept(most_bytes=10 * 2048 + 100)
    histories = [texts(str(number)) for number in range(20)]
    wrong: list[object] = []

    def work(offset: int) -> None:
        for turn in range(300):
            entries = histories[(turn + offset) % 20]
            kept.keep(HOST, None, projected(entries))
            if (found := kept.find(HOST, None, entries)).entries not in ((), entries):
                wrong.append(found)

    threads = [threading.Thread(target=work, args=(place,)) for place in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [] == wrong
    kept.keep(HOST, None, projected(histories[0], size=100_000))
    assert 1 == len(kept.find(HOST, None, histories[0]))
    assert all(not kept.find(HOST, None, entries).entries for entries in histories[1:])
