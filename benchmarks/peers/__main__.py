"""`python -m benchmarks.peers [--quick]`: CPU of a model call within a run of ten tool rounds, by library and history."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import platform
import time
from importlib import import_module
from importlib.metadata import version

import httpx2

from ..histories import messages
from ..measure import in_turns, shown
from ..stub import ANSWER, StubTransport, base_url
from ..tables import Table

PEERS = {
    "the SDK in a loop by hand": ("by_hand", "openai"),
    "detent": ("with_detent", "detent"),
    "openai-agents": ("with_openai_agents", "openai-agents"),
    "pydantic-ai": ("with_pydantic_ai", "pydantic-ai-slim"),
    "langgraph": ("with_langgraph", "langgraph"),
}
ROUNDS = 10


async def measure(*, quick: bool) -> Table:
    """Measure all libraries in turns, in one process."""
    columns = [f"{length:,} messages before" for length in (0, 100, 1000)]
    made = Table(
        f"A model call within a run of {ROUNDS} tool rounds and an answer (CPU of the process, and of the loop by hand)",
        ("library", *columns),
        "Every library gets the history in its own form; converting it is not measured. The stub is inside every figure.",
    )
    cells: dict[str, list[str]] = {name: [] for name in PEERS}
    async with httpx2.AsyncClient(transport=StubTransport(), timeout=600) as http:
        for length in (0, 100, 1000):
            url = base_url(f"work-{ROUNDS}x1")
            works = [
                import_module(f".{module}", __package__).prepare(http, url, messages(length), ANSWER)
                for module, _ in PEERS.values()
            ]
            figures = await in_turns(works, turns=3 if quick else 7, units=3 if length < 1000 else 1, warm_up=1)
            for name, figure in zip(PEERS, figures, strict=True):
                cells[name].append(f"{shown(figure.median / (ROUNDS + 1))} ({figure.ratio:.2f})")
    for name, (_, package) in PEERS.items():
        made.add(f"{name} ({package} {version(package)})" if package != name else f"{name} {version(package)}", *cells[name])
    return made


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer turns: a look, not a measurement")
    os.environ |= {"LANGSMITH_TRACING": "false", "OPENAI_AGENTS_DISABLE_TRACING": "1"}
    logging.getLogger("detent").setLevel(logging.WARNING)
    asked = parser.parse_args()
    print(f"{time.strftime('%Y-%m-%d')}, Python {platform.python_version()}\n")
    print(asyncio.run(measure(quick=asked.quick)))


if __name__ == "__main__":
    main()
