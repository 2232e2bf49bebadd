"""A refusal, and the words in which sizes are refused."""

from __future__ import annotations

from attrs import frozen

__all__ = ["Refusal", "too_long", "too_short"]


@frozen
class Refusal:
    """Why a request is refused: OpenAI's error object."""

    message: str
    param: str | None = None
    code: str | None = None
    type: str = "invalid_request_error"

    def to_json(self) -> dict[str, object]:
        """Return the body of the error response."""
        return {"error": {"message": self.message, "type": self.type, "param": self.param, "code": self.code}}


def too_short(what: str) -> str:
    """Return the words for an array that is empty and must not be."""
    return f"Invalid '{what}': empty array. Expected an array with minimum length 1, but got an empty array instead."


def too_long(what: str, most: int, length: int) -> str:
    """Return the words for a string that is too long."""
    told = f"Expected a string with maximum length {most}, but got a string with length {length} instead."
    return f"Invalid '{what}': string too long. {told}"
