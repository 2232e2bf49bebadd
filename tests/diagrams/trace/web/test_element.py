"""Elements: whatever is put in comes out as text."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st
from journals import HOSTILE

from detent.diagrams.trace.web.element import drawn, element, markup
from detent.diagrams.words import visible

TEXTS = st.one_of(st.text(), st.just(HOSTILE), st.sampled_from(["</p><script>", "<!--", "&lt;", "]]>", '" onload="x', "\x00"]))


class Reader(HTMLParser):
    """What a browser would make of it: elements with their attributes, and text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.met: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.met.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@given(TEXTS, TEXTS)
def test_text_and_attributes_come_back_as_they_were_given(text: str, title: str) -> None:
    read = Reader(markup(element("p", text, element("b", "x"), text, title=title)))

    assert [("p", {"title": visible(title)}), ("b", {})] == read.met
    assert f"\n{visible(text)}x{visible(text)}\n" == read.text


def test_texts_that_follow_one_another_are_joined() -> None:
    assert "<!doctype html>\n<p>ab<b></b>cd</p>\n" == markup(element("p", "a", "b", element("b"), "c", "d"))


def test_attributes_are_written_as_html_spells_them() -> None:
    made = element("rect", class_="bar", stroke_width=1.5, viewBox="0 0 1 1", title=None)

    assert {"class": "bar", "stroke-width": "1.5", "viewBox": "0 0 1 1"} == made.attrib


def test_a_drawing_is_taken_in_as_elements() -> None:
    assert ["g", "rect"] == [part.tag for part in drawn('<g><title>a &lt; b</title></g><rect x="1"/>')]
