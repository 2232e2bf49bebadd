"""Plan, then act: before the first model call of a run another agent writes a plan, and the model is shown it.

Planning is a state of its own, which `prompting` leads to once a run.  `detent verify examples.plan_then_act:machine` tries
everything that can happen to it; `detent diagram examples.plan_then_act:machine` draws it.  Run it with
`python examples/plan_then_act.py`, with the host and the key in `OPENAI_BASE_URL` and `OPENAI_API_KEY`.
"""

from __future__ import annotations

import asyncio

from detent import Agent, Conversation, Finding, Limits, Machine, OwnState, Row, State, StateChanged, tool
from detent.states import as_it_is, came_to, go_on, not_yet, tell_the_model
from detent.states.events import Prepared, Worked


async def plan(conversation: Conversation, planner: Agent) -> Finding:
    """Ask the planner, which the run is given as `deps`; what it used counts as this run's.  Without a plan the run goes on."""
    task = conversation.messages[-1]["content"]
    result = await planner.run(str(task))
    if result.state is not State.DONE:
        return Finding("gave_up", result.reason, result.usage)
    return Finding("planned", f"Follow this plan:\n{result.text}", result.usage)


PLANNING = OwnState("planning", outcomes=("planned", "gave_up"), work=plan)

machine = Machine().extend(
    name="plan_then_act",
    states=[PLANNING],
    rows=[
        Row(State.PROMPTING, Prepared, when=not_yet(PLANNING), then=as_it_is, to=PLANNING),
        Row(PLANNING, Worked, when=came_to("planned"), then=tell_the_model, to=State.PROMPTING),
        Row(PLANNING, Worked, when=came_to("gave_up"), then=go_on, to=State.PROMPTING),
    ],
)


@tool
def multiply(left: float, right: float) -> float:
    """Multiply two numbers."""
    return left * right


async def main() -> None:
    """Run a task, and tell of each move."""
    wanted = "Write down in three short steps how the task can be done with a calculator. Do not do it."
    planner = Agent("gpt-5-mini", instructions=wanted, limits=Limits(rounds=1, seconds=30))
    agent = Agent("gpt-5-mini", tools=[multiply], machine=machine)
    async with agent.stream("multiply 6 and 7", deps=planner) as run:
        async for notice in run:
            if isinstance(notice, StateChanged):
                print(f"{notice.source.value} -> {notice.target.value}")
    print(run.result.text)


if __name__ == "__main__":
    asyncio.run(main())
