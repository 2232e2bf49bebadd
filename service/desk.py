"""What the routes do: every conversation of an owner, begun, gone on with, decided on, forked and forgotten."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import partial
from typing import Final

from attrs import define, field

from ..errors import ConfigurationError, DetentError, JournalConflict, UnknownConversation
from ..machine.archive import Archive, Summary
from ..machine.decisions import decided
from ..machine.step import replay, step
from ..states import AnyState, Conversation, State
from ..states.events import Cancelled, Opened
from .backends import AnyAgent, Backend, Backends
from .hub import Begin, Hub
from .names import Name, inside_of, new_name, prefix_of, read_name
from .problems import Busy, Running
from .views import ConversationView, SummaryView, summary_view, view

__all__ = ["Desk"]

_LONG: Final = 3600.0
"""Seconds: another process on the same journal may be at work on what was changed since."""


@define(eq=False)
class Desk:
    """The conversations of a service.  Each call names whose it is: the others' are not there for it."""

    backends: Backends
    journal: Archive
    hub: Hub
    _used: dict[str, str] = field(factory=dict[str, str], init=False)
    """The backend that was named last for a conversation, where that is not the one it was begun with."""

    async def create(self, owner: str, text: str | None, backend: str | None) -> ConversationView:
        """Begin a conversation, and a run in it when there is a *text*."""
        chosen = self.backends.choose(backend)
        name = new_name(owner, chosen.name)
        opened = Opened(conversation_id=str(name), machine=chosen.agent.machine.name, at=time.time())
        record = replay([opened])
        await self.journal.append(str(name), 0, [opened], record)
        self.hub.remember(record)
        if text is not None:
            try:
                await self.say(owner, str(name), text, None)
            except DetentError:  # too many runs: who asks again later would leave an empty one each time
                await self.delete(owner, str(name))
                raise
        return await self.read(owner, str(name))

    async def say(self, owner: str, conversation_id: str, text: str, backend: str | None) -> None:
        """Say something: a live run hears it before its next reply, else a run begins."""
        name = self._own(owner, conversation_id)
        async with self.hub.lock(conversation_id):
            chosen, live = self._chosen(name, backend), self.hub.live(conversation_id)
            if live is not None:
                if backend is not None and chosen.name != live.backend.name:
                    raise Running(f"the run is live, and {live.backend.name} answers: name another once it rests")
                live.run.say(text)
                return
            known = self.hub.rested(conversation_id)  # where others have gone on, the journal says so
            if known is None:
                known = await self.journal.load(conversation_id)
            begin = partial(self._agent(chosen).stream, text)
            try:
                await self._start(name, chosen, partial(begin, conversation=known))
            except JournalConflict:  # it was deleted, perhaps by another process, and begun again
                self.hub.forget(conversation_id)
                await self._start(name, chosen, partial(begin, conversation=await self.journal.load(conversation_id)))

    async def decide(
        self,
        owner: str,
        conversation_id: str,
        *,
        approve: Mapping[str, Mapping[str, object] | None] | None = None,
        deny: Mapping[str, str] | None = None,
        answer: Mapping[str, object] | None = None,
    ) -> None:
        """Decide calls that wait.  Raises `ConfigurationError` for one that does not, `Running` while the run is live."""
        async with self.hub.lock(conversation_id):
            name, record = await self._at_rest(owner, conversation_id)
            if record.state.ends_a_run:
                raise ConfigurationError("the run has ended: no call waits for a person")
            decided(approve or {}, deny, answer).events(record, time.time())  # refuse what does not fit before a run begins
            chosen = self._chosen(name, None)
            agent = self._agent(chosen)
            resume = partial(agent.resume_stream, conversation_id, approve=approve or {}, deny=deny, answer=answer)
            await self._start(name, chosen, resume)

    async def resume(self, owner: str, conversation_id: str) -> None:
        """Go on with a run that failed, was cancelled, or was left in the middle; one that is live goes on as it is."""
        name = self._own(owner, conversation_id)
        await self.journal.load(conversation_id)
        async with self.hub.lock(conversation_id):
            if self.hub.live(conversation_id) is None:
                chosen = self._chosen(name, None)
                await self._start(name, chosen, partial(self._agent(chosen).resume_stream, conversation_id))

    async def cancel(self, owner: str, conversation_id: str) -> None:
        """Cancel the run, live or waiting; one that has ended stays as it is."""
        self._own(owner, conversation_id)
        async with self.hub.lock(conversation_id):
            live = self.hub.live(conversation_id)
            if live is not None:
                await live.run.cancel()
                return
            record = await self.journal.load(conversation_id)
            if not record.state.ends_a_run:
                self.hub.forget(conversation_id)
                event = Cancelled(at=time.time())
                await self.journal.append(conversation_id, record.seq, [event], step(record, event))

    async def fork(self, owner: str, conversation_id: str, at: int | None) -> ConversationView:
        """Copy the first *at* events, all by default, into a new conversation.

        A copy that ends in the middle of a run is cancelled there: nothing begins that nobody has asked for.
        """
        name = self._own(owner, conversation_id)
        whole = (await self.journal.load(conversation_id)).seq
        if at is not None and at > whole:
            raise ConfigurationError(f"at: the conversation holds {whole} events")
        new = str(new_name(owner, name.backend))
        await self.journal.fork(conversation_id, whole if at is None else at, to=new)
        await self._rest(new)
        return await self.read(owner, new)

    async def _rest(self, conversation_id: str) -> None:
        record = await self.journal.load(conversation_id)
        if record.state is not State.AWAITING_APPROVAL and not record.state.ends_a_run:
            event = Cancelled(at=time.time())
            await self.journal.append(conversation_id, record.seq, [event], step(record, event))

    async def delete(self, owner: str, conversation_id: str) -> None:
        """Forget a conversation.  Raises `Running` while its run is live."""
        async with self.hub.lock(conversation_id):
            await self._at_rest(owner, conversation_id)
            self.hub.forget(conversation_id)
            self._used.pop(conversation_id, None)
            await self.forget(conversation_id)

    async def forget(self, conversation_id: str) -> None:
        """Delete a conversation from the journal, and those of agents that ran as its tools."""
        while inside := await self.journal.summaries(prefix=inside_of(conversation_id)):
            for each in inside:
                await self.journal.delete(each.id)
        await self.journal.delete(conversation_id)

    async def read(self, owner: str, conversation_id: str) -> ConversationView:
        """Return a conversation as it is now."""
        name, record = self._own(owner, conversation_id), await self.record(owner, conversation_id)
        return self._view(name, record, self._chosen(name, None))

    async def record(self, owner: str, conversation_id: str) -> Conversation:
        """Return the record.  Raises `UnknownConversation`, as everything here does for what is another owner's."""
        self._own(owner, conversation_id)
        live = self.hub.live(conversation_id)
        return await self.journal.load(conversation_id) if live is None else live.run.conversation

    async def page(self, owner: str, state: AnyState | None, limit: int, after: str | None) -> list[SummaryView]:
        """Return up to *limit* conversations, the newest first, of those after the one with the id *after*."""
        if after is not None:
            self._own(owner, after)
        found: list[Summary] = []
        prefix, more = prefix_of(owner), True
        while more and len(found) < limit:  # those of agents that ran as tools are left out
            read = await self.journal.summaries(state=state, prefix=prefix, limit=limit, after=after, newest_first=True)
            found += [each for each in read if read_name(each.id) is not None]
            more, after = len(read) == limit, read[-1].id if read else after
        return [summary_view(each, running=self.hub.live(each.id) is not None) for each in found[:limit]]

    async def left_behind(self) -> list[str]:
        """Return the conversations whose runs were parked or cut off, of all owners."""
        states: list[AnyState] = [State.PROMPTING, State.AWAITING_MODEL, State.DISPATCHING_TOOLS]
        for name in (None, *self.backends.names):
            states += [each for each in self.backends.choose(name).agent.machine.states if each not in states]
        found = [each for state in states for each in await self.journal.list(state=state)]
        return [each for each in found if (own := read_name(each)) is not None and not own.is_a_guests]

    async def forget_guests(self) -> None:
        """Forget runs of guests that were cut off long ago: nobody can go on with them."""
        for state in (State.PROMPTING, State.AWAITING_MODEL, State.DISPATCHING_TOOLS):
            for each in await self.journal.summaries(state=state, limit=1_000_000):
                name = read_name(each.id)
                if name is not None and name.is_a_guests and each.changed_at < time.time() - _LONG:
                    await self.forget(each.id)

    async def take_up(self, conversation_id: str) -> None:
        """Go on with one of those, as soon as there is room for a run."""
        name = read_name(conversation_id)
        while name is not None:
            news = self.hub.news
            try:
                await self.resume(name.owner, conversation_id)
                return
            except Busy:
                await news.wait()

    async def _at_rest(self, owner: str, conversation_id: str) -> tuple[Name, Conversation]:
        name = self._own(owner, conversation_id)
        if self.hub.live(conversation_id) is not None:
            raise Running("the run is live: wait until it rests, or cancel it")
        return name, await self.journal.load(conversation_id)

    async def _start(self, name: Name, chosen: Backend, begin: Begin) -> None:
        await self.hub.start(str(name), name.owner, chosen, begin)
        if chosen.name == name.backend:
            self._used.pop(str(name), None)
        else:
            self._used[str(name)] = chosen.name

    def _own(self, owner: str, conversation_id: str) -> Name:
        name = read_name(conversation_id)
        if name is None or name.owner != owner:
            raise UnknownConversation(conversation_id)
        return name

    def _chosen(self, name: Name, backend: str | None) -> Backend:
        wanted = backend or self._used.get(str(name)) or name.backend
        try:
            return self.backends.choose(wanted)
        except ConfigurationError:
            if backend is not None:
                raise
            return self.backends.choose(None)  # it is not configured any more

    def _agent(self, chosen: Backend) -> AnyAgent:
        return chosen.agent.within(chosen.agent.limits, self.journal)

    def _view(self, name: Name, record: Conversation, chosen: Backend) -> ConversationView:
        running = self.hub.live(str(name)) is not None
        return view(record, running=running, backend=chosen.name, answered=chosen.answered(record))
