"""Which journal a command works on, and which conversation is meant."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest
from journals import opened as opening

from detent import ConfigurationError, MemoryJournal
from detent.cli.journals import address_of, conversation_named, opened, short_ids, stored

ONE = "0123456789abcdef0123456789abcdef"
OTHER = "0123456789abcdff0123456789abcdef"


def holding(*ids: str) -> MemoryJournal:
    journal = MemoryJournal()
    for each in ids:
        anyio.run(journal.append, each, 0, [opening(each)])
    return journal


@pytest.mark.parametrize(
    ("option", "variable", "expected"),
    [("a.db", "b.db", "a.db"), (None, "b.db", "b.db"), (None, "", "detent.db"), ("", None, "detent.db")],
)
def test_the_option_comes_before_the_environment_and_that_before_the_file_here(
    option: str | None, variable: str | None, expected: str
) -> None:
    environment = {} if variable is None else {"DETENT_JOURNAL": variable}

    assert expected == address_of(option, environment)


def test_a_journal_that_is_only_read_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    with pytest.raises(ConfigurationError, match=rf"no journal is at {path}: .*--journal"), opened(str(path)):
        pass

    assert not path.exists()


def test_a_new_journal_is_made_and_can_be_read_then(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    with opened(str(path), new=True) as journal:
        anyio.run(journal.append, "c", 0, [opening("c")])
    with opened(f"sqlite:///{path}") as journal:
        assert ("c",) == anyio.run(journal.list)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("c1", "c1"),
        ("b", "bob"),
        (ONE[:14] + "e", ONE),
        (ONE, ONE),
        ("c10", "c10"),
        ("user", "user:42"),
        ("bob:5:call00000", "bob:5:call00000"),
        ("bo:5:call0", "bob:5:call00000"),
    ],
)
def test_a_conversation_is_named_by_its_id_or_by_how_it_alone_begins(given: str, expected: str) -> None:
    journal = holding("c1", "c10", "bob", "bob:5:call00000", ONE, OTHER, "user:42")

    assert expected == conversation_named(journal, given)


@pytest.mark.parametrize(
    ("given", "ids", "complaint"),
    [
        ("c", ("c1", "c2"), r"'c' is how the ids of 2 conversations begin: c1, c2$"),
        ("c", tuple(f"c{number}" for number in range(7)), r"of 7 conversations begin: c0, c1, c2, c3, c4, \.\.\.$"),
        ("boc", ("bob", "eve"), r"no conversation 'boc'; the nearest is 'bob'$"),
        ("01", (ONE, OTHER), rf"begin: {ONE[:15]}, {OTHER[:15]}$"),
        ("c", (), r"no conversation 'c'; it holds none at all$"),
        ("", ("c1",), r"no conversation ''; the nearest is 'c1'$"),
    ],
)
def test_who_is_not_named_clearly_is_told_the_nearest(given: str, ids: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        conversation_named(holding(*ids), given)


def test_ids_are_shown_as_short_as_they_may_be_typed() -> None:
    ids = (ONE, f"{ONE}:5:call00000", "fedc" * 8, "a-long-id-that-somebody-chose-by-hand")

    assert {
        ONE: "01234567",
        f"{ONE}:5:call00000": "01234567:5:call00000",
        "fedc" * 8: "fedcfedc",
        "a-long-id-that-somebody-chose-by-hand": "a-long-id-that-somebody-chose-by-hand",
    } == short_ids(ids)


def test_ids_that_begin_alike_are_shown_longer() -> None:
    assert [ONE[:15], OTHER[:15]] == list(short_ids((ONE, OTHER)).values())


def test_a_conversation_begins_under_an_id_that_is_not_there() -> None:
    journal = holding("c10", ONE)

    assert [None, None, None] == [stored(journal, given) for given in ("c1", ONE[:7], OTHER)]


def test_a_conversation_goes_on_by_its_id_or_by_what_is_shown_of_it() -> None:
    journal = holding("c10", ONE)
    records = [stored(journal, given) for given in ("c10", ONE, ONE[:8])]

    assert ["c10", ONE, ONE] == [record and record.id for record in records]
