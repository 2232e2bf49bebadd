"""The date and the time, somewhere."""

from __future__ import annotations

import datetime
from difflib import get_close_matches
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

__all__ = ["now"]


def now(timezone: str = "UTC") -> str:
    """Tell the current date and time.

    Args:
        timezone: An IANA time zone such as "Europe/Oslo", or the city in one such as "Oslo".

    Returns:
        The time in ISO 8601, the time zone and the day of the week, as in "2026-11-20T22:41:00+01:00 Europe/Oslo, Friday".

    Raises:
        ValueError: There is no such time zone; the message names those that are spelled most alike.
    """
    name, zone = _zone(timezone.strip())
    moment = datetime.datetime.now(zone)
    return f"{moment.isoformat(timespec='seconds')} {name}, {moment:%A}"


def _zone(asked: str) -> tuple[str, datetime.tzinfo]:
    """Return the zone's full name and the zone.  UTC is known without a time zone database; other zones need one."""
    if asked.upper() in ("", "UTC", "Z", "GMT"):
        return "UTC", datetime.UTC
    known = available_timezones()
    if not known:
        raise ValueError(f"no time zone but UTC is known here, so not {asked!r}: the package tzdata brings the others")
    name = _name(asked, known)
    try:
        return name, ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"the time zone {name!r} can not be read here") from None


def _name(asked: str, known: set[str]) -> str:
    """Return the zone of *known* that *asked* means: its name, or the last part of one name alone, in any case."""
    wanted = "_".join(asked.lower().split())
    meant = [name for name in known if name.lower() == wanted]
    meant = meant or [name for name in known if "/" in name and name.lower().rsplit("/", 1)[-1] == wanted]
    if len(meant) == 1:
        return meant[0]
    by_city = {name.lower().rsplit("/", 1)[-1]: name for name in sorted(known, reverse=True)}
    alike = sorted(meant) or [by_city[city] for city in get_close_matches(wanted.rsplit("/", 1)[-1], by_city, n=3)]
    hint = f"; did you mean {', '.join(alike)}?" if alike else "; use an IANA name such as Europe/Oslo"
    raise ValueError(f"no time zone is named {asked[:80]!r}{hint}")
