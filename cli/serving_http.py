"""`detent serve`: conversations over HTTP, with the console, on a journal."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import anyio
from attrs import frozen

from ..errors import ConfigurationError
from ..machine.agent import Agent
from ..machine.model import Model
from ..machine.sql import SqlJournal
from .agents import AgentOptions, agent_for
from .toolset import toolset

__all__ = ["ServedOverHttp", "serve_http"]


@frozen(kw_only=True)
class ServedOverHttp:
    """What the options ask for: an agent or, with *config*, all models and roles of a file; where; and for whose keys."""

    agent: AgentOptions
    config: Path | None
    role: str
    journal: str
    key_file: Path | None
    address: str
    port: int


def serve_http(asked: ServedOverHttp) -> None:
    """Serve until Ctrl-C or SIGTERM, then park what runs.

    Raises `ConfigurationError` for what is wrong with the options, or not installed, and `JournalError` for a journal that can
    not be read, before anything is served.
    """
    try:
        from ..service.app import Service
        from ..service.backends import Backends
        from ..service.keys import Keys
        from ..service.server import serve
    except ModuleNotFoundError as error:
        if error.name not in ("fastapi", "sse_starlette", "uvicorn", "ag_ui"):
            raise
        raise ConfigurationError(f"serve needs {error.name}: pip install 'detent[service]'") from None
    keys = Keys() if asked.key_file is None else Keys.read(asked.key_file)
    with ExitStack() as stack:
        if asked.config is None:
            backends = Backends.of(stack.enter_context(agent_for(asked.agent, None))[0])
        else:
            backends = _of_config(asked, asked.config)
        journal = SqlJournal(asked.journal)
        anyio.run(partial(journal.summaries, limit=1))  # whether it can be read is said now
        serve(Service(backends=backends, journal=journal, keys=keys), address=asked.address, port=asked.port)


def _of_config(asked: ServedOverHttp, config: Path) -> Any:  # Any: its class is imported only once it is installed
    from ..machine.registry import Registry
    from ..service.backends import Backends

    tools = [] if asked.agent.no_tools else toolset(asked.agent.folder, asked.agent.approve)

    def make(models: Sequence[Model]) -> Agent[str]:
        first, *others = models
        options = asked.agent
        return Agent(first, fallbacks=others, tools=tools, instructions=options.instructions, limits=options.limits)

    return Backends.from_registry(Registry.load(config), make, role=asked.role)
