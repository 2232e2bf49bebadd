"""Which agents answer, and by which names they are asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from attrs import field, frozen

from ..errors import ConfigurationError
from ..machine.agent import Agent
from ..machine.model import Model
from ..machine.routing import route
from ..states import Conversation
from .problems import UnknownBackend

if TYPE_CHECKING:
    from ..machine.registry import Registry

__all__ = ["AUTO", "Answered", "AnyAgent", "Backend", "Backends"]

AUTO: Final = "auto"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")

AnyAgent: TypeAlias = Agent[Any]  # Any: whatever it answers, people read its text


@frozen(kw_only=True)
class Answered:
    """Who answered: the *label* to show, and whether that is not the backend that was asked for by name."""

    label: str
    fallback_used: bool


@frozen(kw_only=True)
class Backend:
    """An agent by the *name* it was asked for, and how to tell by a finished record who has answered."""

    name: str
    label: str
    agent: AnyAgent = field(repr=False)
    answered: Callable[[Conversation], Answered] = field(repr=False)


@frozen
class Backends:
    """The agents of a service.  `auto` leaves the choice to it; *names* are what else can be asked for, with their labels."""

    names: Mapping[str, str]
    _find: Callable[[str | None], Backend]

    @classmethod
    def of(cls, agents: AnyAgent | Mapping[str, AnyAgent]) -> Backends:
        """Return *agents* by their names; `auto` is the first.  A single one is called `agent`.

        Raises `ConfigurationError` for none, and for a name that can not stand in an address.
        """
        named = {"agent": agents} if isinstance(agents, Agent) else dict(agents)
        labels = {_checked(name): agent.models[0].label for name, agent in named.items()}
        if not named:
            raise ConfigurationError("Backends.of(...): at least one agent is wanted")

        def find(requested: str | None) -> Backend:
            if _is_auto(requested):
                return _plain(AUTO, next(iter(named.values())))
            if requested not in named:
                raise ConfigurationError(f"there is no backend {requested!r}; there are {', '.join((AUTO, *named))}")
            return _plain(requested, named[requested])

        return cls(labels, find)

    @classmethod
    def from_registry(cls, registry: Registry, make: Callable[[Sequence[Model]], AnyAgent], *, role: str = "chat") -> Backends:
        """Return the models and roles of a *registry*; *make* gives the agent for models in the order they are tried.

        `auto` is what has *role*.  What a request is for, and what is said of who answered, are the rules of
        `detent.machine.routing`.  Raises `ConfigurationError` where the role is not configured.
        """
        agents: dict[tuple[str, ...], AnyAgent] = {}

        def find(requested: str | None) -> Backend:
            way = route(requested, registry, role=role)
            if way.models not in agents:
                agents[way.models] = make([registry.model(name) for name in way.models])

            def answered(record: Conversation) -> Answered:
                name = way.models[min(record.run.model_index, len(way.models) - 1)]
                told = route(requested, registry, role=role, answered=name)
                return Answered(label=told.label, fallback_used=told.fallback_used)

            name = AUTO if requested is None or _is_auto(requested) else requested
            return Backend(name=name, label=way.label, agent=agents[way.models], answered=answered)

        find(None)
        names = (*registry.model_names, *registry.roles)
        return cls({_checked(name): route(name, registry, role=role).label for name in names}, find)

    def choose(self, requested: str | None) -> Backend:
        """Return the backend of that name; None and `auto` are the service's choice.  Raises `UnknownBackend`."""
        try:
            return self._find(requested)
        except ConfigurationError as error:
            raise UnknownBackend(str(error)) from None


def _is_auto(requested: str | None) -> bool:
    return requested is None or requested.strip() in ("", AUTO)


def _plain(name: str | None, agent: AnyAgent) -> Backend:
    def answered(record: Conversation) -> Answered:
        index = min(record.run.model_index, len(agent.models) - 1)
        is_named = name not in (None, AUTO)
        return Answered(label=agent.models[0 if index and is_named else index].label, fallback_used=bool(index) and is_named)

    return Backend(name=name or AUTO, label=agent.models[0].label, agent=agent, answered=answered)


def _checked(name: str) -> str:
    if name == AUTO or not _NAME.fullmatch(name):
        raise ConfigurationError(
            f"backend {name!r}: up to 64 letters, digits and . _ : - are wanted; {AUTO!r} is the service's choice"
        )
    return name
