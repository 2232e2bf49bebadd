"""The ids of a service's conversations: `owner~backend~number`.  Who may see one, and who answers in it, is in its name."""

from __future__ import annotations

import secrets
from typing import Final

from attrs import frozen

from ..machine.archive import INSIDE

__all__ = ["Name", "guest_of", "inside_of", "new_name", "prefix_of", "read_name"]

_SEPARATOR: Final = "~"
_GUEST: Final = ".guest"


@frozen
class Name:
    """A conversation's *owner*, the *backend* that it was begun with, and what makes it unique."""

    owner: str
    backend: str
    number: str

    @property
    def is_a_guests(self) -> bool:
        """Whether it is the run of a client that keeps the conversation itself: nobody waits for it but that request."""
        return self.owner.endswith(_GUEST)

    def __str__(self) -> str:
        """Return the id."""
        return _SEPARATOR.join((self.owner, self.backend, self.number))


def new_name(owner: str, backend: str) -> Name:
    """Return the name of a new conversation; nobody can guess it."""
    return Name(owner, backend, secrets.token_hex(12))


def read_name(conversation_id: str) -> Name | None:
    """Return what the id says; None for one that is of no service, and for one inside a call of another conversation."""
    parts = conversation_id.split(_SEPARATOR)
    return Name(*parts) if len(parts) == 3 and all(parts) and INSIDE not in parts[2] else None


def prefix_of(owner: str) -> str:
    """Return how the ids of an owner's conversations begin."""
    return owner + _SEPARATOR


def guest_of(owner: str) -> str:
    """Return whose the runs of an owner's guests are; no owner is called so."""
    return owner + _GUEST


def inside_of(conversation_id: str) -> str:
    """Return how the ids of conversations of agents begin that run as tools of that one."""
    return conversation_id + INSIDE
