"""`detent lint`: files in, findings out."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from detent.cli.app import app
from detent.states.history import judge

ROOT = Path(__file__).parents[2]

USER = {"role": "user", "content": "hi"}
ANSWER = {"role": "assistant", "content": "oh"}
ORPHAN = {"role": "tool", "tool_call_id": "x", "content": "4"}
CALLS = {
    "role": "assistant",
    "content": None,
    "tool_calls": [{"id": "x", "type": "function", "function": {"name": "look", "arguments": "{}"}}],
}
TOOLS = [{"type": "function", "function": {"name": "look"}}]
CLEAN = [USER, CALLS, ORPHAN, ANSWER]
BROKEN = [USER, ORPHAN]
SAYS = "openai: Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'."


@pytest.fixture(autouse=True)
def in_a_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def detent(*arguments: str, stdin: str | bytes = "") -> Result:
    return CliRunner().invoke(app, ["lint", *arguments], input=stdin)


def wrote(name: str, *values: object) -> str:
    """Write a file, a value a line, or one value as it is usual."""
    lines = [value if isinstance(value, str) else json.dumps(value) for value in values]
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return name


def read(name: str) -> Any:
    return json.loads(Path(name).read_text("utf-8"))


def places(*arguments: str, stdin: str | bytes = "") -> list[tuple[Any, ...]]:
    """Return of each finding the file, the line, the history, the message and the rule."""
    told = json.loads(detent(*arguments, "--json", stdin=stdin).stdout)
    return [tuple(each[key] for key in ("file", "line", "history", "message", "rule")) for each in told["findings"]]


# --- what it says ----------------------------------------------------------------------------------------------------


def test_a_clean_history_is_one_line_and_exit_code_0() -> None:
    result = detent(wrote("a.json", CLEAN))

    assert (0, "1 history, judged for portable: no findings\n", "") == (result.exit_code, result.stdout, result.stderr)


def test_a_finding_is_where_which_rule_what_is_wrong_and_how_hosts_say_it() -> None:
    result = detent(wrote("a.json", BROKEN))

    assert 1 == result.exit_code
    assert [
        "a.json: message 1: V14 a result that follows no call",
        f"    {SAYS}",
        "1 history, judged for portable: 1 finding",
    ] == result.stdout.splitlines()


def test_where_no_host_has_words_for_it_there_is_no_second_line() -> None:
    legacy = {**ANSWER, "function_call": None}

    assert 2 == len(detent(wrote("a.json", [USER, legacy])).stdout.splitlines())


def test_the_words_are_those_of_the_host_that_is_asked_about() -> None:
    assert (
        "    mistral: Unexpected role 'tool' after role 'user'" in detent(wrote("a.json", BROKEN), "--host", "mistral").stdout
    )


def test_a_host_decides_what_is_a_finding() -> None:
    several = wrote("a.json", [USER, {"role": "system", "content": "x"}])

    assert [("a.json", None, None, 1, "V22")] == places(several)
    assert [] == places(several, "--host", "openai")


def test_programs_are_told_in_one_object() -> None:
    result = detent(wrote("a.json", BROKEN), wrote("b.json", CLEAN), wrote("c.json", "{"), "--json")

    assert 2 == result.exit_code
    assert {
        "host": "portable",
        "histories": 2,
        "findings": [
            {
                "file": "a.json",
                "line": None,
                "history": None,
                "message": 1,
                "rule": "V14",
                "asks": "A result follows the message that made its call, or another result of it.",
                "detail": "a result that follows no call",
                "hosts_say": SAYS,
            }
        ],
        "repaired": [],
        "unreadable": [
            {"file": "c.json", "why": "line 2, column 1: Expecting property name enclosed in double quotes"},
        ],
    } == json.loads(result.stdout)
    assert result.stdout.isascii()


def test_a_history_is_judged_as_stored_or_as_sent() -> None:
    answered = wrote("a.json", CLEAN)

    assert [] == places(answered)
    assert [("a.json", None, None, 3, "V25")] == places(answered, "--sendable")


def test_nothing_in_a_file_is_taken_for_markup_or_reaches_the_terminal_raw() -> None:
    odd = "[bold]x[/] \x1b[2J\x1b]0;t\x07\x9b1m\u202e :smile:"
    result = detent(wrote("a.json", [{"role": odd, odd: 1}, {"role": "user", "content": "x", odd: 1}]))

    assert 3 == result.stdout.count("[bold]x[/]")
    assert not any(bad in result.stdout for bad in ("\x1b", "\x07", "\x9b", "\u202e"))


def test_half_a_character_in_a_file_can_be_told() -> None:
    result = detent(wrote("a.json", '[{"role": "user", "content": "\\ud83d"}]'))

    assert "a.json: message 0: V10 a lone surrogate (U+D83D) at character 0 of '\\ud83d'" in result.stdout


# --- what it reads ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("a.json", [BROKEN], [("a.json", None, None, 1, "V14")]),
        ("a.json", [json.dumps(BROKEN, indent=2)], [("a.json", None, None, 1, "V14")]),
        ("a.json", [{"messages": BROKEN}], [("a.json", None, None, 1, "V14")]),
        ("a.json", [{"messages": [USER], "tools": []}], [("a.json", None, None, None, "V6")]),
        ("a.json", [[CLEAN, BROKEN]], [("a.json", None, 1, 1, "V14")]),
        ("a.json", [[{"messages": [USER]}, BROKEN]], [("a.json", None, 1, 1, "V14")]),
        ("a.json", [ANSWER], [("a.json", None, None, 0, "V26")]),
        ("a.json", [[]], []),
        ("a.json", ["7"], [("a.json", None, None, None, "V2")]),
        ("a.json", [{}], [("a.json", None, None, None, "V2")]),
        ("a.jsonl", [USER, "", ORPHAN], [("a.jsonl", 3, None, 1, "V14")]),
        ("a.txt", [USER, "", ORPHAN], [("a.txt", 3, None, 1, "V14")]),
        ("a.jsonl", [CLEAN, BROKEN], [("a.jsonl", 2, None, 1, "V14")]),
        ("a.jsonl", [BROKEN], [("a.jsonl", 1, None, 1, "V14")]),
        ("a.jsonl", [{"messages": [USER]}, {"messages": BROKEN}], [("a.jsonl", 2, None, 1, "V14")]),
        ("a.jsonl", [{"messages": [USER]}, "7"], [("a.jsonl", 2, None, None, "V2")]),
        ("a.jsonl", [USER, "7"], [("a.jsonl", 2, None, 1, "V2")]),
        ("a.jsonl", [json.dumps(BROKEN, indent=2)], [("a.jsonl", None, None, 1, "V14")]),
        ("a.jsonl", [{"role": "user", "content": "a\u2028b"}, ORPHAN], [("a.jsonl", 2, None, 1, "V14")]),
    ],
)
def test_a_history_or_a_request_is_found_in_every_form(name: str, values: list[object], expected: list[object]) -> None:
    text = [json.dumps(each, ensure_ascii=False) if isinstance(each, dict) else each for each in values]

    assert expected == places(wrote(name, *text))


def test_standard_input_is_read() -> None:
    assert [("stdin", None, None, 1, "V14")] == places("-", stdin=json.dumps(BROKEN))
    assert [("stdin", 2, None, 1, "V14")] == places("-", stdin=f"{json.dumps(USER)}\n{json.dumps(ORPHAN)}")


def test_a_mark_at_the_front_of_a_file_is_no_part_of_it() -> None:
    assert [] == places("-", stdin=b"\xef\xbb\xbf" + json.dumps(CLEAN).encode())


def test_folders_and_several_files_are_read() -> None:
    wrote("f/a.json", BROKEN)
    wrote("f/g/b.jsonl", BROKEN)
    wrote("f/c.txt", BROKEN)
    wrote("d.json", BROKEN)
    found = places("f", "d.json", "f/a.json")

    assert [str(Path(name)) for name in ("f/a.json", "f/g/b.jsonl", "d.json")] == [place[0] for place in found]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        (b'[\n {"role": "user",\n  "content" "hi"}]', "line 3, column 13: Expecting ':' delimiter"),
        (b'{"role": "user"}\n\n{"role": \n', "line 3, column 10: Expecting value"),
        (b'{"role": "user"}\n[NaN]\n', "line 2: NaN is not JSON"),
        (b"[Infinity]", "Infinity is not JSON"),
        (b"hello", "line 1, column 1: Expecting value"),
        (b"[" * 100_000, "it is nested too deeply"),
        (b'["\xff"]', "byte 2: it is not UTF-8"),
    ],
)
def test_what_is_no_json_is_said_with_the_place(text: bytes, why: str) -> None:
    Path("a.json").write_bytes(text)
    result = detent("a.json")

    assert 2 == result.exit_code
    assert f"a.json: can not be read: {why}" == result.stdout.splitlines()[0]


def test_a_file_that_is_not_there_does_not_keep_the_others_from_being_read() -> None:
    result = detent("nowhere.json", wrote("a.json", BROKEN))

    assert 2 == result.exit_code
    assert "nowhere.json: can not be read: No such file or directory" in result.stdout
    assert "1 history, judged for portable: 1 finding, 1 file unreadable" in result.stdout


# --- what it writes --------------------------------------------------------------------------------------------------


def test_a_repair_is_written_beside_the_input_and_named() -> None:
    result = detent(wrote("a.json", BROKEN), "--fix")

    assert 0 == result.exit_code
    assert (BROKEN, [USER]) == (read("a.json"), read("a.fixed.json"))
    assert "a.json: repaired, written to a.fixed.json\n    message 1: dropped: a result that answers no call" in result.stdout
    assert result.stdout.endswith("1 history, judged for portable: 1 finding, 0 left\n")


def test_a_clean_history_is_written_nowhere_unless_a_place_is_named() -> None:
    assert 0 == detent(wrote("a.json", CLEAN), "--fix").exit_code
    assert ["a.json"] == [path.name for path in Path().iterdir()]
    assert 0 == detent("a.json", "--fix", "-o", "b.json").exit_code
    assert CLEAN == read("b.json")


def test_a_repair_can_be_written_over_the_input() -> None:
    Path(wrote("a.json", BROKEN)).chmod(0o640)
    result = detent("a.json", "--fix", "--in-place")

    assert 0 == result.exit_code
    assert [USER] == read("a.json")
    assert 0o640 == Path("a.json").stat().st_mode & 0o777
    assert ["a.json"] == [path.name for path in Path().iterdir()]


def test_of_a_request_the_history_is_repaired_and_the_rest_kept() -> None:
    body = {"model": "m", "messages": BROKEN, "tools": TOOLS, "x": "\ud800"}
    result = detent(wrote("a.json", body), "--fix", "--json")

    assert {**body, "messages": [USER]} == read("a.fixed.json")
    assert [
        {"file": "a.json", "to": "a.fixed.json", "changes": ["message 1: dropped: a result that answers no call"], "left": []}
    ] == (json.loads(result.stdout)["repaired"])


def test_lines_stay_lines() -> None:
    detent(wrote("a.jsonl", USER, ORPHAN, ANSWER), wrote("b.jsonl", BROKEN, {"messages": BROKEN}), "--fix")

    assert [USER, ANSWER] == [json.loads(line) for line in Path("a.fixed.jsonl").read_text().splitlines()]
    assert [[USER], {"messages": [USER]}] == [json.loads(line) for line in Path("b.fixed.jsonl").read_text().splitlines()]


def test_a_list_of_histories_stays_one() -> None:
    result = detent(wrote("a.json", [CLEAN, BROKEN]), "--fix")

    assert [CLEAN, [USER]] == read("a.fixed.json")
    assert "    history 1, message 1: dropped" in result.stdout


def test_what_no_repair_can_mend_is_left_and_named_by_its_new_place() -> None:
    result = detent(wrote("a.jsonl", USER, ORPHAN, ANSWER), "--fix", "--sendable")

    assert 1 == result.exit_code
    assert "what is left:\na.fixed.jsonl:2: message 1: V25" in result.stdout


def test_the_repaired_standard_input_goes_to_standard_output_and_the_rest_to_standard_error() -> None:
    result = detent("-", "--fix", stdin=json.dumps(BROKEN))

    assert [USER] == json.loads(result.stdout)
    assert "stdin: message 1: V14" in result.stderr


def test_what_is_written_is_valid() -> None:
    detent(wrote("a.json", [ORPHAN, CALLS, {**USER, "content": "\ud800"}, CALLS, {"role": "system", "content": "x"}]), "--fix")

    assert [] == judge(read("a.fixed.json"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("", "Missing argument"),
        ("a.json --host nowhere", "no host is named 'nowhere'"),
        ("a.json -o b.json", "--output says where --fix writes"),
        ("a.json --in-place", "--in-place says where --fix writes"),
        ("a.json --fix --in-place -o b.json", "exclude each other"),
        ("a.json b.json --fix -o c.json", "--output takes what becomes of one file, and there are 2"),
        ("- --fix --in-place", "can not write to standard input"),
        ("- --fix --json", "would both be on stdout"),
        ("a.json --fix -o a.json", "a.json would be overwritten"),
        ("a.json --fix -o link.json", "link.json would be overwritten"),
        ("a.json a.fixed.json --fix", "a.fixed.json would be overwritten"),
        ("a.json --fix -o no/where.json", "no/where.json: No such file"),
        ("empty", "the folder holds no *.json and no *.jsonl"),
    ],
)
def test_wrong_usage_is_told_on_stderr_and_exits_with_2(arguments: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    for name in ("a.json", "b.json", "a.fixed.json"):
        wrote(name, BROKEN)
    Path("link.json").symlink_to("a.json")
    Path("empty").mkdir()
    result = detent(*arguments.split())

    assert 2 == result.exit_code
    assert said in result.stderr
    assert BROKEN == read("a.json") == read("b.json") == read("a.fixed.json")


def test_what_was_made_of_a_file_is_not_repaired_again() -> None:
    Path("folder").mkdir()
    wrote("folder/a.json", BROKEN)
    first, second = detent("folder", "--fix"), detent("folder", "--fix")

    assert (first.exit_code, first.stderr) == (second.exit_code, second.stderr)
    assert ["a.fixed.json", "a.json"] == sorted(each.name for each in Path("folder").iterdir())


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_session_on_the_page_is_what_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    page = (ROOT / "docs" / "lint.md").read_text("utf-8")
    (command,) = re.findall(r"^\$ detent lint (.*)$", page, re.MULTILINE)
    (shown,) = re.findall(r"^```text\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    result = detent(*command.split())

    assert shown == result.stderr
    assert [] == judge(json.loads(result.stdout))
