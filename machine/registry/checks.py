"""What is wrong between the entries of a file, and with what hosts would refuse.  Finds all of it, not the first."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Final

from attrs import evolve

from ...errors import ConfigurationError
from ...tools.wording import unknown
from ..wire.address import resolve_url
from ..wire.host_profile import HostProfile, overridden
from ..wire.hosts import HOSTS, host_named
from ..wire.request import check_parameters
from .document import Problem
from .entries import Entries, HostEntry, ModelEntry
from .places import Place

__all__ = ["AUTO", "ROLE", "host_of", "problems_among", "warnings_of"]

AUTO: Final = "auto"
"""What a request says that leaves the model to the role."""

ROLE: Final = "role:"
"""What stands before a role's name."""

_TABLES: Final = ("hosts", "models", "roles")
_VARIABLE: Final = re.compile(r"[A-Z_][A-Z0-9_]*")
_USER: Final = re.compile(r"//[^/?#]*@")
_ARGUMENT: Final = re.compile(r"^Model\(\w+=\.\.\.\): ")


def host_of(model: ModelEntry, hosts: Mapping[str, HostEntry]) -> HostEntry:
    """Return the host that *model* is at: of the file, or of that kind at its usual address; the model's own otherwise."""
    if model.host is None:
        return model
    return hosts.get(model.host) or HostEntry(host_type=model.host)


def problems_among(entries: Entries, spoilt: Collection[Place] = ()) -> Iterator[Problem]:
    """Yield what is wrong with entries that are each of the right shape.

    The entries at the places *spoilt* are not among them but are there: who names them is not to blame.
    """
    names = {table: [str(place[1]) for place in spoilt if place[0] == table and len(place) > 1] for table in _TABLES}
    if not (entries.models or names["models"] or ("models",) in spoilt):
        yield Problem((), "no model is configured: a table [models.NAME] with host and model_name is wanted")
    for name, host in entries.hosts.items():
        yield from _of_host(("hosts", name), host)
    for name, model in entries.models.items():
        yield from _of_name(("models", name))
        if model.host is None or not (("hosts",) in spoilt or model.host in names["hosts"]):
            yield from _of_model(("models", name), model, entries.hosts)
    for name, role in entries.roles.items():
        yield from _of_name(("roles", name))
        if ("models",) not in spoilt:
            yield from _of_role(("roles", name), role.names, [*entries.models, *names["models"]])


def _of_name(place: Place) -> Iterator[Problem]:
    name = str(place[-1])
    if name != name.strip() or not name or name == AUTO or name.startswith(ROLE):
        yield Problem(place, f"this name can not be used: {AUTO!r}, {ROLE!r}..., the empty name and outer spaces are taken")


def _of_role(place: Place, names: Sequence[str], known: Sequence[str]) -> Iterator[Problem]:
    for name in dict.fromkeys(names):
        if name not in known:
            yield Problem(place, f"model {name!r}: {unknown(known, name) if known else 'no model is configured'}")
        if names.count(name) > 1:
            yield Problem(place, f"model {name!r} is there twice")


def _of_model(place: Place, model: ModelEntry, hosts: Mapping[str, HostEntry]) -> Iterator[Problem]:
    if model.host is None:
        yield from _of_host(place, model, model.parameters)
        return
    for key in ("api_url", "host_type", "type"):
        if getattr(model, key):
            yield Problem((*place, key), f"host and {key} exclude each other: the host says where it is")
    if model.host not in hosts and model.host not in HOSTS:
        known = sorted({*hosts, *HOSTS})
        yield Problem((*place, "host"), f"host {model.host!r}: {unknown(known, model.host)} (those of the file and the kinds)")
        return
    yield from _of_key(place, model)
    host = host_of(model, hosts)
    if model.host not in hosts:
        yield from _refused((*place, "host"), lambda: resolve_url(None, host_named(host.kind)))
    if host.kind in HOSTS:
        yield from _of_peculiarities(place, HOSTS[host.kind], model.at(host).profile, model.parameters, own=bool(model.profile))


def _of_host(place: Place, host: HostEntry, parameters: Mapping[str, object] | None = None) -> Iterator[Problem]:
    yield from _of_key(place, host)
    if host.api_url is None and not (host.host_type or host.type):
        either = "api_url or host_type" if parameters is None else "host (or api_url)"
        yield Problem(place, f"{either} is missing: where is it?")
        return
    if host.kind not in HOSTS:
        yield from _refused((*place, "host_type"), lambda: host_named(host.kind))
        return
    yield from _of_address((*place, "api_url"), host)
    yield from _of_peculiarities(place, HOSTS[host.kind], host.profile, parameters or {})


def _of_address(place: Place, host: HostEntry) -> Iterator[Problem]:
    """Yield what is wrong with an address, without showing it: a password or a key may stand in it."""
    if host.api_url is not None and _USER.search(host.api_url):
        yield Problem(place, "a user and a password do not belong in an address: send them as headers.Authorization")
        return
    for problem in _refused(place, lambda: resolve_url(host.api_url, HOSTS[host.kind])):
        yield evolve(problem, text=problem.text.replace(repr(host.api_url), "this one"))


def _of_peculiarities(
    place: Place,
    host: HostProfile,
    changes: Mapping[str, object],
    parameters: Mapping[str, object],
    *,
    own: bool = True,
) -> Iterator[Problem]:
    try:
        profile = overridden(host, changes)
    except ConfigurationError as error:
        if own:  # else it is told of the host that the changes come from
            yield Problem((*place, "profile"), _plain(error))
        return
    for name, value in parameters.items():
        yield from _refused((*place, "parameters", name), _checking(profile, name, value))


def _checking(profile: HostProfile, name: str, value: object) -> Callable[[], object]:
    return lambda: check_parameters(profile, {name: value})


def _of_key(place: Place, host: HostEntry) -> Iterator[Problem]:
    given = [key for key in ("api_key_env", "api_key_file") if getattr(host, key)]
    given += ["api_key"] if has_literal_key(host) else []
    if len(given) > 1:
        yield Problem((*place, given[-1]), f"{' and '.join(given)} exclude each other: one key is wanted")
    if host.api_key_env is not None and not _VARIABLE.fullmatch(host.api_key_env):
        # Not shown: who mistakes this for the place of the key has written the key here.
        yield Problem(
            (*place, "api_key_env"),
            "the name of an environment variable is wanted, in capitals such as HOUSE_API_KEY, not the key itself",
        )


def has_literal_key(host: HostEntry) -> bool:
    """Whether the key itself stands in the file."""
    return host.api_key is not None and bool(host.api_key.get_secret_value())


def warnings_of(entries: Entries) -> Iterator[Problem]:
    """Yield what works and should not be: keys that stand in the file."""
    for table, each in (("hosts", entries.hosts), ("models", entries.models)):
        for name, host in each.items():
            if has_literal_key(host):
                yield Problem((table, name, "api_key"), "the key stands in the file; better api_key_env or api_key_file")


def _refused(place: Place, check: Callable[[], object]) -> Iterator[Problem]:
    try:
        check()
    except ConfigurationError as error:
        yield Problem(place, _plain(error))


def _plain(error: ConfigurationError) -> str:
    return _ARGUMENT.sub("", str(error))
