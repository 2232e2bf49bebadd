"""HTML as text to read; and pages that were made to take for ever."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detent.tools.builtin.readable import readable

PAGE = """<!doctype html><html><head><title>Cats &amp; dogs</title><script>var x = "<p>no</p>";</script>
<style>p { color: red }</style></head><body><!-- no --><h1>Big  <b>cats</b></h1>
<p>One <a href="../x?y=1&amp;z=2#f">link</a>, two<br>lines.</p><ul><li>a</li><li>b <i>c</i></li></ul>
<pre>  def f():
      return 1 &lt; 2
</pre><table><tr><th>A<th>B</tr><tr><td>1<td>2</tr></table><svg><text>no</text></svg>
<a href="javascript:alert(1)">plain</a> 1 < 2 <p title='>' class="a>b">after</p></body></html>"""


def read(page: str) -> str:
    return readable(page, "https://example.org/a/b", 100_000)


def test_a_page_reads_as_it_is_seen() -> None:
    expected = """Cats & dogs

# Big cats

One [link](https://example.org/x?y=1&z=2#f), two
lines.

- a
- b c

  def f():
      return 1 < 2

 | A | B
 | 1 | 2

plain 1 < 2

after"""

    assert expected == read(PAGE)


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("", ""),
        ("plain words", "plain words"),
        ("a<b", "a"),
        ("a <- b", "a <- b"),
        ("<p>a<!-- never closed", "a"),
        ("<p>a<!doctype never closed", "a"),
        ("a<script>b", "a"),
        ("a<script>b</SCRIPT >c", "ac"),
        ("a<script>b</scripted>c</script>d", "ad"),
        ("<a href=x>y", "[y](https://example.org/a/x)"),
        ("<a href='//b.org/'>y</a><a href=z>w</a>", "[y](https://b.org/)[w](https://example.org/a/z)"),
        ("<a href='http://[x'>y</a>", "y"),
        ("<a href=' java\nscript:x'>y</a>", "y"),
        ("<a data-href=x>y</a>", "y"),
        ("<a href=''>y</a>", "[y](https://example.org/a/b)"),
        ("<a href=" + "x" * 600 + ">y</a>", "y"),
        ("<a title=it's href=x>y</a> it's", "[y](https://example.org/a/x) it's"),
        ('<a title="b>c" href=x>y</a>', "[y](https://example.org/a/x)"),
        ("&#" + "9" * 5000 + ";", "&#" + "9" * 5000 + ";"),
        ("&lt;p&gt;", "<p>"),
        ("a&nbsp; b", "a b"),
        ("<P>A</P><DIV>B</DIV>", "A\n\nB"),
        ("a</p></p></p><hr><hr>b", "a\n\nb"),
    ],
)
def test_what_is_left_open_or_misspelt_is_read_all_the_same(page: str, expected: str) -> None:
    assert expected == read(page)


def test_what_comes_after_enough_text_is_not_looked_at() -> None:
    assert "word " * 2 + "word" == readable("<b>word </b>" * 1000, "https://example.org", 10)


SIZE = 300_000
BOMBS = [
    "<",
    "<a ",
    "</",
    "<!--",
    "<!",
    "<a b='",
    "<a b=",
    "<script>",
    "<svg>",
    "<div>",
    "<b><p>",
    "&",
    "&#",
    "<a href ",
    "=",
    "= ",
]


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("before", ["", "<a ", "<pre>", "<script>"])
def test_a_page_that_was_made_to_take_for_ever_does_not(before: str, bomb: str) -> None:
    assert len(read(before + bomb * (SIZE // len(bomb)))) <= SIZE


@given(st.text(st.sampled_from("<>/='\"!-a &;#\n") | st.characters(codec="utf-8"), max_size=60))
def test_any_text_at_all_is_read(page: str) -> None:
    assert isinstance(read(page), str)


@given(st.lists(st.sampled_from(["one", "two", "three"]), max_size=8), st.sampled_from(["p", "b", "li", "h2", "td", "span"]))
def test_no_word_is_lost_or_moved(words: list[str], tag: str) -> None:
    page = "".join(f"<{tag}>{word} </{tag}>" for word in words)

    assert words == [each for each in read(page).split() if each.isalpha()]
