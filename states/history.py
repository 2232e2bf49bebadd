"""What hosts accept of a history and of a request, how a broken history is mended, and how a long one is cut.

Pure functions over plain chat-completions messages, total on any JSON:

judge           every rule that a history breaks
judge_request   every rule that a request breaks
repair          the same history, valid, and what was changed
window          the newest messages, cut where a history may begin

The judge is written from the rules alone: it shares no code with what repairs a history or writes a request.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from .judging.kinds import brief, is_array, is_object
from .judging.message import message_faults
from .judging.order import Placed, order_faults, pairing_faults
from .judging.profile import PORTABLE, Profile, Rules
from .judging.request import request_faults
from .judging.rules import RULES, Rule
from .repair import repair
from .window import window_of_messages as window

__all__ = ["PORTABLE", "RULES", "Finding", "Profile", "Rule", "Rules", "judge", "judge_request", "repair", "window"]


@frozen
class Finding:
    """One broken rule: its name in `RULES`, at which message, and what is wrong in words.

    *index* is None where it is not one message that breaks it.  *hosts_say* begins with a host's name, that of the profile
    where its words are known, and goes on with how it words the error; empty where no wording is known.
    """

    rule: str
    index: int | None
    detail: str
    hosts_say: str


def judge(messages: object, profile: Profile = PORTABLE, *, sendable: bool = False) -> list[Finding]:
    """Return every rule that *messages*, any JSON, break at a host of that *profile*; empty: the history is accepted.

    A history as it is stored may be empty and may end with an answer.  With *sendable* it is judged as what a request
    sends: there is a message, and the last one is the user's or a result.
    """
    return [Finding(*fault, RULES[fault[0]].worded(profile.name)) for fault in _faults(messages, profile, sendable)]


def judge_request(body: object, profile: Profile = PORTABLE) -> list[Finding]:
    """Return every rule that the *body* of a chat-completions request breaks, its messages included."""
    if not is_object(body):
        return [Finding("V2", None, f"the request is {brief(body)}, not an object", RULES["V2"].worded(profile.name))]
    around = [Finding(rule, None, detail, RULES[rule].worded(profile.name)) for rule, detail in request_faults(body, profile)]
    return judge(body.get("messages"), profile, sendable=True) + around


def _faults(messages: object, profile: Profile, sendable: bool) -> Iterator[Placed]:
    """Return what is wrong with *messages*, in their order."""
    if not is_array(messages):
        yield "V2", None, f"the messages are {brief(messages)}, not an array"
        return
    found: list[Placed] = [
        (rule, index, detail) for index, message in enumerate(messages) for rule, detail in message_faults(message, profile)
    ]
    found += pairing_faults(messages)
    found += order_faults(messages, profile, sendable=sendable)
    yield from sorted(found, key=lambda fault: len(messages) if fault[1] is None else fault[1])
