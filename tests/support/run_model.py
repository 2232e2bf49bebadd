"""A small model of a run: what is owed, what was said and used, where the loop must rest.

It is written from the design alone and shares no code with `detent`; of its types it reads `Limits`, as a settings object.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

__all__ = ["Expected", "RunModel", "Settings", "Slot", "matches"]

Kind = Literal["runs", "gated", "flawed", "over"]


class Settings(Protocol):
    """What the model reads of a run's limits."""

    @property
    def rounds(self) -> int: ...
    @property
    def tool_calls(self) -> int | None: ...
    @property
    def input_tokens(self) -> int | None: ...
    @property
    def output_tokens(self) -> int | None: ...
    @property
    def total_tokens(self) -> int | None: ...
    @property
    def cost(self) -> float | None: ...
    @property
    def seconds(self) -> float | None: ...
    @property
    def retries(self) -> int: ...
    @property
    def on_limit(self) -> str: ...


@dataclass(frozen=True)
class Expected:
    """A message that must be in the history: its role, and its exact content or what it must contain."""

    role: str
    content: str | None = None
    parts: tuple[str, ...] = ()
    exact: bool = True


def matches(expected: Expected, message: Mapping[str, object]) -> bool:
    """Return whether *message* is the expected one."""
    content = message["content"]
    if expected.exact:
        return (expected.role, expected.content) == (message["role"], content)
    return expected.role == message["role"] and isinstance(content, str) and all(part in content for part in expected.parts)


@dataclass
class Slot:
    """A call of the open turn: what is to become of it, and what did."""

    kind: Kind
    outcome: Expected | None = None
    started: bool = False


def _error() -> Expected:
    return Expected("tool", parts=("Tool error:",), exact=False)


@dataclass
class RunModel:
    """The state of one conversation, event by event."""

    fallbacks: int = 0
    state: str = "done"
    history: list[Expected] = field(default_factory=list[Expected])
    inbox: list[str] = field(default_factory=list[str])
    turn: list[Slot] = field(default_factory=list[Slot])
    said_with_calls: str = ""
    settings: Settings | None = None
    final: bool = True
    started: float = 0.0
    waiting_since: float = 0.0
    rounds: int = 0
    ran: int = 0
    refused: int = 0
    prompt: int = 0
    completion: int = 0
    cost: float = 0.0
    tries: int = 0
    model: int = 0
    closing: bool = False
    not_before: float | None = None
    calls_for_this_reply: int = 0
    gathered: list[str] = field(default_factory=list[str])

    @property
    def limits(self) -> Settings:
        assert self.settings is not None
        return self.settings

    @property
    def ended(self) -> bool:
        return self.state in ("done", "limit_hit", "failed", "cancelled")

    @property
    def owed(self) -> list[int]:
        return [place for place, slot in enumerate(self.turn) if slot.outcome is None]

    @property
    def undecided(self) -> list[int]:
        return [place for place in self.owed if self.turn[place].kind == "gated"]

    @property
    def may_resume(self) -> bool:
        return self.state in ("failed", "cancelled") and bool(self.history) and not self._ends_with_an_answer

    @property
    def _ends_with_an_answer(self) -> bool:
        return self.history[-1].role == "assistant"

    # --- the user ----------------------------------------------------------------------------------------------------

    def user_says(self, text: str, settings: Settings, *, final: bool, at: float) -> None:
        if not self.ended:
            self.inbox.append(text)
            return
        self.history.append(Expected("user", text))
        self.gathered = []
        self._begin(settings, final=final, at=at)

    def resumes(self, settings: Settings, *, final: bool, at: float) -> None:
        self._begin(settings, final=final, at=at)

    def _begin(self, settings: Settings, *, final: bool, at: float) -> None:
        self.settings, self.final, self.started = settings, final, at
        self.rounds = self.ran = self.refused = self.prompt = self.completion = self.tries = self.model = 0
        self.cost, self.closing, self.not_before, self.calls_for_this_reply = 0.0, False, None, 0
        self.state = "prompting"

    def is_cancelled(self) -> None:
        for slot in self.turn:
            slot.outcome = slot.outcome or _error()
        self._seal()
        self._hear()
        self.state = "cancelled"

    def _hear(self) -> None:
        self.history += [Expected("user", text) for text in self.inbox]
        self.inbox = []

    # --- the model call ----------------------------------------------------------------------------------------------

    def is_reached(self, at: float) -> bool:
        most = self.limits
        used: Sequence[tuple[float | None, float]] = (
            (most.rounds, self.rounds),
            (most.seconds, at - self.started),
            (most.cost, self.cost),
            (most.input_tokens, self.prompt),
            (most.output_tokens, self.completion),
            (most.total_tokens, self.prompt + self.completion),
        )
        return self.refused > 0 or any(limit is not None and amount >= limit for limit, amount in used)

    @property
    def spares(self) -> int:
        return self.fallbacks - self.model

    def is_prepared(self, at: float) -> None:
        if not self.closing and self.is_reached(at):
            if not (self.final and self.limits.on_limit == "answer"):
                self._write_down()
                return
            self.closing, self.tries, self.calls_for_this_reply = True, 0, 0  # the closing words are a reply of their own
        self._hear()
        self.not_before = None
        self.calls_for_this_reply += 1
        self.state = "awaiting_model"

    def _write_down(self) -> None:
        self._hear()
        self.history.append(Expected("assistant", parts=("The limit of", *self.gathered), exact=False))
        self.state = "limit_hit"

    @property
    def _may_try_again(self) -> bool:
        return self.tries < self.limits.retries or self.spares > 0

    def _try_again(self, *, same_model: bool) -> None:
        if (same_model and self.tries < self.limits.retries) or not self.spares:
            self.tries += 1
        else:
            self.tries, self.model = 0, self.model + 1
        self.state = "prompting"

    def model_fails(self, *, retryable: bool, delay: float, at: float) -> None:
        seconds = self.limits.seconds
        late = not self.closing and seconds is not None and at - self.started >= seconds
        if (self._may_try_again if retryable else self.spares > 0) or late:
            before = self.model
            self._try_again(same_model=retryable)
            self.not_before = at + delay if delay and before == self.model else None
        elif self.closing:
            self._write_down()
        else:
            self._hear()
            self.state = "failed"

    def uses(self, prompt: int, completion: int, cost: float) -> None:
        self.prompt, self.completion, self.cost = self.prompt + prompt, self.completion + completion, self.cost + cost

    def _accepts(self) -> None:
        self.rounds, self.tries, self.calls_for_this_reply = self.rounds + 1, 0, 0

    def model_answers(self, text: str, *, usable: bool) -> None:
        spoken = [Expected("assistant", text)] if text.strip() else []
        if self.closing:
            self._closes(text)
        elif usable:
            self._accepts()
            self.history += spoken
            self.state = "prompting" if self.inbox else "done"
        elif self._may_try_again:
            self.history += [*spoken, Expected("user", exact=False)]
            self._try_again(same_model=True)
        else:
            self.history += spoken
            self._hear()
            self.state = "failed"

    def _closes(self, text: str) -> None:
        self._accepts()
        if not text.strip():
            self._write_down()
            return
        self._hear()
        self.history.append(Expected("assistant", text))
        self.state = "limit_hit"

    # --- the tools ---------------------------------------------------------------------------------------------------

    def model_calls(self, kinds: Sequence[Kind], text: str, at: float) -> None:
        if self.closing:
            self._closes(text)
            return
        self._accepts()
        self.said_with_calls = text
        for kind in kinds:
            most = self.limits.tool_calls
            if kind == "flawed":
                self.turn.append(Slot("flawed", _error()))
            elif most is not None and self.ran >= most:
                self.refused += 1
                self.turn.append(Slot("over", Expected("tool", parts=("Tool error:", "limit"), exact=False)))
            else:
                self.ran += 1
                self.turn.append(Slot(kind))
        self.waiting_since = at
        self._go_on()

    def _go_on(self) -> None:
        if self.undecided:
            self.state = "awaiting_approval"
        elif self.owed:
            self.state = "dispatching_tools"
        else:
            self._seal()
            self.state = "prompting"

    def _seal(self) -> None:
        if not self.turn:
            return
        self.history.append(Expected("assistant", self.said_with_calls if self.said_with_calls.strip() else None))
        self.history += [slot.outcome for slot in self.turn if slot.outcome is not None]
        self.turn = []

    def is_settled(self, place: int, content: str, *, token: str) -> None:
        self.turn[place].outcome = Expected("tool", content)
        self.gathered.append(token)
        self._go_on()

    def is_approved(self, place: int, at: float) -> None:
        self.turn[place].kind = "runs"
        self._decided(at)

    def is_denied(self, place: int, reason: str, at: float) -> None:
        self.turn[place].outcome = Expected("tool", parts=("Tool error:", reason), exact=False)
        self.ran -= 1  # it will not be run, so it does not count
        self._decided(at)

    def _decided(self, at: float) -> None:
        if not self.undecided:
            self.started += at - self.waiting_since
        self._go_on()
