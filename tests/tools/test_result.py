from __future__ import annotations

import collections
import dataclasses
import datetime
import decimal
import enum
import math
import pathlib
import types
import uuid
from collections.abc import Iterator, Mapping

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from detent.tools import File, Image, Rendered, Unserialisable, render


class Unit(enum.Enum):
    CELSIUS = "c"


class Text(enum.StrEnum):
    ONE = "one"


class Model(BaseModel):
    x: float
    y: object = None


@dataclasses.dataclass
class Point:
    x: object


@attrs.frozen
class Seat:
    row: object
    _name: str = "a"


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise ValueError


class Disguised:
    def __repr__(self) -> str:
        raise ValueError

    @property  # type: ignore[misc]
    def __class__(self) -> type:  # pyright: ignore
        raise Unspeakable


class Broken(Mapping[str, int]):
    def __getitem__(self, key: str) -> int:
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter("a")

    def __len__(self) -> int:
        return 1


def nested(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


def cyclic() -> tuple[object, object, object]:
    listed: list[object] = []
    listed.append(listed)
    row: list[object] = []
    row.append(Seat(row))
    mapping: collections.UserDict[str, object] = collections.UserDict()
    mapping["it"] = mapping
    return listed, row, mapping


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("as it is", "as it is"),
        ("", ""),
        ("a\ud800\0b", "a\ufffd\ufffdb"),
        (Text.ONE, "one"),
        (None, "null"),
        (True, "true"),
        (1.5, "1.5"),
        (math.nan, "null"),
        ([math.inf, {"a": -math.inf}], '[null,{"a":null}]'),
        (b"caf\xc3\xa9", "caf\u00e9"),
        (bytearray(b"x"), "x"),
        (b"\xff\xfe", "__4="),
        ({"a": b"x"}, '{"a":"x"}'),
        ([b"\xff", b"x"], '["_w==","eA=="]'),
        ({"a": "\u00e9"}, '{"a":"\u00e9"}'),
        ({1}, "[1]"),
        ((1, "a"), '[1,"a"]'),
        (Unit.CELSIUS, '"c"'),
        (datetime.datetime(2026, 11, 20, tzinfo=datetime.UTC), '"2026-11-20T00:00:00Z"'),
        (datetime.timedelta(days=1), '"P1D"'),
        (decimal.Decimal("1.10"), '"1.10"'),
        (uuid.UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        (pathlib.PurePosixPath("/a"), '"/a"'),
        (Model(x=math.nan, y=Seat(1)), '{"x":null,"y":{"row":1,"_name":"a"}}'),
        (Seat(Point({1})), '{"row":{"x":[1]},"_name":"a"}'),
        (Point(Seat(Unit.CELSIUS)), '{"x":{"row":"c","_name":"a"}}'),
        (types.MappingProxyType({"a": 1}), '{"a":1}'),
        ({"a": 1}.keys(), '["a"]'),
        (
            ["\ud800", math.nan, ("\udfff",), {"\ud800": b"x", 1: "\ud83d\ude00"}],
            '["\ufffd",null,["\ufffd"],{"\ufffd":"x","1":"\U0001f600"}]',
        ),
        (["\ud800", b"\xff"], '["\ufffd","_w=="]'),
    ],
)
def test_a_value_becomes_a_text(value: object, text: str) -> None:
    assert Rendered(text) == render(value, 1000)


@pytest.mark.parametrize(
    ("value", "named"),
    [
        (object(), "type object has no JSON form"),
        ({"a": ValueError("x")}, "type ValueError has no JSON form"),
        (int, "type type has no JSON form"),
        ((each for each in "ab"), "a generator is no value"),
        ([Broken()], "KeyError"),
        (nested(100_000), "depth"),
        *((each, "Circular") for each in cyclic()),
    ],
)
def test_what_has_no_text_is_told_with_its_type(value: object, named: str) -> None:
    found = render(value, 1000)

    assert isinstance(found, Unserialisable)
    assert named in found.message
    assert len(found.message) < 500


def test_a_value_whose_own_class_raises_is_told_too() -> None:
    found = render(Disguised(), 100)  # not a parameter: pytest asks parameters for their class

    assert isinstance(found, Unserialisable)
    assert found.message.startswith("the result, of type Disguised, can not be written as JSON: Unspeakable;")


def test_a_long_text_is_cut_and_says_how_much_is_missing() -> None:
    found = render("x" * 32_345, 20_000)

    assert Rendered("x" * 20_000 + "\n[cut: 12,345 of 32,345 characters are missing]", missing=12_345) == found
    assert Rendered("x" * 100) == render("x" * 100, 100)


@given(st.text(st.characters(codec=None)), st.integers(100, 200))
def test_a_text_can_be_sent_and_is_never_longer_than_asked_but_for_the_note(text: str, most: int) -> None:
    found = render(text * 20, most)

    assert isinstance(found, Rendered)
    found.text.encode()
    assert len(found.text.partition("\n[cut: ")[0]) <= most


PNG = b"\x89PNG\r\n\x1a\nrest"


@pytest.mark.parametrize(
    ("data", "mime_type"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        (b"GIF87arest", "image/gif"),
        (b"GIF89arest", "image/gif"),
        (b"RIFF\x10\0\0\0WEBPrest", "image/webp"),
    ],
)
def test_the_bytes_of_a_picture_are_an_image(data: bytes, mime_type: str) -> None:
    expected = Rendered(f"[image, {mime_type}, {len(data)} bytes]", media=(Image(data, mime_type),))

    assert expected == render(data, 1000)
    assert expected == render(bytearray(data), 1000)


def test_bytes_that_are_like_a_picture_are_none() -> None:
    assert () == render(b"RIFF\x10\0\0\0WAVErest", 1000).media  # type: ignore[union-attr]  # pyright: ignore
    assert Rendered("GIF90a") == render(b"GIF90a", 1000)


def test_a_list_with_media_is_a_line_for_each_member() -> None:
    photo, paper = Image(PNG), File(b"x", "application/pdf", "a.pdf")
    found = render(["first", photo, {"a": 1}, PNG, paper, 3], 1000)
    lines = 'first\n[image, image/png, 12 bytes]\n{"a":1}\n[image, image/png, 12 bytes]\n[file a.pdf, application/pdf, 1 bytes]'

    assert Rendered(f"{lines}\n3", media=(photo, Image(PNG), paper)) == found
    assert found == render(("first", photo, {"a": 1}, PNG, paper, 3), 1000)


def test_a_list_without_media_is_json() -> None:
    assert Rendered('["a",1]') == render(["a", 1], 1000)


def test_cutting_a_text_leaves_the_media_whole() -> None:
    photo = Image(PNG)
    found = render(["x" * 200, photo], 100)

    assert isinstance(found, Rendered)
    assert "x" * 100 == found.text.split("\n")[0]
    assert ((photo,), 129) == (found.media, found.missing)


LEAVES = (
    st.none() | st.floats() | st.text(st.characters(codec=None)) | st.binary() | st.dates() | st.builds(object) | st.uuids()
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.builds(Seat, inner) | st.dictionaries(st.text(st.characters(codec=None)), inner)
)


@given(VALUES)
def test_rendering_never_raises(value: object) -> None:
    found = render(value, 100)

    assert isinstance(found, Rendered | Unserialisable)
    (found.text if isinstance(found, Rendered) else found.message).encode()
