"""Every known quirk of hosts, through the pure intake: whole, and byte by byte."""

from __future__ import annotations

import pytest
from quirks import OFFERED, QUIRKS, Quirk, assert_expected

from detent.machine.wire.fault import Fault
from detent.machine.wire.intake import read_body
from detent.machine.wire.refusal import read_refusal
from detent.machine.wire.stream import StreamFold
from detent.states.events import Reply
from detent.states.messages import Origin

ORIGIN = Origin("portable", "m")

quirks = pytest.mark.parametrize("quirk", QUIRKS, ids=lambda quirk: quirk.name)


def read(quirk: Quirk) -> Reply | Fault:
    if quirk.status >= 400:
        headers = {name.lower(): value for name, value in quirk.headers.items()}
        return read_refusal(quirk.status, headers, quirk.body, ORIGIN, offered=OFFERED, now=1_790_000_000.0)
    return read_body(quirk.body, ORIGIN, OFFERED)


@quirks
def test_it_becomes_what_it_means(quirk: Quirk) -> None:
    assert_expected(read(quirk), quirk.expected)


@pytest.mark.parametrize("quirk", [one for one in QUIRKS if one.status < 400], ids=lambda quirk: quirk.name)
def test_it_becomes_the_same_byte_by_byte(quirk: Quirk) -> None:
    fold = StreamFold(OFFERED)
    for byte in quirk.body:
        fold.feed(bytes([byte]))

    assert read(quirk) == fold.finish(ORIGIN)


def test_no_two_quirks_have_one_name() -> None:
    assert len(QUIRKS) == len({quirk.name for quirk in QUIRKS})


def test_every_response_quirk_of_the_protocol_is_there() -> None:
    numbers = {int(quirk.name[1:3]) for quirk in QUIRKS}

    # Q25 and Q36 say what hosts ignore and what continuing an answer of one's own brings: neither is an answer's form.
    # Q32 has tests of its own, in test_merge.py: what matters is on which call the signature ends.
    assert set(range(1, 40)) - {25, 32, 36} == numbers
