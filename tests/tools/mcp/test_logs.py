from __future__ import annotations

import logging
import subprocess
import sys

import pytest

from detent.tools.mcp.logs import LOG, LastWords, log_message, wanted_level


@pytest.mark.parametrize(
    ("level", "wanted"),
    [
        (logging.DEBUG, "debug"),
        (logging.INFO, "info"),
        (logging.WARNING, "warning"),
        (logging.ERROR, "error"),
        (logging.CRITICAL, "critical"),
        (logging.CRITICAL + 1, "emergency"),
    ],
)
def test_a_server_is_asked_for_no_more_than_somebody_listens_to(
    caplog: pytest.LogCaptureFixture, level: int, wanted: str
) -> None:
    with caplog.at_level(level, LOG.name):
        assert wanted == wanted_level()


def test_a_message_is_a_line_at_pythons_level(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, LOG.name):
        log_message("srv", "notice", "db", "two\nlines")
        log_message("srv", "alert", None, {"a": 1})

    assert [
        ("detent.mcp", logging.INFO, "srv: db: two lines"),
        ("detent.mcp", logging.CRITICAL, "srv: {'a': 1}"),
    ] == caplog.record_tuples


def test_the_newest_lines_of_standard_error_are_kept_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    program = r"import sys; sys.stderr.buffer.write(b'\n'.join(b'line %d' % n for n in range(40)) + b'\n\n\xff' + b'x' * 900)"
    with caplog.at_level(logging.INFO, LOG.name):
        with LastWords("srv") as words:
            subprocess.run([sys.executable, "-c", program], stderr=words.file, check=True)
        words.wait(60)
    lines = words.text.split("\n")

    assert [f"line {number}" for number in range(29, 40)] == lines[:-1]
    assert "\ufffd" + "x" * 498 + "\u2026" == lines[-1]
    assert 41 == len(caplog.messages)


def test_a_child_that_holds_the_file_open_is_not_waited_for_for_ever() -> None:
    with LastWords("srv") as words:
        child = subprocess.Popen(["sleep", "60"], stderr=words.file)
    words.wait(0.01)
    child.kill()
    child.wait()

    assert "" == words.text
