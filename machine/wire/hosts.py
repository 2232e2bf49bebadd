"""The kinds of OpenAI-compatible hosts: where they listen and what they refuse, as a table.

An entry says only in what a host differs from `portable`, which is what all of them take.  Sources: the hosts' own
documentation and the error texts that are quoted beside the fields, read 2026-11-20.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from ...errors import ConfigurationError
from .address import resolve_url
from .host_profile import HostProfile
from .served_hosts import SERVED
from .vendor_hosts import VENDORS

__all__ = ["HOSTS", "HostProfile", "guess_host", "host_named", "resolve_url"]

HOSTS: Final[Mapping[str, HostProfile]] = {host.name: host for host in (HostProfile(name="portable"), *VENDORS, *SERVED)}
"""All kinds of hosts, by name.  `portable` is the intersection: what every one of them takes."""


def host_named(name: str) -> HostProfile:
    """Return the profile of that name.  Raises `ConfigurationError`, which lists the names, when there is none."""
    try:
        return HOSTS[name]
    except (KeyError, TypeError):
        raise ConfigurationError(f"no host is named {name!r}; known are {', '.join(sorted(HOSTS))}") from None


def guess_host(url: str | None) -> HostProfile:
    """Return the profile whose addresses *url* looks like: `openai` for no address, `portable` for an unknown one."""
    if url is None:
        return HOSTS["openai"]
    return next((host for host in HOSTS.values() if re.search(host.matches, url)), HOSTS["portable"])
