"""An output guardrail: every answer is reviewed before it counts, and one that is refused goes back to the model.

The review is a state of its own, between `awaiting_model` and `done`; the driver, the drawing, `detent verify` and the journal
follow from its rows.
"""

from __future__ import annotations

import asyncio

from detent import Agent, Conversation, Finding, Machine, OwnState, Row, State, came_to, go_on, tell_the_model
from detent.states.awaiting_model import answers, keep_the_answer
from detent.states.events import ModelReplied, Worked

FORBIDDEN = ("guarantee", "medical advice")


async def review(conversation: Conversation, deps: object) -> Finding | str:
    """Refuse an answer with a forbidden word in it.  A real one may ask a model of its own."""
    answer = str(conversation.messages[-1]["content"])
    found = [word for word in FORBIDDEN if word in answer.lower()]
    return Finding("refused", f"Please answer again, without the words: {', '.join(found)}.") if found else "passed"


REVIEWING = OwnState("reviewing", outcomes=("passed", "refused"), work=review)

machine = Machine().extend(
    name="guardrail",
    states=[REVIEWING],
    rows=[
        Row(State.AWAITING_MODEL, ModelReplied, when=answers, then=keep_the_answer, to=REVIEWING),
        Row(REVIEWING, Worked, when=came_to("passed", interrupted=False), then=go_on, to=State.DONE),
        Row(REVIEWING, Worked, when=came_to("passed", interrupted=True), then=go_on, to=State.PROMPTING),
        Row(REVIEWING, Worked, when=came_to("refused"), then=tell_the_model, to=State.PROMPTING),
    ],
)


async def main() -> None:
    """Run one task."""
    agent = Agent("gpt-5-mini", machine=machine)
    async with agent.stream("Is this safe?") as run:
        async for notice in run:
            print(notice)
    print(run.result.text)


if __name__ == "__main__":
    asyncio.run(main())
