"""`detent models`: what each role resolves to, and with `--check` whether the models are there."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from attrs import asdict
from rich.console import Console
from rich.text import Text

from ..errors import ConfigurationError
from ..machine.model import Model
from ..machine.registry import Checkup, Configured, Registry, check_models, config_path
from ..machine.sync import run_to_the_end
from .exits import Exit
from .plain import in_one_line, plain
from .screen import console_on

__all__ = ["list_models"]


def list_models(config: Path | None, *, check: bool, rewrite: bool, as_json: bool) -> Exit:
    """Print the roles and the models of the file *config* (default: `config_path()`), and return the exit code.

    With *check* each model is asked, and the code is 1 when one is not well, or its key can not be had.  With *rewrite* the
    kinds of hosts that the file leaves to be guessed are written into it first.  No key is ever printed.  Raises
    `ConfigurationError` for a file that can not be read, or written.
    """
    registry = Registry.load(config_path() if config is None else config)
    written = tuple(map(".".join, registry.unwritten)) if rewrite else ()
    if rewrite:
        registry.save()
        registry = Registry.load(registry.path)
    models = [registry.about(name) for name in registry.model_names]
    found: Mapping[str, Checkup] = _checked(registry) if check else {}
    if as_json:
        sys.stdout.write(_as_json(registry, models, found, written) + "\n")
    else:
        _show(console_on(), registry, models, found)
        if rewrite:
            console_on().print(f"host_type written: {plain(', '.join(written) or 'nothing was left to write')}", soft_wrap=True)
    return Exit.DONE if all(checkup.is_well for checkup in found.values()) else Exit.FAILED


def _checked(registry: Registry) -> Mapping[str, Checkup]:
    """Return what is found of every model; one whose key can not be had is not asked."""
    models: dict[str, Model] = {}
    found: dict[str, Checkup] = {}
    for name in registry.model_names:
        try:
            models[name] = registry.model(name)
        except ConfigurationError as error:
            found[name] = Checkup(answers=False, problem=str(error))
    return {**found, **run_to_the_end(partial(check_models, models))}


def _show(console: Console, registry: Registry, models: Sequence[Configured], found: Mapping[str, Checkup]) -> None:
    _line(console, Text(plain(str(registry.path)), style="dim"))
    _table(console, "roles", [(role, ", then ".join(names)) for role, names in registry.roles.items()])
    _table(console, "models", [_row(model) for model in models])
    if found:
        console.print()
        _line(console, Text("checked", style="bold"))
        width = max(len(model.name) for model in models)
        for model in models:
            checkup = found[model.name]
            style = "" if checkup.is_well else "red"
            _line(console, Text(f"  {plain(model.name):<{width}}  {in_one_line(_said(checkup))}", style=style))
    for warning in registry.warnings:
        _line(console, Text(f"warning: {plain(warning)}", style="yellow"))


def _row(model: Configured) -> tuple[str, ...]:
    kind = f"{model.host_type} (guessed)" if model.guessed else model.host_type
    return model.name, model.model_name, model.label, kind, model.url, f"key: {model.key}"


def _said(checkup: Checkup) -> str:
    return "; ".join((*_findings(checkup), *filter(None, [checkup.problem])))


def _findings(checkup: Checkup) -> Iterator[str]:
    if checkup.answers:
        yield f"answers in {checkup.seconds:.1f} s"
    if checkup.listed:
        yield "is listed"
    if checkup.answers and checkup.calls != "never":
        yield f"calls a tool {checkup.calls}"


def _table(console: Console, title: str, rows: Sequence[tuple[str, ...]]) -> None:
    """Print *rows* below *title*, their cells one below the other."""
    console.print()
    _line(console, Text(title, style="bold"))
    if not rows:
        _line(console, Text("  none", style="dim"))
        return
    safe = [tuple(map(plain, row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(*safe, strict=True)]
    for row in safe:
        cells = "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        _line(console, Text(f"  {cells}".rstrip()))


def _as_json(registry: Registry, models: Sequence[Configured], found: Mapping[str, Checkup], written: Sequence[str]) -> str:
    """Return all of it as one line of ASCII for programs."""
    said = {
        "file": str(registry.path),
        "roles": {role: [*names] for role, names in registry.roles.items()},
        "models": [
            {**asdict(model), "check": {**asdict(found[model.name]), "is_well": found[model.name].is_well} if found else None}
            for model in models
        ],
        "warnings": [*registry.warnings],
        "written": [*written],
    }
    return json.dumps(said, ensure_ascii=True)


def _line(console: Console, text: Text) -> None:
    console.print(text, soft_wrap=True)
