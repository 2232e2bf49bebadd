"""The console in a real browser: typed, streamed, approved, answered, cancelled, left in the middle and come back to."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from served import Serve, Served

from detent.service.keys import Keys

KEY = "alice-alice-alice"
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def page(browser: Browser, complaints: list[str], serve: Serve) -> Iterator[Page]:
    """A page, closed before the service is, whose complaints have to be none at the end."""
    opened = browser.new_page()
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    opened.close()
    assert [] == complaints


@pytest.fixture
def served(serve: Serve) -> Served:
    return serve()


def say(page: Page, text: str) -> None:
    page.get_by_label("What you say").fill(text)
    page.keyboard.press("Enter")


def test_what_is_typed_is_answered_and_nothing_of_it_is_html(page: Page, served: Served) -> None:
    page.goto(served.url)
    say(page, "hi <b>there</b>")

    expect(page.locator("#state")).to_have_text("done")
    expect(page.locator("article.assistant")).to_contain_text("Hello <script>alert(1)</script> to you")
    expect(page.locator("article.user")).to_contain_text("hi <b>there</b>")
    assert 0 == page.locator("#log script, #log b").count()
    expect(page.get_by_role("button", name="hi <b>there</b>")).to_be_visible()
    expect(page.locator("#diagram")).to_have_attribute("alt", "The state diagram; the conversation rests in done")
    assert page.locator("#diagram").evaluate("picture => picture.naturalWidth") > 100


def test_a_call_is_approved_and_one_denied(page: Page, served: Served) -> None:
    page.goto(served.url)
    say(page, "pay")
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("article").last).to_contain_text("So: paid 12.5 <b>at once</b>")

    say(page, "pay")
    page.get_by_label("Why not to run pay").fill("too much")
    page.get_by_role("button", name="Deny").click()
    expect(page.locator("article").last).to_contain_text("did not allow this call: too much")
    expect(page.locator("#waiting")).to_be_hidden()


def test_a_question_is_answered(page: Page, served: Served) -> None:
    page.goto(served.url)
    say(page, "book")
    page.get_by_label("For how many?").fill("4")
    page.get_by_role("button", name="Answer", exact=True).click()

    expect(page.locator("article").last).to_contain_text("booked for 4 on Friday")


def test_a_run_is_cancelled_with_a_key(page: Page, served: Served) -> None:
    page.goto(served.url)
    say(page, "wait")
    expect(page.locator("#state")).to_have_text("awaiting model")
    page.keyboard.press("Escape")

    expect(page.locator("#state")).to_have_text("cancelled")
    expect(page.get_by_role("button", name="Go on")).to_be_visible()


def test_a_page_that_is_left_in_the_middle_comes_back_to_the_run(page: Page, served: Served, gate: threading.Event) -> None:
    page.goto(served.url)
    say(page, "wait")
    expect(page.locator("#state")).to_have_text("awaiting model")
    page.reload()
    expect(page.locator("#state")).to_have_text("awaiting model")
    expect(page.locator("article.user")).to_contain_text("wait")
    gate.set()

    expect(page.locator("article.assistant")).to_contain_text("too late")
    expect(page.locator("#state")).to_have_text("done")


def test_the_switch_goes_from_auto_through_the_backends_and_back(page: Page, served: Served) -> None:
    page.goto(served.url)
    name = page.locator("#backend-name")
    seen: list[str] = []
    for shown in ("auto (House model)", "agent (House model)", "auto (House model)"):
        expect(name).to_have_text(shown)
        seen.append(name.inner_text())
        page.locator("#backend").click()

    assert 3 == len(seen)


def test_a_key_is_asked_for_and_kept_for_the_tab(page: Page, serve: Serve, complaints: list[str]) -> None:
    served = serve(keys=Keys.of({"alice": KEY}))
    page.goto(served.url)
    page.get_by_role("textbox", name="Key").fill(KEY)
    page.keyboard.press("Enter")
    say(page, "hi")
    expect(page.locator("article.assistant")).to_contain_text("Hello")
    page.reload()
    expect(page.locator("article.assistant")).to_contain_text("Hello")

    assert all("401" in each for each in complaints)
    complaints.clear()  # the browser itself notes the answer 401


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone(page: Page, served: Served, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": 360, "height": 700})
    page.goto(served.url)
    say(page, "pay " + "very " * 40 + "long" + "word" * 60)
    expect(page.get_by_role("button", name="Approve")).to_be_in_viewport()

    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Conversations").click()
    expect(page.locator("nav button").first).to_be_visible()
