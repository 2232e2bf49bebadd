"""Agents' runs over a journal that breaks off at any append: whoever goes on finds a valid record, and does nothing twice."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from unittest import mock

import anyio
from history_oracle import judge
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from scripted_host import Answer, ScriptedHost, asks, says

from detent import Agent, Context, Conversation, Limits, Model, SqlJournal, State, Tool, replay, tool
from detent.machine.sql import snapshots
from detent.states import Event
from detent.states.events import Approved, ModelReplied, ToolFailed, ToolReturned

_TOOLS = ("repeatable", "once", "retried", "checked", "gated", "asking")
_Call = tuple[str, str, str]
"""A tool, the conversation that calls it, the id of the call."""

_crashes = st.none() | st.tuples(st.integers(0, 6), st.booleans())
"""At which append of a rule the process dies, and whether that append was still stored."""


class Crash(BaseException):
    """The process dies."""


class BreaksOff(SqlJournal):
    """A journal whose process dies at one of its appends."""

    crash: tuple[int, bool] | None = None

    async def append(
        self, conversation_id: str, expected_seq: int, events: Sequence[Event], after: Conversation | None = None
    ) -> None:
        """Store, and die before or after it."""
        dies, stores = (False, True) if self.crash is None else (self.crash[0] == 0, self.crash[1])
        self.crash = None if self.crash is None else (self.crash[0] - 1, stores)
        if stores or not dies:
            await super().append(conversation_id, expected_seq, events, after)
        if dies:
            raise Crash


def answering(body: dict[str, Any]) -> Answer:
    """Call the tools that the user's last words name, all at once; when there are results, answer."""
    messages = body["messages"]
    last = max(at for at, message in enumerate(messages) if message["role"] == "user")
    called = any("tool_calls" in message for message in messages[last:])
    wanted = [] if called else messages[last]["content"].split()
    return asks(*((name, "{}") for name in wanted)) if wanted else says("done")


class Runs(RuleBasedStateMachine):
    """One conversation, which processes begin, leave in the middle, and go on with."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "journal.db"
        self.host = ScriptedHost(answering).__enter__()
        self.short = mock.patch.object(snapshots, "_EVERY", 5)  # so that loading begins with one, as in a long conversation
        self.short.start()
        self.name = "c"
        self.began: Counter[_Call] = Counter()
        self.keys: dict[str, _Call] = {}
        self.known: dict[_Call, int] = {}
        self.asked = 0
        self.seen: tuple[Event, ...] = ()

    def teardown(self) -> None:
        if hasattr(self, "host"):
            self.short.stop()
            self.host.__exit__()
            self.folder.cleanup()

    # --- what happens ------------------------------------------------------------------------------------------------

    @rule(names=st.lists(st.sampled_from(_TOOLS), max_size=4), crash=_crashes)
    def say(self, names: list[str], crash: tuple[int, bool] | None) -> None:
        async def go(agent: Agent[str]) -> None:
            await agent.run(" ".join(names) or "hello", conversation_id=self.name)

        self._process(go, crash)

    @precondition(lambda self: self.seen)
    @rule(crash=_crashes)
    def resume(self, crash: tuple[int, bool] | None) -> None:
        async def go(agent: Agent[str]) -> None:
            await agent.resume(self.name)

        self._process(go, crash)

    @precondition(lambda self: self.record.state is State.AWAITING_APPROVAL)
    @rule(agrees=st.booleans(), answers=st.booleans(), crash=_crashes)
    def decide(self, agrees: bool, answers: bool, crash: tuple[int, bool] | None) -> None:
        turn = self.record.turn
        assert turn is not None
        asking = [slot.call.id for slot in turn.slots if slot.ask is not None and slot.ask.schema is not None]
        gated = [slot.call.id for slot in turn.undecided if slot.call.id not in asking]

        async def go(agent: Agent[str]) -> None:
            await agent.resume(
                self.name,
                approve=gated if agrees else (),
                deny=None if agrees else gated,
                answer=dict.fromkeys(asking, "this") if answers else None,
            )

        self._process(go, crash)

    @precondition(lambda self: self.seen)
    @rule(part=st.floats(0.1, 1))
    def fork(self, part: float) -> None:
        async def go(journal: BreaksOff) -> None:
            at = max(1, int(len(self.seen) * part))
            self.name = await journal.fork(self.name, at)

        anyio.run(self._with_a_journal, go)
        self.seen, self.known, self.asked = (), {}, len(self.host.requests)
        self._look()

    # --- what holds --------------------------------------------------------------------------------------------------

    @invariant()
    def the_history_is_valid(self) -> None:
        if hasattr(self, "host"):
            assert [] == judge(self.record.messages)

    @invariant()
    def what_must_not_be_repeated_is_not(self) -> None:
        if hasattr(self, "host"):
            for (name, conversation, call_id), times in self.began.items():
                if conversation != self.name or name in ("repeatable", "retried"):
                    continue  # what began before a fork is held against the record that it began in
                agreed = sum(isinstance(event, Approved) and event.call_id == call_id for event in self.seen)
                assert times <= 1 + (agreed if name == "checked" else 0), (name, call_id)

    @invariant()
    def a_call_has_one_key_and_no_other_call_has_it(self) -> None:
        if hasattr(self, "host"):
            assert len(self.keys) == len(self.began) == len({*self.keys.values()})

    # --- a process ---------------------------------------------------------------------------------------------------

    @property
    def record(self) -> Conversation:
        return replay(self.seen)

    def _process(self, go: Any, crash: tuple[int, bool] | None) -> None:
        async def live(journal: BreaksOff) -> None:
            journal.crash = crash
            agent = Agent(
                Model("m", base_url=self.host.base_url),
                tools=self._tools(),
                journal=journal,
                limits=Limits(rounds=4, retries=0),
            )
            with suppress(Crash):
                await go(agent)

        anyio.run(self._with_a_journal, live)
        self._look()

    async def _with_a_journal(self, go: Any) -> None:
        async with BreaksOff(self.path) as journal:
            await go(journal)

    def _look(self) -> None:
        """Read what is stored now; what was there before still is, and what was known then was not done or asked again."""

        async def read(journal: BreaksOff) -> None:
            if self.name in await journal.list():
                events = await journal.read(self.name)
                assert replay(events) == await journal.load(self.name)
                assert events[: len(self.seen)] == self.seen
                self.seen = events

        before = sum(isinstance(event, ModelReplied) for event in self.seen)
        anyio.run(self._with_a_journal, read)
        for call, times in self.known.items():
            assert self.began[call] == times, f"{call} ran again after its outcome was stored"
        done = {event.call_id for event in self.seen if isinstance(event, ToolReturned | ToolFailed)}
        self.known = {call: times for call, times in self.began.items() if call[1] == self.name and call[2] in done}
        replies = sum(isinstance(event, ModelReplied) for event in self.seen)
        assert len(self.host.requests) - self.asked <= replies - before + 1, "a model was asked for what is stored"
        self.asked = len(self.host.requests)

    def _tools(self) -> list[Tool]:
        def counted(name: str, **policy: Any) -> Tool:
            async def work(context: Context[None]) -> str:
                if name == "asking":
                    context.ask("Which?", {"type": "string"})
                call = (name, context.conversation_id, context.call_id)
                self.began[call] += 1
                self.keys[context.idempotency_key] = call
                await anyio.lowlevel.checkpoint()
                return "worked"

            return tool(work, name=name, **policy)

        return [
            counted("repeatable", idempotent=True),
            counted("once"),
            counted("retried", on_crash="retry"),
            counted("checked", on_crash="ask"),
            counted("gated", approve=True),
            counted("asking"),
        ]


TestRuns = Runs.TestCase
TestRuns.settings = settings(max_examples=25, stateful_step_count=12)
