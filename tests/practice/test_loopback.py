"""Starting and stopping: at once, on loopback alone, and with nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from urllib.parse import urlsplit

import httpx2
import pytest

from detent.practice import Practice, serve


def test_it_accepts_as_soon_as_the_block_is_entered_and_stops_after_it() -> None:
    before = set(threading.enumerate())
    with Practice() as practice:
        url = practice.base_url
        assert httpx2.get(f"{url}/models").status_code == 200

    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{url}/models")
    assert not [thread for thread in set(threading.enumerate()) - before if thread.name == "detent-practice"]


def test_it_stops_though_nothing_was_asked() -> None:
    with Practice(host="localhost") as practice:
        assert practice.base_url.startswith("http://127.0.0.1:")


def test_two_run_side_by_side() -> None:
    with Practice() as one, Practice() as other:
        assert one.base_url != other.base_url
        assert httpx2.get(f"{other.base_url}/models").status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.com", "::", ""])
def test_a_host_that_others_can_reach_is_refused(host: str) -> None:
    with pytest.raises(ValueError, match="is not loopback"):
        Practice(host=host)
    with pytest.raises(ValueError, match="is not loopback"):
        serve(host=host)


def test_a_port_that_is_taken_is_an_error_at_once() -> None:
    with Practice() as practice:
        port = urlsplit(practice.base_url).port or 0

        with pytest.raises(OSError, match="in use"), Practice(port):
            pytest.fail("the port was taken")


def test_the_address_is_known_inside_the_block_only() -> None:
    practice = Practice()
    with pytest.raises(RuntimeError, match="inside its `with` block"):
        _ = practice.base_url
    with practice:
        pass
    with pytest.raises(RuntimeError, match="inside its `with` block"):
        _ = practice.base_url
    with pytest.raises(RuntimeError, match="make another"), practice:
        pytest.fail("it was in use")


def test_the_command_says_what_it_is_in_one_line_and_ends_on_ctrl_c() -> None:
    command = [sys.executable, "-c", "from detent.practice import serve; serve()"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        url = next(word for word in line.replace(",", " ").split() if word.startswith("http"))
        answered = httpx2.get(f"{url}/models").status_code
        os.kill(process.pid, signal.SIGINT)
        rest, errors = process.communicate(timeout=10)

    assert "detent practice (rule-based, no language model) at http://127.0.0.1:" in line
    assert (answered, rest, errors, process.returncode) == (200, "", "", 0)


def test_the_rules_need_no_server_installed() -> None:
    code = "import sys; from detent.practice import reply; print('starlette' in sys.modules or 'uvicorn' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "False"


def test_what_is_missing_is_said_with_how_to_get_it() -> None:
    code = "import sys; sys.modules['uvicorn'] = None; from detent.practice import serve"

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stderr
    assert "pip install 'detent[cli]'" in said


def test_an_unknown_name_is_an_attribute_error() -> None:
    import detent.practice

    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        detent.practice.nothing  # noqa: B018
