from __future__ import annotations

import base64

import pytest

from detent.tools import File, Image

PNG = b"\x89PNG\r\n\x1a\nrest"


def test_an_image_is_a_part_that_hosts_take() -> None:
    url = "data:image/png;base64," + base64.b64encode(PNG).decode()

    assert {"type": "image_url", "image_url": {"url": url}} == Image(PNG).to_part()


def test_an_image_in_words_says_its_kind_and_its_size() -> None:
    assert "[image, image/webp, 1,234 bytes]" == Image(b"x" * 1234, "image/webp").described


def test_a_file_is_a_part_with_its_name() -> None:
    file = {"filename": "a.pdf", "file_data": "data:application/pdf;base64,eA=="}

    assert {"type": "file", "file": file} == File(b"x", "application/pdf", "a.pdf").to_part()


def test_a_file_without_a_name_is_given_one_for_the_host_alone() -> None:
    nameless = File(b"x", "application/pdf")

    assert "file" == nameless.to_part()["file"]["filename"]  # type: ignore[index]  # pyright: ignore
    assert "[file (no name), application/pdf, 1 bytes]" == nameless.described
    assert "[file a.pdf, application/pdf, 1 bytes]" == File(b"x", "application/pdf", "a.pdf").described


@pytest.mark.parametrize(
    ("mime_type", "written"), [("audio/wav", "wav"), ("audio/x-wav", "wav"), ("audio/mpeg", "mp3"), ("audio/mp3", "mp3")]
)
def test_sound_that_hosts_take_is_an_audio_part(mime_type: str, written: str) -> None:
    assert {"type": "input_audio", "input_audio": {"data": "eA==", "format": written}} == File(b"x", mime_type).to_part()


def test_other_sound_is_a_file() -> None:
    assert "file" == File(b"x", "audio/ogg").to_part()["type"]


@pytest.mark.parametrize("mime_type", ["", "png", "image/", "image/png; x=1", "image/p ng", "image/png\n", "/png"])
def test_what_is_no_media_type_is_refused(mime_type: str) -> None:
    with pytest.raises(ValueError):
        Image(PNG, mime_type)
    with pytest.raises(ValueError):
        File(PNG, mime_type)


def test_an_image_is_of_a_type_of_image() -> None:
    with pytest.raises(ValueError, match="use File for others"):
        Image(PNG, "application/pdf")


def test_there_must_be_data() -> None:
    with pytest.raises(ValueError, match="at least one byte"):
        Image(b"")
    with pytest.raises(ValueError, match="at least one byte"):
        File(b"", "text/plain")
    with pytest.raises(TypeError):
        Image("text")  # type: ignore[arg-type]  # pyright: ignore  # what is tried


def test_what_it_prints_does_not_fill_the_screen() -> None:
    assert len(repr(Image(b"x" * 10_000))) < 100
