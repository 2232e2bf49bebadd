"""Programs for Node that the tests talk to, from npm, into `.npm` at the root of the project, once.

A machine without npm is an error that says so.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
from pathlib import Path

__all__ = ["installed"]

FOLDER = Path(__file__).parent.parent.parent / ".npm"
PACKAGES = {
    "@ag-ui/client": "1.0.0",
    "@modelcontextprotocol/server-everything": "2026.8.31",
    "@modelcontextprotocol/server-filesystem": "2026.8.31",
}


def installed() -> Path:
    """Return the folder of the npm packages, installed when they are not there yet in these versions."""
    modules = FOLDER / "node_modules"
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of several processes that run tests one installs, and the others wait for it
        if any(_version(modules / name) != version for name, version in PACKAGES.items()):
            _install()
    return modules


def _install() -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError("npm is needed for programs that the tests talk to: install Node.js 20 or newer")
    wanted = [f"{name}@{version}" for name, version in PACKAGES.items()]
    command = [npm, "install", "--prefix", str(FOLDER), "--no-audit", "--no-fund", "--loglevel=error", *wanted]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"npm could not install {' '.join(wanted)}:\n{done.stderr[-2000:]}")


def _version(package: Path) -> str | None:
    try:
        return str(json.loads((package / "package.json").read_text("utf-8"))["version"])
    except FileNotFoundError:
        return None
