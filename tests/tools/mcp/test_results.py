from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mcp_types import (
    AudioContent,
    BlobResourceContents,
    CallToolResult,
    ContentBlock,
    EmbeddedResource,
    ImageContent,
    ResourceLink,
    TextContent,
    TextResourceContents,
)

from detent import ToolError
from detent.tools import File, Image, Unserialisable, render
from detent.tools.mcp.results import Returned, returned


def result(*blocks: ContentBlock, structured: object = None, is_error: bool = False) -> Returned:
    return returned(CallToolResult(content=list(blocks), structured_content=structured, is_error=is_error))


def text(said: str) -> TextContent:
    return TextContent(text=said)


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def test_texts_are_joined_a_line_each() -> None:
    assert "a\nb" == result(text("a"), text("b"))
    assert "" == result()


def test_pictures_and_sound_stand_where_the_server_put_them() -> None:
    picture = ImageContent(data=encoded(b"png"), mime_type="image/webp")
    sound = AudioContent(data=encoded(b"wav"), mime_type="audio/wav")

    assert ["a", Image(b"png", "image/webp"), "b", File(b"wav", "audio/wav")] == result(text("a"), picture, text("b"), sound)


@pytest.mark.parametrize(
    ("data", "mime_type"), [("%%%", "image/png"), ("", "image/png"), ("YQ==", "image/"), ("YQ==", "no type")]
)
def test_media_that_can_not_be_read_are_said_to_be_so_and_the_rest_counts(data: str, mime_type: str) -> None:
    assert f"a\n[{mime_type}, which can not be read]" == result(text("a"), ImageContent(data=data, mime_type=mime_type))


def test_structured_content_is_told_where_there_is_no_text() -> None:
    assert '{"ä":1}'.replace(":", ": ") == result(structured={"ä": 1})
    assert "said" == result(text("said"), structured={"a": 1})
    assert [Image(b"x"), "[1]"] == result(ImageContent(data=encoded(b"x"), mime_type="image/png"), structured=[1])
    assert "\n0" == result(text(""), structured=0)


def test_resources_are_text_and_their_pictures_are_pictures() -> None:
    words = TextResourceContents(uri="file:///a", text="hello", mime_type="text/plain")
    picture = BlobResourceContents(uri="file:///b", blob=encoded(b"png"), mime_type="image/png")
    binary = BlobResourceContents(uri="file:///c", blob=encoded(b"123456"), mime_type="application/zip")
    unknown = BlobResourceContents(uri="file:///d", blob="")

    assert [
        "[resource file:///a]\nhello",
        Image(b"png"),
        "[resource file:///c: binary, application/zip, 6 bytes]",
        "[resource file:///d: binary, of no stated type, 0 bytes]",
    ] == result(*(EmbeddedResource(resource=each) for each in (words, picture, binary, unknown)))


def test_a_link_is_told_with_what_is_known_of_it() -> None:
    full = ResourceLink(uri="file:///a", name="a", title="The A", mime_type="text/plain", description="First.")

    assert "[resource file:///a: The A, text/plain, First.]" == result(full)
    assert "[resource file:///b: b]" == result(ResourceLink(uri="file:///b", name="b"))


def test_an_error_is_raised_in_the_servers_words() -> None:
    with pytest.raises(ToolError, match=r"^no\nsuch\n\[image, image/png, 1 bytes\]$"):
        result(text("no"), text("such"), ImageContent(data=encoded(b"x"), mime_type="image/png"), is_error=True)
    with pytest.raises(ToolError, match="the call failed, and no more"):
        result(text(" "), is_error=True)


BLOCKS = st.one_of(
    st.builds(TextContent, text=st.text(max_size=5)),
    st.builds(ImageContent, data=st.text("YQ=%", max_size=5), mime_type=st.sampled_from(["image/png", "image/", "x", ""])),
    st.builds(AudioContent, data=st.text("YQ=%", max_size=5), mime_type=st.text(max_size=5)),
)


@given(st.lists(BLOCKS, max_size=5), st.none() | st.dictionaries(st.text(max_size=3), st.integers(), max_size=2))
def test_whatever_a_server_returns_can_be_written_down(blocks: list[ContentBlock], structured: object) -> None:
    assert not isinstance(render(result(*blocks, structured=structured), 20_000), Unserialisable)
