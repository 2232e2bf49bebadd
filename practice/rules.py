"""What the practice endpoint answers.  Pure: a request's body in, text or tool calls out; plain rules, no language model.

A task is cut into clauses.  In each, the rules of `intents` look for what they know; then a tool of which a word occurs in
what is left is called, its arguments filled from the words by its schema.  All the calls go out in one reply.  When tools
have answered, the answer is worded from their results, and what failed is not called again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from attrs import evolve, frozen

from .filling import arguments, value_for
from .intents import FIRST, READ, RULES, Found, Rule, read_found
from .reading import clauses, clues
from .request import JSONValue, Offer, Request
from .wording import Wording, answered, failed, first_path, is_error

__all__ = ["ABOUT", "MODEL", "Call", "Reply", "reply"]

MODEL = "practice-rules"
ABOUT = "rule-based, no language model"
MOST_CALLS = 16
"""Calls in one reply."""
_PALE = {
    "get",
    "fetch",
    "do",
    "make",
    "tool",
    "the",
    "a",
    "an",
    "of",
    "for",
    "to",
    "my",
    "is",
    "run",
    "call",
    "use",
    "set",
    "in",
    "on",
    "by",
}
_SIGNS = {
    "add": r"\+|\bplus\b|\bsum\b",
    "multiply": r"\*|\u00d7|\btimes\b|\bproduct\b",
    "subtract": r"\bminus\b|\d\s*-\s*\d",
    "divide": r"\u00f7|\d\s*/\s*\d",
}


@frozen(kw_only=True)
class Call:
    """A tool call of the reply; *arguments* by name."""

    id: str
    name: str
    arguments: Mapping[str, JSONValue]


@frozen(kw_only=True)
class Reply:
    """Either a text or at least one call."""

    text: str = ""
    calls: tuple[Call, ...] = ()

    def to_message(self) -> dict[str, JSONValue]:
        """Return it as an assistant's message of chat completions."""
        if not self.calls:
            return {"role": "assistant", "content": self.text}
        return {"role": "assistant", "content": None, "tool_calls": [_to_message(call) for call in self.calls]}


@frozen
class Wanted:
    """A call that the task asks for, and how its result is told."""

    name: str
    arguments: Mapping[str, JSONValue]
    told: Wording


def reply(body: Mapping[str, object]) -> Reply:
    """Return the answer to a chat-completions request: calls while the task asks for some not yet made, a text otherwise.

    Total on any JSON object.  Call ids are unique in the history that came with the request.
    """
    request = Request.of(body)
    plan = _plan(request)
    made = [(outcome.name, outcome.arguments) for outcome in request.outcomes]
    left = [wanted for wanted in plan if (wanted.name, wanted.arguments) not in made]
    if request.choice == "none" or not request.offers:
        left = []
    elif request.choice != "auto":
        left = _as_chosen(request, left)
    if left:
        return Reply(calls=_numbered(left[: 1 if request.one_at_a_time else MOST_CALLS], request))
    return Reply(text=_answer(request, plan))


def _plan(request: Request) -> list[Wanted]:
    """Return every call the task asks for, each once, made already or not."""
    verbs = sorted({word for offer in request.offers for word in offer.words} - _PALE)
    wanted = [one for clause in clauses(request.task, verbs) for one in _of_clause(clause, request.offers)]
    wanted.extend(_second_step(request))
    return [one for at, one in enumerate(wanted) if one not in [_bare(one, before) for before in wanted[:at]]]


def _bare(one: Wanted, before: Wanted) -> Wanted:
    """Return *before* as it compares with *one*: by the call alone, not by how it is told."""
    return evolve(before, told=one.told)


def _of_clause(clause: str, offers: tuple[Offer, ...]) -> Iterator[Wanted]:
    left, used = clause, set[str]()
    for rule in RULES:
        for found in rule.find(left):
            if (wanted := _served(rule, found, offers)) is not None:
                left, used = left.replace(found.phrase, " ; "), used | {wanted.name}
                yield wanted
    if left.strip(" ;.,"):
        yield from _by_name(left, tuple(offer for offer in offers if offer.name not in used))


def _served(rule: Rule, found: Found, offers: tuple[Offer, ...]) -> Wanted | None:
    for offer in rule.serving(offers):
        placed = rule.place(offer, found.values)
        if placed is not None and (filled := arguments(offer, clues(found.phrase), placed)) is not None:
            return Wanted(offer.name, filled, found.told)
    return None


def _by_name(clause: str, offers: tuple[Offer, ...]) -> Iterator[Wanted]:
    """Yield a call of each tool which *clause* names, by the word or a sign for it; two for "in Oslo and Paris"."""
    named = [(offer, words) for offer in offers if (words := _named(offer, clause))]
    for at, (offer, words) in enumerate(named):
        better = any(set(words) < set(others) for _, others in named)
        if not better and words not in [others for _, others in named[:at]]:
            yield from _calls_of(offer, clause, words)


def _calls_of(offer: Offer, clause: str, words: tuple[str, ...]) -> Iterator[Wanted]:
    given = clues(clause, words)
    several = given.together if len(given.together) > 1 and _takes_one_text(offer) and not given.quoted else ()
    for each in [evolve(given, names=(name,)) for name in several] or [given]:
        if (filled := arguments(offer, each)) is not None:
            yield Wanted(offer.name, filled, _told(offer.name, several, each.names))


def _told(name: str, several: tuple[str, ...], names: tuple[str, ...]) -> Wording:
    return answered(f"{name}({names[0]})" if several else name)


def _named(offer: Offer, clause: str) -> tuple[str, ...]:
    """Return the words of the tool's name that occur in *clause*, or the name of which a sign occurs."""
    words = set(offer.words) - _PALE or set(offer.words)
    said = {word for word in words if re.search(rf"\b{re.escape(word)}(?:s|es|d|ed|ing)?\b", clause, re.IGNORECASE)}
    return tuple(sorted(said | {word for word in words if word in _SIGNS and re.search(_SIGNS[word], clause)}))


def _takes_one_text(offer: Offer) -> bool:
    texts = [name for name in offer.required if offer.properties[name].get("type", "string") == "string"]
    return len(texts) == 1 and "enum" not in offer.properties[texts[0]]


def _second_step(request: Request) -> Iterator[Wanted]:
    """Yield what "read the first file" asks for: a listing, and once there is one, the reading."""
    if not FIRST.search(request.task):
        return
    finders = [rule for rule in RULES if rule.about in ("list files", "search files")]
    listings = {offer.name for rule in finders for offer in rule.serving(request.offers)}
    results = [outcome.content for outcome in request.outcomes if outcome.name in listings and outcome.content is not None]
    path = next((path for result in results if not is_error(result) and (path := first_path(result))), None)
    if path is not None:
        found = _served(READ, read_found(path, request.task), request.offers)
    else:
        asked = Found(phrase=request.task, values={}, told=answered("the listing"))
        found = None if results else _served(finders[-1], asked, request.offers)
    if found is not None:
        yield found


def _as_chosen(request: Request, left: list[Wanted]) -> list[Wanted]:
    """Return what `tool_choice` insists on: calls of the tool it names, or at least one call of any."""
    name = request.choice.removeprefix("=") if request.choice.startswith("=") else None
    allowed = [offer for offer in request.offers if name is None or offer.name == name]
    fitting = [wanted for wanted in left if wanted.name in {offer.name for offer in allowed}]
    if fitting or not allowed:
        return fitting
    called = [outcome.name for outcome in request.outcomes]
    offer = min(allowed, key=lambda offer: called.count(offer.name))
    filled = arguments(offer, clues(request.task, offer.words), forced=True)
    return [Wanted(offer.name, filled or {}, answered(offer.name))]


def _numbered(wanted: list[Wanted], request: Request) -> tuple[Call, ...]:
    free = (one for number in range(len(request.ids) + len(wanted) + 1) if (one := f"rule{number:05d}") not in request.ids)
    return tuple(Call(id=one, name=call.name, arguments=call.arguments) for one, call in zip(free, wanted, strict=False))


def _to_message(call: Call) -> JSONValue:
    function: JSONValue = {"name": call.name, "arguments": json.dumps(call.arguments, ensure_ascii=False)}
    return {"id": call.id, "type": "function", "function": function}


def _answer(request: Request, plan: list[Wanted]) -> str:
    told = [
        _worded(outcome.name, outcome.arguments, outcome.content, plan)
        for outcome in request.outcomes
        if outcome.content is not None
    ]
    text = ("\n" if any("\n" in one for one in told) else " ").join(told) or _introduction(request)
    if request.answer_schema is None:
        return text
    results = " ".join(outcome.content or "" for outcome in request.outcomes)
    whole = evolve(clues(results or request.task), quoted=(text,), names=(), together=())
    return json.dumps(value_for(request.answer_schema, whole), ensure_ascii=False)


def _worded(name: str, made: object, result: str, plan: list[Wanted]) -> str:
    if is_error(result):
        return failed(name, result)
    told = next((wanted.told for wanted in plan if (wanted.name, wanted.arguments) == (name, made)), answered(name))
    return told(result)


def _introduction(request: Request) -> str:
    served = [rule for rule in RULES if rule.serving(request.offers)]
    lead = f"This is {MODEL}: {ABOUT}. A few plain rules pick tools by the words of a task and word an answer from the results."
    if not request.offers:
        return f"{lead} No tools were offered, so there is nothing they can do."
    names = ", ".join(offer.name for offer in request.offers[:20])
    offered = f"Nothing in the task named something the tools offered here could do: {names}."
    examples = " ".join(rule.example for rule in served[:3])
    return (
        f"{lead} {offered} Try: {examples}"
        if examples
        else f"{lead} {offered} Name a tool in the task and say what to give it."
    )
