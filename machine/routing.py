"""Which models a request is for, in which order, and what is said of the one that answered: rules as data.  Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from ..errors import ConfigurationError

if TYPE_CHECKING:
    from .registry import Registry

__all__ = ["ROUTES", "Asked", "Route", "Rule", "route", "routing_table"]


@frozen(kw_only=True)
class Route:
    """Where a request goes: the names of *models* in the order in which they are tried, none twice.

    *role* is the role that the models, or the fallbacks of a model that was named, are taken from; None where there is no
    such role.  *label* is what people are shown.  *fallback_used* says that a model was named and another answered.
    """

    models: tuple[str, ...]
    role: str | None
    label: str
    fallback_used: bool


@frozen(kw_only=True)
class Asked:
    """What the rules look at: the request, what is configured, and which model answered (None: none has yet)."""

    requested: str | None
    registry: Registry = field(repr=False)
    role: str
    answered: str | None = None

    @property
    def names_nothing(self) -> bool:
        """Whether the choice is left to the role: null, `"auto"`, or blank."""
        return self.requested is None or self.requested.strip() in ("", "auto")

    @property
    def names_a_model(self) -> bool:
        """Whether a model has the name; it goes before a role of the same name."""
        return not self.names_nothing and self.requested in self.registry.model_names

    @property
    def names_a_role(self) -> bool:
        """Whether a role has the name, with `role:` before it or without."""
        return not self.names_nothing and not self.names_a_model and self.named_role in self.registry.roles

    @property
    def named_role(self) -> str:
        """The name without `role:`."""
        return (self.requested or "").removeprefix("role:")

    @property
    def another_answered(self) -> bool:
        """Whether the answer came from a model that was not the one that was named."""
        return self.answered is not None and self.answered != self.requested


def _of_its_own(asked: Asked) -> str:
    return asked.role


def _of_the_request(asked: Asked) -> str:
    return asked.named_role


def _first_of_the_role(asked: Asked, role: str) -> str:
    return asked.registry.roles[role][0]


def _the_named(asked: Asked, role: str) -> str:
    return asked.requested or ""


@frozen(kw_only=True)
class Rule:
    """One row.  *request* and *answer* say in words what *holds* checks; the rest says what follows.

    *role* names the role, *first* the model that is shown.  With *named* the model that the request names is tried before
    those of the role.
    """

    request: str
    answer: str
    holds: Callable[[Asked], bool]
    role: Callable[[Asked], str]
    named: bool
    first: Callable[[Asked, str], str]
    fallback_used: bool


ROUTES: Final = (
    Rule(
        request='nothing: `null`, `"auto"` or blank',
        answer="any of them, or none yet",
        holds=lambda asked: asked.names_nothing,
        role=_of_its_own,
        named=False,
        first=_first_of_the_role,
        fallback_used=False,
    ),
    Rule(
        request="a role, with or without `role:`",
        answer="any of them, or none yet",
        holds=lambda asked: asked.names_a_role,
        role=_of_the_request,
        named=False,
        first=_first_of_the_role,
        fallback_used=False,
    ),
    Rule(
        request="a model",
        answer="the model, or none yet",
        holds=lambda asked: asked.names_a_model and not asked.another_answered,
        role=_of_its_own,
        named=True,
        first=_the_named,
        fallback_used=False,
    ),
    Rule(
        request="a model",
        answer="another",
        holds=lambda asked: asked.names_a_model and asked.another_answered,
        role=_of_its_own,
        named=True,
        first=_first_of_the_role,
        fallback_used=True,
    ),
)
"""The rules.  For a name that is configured exactly one holds."""


def route(requested: str | None, registry: Registry, *, role: str = "chat", answered: str | None = None) -> Route:
    """Return where a request for *requested* goes: a model's name, a role's, or None or `"auto"` for those of *role*.

    Before the answer leave *answered* out, and try `models` in their order; afterwards give the name of the one that
    answered.  Raises `ConfigurationError`, which lists what there is, for a name that is not configured, where the *role*
    is not and nothing is named, and for an *answered* that was not to be tried.
    """
    asked = Asked(requested=requested, registry=registry, role=role, answered=answered)
    rule = next((rule for rule in ROUTES if rule.holds(asked)), None)
    if rule is None:
        raise registry.unknown(requested or "")
    name = rule.role(asked)
    of_the_role = registry.roles.get(name, ())
    models = tuple(dict.fromkeys((requested or "", *of_the_role) if rule.named else of_the_role))
    if not models:
        raise registry.unknown(f"role:{name}")
    if answered is not None and answered not in models:
        raise ConfigurationError(f"answered={answered!r}: this model was not to be tried, only {', '.join(models)}")
    return Route(
        models=models,
        role=name if of_the_role else None,
        label=registry.label(rule.first(asked, name)),
        fallback_used=rule.fallback_used,
    )


def routing_table() -> str:
    """Return the rules as a Markdown table: the page of the documentation shows the same."""
    headings = ("the request names", "answered by", "tried, in order", "label", "`fallback_used`")
    rows = [headings, ("---",) * len(headings), *map(tuple, map(_cells, ROUTES))]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _cells(rule: Rule) -> Iterator[str]:
    yield rule.request
    yield rule.answer
    whose = "that role" if rule.role is _of_the_request else "the request's role"
    yield f"the model, then those of {whose}" if rule.named else f"those of {whose}"
    yield "of the model" if rule.first is _the_named else f"of the first model of {whose}"
    yield "true" if rule.fallback_used else "false"
