"""`detent hosts`: the kinds of hosts that are known, and all there is to say of one."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import cast

from attrs import asdict
from rich.table import Table
from rich.text import Text

from ..machine.wire.hosts import HOSTS, HostProfile, host_named
from ..machine.wire.hosts_table import peculiarities
from .plain import value
from .screen import console_on

__all__ = ["list_hosts", "show_host"]


def list_hosts(*, as_json: bool) -> None:
    """Print every kind of host, `portable` first: its usual address, and what is peculiar to it."""
    names = ["portable", *sorted(name for name in HOSTS if name != "portable")]
    if as_json:
        sys.stdout.write(json.dumps([_fields(HOSTS[name]) for name in names]) + "\n")
        return
    console = console_on()
    rows = [(name, HOSTS[name].url or "", _peculiar(HOSTS[name])) for name in names]
    if console.is_terminal:
        table = Table("host", "usual address", "what is peculiar", box=None, pad_edge=False, header_style="bold")
        for name, url, said in rows:
            table.add_row(Text(name, style="bold"), Text(url, overflow="fold"), Text(said, style="dim"))
        console.print(table)
        return
    first, second = (max(len(row[column]) for row in rows) for column in (0, 1))
    for name, url, said in rows:
        console.print(Text(f"{name:<{first}}  {url:<{second}}  {said}".rstrip()), soft_wrap=True)


def show_host(name: str, *, as_json: bool) -> None:
    """Print every field of the host of that *name*.  Raises `ConfigurationError` when there is none."""
    fields = _fields(host_named(name))
    if as_json:
        sys.stdout.write(json.dumps(fields) + "\n")
        return
    console = console_on()
    width = max(map(len, fields))
    for field, said in fields.items():
        text = said if isinstance(said, str) else value(said)
        console.print(Text.assemble((f"{field:<{width}}  ", "bold"), text), soft_wrap=True)


def _peculiar(host: HostProfile) -> str:
    return "; ".join(peculiarities(host)).replace("`", "")


def _fields(host: HostProfile) -> dict[str, object]:
    """Return the fields as JSON, in the order in which they are declared; sets of names sorted."""
    return {field: _plain(given) for field, given in asdict(host, recurse=False).items()}


def _plain(given: object) -> object:
    if isinstance(given, frozenset):
        return sorted(map(str, cast("frozenset[object]", given)))
    if isinstance(given, Mapping):
        return {name: _plain(inner) for name, inner in cast("Mapping[str, object]", given).items()}
    return given
