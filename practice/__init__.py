"""The practice endpoint: chat completions over real HTTP on loopback, rule-based, with no language model.

    reply      what the rules answer to a request's body: pure, needs nothing installed
    Practice   the endpoint in a thread, for tests and examples: `with Practice() as practice: practice.base_url`
    serve      the endpoint until Ctrl-C, for the command line
    app        the Starlette application itself, to mount elsewhere

All but `reply` need `starlette` and `uvicorn` (`pip install 'detent[cli]'`), loaded on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from .rules import MODEL, reply

if TYPE_CHECKING:
    from .loopback import Practice, serve
    from .server import app

__all__ = ["MODEL", "Practice", "app", "reply", "serve"]

_HOMES = {"Practice": ".loopback", "serve": ".loopback", "app": ".server"}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(import_module(_HOMES[name], __name__), name)
    except ModuleNotFoundError as error:
        if error.name not in ("starlette", "uvicorn"):
            raise
        raise ImportError(f"the practice endpoint needs {error.name}: pip install 'detent[cli]'") from error
