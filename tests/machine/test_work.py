"""The work of states of one's own in runs: outcomes, faults, times, crashes, secrets, journals."""

from __future__ import annotations

import anyio
import pytest
from history_oracle import judge
from own_machines import guarded, reviewing
from scripted_host import ScriptedHost, says

from detent import (
    Agent,
    Conversation,
    Finding,
    Limits,
    MemoryJournal,
    Model,
    OwnState,
    Secret,
    SqlJournal,
    State,
    StateChanged,
    dumps,
    loads,
    replay,
)
from detent.states import Usage

pytestmark = pytest.mark.anyio


def agent_at(host: ScriptedHost, state: OwnState, *, journal: MemoryJournal | None = None, **limits: object) -> Agent[str]:
    machine = guarded(state, name="working")
    return Agent(
        Model("m", base_url=host.base_url),
        machine=machine,
        journal=journal,
        limits=Limits(**{"retries": 0, **limits}),  # type: ignore[arg-type]
    )


async def test_an_answer_is_reviewed_and_one_that_is_refused_goes_back_with_the_note() -> None:
    used = Usage(prompt=7, model_calls=1)
    with ScriptedHost(says("bad"), says("good")) as host:
        agent = agent_at(host, reviewing(Finding("refused", "too short", used)), journal=MemoryJournal())
        async with agent.stream("hi", conversation_id="c") as run:
            moves = [notice.target.value async for notice in run if isinstance(notice, StateChanged)]

    assert ["prompting", "awaiting_model", "reviewing"] * 2 + ["done"] == moves
    assert ("good", {"role": "user", "content": "too short"}) == (run.result.text, host.requests[1]["messages"][-1])
    assert (7 + 10 + 10, 3) == (run.result.usage.prompt, run.result.usage.model_calls)
    assert [] == judge(run.conversation.messages)


async def test_work_that_raises_fails_the_run_and_what_was_said_is_kept() -> None:
    with ScriptedHost(says("hello")) as host:
        result = await agent_at(host, reviewing(ValueError("no"))).run("hi")

    assert (State.FAILED, "reviewing: ValueError: no") == (result.state, result.reason)
    assert "hello" == result.conversation.messages[-1]["content"]


async def test_a_run_that_failed_at_its_work_does_it_anew_when_it_is_resumed() -> None:
    journal = MemoryJournal()
    with ScriptedHost(says("hello")) as host:
        agent = agent_at(host, reviewing(ValueError("no"), "passed"), journal=journal)
        failed = await agent.run("hi", conversation_id="c")
        done = await agent.resume("c")

    assert (State.FAILED, State.DONE, "hello", 1) == (failed.state, done.state, done.text, len(host.requests))
    assert done.conversation == replay(await journal.read("c"))


@pytest.mark.parametrize("found", ["maybe", Finding("maybe"), 3, None])
async def test_work_that_comes_to_none_of_its_outcomes_fails_the_run_and_names_them(found: object) -> None:
    async def work(conversation: Conversation, deps: object) -> object:
        return found

    state = OwnState("reviewing", outcomes=("passed", "refused"), work=work)  # type: ignore[arg-type]
    with ScriptedHost(says("hello")) as host:
        result = await agent_at(host, state).run("hi")

    assert State.FAILED is result.state
    assert result.reason.endswith("which is none of its outcomes: 'passed', 'refused'")


async def test_work_that_outlasts_the_run_is_stopped_and_the_limit_decides() -> None:
    async def work(conversation: Conversation, deps: object) -> str:
        await anyio.sleep_forever()
        return "passed"

    state = OwnState("reviewing", outcomes=("passed", "refused"), work=work)
    with ScriptedHost(says("hello")) as host:
        result = await agent_at(host, state, seconds=0.2).run("hi")

    assert (State.LIMIT_HIT, "0.2 seconds") == (result.state, result.conversation.run.limit)
    assert [] == judge(result.conversation.messages)


async def test_work_is_handed_the_record_and_the_deps() -> None:
    seen: list[tuple[str, object]] = []

    async def work(conversation: Conversation, deps: object) -> str:
        seen.append((conversation.state.value, deps))
        return "passed"

    with ScriptedHost(says("hello")) as host:
        await agent_at(host, OwnState("reviewing", outcomes=("passed", "refused"), work=work)).run("hi", deps={"a": 1})

    assert [("reviewing", {"a": 1})] == seen


async def test_secrets_of_the_deps_are_taken_out_of_a_note() -> None:
    with ScriptedHost(says("hello"), says("good")) as host:
        result = await agent_at(host, reviewing(Finding("refused", "not hunter2!"))).run("hi", deps=Secret("hunter2"))

    assert "hunter2" not in dumps(result.conversation).decode()
    assert State.DONE is result.state


async def test_a_run_is_cancelled_in_the_middle_of_the_work() -> None:
    begun = anyio.Event()

    async def work(conversation: Conversation, deps: object) -> str:
        begun.set()
        await anyio.sleep_forever()
        return "passed"

    with ScriptedHost(says("hello")) as host:
        agent = agent_at(host, OwnState("reviewing", outcomes=("passed", "refused"), work=work))
        async with agent.stream("hi") as run:
            await begun.wait()
            run.say("never mind")
            await run.cancel()

    assert State.CANCELLED is run.result.state
    assert "never mind" == run.conversation.messages[-1]["content"]


@pytest.mark.parametrize("kind", ["memory", "sql"])
async def test_a_run_that_was_left_in_the_middle_of_its_work_does_it_anew(
    kind: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("work") / "c.db"
    journal = MemoryJournal() if kind == "memory" else SqlJournal(path)
    with ScriptedHost(says("hello")) as host:
        agent = agent_at(host, reviewing(), journal=journal)  # type: ignore[arg-type]
        whole = await agent.run("hi", conversation_id="whole")
        events = await journal.read("whole")
        cut = next(at for at in range(len(events)) if isinstance(replay(events[:at]).state, OwnState))
        left = await journal.fork("whole", cut)
        assert "reviewing" == (await journal.load(left)).state.value
        assert left in await journal.list(state=OwnState("reviewing"))
        assert OwnState("reviewing") in {each.state for each in await journal.summaries()}
        again = await agent.resume(left)

    assert (whole.text, State.DONE) == (again.text, again.state)
    assert again.conversation == replay(await journal.read(left)) == loads(dumps(again.conversation))
    if isinstance(journal, SqlJournal):
        await journal.aclose()


async def test_work_that_waited_for_something_cancelled_fails_the_run() -> None:
    async def work(conversation: Conversation, deps: object) -> str:
        raise anyio.get_cancelled_exc_class()()

    state = OwnState("reviewing", outcomes=("passed", "refused"), work=work)
    with ScriptedHost(says("hello")) as host:
        result = await agent_at(host, state).run("hi")

    assert (State.FAILED, "reviewing: something that it waited for was cancelled") == (result.state, result.reason)


@pytest.mark.parametrize("given", [{"note": None}, {"usage": None}, {"outcome": ["passed"]}])
async def test_work_that_returns_a_finding_of_other_kinds_fails_the_run(given: dict[str, object]) -> None:
    async def work(conversation: Conversation, deps: object) -> Finding:
        return Finding(**{"outcome": "passed", **given})  # type: ignore[arg-type]

    state = OwnState("reviewing", outcomes=("passed", "refused"), work=work)
    with ScriptedHost(says("hello")) as host:
        result = await agent_at(host, state).run("hi", deps={"key": Secret("s-1234567890")})

    assert State.FAILED is result.state
    assert f"is wanted, not {next(iter(given.values()))!r}" in result.reason


async def test_work_that_exits_or_can_not_say_what_is_wrong_fails_the_run() -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise ValueError

    async def leave(conversation: Conversation, deps: object) -> str:
        raise SystemExit(3)

    leaving = OwnState("reviewing", outcomes=("passed", "refused"), work=leave)
    with ScriptedHost(says("hello")) as host:
        ended = [await agent_at(host, each).run("hi") for each in (reviewing(Mute()), leaving)]

    assert [State.FAILED, State.FAILED] == [each.state for each in ended]
    assert ["reviewing: Mute", "reviewing: SystemExit: 3"] == [each.reason for each in ended]
