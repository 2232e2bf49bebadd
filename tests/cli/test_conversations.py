"""The commands on a journal's conversations, as they are typed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import anyio
import pytest
from attrs import evolve
from journals import HOSTILE, JOURNALS, opened, returned, said
from typer.testing import CliRunner, Result

from detent import SqlJournal, State, replay
from detent.cli.app import app
from detent.states import Event
from detent.states.events import Opened


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to an empty folder with a journal of conversations, and return its path."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "detent.db"
    anyio.run(store, path, dict(JOURNALS))
    return path


async def store(path: Path, conversations: Mapping[str, Sequence[Event]]) -> None:
    async with SqlJournal(path) as journal:
        for name, events in conversations.items():
            head = evolve(events[0], conversation_id=name) if isinstance(events[0], Opened) else events[0]
            await journal.append(name, 0, [head, *events[1:]])


def detent(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, arguments, input=typed)


def test_conversations_are_listed_newest_first_a_line_each(place: Path) -> None:
    lines = detent("list").stdout.splitlines()

    assert "id        state              events  changed           title" == lines[0]
    assert ["hostile", "long", "limited", "inner", "waiting", "failed", "two_runs", "parallel"] == [
        line.split()[0] for line in lines[1:]
    ]
    assert lines[5].startswith("waiting   awaiting approval       5  20")
    assert lines[5].endswith("  Pay them both.")


def test_no_line_of_a_list_can_steer_a_terminal(place: Path) -> None:
    assert set("\x1b\u202e").isdisjoint(detent("list").stdout)


def test_a_list_can_be_of_one_state_and_as_json(place: Path) -> None:
    told = json.loads(detent("list", "--state", "awaiting_approval", "--json").stdout)

    assert [("waiting", "awaiting_approval", 5, "Pay them both.")] == [
        (each["id"], each["state"], each["events"], each["title"]) for each in told
    ]


def test_a_list_says_when_there_are_more(place: Path) -> None:
    assert "there are more: --limit 4" == detent("list", "--limit", "2").stdout.splitlines()[-1]
    assert "there are more" not in detent("list", "--limit", "8").stdout


def test_an_empty_list_says_so(place: Path) -> None:
    assert "no conversation is prompting\n" == detent("list", "--state", "prompting").stdout


def test_the_states_that_can_be_asked_for_are_all_there_are() -> None:
    from detent.cli.conversations import StateName

    assert {state.value for state in State} == {name.value for name in StateName}


def test_a_conversation_is_traced_in_every_form(place: Path) -> None:
    text, drawn, page = (detent("trace", "par", "--format", form).stdout for form in ("text", "mermaid", "html"))
    log = json.loads(detent("trace", "par", "--format", "json").stdout)

    assert text.startswith("conversation parallel, 17 events\n")
    assert drawn.startswith("```mermaid\n")
    assert page.startswith("<!doctype html>\n")
    assert ("parallel", 17) == (log["conversation_id"], len(log["events"]))
    assert {"seq": 1, "state": "prompting"} == {name: log["events"][1][name] for name in ("seq", "state")}
    assert "UserSaid" == log["events"][1]["event"]["type"]


def test_a_replay_shows_the_record_and_that_it_is_as_stored(place: Path) -> None:
    ran = detent("replay", "waiting")

    assert 0 == ran.exit_code
    assert ran.stdout.startswith("conversation waiting, 5 events\n  state  awaiting approval\n")
    assert '  waits  call00001  pay(to="Bob")\n' in ran.stdout
    assert "\n0  user  Pay them both.\n" in ran.stdout
    assert ran.stdout.splitlines()[-1].startswith("5 events give the stored record, byte for byte (")


def test_a_replay_shows_the_record_as_it_was(place: Path) -> None:
    ran = detent("replay", "parallel", "--at", "11", "--json")
    told, expected = json.loads(ran.stdout), replay(JOURNALS["parallel"][:11])

    assert (11, 17, True) == (told["at"], told["events"], told["is_same"])
    assert (expected.state.value, expected.messages, 120) == (told["state"], told["messages"], told["usage"]["total"])


def test_a_replay_shows_questions_calls_and_results(place: Path) -> None:
    asking = detent("replay", "parallel", "--at", "11").stdout
    whole = detent("replay", "parallel").stdout

    assert "conversation parallel, 11 of 17 events\n" in asking
    assert "  asks   call00002  pay: From which account?\n" in asking
    assert '\n1  assistant  calls weather({"city": "Oslo"})\n' in whole
    assert "\n2  tool       4 degrees\n" in whole


def test_a_replay_of_nothing_yet_is_a_new_record(place: Path) -> None:
    told = json.loads(detent("replay", "parallel", "--at", "0", "--json").stdout)

    assert ("done", []) == (told["state"], told["messages"])


def test_a_stored_record_that_is_another_is_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def load(self: SqlJournal, conversation_id: str) -> object:
        return replay(JOURNALS["failed"])

    monkeypatch.setattr(SqlJournal, "load", load)
    ran = detent("replay", "parallel")

    assert 1 == ran.exit_code
    assert "17 events do NOT give the stored record" in ran.stdout


def test_a_fork_has_the_first_events_and_leaves_the_old_one(place: Path) -> None:
    new = detent("fork", "waiting", "--at", "4").stdout.strip()
    told = {each["id"]: each["events"] for each in json.loads(detent("list", "--json").stdout)}

    assert (32, 4, 5) == (len(new), told[new], told["waiting"])
    assert 1 == detent("diff", new, "waiting").exit_code
    assert 0 == detent("diff", new, detent("fork", new).stdout.strip()).exit_code


def test_a_diff_shows_where_two_part_and_how_each_goes_on(place: Path) -> None:
    anyio.run(store, place, {"changed": (*JOURNALS["parallel"][:8], returned(3602, 0, 1, "7 degrees"))})
    ran = detent("diff", "parallel", "changed")

    assert 1 == ran.exit_code
    assert "8 equal events; they part while dispatching tools\n" in ran.stdout
    assert '  content\n    A  "4 degrees"\n    B  "7 degrees"\n' in ran.stdout
    assert ran.stdout.splitlines()[8].startswith(" 9  ToolReturned weather -> gpt: 4 degrees ")
    assert ran.stdout.splitlines()[8].endswith("  | ToolReturned weather -> gpt: 7 degrees")
    assert "17  ModelReplied gpt -> user: It rains." == ran.stdout.splitlines()[-1].split("  | ")[0].rstrip()


def test_a_diff_of_equals_says_so(place: Path) -> None:
    ran = detent("diff", "parallel", "parallel")

    assert (0, "the same happened in both") == (ran.exit_code, ran.stdout.splitlines()[-1])


def test_a_diff_as_json_names_the_fields(place: Path) -> None:
    anyio.run(store, place, {"other": (opened(), said(0, "What is the weather in Rome?"))})
    told = json.loads(detent("diff", "parallel", "other", "--json").stdout)

    assert (1, 1) == (told["equal"], told["parts_at"])
    assert [{"field": "message.content", "a": "What is the weather in Oslo?", "b": "What is the weather in Rome?"}] == told[
        "differences"
    ]


def test_no_diff_can_steer_a_terminal(place: Path) -> None:
    assert HOSTILE not in detent("diff", "hostile", "long").stdout
    assert set("\x1b\u202e").isdisjoint(detent("diff", "hostile", "long").stdout)


def test_a_conversation_moves_to_another_journal_in_a_file(place: Path) -> None:
    detent("export", "par", "-o", "it.jsonl")
    moved = detent("import", "it.jsonl", "--journal", "other.db")
    there = detent("export", "parallel", "--journal", "other.db").stdout

    assert "parallel\n" == moved.stdout
    assert Path("it.jsonl").read_text("utf-8") == there == detent("export", "parallel").stdout


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda lines: lines[:9], "the rest was cut off"),
        (lambda lines: [lines[0].replace('"version":1', '"version":9'), *lines[1:]], "line 1: this line is of format 9"),
        (lambda lines: [*lines[:2], lines[2].replace("Oslo", "Rome"), *lines[3:]], "digest does not fit"),
        (lambda lines: lines, "the journal holds 17 events of a conversation 'parallel'"),
    ],
)
def test_what_can_not_be_imported_is_told_in_one_line_and_changes_nothing(
    place: Path, change: Callable[[list[str]], list[str]], complaint: str
) -> None:
    Path("it.jsonl").write_text("".join(change(detent("export", "parallel").stdout.splitlines(keepends=True))), "utf-8")
    target = ("--journal", "detent.db" if "holds" in complaint else "other.db")
    ran = detent("import", "it.jsonl", *target)

    assert (2, "", 1) == (ran.exit_code, ran.stdout, ran.stderr.count("\n"))
    assert complaint in ran.stderr
    assert "parallel" not in detent("list", "--journal", "other.db").stdout


def test_a_conversation_is_deleted_with_those_of_agents_inside_it_and_no_other(place: Path) -> None:
    inside = {name: (opened(name),) for name in ("inner:3:call00000", "inner:3:call00000:4:call00001", "inner:3", "inner2")}
    anyio.run(store, place, inside)
    ran = detent("delete", "inner", "--yes")
    left = [each["id"] for each in json.loads(detent("list", "--json").stdout)]

    assert "deleted inner and 2 of agents inside it\n" == ran.stdout
    assert {"inner:3", "inner2", *JOURNALS} - {"inner"} == set(left)


def test_nothing_is_deleted_where_nobody_agreed(place: Path) -> None:
    ran = detent("delete", "parallel", typed="y\n")

    assert (2, "detent: delete: nobody can be asked here; --yes deletes without asking\n") == (ran.exit_code, ran.stderr)
    assert 0 == detent("replay", "parallel").exit_code


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("trace", "paralel"), "the journal holds no conversation 'paralel'; the nearest is 'parallel'"),
        (("replay", "parallel", "--at", "18"), "--at 18: conversation 'parallel' holds 17 events"),
        (("fork", "parallel", "--at", "0"), "fork(at=0): conversation 'parallel' holds 17 events; 1 to 17 can be copied"),
        (("list", "--journal", "nowhere.db"), "no journal is at nowhere.db: name another with --journal or DETENT_JOURNAL"),
        (("import", "nowhere.jsonl"), "import nowhere.jsonl: No such file or directory"),
        (("resume", "waiting", "--answer", "call00001"), "--answer call00001: CALL=JSON is wanted, such as call00001=true"),
        (("resume", "waiting", "--answer", "call00001=x"), "--answer call00001=x: not JSON (a text needs quotes): "),
        (("resume", "waiting", "--approve", "call00001=[]"), "--approve call00001=[]: the call's new arguments are wanted"),
        (("resume", "waiting", "--approve", "call9"), "resume(...): no call 'call9' waits for a person; waiting: call00001"),
        (("chat", "--agent", "nowhere:agent"), "--agent 'nowhere:agent': No module named 'nowhere'"),
        (("chat", "--agent", "json:dumps"), "--agent 'json:dumps': that is of type function; an Agent is wanted"),
        (("chat", "--agent", "json"), "--agent 'json': package.module:name is wanted, the name that of an Agent"),
        (("chat", "--agent", "json:dumps", "-i", "x"), "--agent and --instructions exclude each other"),
        (("run", "x", "--continue", "r.json", "--conversation", "c"), "--continue and --conversation exclude each other"),
    ],
)
def test_what_is_wrong_is_told_in_one_line_with_exit_code_2(place: Path, arguments: tuple[str, ...], complaint: str) -> None:
    before = place.read_bytes()
    ran = detent(*arguments)

    assert (2, "", 1) == (ran.exit_code, ran.stdout, ran.stderr.count("\n"))
    assert f"detent: {complaint}" in ran.stderr
    assert before == place.read_bytes()


def test_a_file_that_is_no_journal_is_left_as_it_is(place: Path) -> None:
    Path("notes.txt").write_text("these are notes, not a journal\n" * 50, "utf-8")
    ran = detent("list", "--journal", "notes.txt")

    assert 2 == ran.exit_code
    assert "notes.txt" in ran.stderr
    assert "these are notes, not a journal\n" * 50 == Path("notes.txt").read_text("utf-8")


def test_times_that_no_clock_shows_do_not_stop_the_list(place: Path) -> None:
    times = (1e20, -1e20, 253402300800.0)
    stored: Mapping[str, Sequence[Event]] = {f"at {at}": [evolve(opened(), at=at), said(at, "hi")] for at in times}
    anyio.run(store, place, stored)

    assert 3 == detent("list").stdout.count(" ?  ")


def test_what_can_not_be_read_any_more_can_be_deleted(place: Path) -> None:
    with closing(sqlite3.connect(place)) as file, file:
        file.execute("UPDATE detent_events SET body = x'00ff'")
    deleted = detent("delete", "waiting", "--yes")

    assert (0, "deleted waiting\n") == (deleted.exit_code, deleted.stdout)


def test_a_database_of_another_program_is_left_as_it_is(place: Path) -> None:
    other = place.with_name("other.db")
    with closing(sqlite3.connect(other)) as file, file:
        file.execute("CREATE TABLE bookmarks (url TEXT)")
    before = other.read_bytes()
    listed = detent("list", "--journal", str(other))

    assert 2 == listed.exit_code
    assert "other.db is a database of another program" in listed.stderr
    assert before == other.read_bytes()


def test_a_limit_beyond_all_numbers_is_refused(place: Path) -> None:
    assert 2 == detent("list", "--limit", "99999999999999999999").exit_code
