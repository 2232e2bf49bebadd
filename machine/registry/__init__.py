"""Hosts, models and roles in one file, TOML or JSON: what a program asks for by name instead of by address.

    Registry           what a file says: `Registry.load(path).models("role:orchestrator")`
    current_registry   that of the default file, read on first use and again when the file has changed
    check_models       whether endpoints answer, list the model and return a tool call

Imports pydantic: import this package inside functions only.
"""

from .checkup import Checkup, check_models
from .current import config_path, current_registry
from .registry import Configured, Registry

__all__ = ["Checkup", "Configured", "Registry", "check_models", "config_path", "current_registry"]
