"""What a conversion gives back: the schema, and what could not be said in it."""

from __future__ import annotations

from attrs import frozen

from ..wording import JsonObject
from .keywords import ASSERTIONS

__all__ = ["Converted", "Dropped"]


@frozen
class Dropped:
    """A keyword that the dialect can not say.

    *path* is a JSON pointer into the original schema, to the object that holds *keyword* ("" when it is that object as a
    whole); *why* is for a person.  Where words help a model, the description tells of it.
    """

    path: str
    keyword: str
    why: str

    @property
    def loosens(self) -> bool:
        """Whether the schema takes more values for it; otherwise it only says less of them."""
        return self.keyword in ASSERTIONS


@frozen
class Converted:
    """A schema in a dialect.  It shares nothing with the original, and the caller may change it.

    *strict* is whether it goes out with `"strict": true`.  When a strict form was wanted and is not possible, *schema* is the
    original, and *dropped* says what stands in the way.
    """

    schema: JsonObject
    dropped: tuple[Dropped, ...] = ()
    strict: bool = False
