"""An output guardrail: every answer is reviewed before it counts, and one that is refused goes back to the model.

The review is a state of its own between `awaiting_model` and `done`.  The driver, the drawing, the trace, the journal and
`detent verify examples.guardrail:machine` follow from its rows.  Run it with `python examples/guardrail.py`, with the host and
the key in `OPENAI_BASE_URL` and `OPENAI_API_KEY`.
"""

from __future__ import annotations

import asyncio
import sys

from detent import Agent, Conversation, Finding, Limits, Machine, OwnState, Row, State, StateChanged
from detent.states import came_to, fail_at_work, go_on, tell_the_model
from detent.states.awaiting_model import answers, keep_the_answer
from detent.states.events import ModelReplied, Worked

FORBIDDEN = ("guarantee", "risk-free")
TWICE = range(2)
ONCE_MORE = range(2, sys.maxsize)


async def review(conversation: Conversation, deps: object) -> Finding:
    """Refuse an answer with a forbidden word in it.  A real review may ask a model of its own, and return what that used."""
    answer = str(conversation.messages[-1]["content"]).lower()
    found = [word for word in FORBIDDEN if word in answer]
    if not found:
        return Finding("passed")
    return Finding("refused", f"That can not be sent to a client. Answer again, without: {', '.join(found)}.")


REVIEWING = OwnState("reviewing", outcomes=("passed", "refused"), work=review)

machine = Machine().extend(
    name="guardrail",
    states=[REVIEWING],
    rows=[
        Row(State.AWAITING_MODEL, ModelReplied, when=answers, then=keep_the_answer, to=REVIEWING),
        Row(REVIEWING, Worked, when=came_to("passed", interrupted=False), then=go_on, to=State.DONE),
        Row(REVIEWING, Worked, when=came_to("passed", interrupted=True), then=go_on, to=State.PROMPTING),
        Row(REVIEWING, Worked, when=came_to("refused", tries=TWICE), then=tell_the_model, to=State.PROMPTING),
        Row(REVIEWING, Worked, when=came_to("refused", tries=ONCE_MORE), then=fail_at_work, to=State.FAILED),
    ],
)


async def main() -> None:
    """Run a task, and tell of each move."""
    # At a limit a run ends with what its tools returned, not with words of the model's that nobody has reviewed.
    agent = Agent("gpt-5-mini", machine=machine, limits=Limits(rounds=6, on_limit="summary"))
    async with agent.stream("Shall I buy shares?") as run:
        async for notice in run:
            if isinstance(notice, StateChanged):
                print(f"{notice.source.value} -> {notice.target.value}")
    print(run.result.text)


if __name__ == "__main__":
    asyncio.run(main())
