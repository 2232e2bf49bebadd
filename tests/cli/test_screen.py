from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.text import Text
from scenes import after, dispatching
from scenes import call as request

from detent import (
    Conversation,
    ReasoningDelta,
    RunResult,
    State,
    StateChanged,
    TextDelta,
    ToolFinished,
    ToolProgress,
    ToolStarted,
)
from detent.cli.screen import Screen
from detent.machine.toolcall import ToolCall
from detent.states.events import ToolAsked
from detent.states.turn import Ask, OutcomeKind


class Page(io.TextIOWrapper):
    """A stream that remembers what was written to it, in some encoding."""

    def __init__(self, encoding: str = "utf-8", *, terminal: bool = False) -> None:
        super().__init__(io.BytesIO(), encoding=encoding, errors="replace", newline="\n")
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal

    @property
    def text(self) -> str:
        self.flush()
        written = self.buffer
        assert isinstance(written, io.BytesIO)
        return written.getvalue().decode(self.encoding)


def screen_on(page: Page, width: int = 100) -> Screen:
    surroundings = {"TERM": "xterm-256color"}
    console = Console(file=page, width=width, markup=False, highlight=False, emoji=False, _environ=surroundings)
    return Screen(console, "some-model")


def changed(source: State, target: State, *, rounds: int = 0, reason: str = "") -> StateChanged:
    return StateChanged(source=source, target=target, event="X", round=rounds, rounds=10, seconds=0.25, reason=reason)


def called(result: str, kind: OutcomeKind = OutcomeKind.RETURNED, **args: object) -> ToolFinished:
    return ToolFinished(call=ToolCall(id="c", tool="look", args=args, result=result, kind=kind, seconds=0.5))


def test_a_run_is_a_line_for_each_thing_that_happens() -> None:
    page = Page()
    screen = screen_on(page)
    screen.begin("http://host/v1", ["a note"])
    screen.show(changed(State.DONE, State.PROMPTING))
    screen.show(changed(State.PROMPTING, State.AWAITING_MODEL))
    screen.show(ReasoningDelta("hm"))
    screen.show(TextDelta("\nLet me "))
    screen.show(TextDelta("look."))
    screen.show(changed(State.AWAITING_MODEL, State.DISPATCHING_TOOLS, rounds=1))
    screen.show(ToolStarted(call=ToolCall(id="c", tool="look", args={})))
    screen.show(called("found\nmuch", at="x"))
    screen.show(changed(State.DISPATCHING_TOOLS, State.PROMPTING, rounds=1))
    screen.close()

    expected = """\
detent  some-model  http://host/v1
a note

● prompting                                1/10    0.25 s
● prompting → awaiting model               1/10    0.25 s

Let me look.

● awaiting model → dispatching tools       1/10    0.25 s
  ⚙ look(at="x")  found (+1 line)  0.50 s
● dispatching tools → prompting            2/10    0.25 s
"""
    assert expected == page.text


def test_how_far_a_tool_has_come_is_a_dim_line_of_its_own() -> None:
    call = ToolCall(id="c", tool="look", args={})
    page, terminal = Page(), Page(terminal=True)
    for done, total in ((None, None), (3, None), (0.5, 10)):
        screen_on(page).show(ToolProgress(call=call, message="half\nway \x1b[2J", done=done, total=total))
    screen_on(terminal, 48).show(ToolProgress(call=call, message="漢字" * 100, done=1, total=2))

    assert "    look: half (+1 line)\n    look: half (+1 line) (3)\n    look: half (+1 line) (0.5/10)\n" == page.text
    assert terminal.text.startswith("\x1b[2m    look: ") and terminal.text.endswith("… (1/2)\x1b[0m\n")
    assert max(line.cell_len for line in Text.from_ansi(terminal.text).split("\n")) <= 48


def test_what_waits_for_a_person_is_written_at_the_end() -> None:
    conversation = after(
        dispatching(request("pay", '{"amount": 3}'), request("hat")),
        ToolAsked(call_id="call00000", ask=Ask(question="Again?")),
        ToolAsked(call_id="call00001", ask=Ask(question="Which\ncolour?", schema="{}")),
    )
    page = Page()
    screen_on(page).end(RunResult[str](conversation=conversation, model="m"), 1.0)

    assert page.text.startswith("  ? pay(amount=3)\n  ? hat: Which (+1 line)\nawaiting approval: a person has to agree to pay,")


def test_a_failed_call_is_marked_and_told_without_the_models_prefix() -> None:
    page = Page(terminal=True)
    screen_on(page).show(called("Tool error: no such place", OutcomeKind.RAISED))

    assert "✗" in page.text
    assert "\x1b[31mno such place\x1b[0m" in page.text


def test_why_a_model_is_asked_again_is_said_below_the_move() -> None:
    page = Page()
    screen_on(page).show(changed(State.AWAITING_MODEL, State.PROMPTING, reason="the host is busy"))

    assert page.text.endswith("s\n  the host is busy\n")


@pytest.mark.parametrize("width", [48, 60, 120])
def test_no_line_of_a_call_or_a_move_is_wider_than_the_terminal(width: int) -> None:
    page = Page(terminal=True)
    screen = screen_on(page, width)
    screen.show(changed(State.AWAITING_APPROVAL, State.DISPATCHING_TOOLS))
    screen.show(called("漢字" * 100, text="漢字" * 100))
    screen.show(called("short", text="y" * 100))
    lines = Text.from_ansi(page.text).split("\n")

    assert all(line.cell_len <= width for line in lines)
    assert 3 == len(lines)


def test_nothing_that_a_model_says_is_taken_for_markup_or_reaches_the_terminal_raw() -> None:
    page = Page(terminal=True)
    screen = screen_on(page, 400)
    said = "[bold]x[/] :smile: \x1b[2J\x1b]0;title\x07\x9b1m\u202eend"
    screen.begin(said, [said])
    screen.show(TextDelta(said))
    screen.show(ToolFinished(call=ToolCall(id="c", tool="look", args={said: said}, result=said)))
    screen.show(changed(State.AWAITING_MODEL, State.PROMPTING, reason=said))

    assert 7 == page.text.count("[bold]x[/] :smile: ")
    assert not any(bad in page.text for bad in ("\x1b[2J", "\x1b]0;", "\x07", "\x9b", "\u202e"))


def test_an_encoding_without_the_marks_gets_ascii() -> None:
    page = Page("ascii")
    screen = screen_on(page)
    screen.show(changed(State.PROMPTING, State.AWAITING_MODEL))
    screen.show(called("ünï"))
    screen.show(called("no", OutcomeKind.RAISED, long="x" * 200))
    screen.show(TextDelta("漢"))
    screen.close()

    assert page.text.startswith("* prompting -> awaiting model")
    assert "  + look()  ?n?  0.50 s" in page.text
    assert "  x look(" in page.text and "...  no" in page.text


def test_without_a_terminal_there_are_no_control_characters_and_nothing_moves() -> None:
    page = Page()
    screen = screen_on(page)
    screen.begin("u", ["x" * 300])
    screen.show(changed(State.PROMPTING, State.AWAITING_MODEL))
    screen.show(ToolStarted(call=ToolCall(id="c", tool="look", args={})))
    screen.show(called("r" * 300))

    assert "\x1b" not in page.text and "waiting for" not in page.text and "running" not in page.text
    assert "x" * 300 + "\n" in page.text
    assert max(map(len, page.text.splitlines()[2:])) <= 160


def test_an_answer_that_was_not_streamed_is_written_at_the_end_and_one_that_was_is_not_repeated() -> None:
    result = RunResult[str](conversation=answered("42"), model="m")
    streamed, whole = Page(), Page()
    screen = screen_on(streamed)
    screen.show(changed(State.PROMPTING, State.AWAITING_MODEL))
    screen.show(TextDelta("42"))
    screen.show(changed(State.AWAITING_MODEL, State.DONE, rounds=1))
    screen.end(result, 1.5)
    screen_on(whole).end(result, 1.5, saved="r.json")

    assert 1 == streamed.text.count("42\n")
    assert "\n42\n\ndone  0 rounds · 0 calls · 1.50 s\nsaved in r.json\n" == whole.text


def answered(text: str) -> Conversation:
    imported = Conversation.from_messages([{"role": "user", "content": "?"}, {"role": "assistant", "content": text}])
    assert State.DONE is imported.state
    return imported
