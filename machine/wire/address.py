"""From what a caller gave as an address to the base that `/chat/completions` is appended to."""

from __future__ import annotations

import re

from ...errors import ConfigurationError
from .host_profile import HostProfile

__all__ = ["resolve_url"]


def resolve_url(url: str | None, host: HostProfile) -> str:
    """Return the base to which `/chat/completions` is appended.

    Trailing slashes and a trailing `/chat/completions` do not matter.  An address without a path, or with the beginning of
    the host's own, gets the host's own; Open WebUI's gets `/api` unless it has it.  Raises `ConfigurationError` when there
    is no address, or not an http one.
    """
    given = host.url if url is None else url
    if not given:
        raise ConfigurationError(f"Model(base_url=...): a host of kind {host.name!r} has no usual address, give one")
    base = given.strip().rstrip("/").removesuffix("/chat/completions").rstrip("/")
    match = re.fullmatch(r"(https?://[^/\s?#]+)(/[^\s?#]*)?", base)
    if match is None:
        hint = " without a query (Azure: the address that ends in /openai/v1 needs no api-version)" if "?" in base else ""
        raise ConfigurationError(f"Model(base_url=...): an http or https address{hint} is wanted, not {url!r}")
    origin, path = match[1], match[2] or ""
    if host.name == "openwebui":
        return base if re.search(r"/api(/v\d+)?$", path) else base + host.path
    return origin + host.path if host.path.startswith(f"{path}/") else base
