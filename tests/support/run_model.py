"""A small model of a run: what is owed, what was said and used, where the loop must rest.

It is written from the design alone and shares no code with `detent`; of its types it reads `Limits`, as a settings object.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from expected import Expected, Kind, Shown, Slot, Waits

from detent.states import Limits

__all__ = ["RunModel"]


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
    settings: Limits | None = None
    final: bool = True
    started: float = 0.0
    waiting_since: float = 0.0
    rounds: int = 0
    ran: int = 0
    refused: int = 0
    prompt: int = 0
    completion: int = 0
    cost: float = 0.0
    asked: int = 0
    in_all: int = 0
    tries: int = 0
    model: int = 0
    closing: bool = False
    not_before: float | None = None
    calls_for_this_reply: int = 0
    gathered: list[str] = field(default_factory=list[str])

    @property
    def limits(self) -> Limits:
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
        return [place for place in self.owed if self.turn[place].waits != "for nobody"]

    @property
    def running(self) -> list[int]:
        """The calls that run or are to run, as things stand."""
        owed = self.owed if self.state == "dispatching_tools" else []
        return [place for place in owed if self.turn[place].waits == "for nobody"]

    def waiting(self, waits: Waits) -> list[int]:
        """The calls for which a person is heard now."""
        undecided = self.undecided if self.state == "awaiting_approval" else []
        return [place for place in undecided if self.turn[place].waits == waits]

    @property
    def may_resume(self) -> bool:
        return self.state in ("failed", "cancelled") and bool(self.history) and not self._ends_with_an_answer

    @property
    def _ends_with_an_answer(self) -> bool:
        return self.history[-1].role == "assistant"

    # --- the user ----------------------------------------------------------------------------------------------------

    def user_says(self, text: str, settings: Limits, *, final: bool, at: float) -> None:
        if not self.ended:
            self.inbox.append(text)
            return
        self.history.append(Expected("user", text))
        self.gathered = []
        self._begin(settings, final=final, at=at)

    def resumes(self, settings: Limits, *, final: bool, at: float) -> None:
        self._begin(settings, final=final, at=at)

    def _begin(self, settings: Limits, *, final: bool, at: float) -> None:
        self.settings, self.final, self.started = settings, final, at
        self.rounds = self.ran = self.refused = self.prompt = self.completion = self.tries = self.model = self.asked = 0
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

    def uses(self, prompt: int, completion: int, cost: float, model_calls: int = 1) -> None:
        self.prompt, self.completion, self.cost = self.prompt + prompt, self.completion + completion, self.cost + cost
        self.asked, self.in_all = self.asked + model_calls, self.in_all + prompt + completion

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
                self.turn.append(Slot(kind, waits="for a word" if kind == "gated" else "for nobody"))
        self.waiting_since = at
        self._people_first()

    def _people_first(self) -> None:
        """Before the tools of a turn run, all that people have to say is waited for."""
        if self.undecided:
            self.state = "awaiting_approval"
        elif self.owed:
            self.state = "dispatching_tools"
        else:
            self._all_is_there()

    def _tools_first(self, at: float) -> None:
        """While tools of a turn run, people are not heard; the clock stands once they alone are waited for."""
        if self.running:
            return
        if self.undecided:
            self.state, self.waiting_since = "awaiting_approval", at
        else:
            self._all_is_there()

    def _all_is_there(self) -> None:
        self._seal()
        self.state = "prompting"

    def _seal(self) -> None:
        if not self.turn:
            return
        self.history.append(Expected("assistant", self.said_with_calls if self.said_with_calls.strip() else None))
        self.history += [slot.outcome for slot in self.turn if slot.outcome is not None]
        if shown := tuple(slot.shown for slot in self.turn if slot.shown is not None):
            self.history.append(Expected("user", shown=shown))
        self.turn = []

    def is_settled(self, place: int, content: str, at: float, *, failed: bool, token: str, shown: Shown | None = None) -> None:
        slot = self.turn[place]
        slot.outcome, slot.shown = Expected("tool", content, edited=slot.edited, failed=failed), shown
        self.gathered.append(token)
        self._tools_first(at)

    def tool_asks(self, place: int, waits: Waits, at: float, *, spent: int) -> None:
        slot = self.turn[place]
        slot.waits, slot.started, slot.spent = waits, False, slot.spent + spent
        self._tools_first(at)

    # --- people ------------------------------------------------------------------------------------------------------

    def is_approved(self, place: int, edited: str | None, at: float) -> None:
        slot = self.turn[place]
        slot.kind, slot.waits, slot.edited = "runs", "for nobody", edited or slot.edited
        self._decided(at)

    def is_answered(self, place: int, answer: str, at: float) -> None:
        slot = self.turn[place]
        slot.waits, slot.answers = "for nobody", (*slot.answers, answer)
        self._decided(at)

    def is_denied(self, place: int, reason: str, at: float) -> None:
        slot = self.turn[place]
        slot.outcome = Expected("tool", parts=("Tool error:", reason), exact=False)
        self.ran -= slot.kind == "gated"  # nobody ever agreed to it: it was not run, and does not count
        self._decided(at)

    def _decided(self, at: float) -> None:
        if not self.undecided:
            self.started += at - self.waiting_since
        self._people_first()
