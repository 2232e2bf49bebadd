from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from detent import ConfigurationError, Conversation
from detent.cli.storing import check_place, read_history, read_record, write_record

HELLO = {"role": "user", "content": "hi"}


def test_a_record_comes_back_equal_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    record = Conversation.from_messages([HELLO], conversation_id="c")
    path = tmp_path / "record.json"
    path.write_text("what was there before", encoding="utf-8")

    write_record(path, record)

    assert record == read_record(path)
    assert [path] == list(tmp_path.iterdir())


@pytest.mark.parametrize("written", [[HELLO], {"model": "m", "messages": [HELLO]}])
def test_a_history_is_a_list_of_messages_or_a_request_with_one(tmp_path: Path, written: object) -> None:
    path = tmp_path / "history.json"
    path.write_text(json.dumps(written), encoding="utf-8")

    assert [HELLO] == read_history(path).messages


@pytest.mark.parametrize("text", ["", "{", "1", '{"role": "user"}', '["hi"]', "\xff"])
def test_what_is_no_history_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "history.json"
    path.write_text(text, encoding="latin-1")

    with pytest.raises(ConfigurationError, match=r"--history .*history\.json: "):
        read_history(path)


def test_what_is_no_record_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    with pytest.raises(ConfigurationError, match=r"--continue .*record\.json: No such file"):
        read_record(path)
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"--continue .*record\.json: not a stored conversation"):
        read_record(path)


def test_a_place_where_nothing_can_be_written_is_refused_beforehand(tmp_path: Path) -> None:
    check_place(tmp_path / "new.json")
    for path in (tmp_path, tmp_path / "nowhere" / "new.json"):
        with pytest.raises(ConfigurationError, match=r"--save .*: no file can be written there"):
            check_place(path)
    with pytest.raises(ConfigurationError, match=r"--save .*: No such file"):
        write_record(tmp_path / "nowhere" / "new.json", Conversation())


def test_a_link_is_followed_and_a_files_mode_is_kept(tmp_path: Path) -> None:
    path, link = tmp_path / "record.json", tmp_path / "link.json"
    path.write_text("before", encoding="utf-8")
    path.chmod(0o640)
    link.symlink_to(path)

    write_record(link, Conversation())

    assert link.is_symlink()
    assert Conversation() == read_record(path)
    assert 0o640 == path.stat().st_mode & 0o777


def test_what_is_no_file_is_written_to_and_never_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_record(pipe, Conversation())
    written = os.read(reading, 9999)
    os.close(reading)

    assert pipe.is_fifo()
    assert written.endswith(b"}\n")


def test_a_history_that_is_nested_too_deeply_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "history.json"
    path.write_text("[" * 100_000, encoding="utf-8")

    with pytest.raises(ConfigurationError, match=r"--history .*history\.json: it is nested too deeply"):
        read_history(path)
