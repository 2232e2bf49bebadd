"""The page: one file, nothing from elsewhere, and nothing that was said can become a part of it."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Literal

import pytest
from journals import HOSTILE, JOURNALS, Journal

from detent.diagrams.trace import page, trace
from detent.diagrams.words import visible

VOID = {"meta", "br", "img", "link", "input", "hr"}


class Reader(HTMLParser):
    """What a browser would make of the page."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.crossed: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open.pop() != tag:
            self.crossed.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.crossed.append(f"<!--{data}")


def read(journal: Journal) -> Reader:
    return Reader(page(trace(journal)))


@pytest.mark.parametrize("journal", JOURNALS.values(), ids=JOURNALS)
def test_elements_are_closed_as_they_were_opened(journal: Journal) -> None:
    found = read(journal)

    assert ([], []) == (found.open, found.crossed)


@pytest.mark.parametrize("journal", JOURNALS.values(), ids=JOURNALS)
def test_the_page_has_no_script_and_asks_for_nothing(journal: Journal) -> None:
    found = read(journal)
    leading = {value for _, name, value in found.attributes if name in ("href", "src", "action", "data", "xlink:href")}

    assert not {"script", "img", "link", "iframe", "object", "embed", "base", "form", "image", "use"} & set(found.tags)
    assert {"#path", "#timeline", "#sequence", "#events"} == leading
    assert [] == [name for _, name, _ in found.attributes if name.startswith("on") or name == "style"]


def test_the_page_forbids_itself_all_but_its_own_style() -> None:
    text = page(trace(JOURNALS["parallel"]))
    style = re.search("<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"

    assert ("meta", "content", policy) in read(JOURNALS["parallel"]).attributes
    assert not re.search(r"url\((?!#)|@import|https?:", style[1])


def test_nothing_that_was_said_becomes_markup() -> None:
    hostile = read(JOURNALS["hostile"])
    harmless = [read(journal) for name, journal in JOURNALS.items() if name != "hostile"]

    assert set(hostile.tags) <= {tag for each in harmless for tag in each.tags}
    assert {name for _, name, _ in hostile.attributes} <= {name for each in harmless for _, name, _ in each.attributes}
    assert 1 == hostile.tags["style"] == hostile.tags["body"]


def test_what_was_said_is_shown_as_it_was_said() -> None:
    shown = "".join(read(JOURNALS["hostile"]).texts)

    assert shown.count(visible(HOSTILE)) >= 12
    assert "\x1b" not in shown
    assert "\u202e" not in shown


@pytest.mark.parametrize("journal", JOURNALS.values(), ids=JOURNALS)
def test_names_within_the_page_are_unique_and_those_referred_to_are_there(journal: Journal) -> None:
    found = read(journal)
    names = [value for _, name, value in found.attributes if name == "id"]
    referred = {name for _, _, value in found.attributes for name in re.findall(r"^#([\w-]+)$|url\(#([\w-]+)\)", value)}

    assert len(names) == len(set(names))
    assert {one or other for one, other in referred} <= set(names)


def test_what_scrolls_can_be_reached_by_keyboard_and_has_a_name() -> None:
    found = re.findall(r'<div class="scroll[^>]*>', page(trace(JOURNALS["two_runs"])))

    assert 6 == len(found)
    assert all('tabindex="0"' in each and 'role="region"' in each and "aria-label=" in each for each in found)


def test_every_event_is_listed_with_its_number() -> None:
    numbers = re.findall(r'<td class="number">(\d+)</td><td class="number">\d+:', page(trace(JOURNALS["two_runs"])))

    assert [str(number) for number in range(1, len(JOURNALS["two_runs"]) + 1)] == numbers


def test_the_same_events_are_the_same_page() -> None:
    assert page(trace(JOURNALS["long"])) == page(trace(JOURNALS["long"]))


def test_a_conversation_without_events_has_a_page() -> None:
    assert "without an id" in page(trace(()))


@pytest.mark.campaign
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 390])
def test_a_browser_shows_it_without_complaint_or_request(tmp_path: Path, scheme: Literal["light", "dark"], width: int) -> None:
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    heard: list[str] = []
    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        shown = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        shown.on("console", lambda message: heard.append(message.text))
        shown.on("dialog", lambda dialog: heard.append(dialog.message))
        shown.on("request", lambda request: asked.append(request.url))
        for name, journal in JOURNALS.items():
            file = tmp_path / f"{name}.html"
            file.write_text(page(trace(journal)), "utf-8")
            shown.goto(file.as_uri())
            shown.locator("summary").nth(1).press("Enter")

            assert shown.locator("details").nth(1).get_attribute("open") is not None
            shown.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
            assert shown.evaluate("document.documentElement.scrollWidth") <= width
            if name == "parallel":
                one, two = (shown.locator(f"#{key} .bar").bounding_box() for key in ("call00000", "call00001"))
                assert one is not None
                assert two is not None
                assert max(one["x"], two["x"]) < min(one["x"] + one["width"], two["x"] + two["width"])
        browser.close()

    assert [] == heard
    assert [(tmp_path / f"{name}.html").as_uri() for name in JOURNALS] == asked
