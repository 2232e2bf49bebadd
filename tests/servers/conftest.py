"""A llama.cpp server, once a session, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import tiny_model


@pytest.fixture(scope="session")
def llama_cpp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a llama.cpp server with the tiny model; it ends with the session, however that ends."""
    folder = tmp_path_factory.mktemp("llama_cpp")
    model = folder / "tiny.gguf"
    tiny_model.write_model(model)
    command = [sys.executable, tiny_model.__file__, str(model)]
    with (
        (folder / "server.log").open("w") as log,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        assert process.stdout is not None
        line = next((line for line in process.stdout if line.startswith(tiny_model.LISTENING)), None)
        assert line is not None, f"the server did not start:\n{_end_of(folder / 'server.log')}"
        yield line.removeprefix(tiny_model.LISTENING).strip() + "/v1"
        process.kill()


def _end_of(log: Path) -> str:
    return log.read_text("utf-8", "replace")[-3000:]
