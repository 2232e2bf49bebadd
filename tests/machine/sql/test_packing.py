"""Packed bytes: smaller, unpacked to the same, and damage is noticed."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import events

from detent.errors import FormatError
from detent.machine.codec import json_of
from detent.machine.sql import packing
from detent.machine.sql.packing import pack, unpack
from detent.states import Event
from detent.states.events import ToolStarted

STARTED = json_of(ToolStarted(call_id="call00042", at=1763683200.123456))


@given(st.binary())
def test_whatever_was_packed_is_unpacked_to_the_same(data: bytes) -> None:
    assert data == unpack(pack(data))


@given(events())
def test_an_event_is_unpacked_to_the_same(event: Event) -> None:
    assert json_of(event) == unpack(pack(json_of(event)))


def test_a_small_event_takes_less_than_it_says() -> None:
    assert 0.7 > len(pack(STARTED)) / len(STARTED)


def test_what_was_packed_by_the_first_release_is_still_unpacked() -> None:
    packed = bytes.fromhex("78bbc13e491cc312ac2646f0a8303336b330363230d0333432363135c31e330078b01320")

    assert STARTED == unpack(packed)
    assert "b3a53c35ff0c32833005327da366bfc8db8a2d89ef4b65c8d6112a3deab466db" == hashlib.sha256(packing._DICTIONARY).hexdigest()


@given(st.integers(0, len(pack(STARTED)) - 1), st.integers(1, 255))
def test_a_byte_that_changed_is_noticed(place: int, flip: int) -> None:
    damaged = bytearray(pack(STARTED))
    damaged[place] ^= flip

    with pytest.raises(FormatError, match="damaged"):
        unpack(bytes(damaged))


@pytest.mark.parametrize("length", [0, 1, 10, len(pack(STARTED)) - 1])
def test_an_end_that_is_missing_is_noticed(length: int) -> None:
    with pytest.raises(FormatError, match="damaged"):
        unpack(pack(STARTED)[:length])
