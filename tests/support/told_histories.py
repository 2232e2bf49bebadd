"""Histories richer in reasoning, host ids and pictures than those that the shared strategies bring about."""

from __future__ import annotations

import json
from typing import Any

import strategies
from attrs import evolve
from hypothesis import strategies as st

from detent.states.messages import AssistantMessage, Call, Opaque, Origin, Part, Said, UserMessage, call_id
from detent.states.turn import Entry, Outcome, OutcomeKind, SealedTurn

__all__ = ["ME", "histories", "shown_by"]

ME = Origin("openai", "gpt")
"""The model at the host that is asked next."""

origins = st.sampled_from((ME, ME, Origin("openai", "gpt-2"), Origin("groq", "gpt"), None))
blobs = st.builds(
    Opaque,
    st.sampled_from(("reasoning_content", "reasoning_details", "thinking_blocks", "reasoning", "extra_content", "other")),
    st.sampled_from(('"blob \\u0041"', '[{"blob": 1.0}]', '{ "blob":"x" }', "{", "", "null", '"\\ud800"', "1e999")),
)
opaques = st.lists(blobs, max_size=2).map(tuple)
host_ids = st.sampled_from(("", "a", "call_1", "call00000", "call00002", "functions.f:0", "aB3aB3aB3", "x" * 50, "a b", "é"))


def pictures_of(name: str) -> st.SearchStrategy[tuple[Part, ...]]:
    """Return what a call returned beside its text: mostly nothing, else pictures that are like no others."""
    urls = [f"data:{name}/{place}" for place in range(2)]
    pictures = tuple(Part("image_url", json.dumps({"type": "image_url", "image_url": {"url": url}})) for url in urls)
    return st.sampled_from(((), (), pictures[:1], pictures))


def shown_by(turn: SealedTurn) -> list[dict[str, Any]]:
    """Return what has to follow the results: the pictures of each call, under the name of its tool."""
    found: list[dict[str, Any]] = []
    for call, outcome in zip(turn.calls, turn.outcomes, strict=True):
        if outcome.parts:
            found.append({"type": "text", "text": f"Returned by {call.name}:"})
            found += [json.loads(part.json) for part in outcome.parts]
    return found


@st.composite
def histories(draw: st.DrawFn) -> tuple[Entry, ...]:
    """Return a history in which every text is another one."""
    entries: list[Entry] = [UserMessage(content="text 0")]
    minted = 0
    for place in range(1, draw(st.integers(1, 7))):
        kind = draw(st.sampled_from(("user", "assistant", "turn", "turn")))
        if kind == "user":
            entries.append(UserMessage(content=f"text {place}"))
            continue
        said = Said(text=f"text {place}", opaque=draw(opaques), origin=draw(origins))
        if kind == "assistant":
            entries.append(AssistantMessage(said=said))
            continue
        calls = tuple(
            Call(
                id=call_id(minted + number),
                name=draw(st.sampled_from(("look", "find"))),
                arguments=draw(st.sampled_from(strategies.SOUND_ARGUMENTS[:4])),
                host_id=draw(host_ids),
                opaque=draw(opaques),
            )
            for number in range(draw(st.integers(1, 3)))
        )
        minted += len(calls)
        outcomes = tuple(
            Outcome(kind=OutcomeKind.RETURNED, content=f"result {each.id}", parts=draw(pictures_of(each.id))) for each in calls
        )
        said = evolve(said, text=draw(st.sampled_from(("", " ", said.text))))
        entries.append(SealedTurn(said=said, calls=calls, outcomes=outcomes))
    return tuple(entries)
