"""`python -m benchmarks [--quick] [section ...]`: measure, and print Markdown tables."""

from __future__ import annotations

import argparse
import asyncio
import logging
import platform
import sys
import time
from importlib import import_module
from importlib.metadata import version

SECTIONS = {
    "call": "model_call",
    "stream": "streaming",
    "step": "stepping",
    "import": "importing",
    "tools": "tools_at_once",
    "connections": "connections",
    "journalling": "journalling",
    "serving": "serving",
}


def main() -> None:
    """Measure the sections asked for, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="section", help=f"{', '.join(SECTIONS)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="fewer turns: a look, not a measurement")
    asked = parser.parse_args()
    if unknown := set(asked.sections) - set(SECTIONS):
        parser.error(f"no section is named {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    logging.getLogger("detent").setLevel(logging.WARNING)
    print(_machine())
    for name in asked.sections or SECTIONS:
        began = time.perf_counter()
        print(asyncio.run(import_module(f".{SECTIONS[name]}", __package__).table(quick=asked.quick)), flush=True)
        print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr)


def _machine() -> str:
    packages = ("detent", "openai", "httpx2", "orjson", "attrs", "transitions")
    named = ", ".join(f"{name} {version(name)}" for name in packages)
    return f"{time.strftime('%Y-%m-%d')}, Python {platform.python_version()}, {named}\n"


if __name__ == "__main__":
    main()
