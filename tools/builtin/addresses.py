"""Which addresses of the internet are public, and which addresses a host has."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

import anyio

__all__ = ["Address", "Network", "Resolve", "destination", "is_public", "resolve"]

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network
Resolve: TypeAlias = Callable[[str], Awaitable[Sequence[str]]]
"""Returns the addresses of a host, as text; raises `OSError` when it has none."""

_NAT64 = IPv6Network("64:ff9b::/96")
_UNICAST = IPv6Network("2000::/3")
_FURTHER: tuple[Network, ...] = tuple(
    ip_network(each) for each in ("192.88.99.0/24", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
"""6to4 with its relays, Teredo and others of its kind, documentation.

Source: the registries of special-purpose addresses, IPv4 and IPv6, at iana.org.  Not every Python knows these as such.
"""


def destination(address: Address) -> Address:
    """Return where packets to *address* arrive: the IPv4 address in an IPv4-mapped or a NAT64 one, else *address* itself."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


def is_public(address: Address) -> bool:
    """Whether *address* leads to one host of the public internet.

    Not to this machine, a private, shared or link-local network, several hosts, a tunnel, documentation or nothing at all.
    """
    there = destination(address)
    if isinstance(there, IPv6Address) and there not in _UNICAST:
        return False
    return there.is_global and not there.is_multicast and not any(there in network for network in _FURTHER)


async def resolve(host: str) -> Sequence[str]:
    """Return the addresses of *host* as the system's resolver knows them, most wanted first.

    Raises `OSError` when it has none.  Other spellings of an address, such as 2130706433, are hosts here as they are there.
    """
    try:
        found = await anyio.getaddrinfo(host.encode("ascii"), None, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError(f"no name of a host: {error}") from None
    return tuple(dict.fromkeys(str(ip_address(each[4][0])) for each in found))
