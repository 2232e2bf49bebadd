"""Texts without secrets: none is left in any of the ways it may be written, and nothing else is changed."""

from __future__ import annotations

import base64
import html
import json
import urllib.parse

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from detent.tools.redactor import MARK, Redactor
from detent.tools.secret import Secret

SECRET = "s3cr\u00e9t/+'\"\\ &%x"

TEXTS = st.text(st.sampled_from("abc[]tersc/+ \"'\\&%\n\u00e9") | st.characters(codec="utf-8"), max_size=30)
SECRETS = st.text(st.sampled_from("abc[]tersc/+ \"'\\&%\n\u00e9"), min_size=6, max_size=9).filter(
    lambda text: len(text.strip()) >= 6
)


def without(text: str, *secrets: str) -> str:
    return Redactor(map(Secret, secrets))(text)


def test_a_secret_is_taken_out_wherever_it_stands() -> None:
    assert "[secret] and [secret][secret]." == without("hunter22 and hunter22hunter22.", "hunter22")


def test_a_text_without_secrets_stays_as_it_is() -> None:
    text = "nothing to see"

    assert text is without(text, "hunter22")
    assert text is without(text)


WRITTEN = {
    "plain": SECRET,
    "percent": urllib.parse.quote(SECRET, safe=""),
    "percent, slashes kept": urllib.parse.quote(SECRET),
    "form": urllib.parse.urlencode({"a": SECRET})[2:],
    "percent, small letters": urllib.parse.quote(SECRET, safe="")
    .replace("%C3%A9", "%c3%a9")
    .replace("%2F", "%2f")
    .replace("%2B", "%2b")
    .replace("%5C", "%5c"),
    "json": json.dumps(SECRET)[1:-1],
    "json, not only ASCII": json.dumps(SECRET, ensure_ascii=False)[1:-1],
    "json, slashes escaped": json.dumps(SECRET)[1:-1].replace("/", "\\/"),
    "html": html.escape(SECRET),
    "html text": html.escape(SECRET, quote=False),
    "repr": repr([SECRET])[2:-2],
    "hexadecimal": SECRET.encode().hex(),
    "HEXADECIMAL": SECRET.encode().hex().upper(),
    "base64": base64.b64encode(SECRET.encode()).decode(),
    "base64url": base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("="),
}


@pytest.mark.parametrize("way", WRITTEN)
def test_a_secret_is_taken_out_however_it_is_written(way: str) -> None:
    assert f"a {MARK} b" == without(f"a {WRITTEN[way]} b", SECRET)


@pytest.mark.parametrize("user", ["", "a", "ab", "abc", "abcd"])
def test_a_secret_is_taken_out_of_what_a_browser_sends_to_log_in(user: str) -> None:
    header = "Basic " + base64.b64encode(f"{user}:{SECRET}:x".encode()).decode()
    said = without(header, SECRET)
    left = base64.b64decode("".join(said.removeprefix("Basic ").split(MARK)) + "===")

    assert MARK in said
    assert b"cr" not in left
    assert len(said) <= len(header) - 12


def test_the_space_around_a_secret_does_not_hide_it() -> None:
    assert f"token={MARK};" == without("token=hunter22;", "hunter22\n")


def test_where_secrets_overlap_the_whole_of_it_goes() -> None:
    assert f"x{MARK}y" == without("xabcdefghiy", "abcdef", "defghi")
    assert f"x{MARK}y" == without("xabcdefghiy", "abcdefghi", "cdefgh")
    assert f"x{MARK}y" == without("xaaaaaaaaay", "aaaaaa")


def test_a_secret_that_could_be_read_out_of_the_mark_is_marked_otherwise() -> None:
    for secret in ("secret", "[secret]", "cret] is", "is [sec", "[secret] x"):
        said = without(f"my {secret} is {secret}", secret)

        assert secret not in said
        assert said == without(said, secret)


@given(st.lists(SECRETS, min_size=1, max_size=4), st.data())
def test_no_secret_is_left_and_doing_it_again_changes_nothing(secrets: list[str], data: st.DataObject) -> None:
    parts = data.draw(st.lists(TEXTS | st.sampled_from(secrets), max_size=8))
    redactor = Redactor(map(Secret, secrets))
    said = redactor("".join(parts))

    for secret in secrets:
        assert secret.strip() not in said
        assert json.dumps(secret.strip())[1:-1] not in said
        assert urllib.parse.quote(secret.strip(), safe="") not in said
        assert base64.b64encode(secret.strip().encode()).decode() not in said
    assert said == redactor(said)


@given(SECRETS, TEXTS, TEXTS)
def test_what_stands_around_a_secret_stays(secret: str, before: str, after: str) -> None:
    plain = secret.strip()
    text = f"{before}\u2460{plain}\u2461{after}"
    assume(text.count(plain) == 1)
    assume(without(before, secret) == before and without(after, secret) == after)
    said = without(text, secret)

    assert said.startswith(f"{before}\u2460")
    assert said.endswith(f"\u2461{after}")
    assert 1 <= len(said) - len(before) - len(after) - 2 <= len(MARK)


@given(TEXTS, st.lists(SECRETS, max_size=3))
def test_a_text_that_has_none_of_them_is_not_changed(text: str, secrets: list[str]) -> None:
    letters = "".join(each for each in text if each.isalnum() and not each.isascii())
    apart = letters.replace("\u00e9", "")

    assert apart == without(apart, *secrets)


@given(st.lists(st.binary(min_size=6, max_size=20).map(lambda data: data.hex()), min_size=1, max_size=3), st.data())
def test_tokens_in_headers_of_any_alignment_are_taken_out(tokens: list[str], data: st.DataObject) -> None:
    token, before, after = (
        data.draw(st.sampled_from(tokens)),
        data.draw(st.binary(max_size=7)),
        data.draw(st.binary(max_size=7)),
    )
    encoded = base64.b64encode(before + token.encode() + after).decode()
    left = without(encoded, *tokens).split(MARK)

    assert 2 <= len(left)
    assert sum(map(len, left)) <= len(encoded) - len(token)


def test_a_very_long_text_of_nothing_but_secrets_is_taken_out() -> None:
    assert MARK == without("a" * 100_000, "aaaaaa")


def test_it_does_not_show_what_it_looks_for() -> None:
    assert "Redactor(***)" == repr(Redactor([Secret(SECRET)]))
    assert not hasattr(Redactor([Secret(SECRET)]), "__dict__")
