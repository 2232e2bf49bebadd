"""Which addresses are public, held against the registries of special-purpose addresses, copied out as numbers."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detent.tools.builtin.addresses import destination, is_public, resolve

SPECIAL_4 = [
    (0x00000000, 0x00FFFFFF),  # this network
    (0x0A000000, 0x0AFFFFFF),  # private
    (0x64400000, 0x647FFFFF),  # shared by the customers of a provider
    (0x7F000000, 0x7FFFFFFF),  # loopback
    (0xA9FE0000, 0xA9FEFFFF),  # link-local, and the metadata services of clouds
    (0xAC100000, 0xAC1FFFFF),  # private
    (0xC0000200, 0xC00002FF),  # documentation
    (0xC0586300, 0xC05863FF),  # 6to4 relays
    (0xC0A80000, 0xC0A8FFFF),  # private
    (0xC6120000, 0xC613FFFF),  # benchmarks
    (0xC6336400, 0xC63364FF),  # documentation
    (0xCB007100, 0xCB0071FF),  # documentation
    (0xE0000000, 0xEFFFFFFF),  # multicast
    (0xF0000000, 0xFFFFFFFF),  # reserved, broadcast
]
PROTOCOLS_4 = (0xC0000000, 0xC00000FF)
"""Some of these are global, some are not, and the registry grows."""
SPECIAL_6 = [
    (0x0000 << 112, (0x0064 << 112) - 1),  # unspecified, loopback, IPv4 inside
    (0x0065 << 112, (0x2000 << 112) - 1),  # discard, unassigned
    (0x2001 << 112, (0x20010200 << 96) - 1),  # protocols, Teredo among them
    (0x20010DB8 << 96, (0x20010DB9 << 96) - 1),  # documentation
    (0x2002 << 112, (0x2003 << 112) - 1),  # 6to4
    (0x3FFF << 112, (0x3FFF1 << 108) - 1),  # documentation
    (0x4000 << 112, (1 << 128) - 1),  # unassigned, unique local, link-local, site-local, multicast
]


def any_of(ranges: list[tuple[int, int]]) -> st.SearchStrategy[int]:
    return st.one_of([st.integers(low, high) | st.sampled_from([low, high]) for low, high in ranges])


def within(number: int, ranges: list[tuple[int, int]]) -> bool:
    return any(low <= number <= high for low, high in ranges)


@given(any_of(SPECIAL_4))
def test_no_special_ipv4_address_is_public_bare_or_wrapped(number: int) -> None:
    assert not is_public(IPv4Address(number))
    for prefix in (0xFFFF << 32, 0x0064FF9B << 96, 0, 0xFFFF << 48):
        assert not is_public(IPv6Address(prefix | number))
    assert not is_public(IPv6Address(0x2002 << 112 | number << 80))


@given(st.integers(0, 2**32 - 1).filter(lambda number: not within(number, [*SPECIAL_4, PROTOCOLS_4])))
def test_every_other_ipv4_address_is_public_bare_or_where_networks_translate(number: int) -> None:
    assert is_public(IPv4Address(number))
    assert is_public(IPv6Address(0x0064FF9B << 96 | number))
    assert is_public(IPv6Address(0xFFFF << 32 | number))


@given(any_of(SPECIAL_6).filter(lambda number: number >> 32 != 0xFFFF))
def test_no_special_ipv6_address_is_public(number: int) -> None:
    assert not is_public(IPv6Address(number))


@given(st.integers(0x2000 << 112, (0x4000 << 112) - 1).filter(lambda number: not within(number, SPECIAL_6)))
def test_every_other_unicast_ipv6_address_is_public(number: int) -> None:
    assert is_public(IPv6Address(number))


@pytest.mark.parametrize(
    "text", ["fe80::1%lo", "64:ff9b:1::101:101", "fec0::1", "ff02::1", "::", "::1", "::127.0.0.1", "100::1"]
)
def test_an_address_of_a_kind_of_its_own_is_not_public(text: str) -> None:
    assert not is_public(ip_address(text))


def test_the_destination_is_the_address_inside() -> None:
    assert ip_address("10.1.2.3") == destination(ip_address("::ffff:10.1.2.3"))
    assert ip_address("10.1.2.3") == destination(ip_address("64:ff9b::10.1.2.3"))
    assert ip_address("2600::1") == destination(ip_address("2600::1"))
    assert ip_address("8.8.8.8") == destination(ip_address("8.8.8.8"))


@pytest.mark.anyio
@pytest.mark.parametrize("spelling", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "017700000001"])
async def test_an_address_in_any_spelling_is_resolved_to_what_it_is(spelling: str) -> None:
    assert ("127.0.0.1",) == await resolve(spelling)


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["a" * 64, "a..b", "caf\u00e9"])
async def test_a_host_that_is_not_there_is_an_os_error(name: str) -> None:
    with pytest.raises(OSError):
        await resolve(name)
