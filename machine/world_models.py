"""The models' side of the world: which model is asked, what it is sent, and the event that comes of it."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Sequence
from typing import Final

import anyio
from attrs import define, evolve, field

from ..states import Conversation
from ..states.effects import CallModel
from ..states.events import ModelFailed, ModelReplied, Reply, RequestedCall
from ..states.text import legal_name
from ..tools import Arguments, Toolbox
from .cooldown import COOLDOWNS
from .endpoint import ask
from .model import Model
from .notices import CallDelta, Notice, ReasoningDelta, TextDelta
from .offering import Offering
from .wire.fault import Fault
from .wire.projection import Projection
from .wire.request import offer, request_body
from .wire.stream import Delta
from .world_tools import seconds_left

__all__ = ["Models"]

_LONGEST_PAUSE: Final = 8.0
_REST: Final = 30.0
_COOLING: Final = frozenset({"connection", "overloaded", "rate_limited"})


@define(eq=False, kw_only=True)
class Models:
    """What asks the *models* of one run, in the order in which they are tried.  With *notify* replies are streamed."""

    models: Sequence[Model]
    offering: Offering
    system: str = ""
    notify: Callable[[Notice], None] | None = None
    check: Callable[[str], str | None] | None = None
    _projections: dict[int, Projection] = field(factory=dict[int, Projection], init=False)
    _trouble: float | None = field(default=None, init=False)
    _choked_on: bytes = field(default=b"", init=False)

    async def call(self, effect: CallModel, conversation: Conversation) -> ModelReplied | ModelFailed:
        """Ask the model and return what came of it."""
        model = self.models[min(effect.model_index, len(self.models) - 1)]
        visible = self.offering.visible(conversation)
        began = time.monotonic()
        answer = await self._ask(model, effect, conversation, visible)
        took = time.monotonic() - began
        if isinstance(answer, Reply):
            self._trouble = None
            reply = self._gated(self._checked(answer), visible)
            return ModelReplied(reply=reply, seconds=took, at=time.time())
        delay = _pause(answer, effect.attempt) if answer.retryable else 0.0
        retryable = answer.retryable and time.monotonic() + delay - self._since(began) <= model.retry_within
        failure = evolve(answer.failure, model=model.label)
        return ModelFailed(failure=failure, retryable=retryable, delay=delay, seconds=took, at=time.time())

    def _since(self, began: float) -> float:
        """Return when the trouble began, of which a call that began then is the newest part."""
        if self._trouble is None:
            self._trouble = began
        return self._trouble

    async def _ask(self, model: Model, effect: CallModel, conversation: Conversation, visible: Toolbox) -> Reply | Fault:
        """Ask *model*, unless its endpoint is to be left alone and another model is there to be asked."""
        url = model.address.url
        if conversation.run.spares and (left := COOLDOWNS.left(url)):
            return Fault(kind="cooling_down", message=f"{model.label} is left alone for {left:.0f} more seconds after a fault")
        body = self._body(model, effect, conversation, visible)
        seconds = min(model.timeout, math.inf if effect.closing else seconds_left(conversation))
        answer = await self._ask_in_time(model, body, visible, seconds)
        if not isinstance(answer, Fault):
            return answer
        if len(self.models) > 1 and answer.kind in _COOLING:
            COOLDOWNS.rest(url, _REST if answer.retry_after is None else answer.retry_after)
        if answer.kind == "server_error":
            # The same body again is the same failure, where a server chokes on it: once more is enough to know.
            repeated, self._choked_on = self._choked_on == body, body
            return evolve(answer, retryable=answer.retryable and not repeated)
        return answer

    async def _ask_in_time(self, model: Model, body: bytes, visible: Toolbox, seconds: float) -> Reply | Fault:
        listener = None if self.notify is None else _Listener(self.notify)
        with anyio.move_on_after(seconds):
            return await ask(
                model,
                body,
                listener,
                offered=frozenset(visible.names),
                first_token_timeout=model.first_token_timeout,
                between_tokens_timeout=model.between_tokens_timeout,
            )
        # What was shown can not be taken back: a second try would say it twice.
        retryable = listener is None or not listener.heard
        return Fault(kind="timeout", message=f"{model.label} did not reply within {seconds:.3g} seconds", retryable=retryable)

    def _body(self, model: Model, effect: CallModel, conversation: Conversation, visible: Toolbox) -> bytes:
        projection = self._projections.setdefault(effect.model_index, Projection(model.profile, model.origin))
        system = "\n\n".join(part for part in (self.system, conversation.system) if part)
        offered = offer(
            model.profile, conversation, self.offering.encoded(visible, model.profile.dialect), closing=effect.closing
        )
        return request_body(
            model.name,
            projection.pieces(conversation, system),
            host=model.profile,
            tools=offered.tools,
            tool_choice=offered.choice,
            stream=self.notify is not None,
            parameters=model.parameters,
        )

    def _checked(self, reply: Reply) -> Reply:
        """Return *reply* with what is wrong with it as an answer of the wanted form, if anything is."""
        if self.check is None or reply.calls or reply.said.is_blank:
            return reply
        return evolve(reply, problem=self.check(reply.said.text))

    def _gated(self, reply: Reply, visible: Toolbox) -> Reply:
        return evolve(reply, calls=tuple(evolve(call, gated=_needs_approval(call, visible)) for call in reply.calls))


@define(eq=False)
class _Listener:
    """Passes the pieces of a reply on, and knows whether there were any."""

    notify: Callable[[Notice], None]
    heard: bool = False

    def __call__(self, delta: Delta) -> None:
        self.heard = self.heard or delta.kind != "call"
        match delta.kind:
            case "text":
                self.notify(TextDelta(delta.text))
            case "reasoning":
                self.notify(ReasoningDelta(delta.text))
            case _:
                self.notify(CallDelta(place=delta.place, tool=delta.tool, arguments=delta.text))


def _needs_approval(call: RequestedCall, visible: Toolbox) -> bool:
    """Whether a person must agree; a call that can not run anyway is not worth a question."""
    tool = visible.get(legal_name(call.name))
    if tool is None or call.flaw is not None or tool.approve is False:
        return False
    read = tool.read(call.arguments)
    return isinstance(read, Arguments) and tool.needs_approval(read)


def _pause(fault: Fault, attempt: int) -> float:
    """Return the seconds to wait: what the host asks for, else half a second, twice as long with each attempt, less a bit."""
    if fault.retry_after is not None:
        return fault.retry_after
    return min(_LONGEST_PAUSE, 0.5 * 2.0**attempt) * (1 - random.random() / 4)  # noqa: S311  # no secret
