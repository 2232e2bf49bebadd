"""The practice endpoint, for the commands that need it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import ConfigurationError

if TYPE_CHECKING:
    from ..practice import Practice

__all__ = ["endpoint", "serve"]


def endpoint() -> Practice:
    """Return the endpoint, not yet listening.  Raises `ConfigurationError` when what it needs is not installed."""
    try:
        from ..practice import Practice
    except ImportError as error:
        raise ConfigurationError(f"no model is configured, and {error}") from None
    return Practice()


def serve(port: int) -> None:
    """Serve until Ctrl-C, after one line on stdout.  Raises `ConfigurationError` when the port can not be had."""
    try:
        from ..practice import serve as serve_practice

        serve_practice(port)
    except ImportError as error:
        raise ConfigurationError(str(error)) from None
    except OSError as error:
        raise ConfigurationError(f"--port {port}: {error.strerror or error}") from None
