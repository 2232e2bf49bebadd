"""Small texts: what stood in a record, made safe to show on one line; lengths of time; counts."""

from __future__ import annotations

from unicodedata import category

__all__ = ["clock", "counted", "cut", "duration", "in_one_line", "times", "visible"]

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_KEPT = frozenset("\n\t\u200c\u200d")  # the last two join letters and parts of pictures
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def visible(text: str) -> str:
    """Return *text* with U+FFFD for each character that can not be seen: it could steer a terminal or hide what is there.

    These are control characters, marks that turn the direction of writing, and the like.  Line breaks and tabs stay.
    """
    text = text.replace("\r\n", "\n")
    return text if text.isprintable() else "".join("\ufffd" if _is_hidden(letter) else letter for letter in text)


def _is_hidden(letter: str) -> bool:
    return category(letter) in _HIDDEN and letter not in _KEPT


def in_one_line(text: str, most: int | None = None) -> str:
    """Return *text*, visible, on one line and with single spaces; cut to *most* characters, the last of them `…`."""
    return cut(" ".join(visible(text).split()), most)


def cut(text: str, most: int | None) -> str:
    """Return *text*, or its beginning and `…` where it is longer than *most* characters."""
    return text if most is None or len(text) <= most else text[: max(0, most - 1)] + "…"


def duration(seconds: float) -> str:
    """Return a length of time as one says it: `0.42 s`, `12.3 s`, `3 min 20 s`, `2 h 5 min`, `4 d 3 h`."""
    if seconds < 10:
        return f"{seconds:.2f} s"
    if round(seconds, 1) < _MINUTE:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    for unit, name, smaller, smaller_name in ((_DAY, "d", _HOUR, "h"), (_HOUR, "h", _MINUTE, "min"), (_MINUTE, "min", 1, "s")):
        if whole >= unit:
            return f"{whole // unit} {name} {whole % unit // smaller} {smaller_name}"
    raise AssertionError("no whole minute is less than a minute")


def clock(seconds: float) -> str:
    """Return a moment as a stopwatch shows it, to a hundredth: `0:01.20`, `2:01:40.10`."""
    hundredths = round(seconds * 100)
    minutes, rest = divmod(hundredths, 100 * _MINUTE)
    hours, minutes = divmod(minutes, 60)
    shown = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    return f"{shown}:{rest // 100:02}.{rest % 100:02}"


def times(number: int) -> str:
    """Return `x3`, with the sign of multiplication."""
    return f"\u00d7{number:,}"


def counted(number: int, thing: str) -> str:
    """Return `1 call`, `2 calls`, `1,200 calls`."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
