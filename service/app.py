"""The whole service: routes, guard, console; runs are taken up when it starts and parked when it stops."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import anyio
from attrs import field, frozen
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from ..errors import DetentError, JournalError
from ..machine.archive import Archive
from ..machine.endpoint import close_clients
from .agui import agui
from .backends import AnyAgent, Backends
from .desk import Desk
from .facade import facade
from .guard import LOOPBACK, Bounds, Guard
from .hub import Hub
from .keys import Keys
from .problems import Closing, status_of, words_for
from .routes import Health, Problem, routes

__all__ = ["Service"]

_LOG: Final = logging.getLogger(__name__)
_ASK_AGAIN: Final = 1.0
_CONSOLE: Final = Path(__file__).parent / "console"


@frozen(kw_only=True)
class Service:
    """Conversations over HTTP.  *backends* answer, *journal* keeps, *keys* say who may ask: nobody is asked for one without.

    `app()` is the application; `router()` the routes alone, for an application of one's own, whose lifespan has to hold
    `running()`.  With *park_seconds* for what is under way, stopping parks the runs, and starting goes on with those that
    were parked or cut off; *takes_up* false leaves those alone, where several processes share the journal.
    """

    backends: Backends
    journal: Archive
    keys: Keys = Keys()
    bounds: Bounds = Bounds()
    park_seconds: float = 5.0
    takes_up: bool = True
    desk: Desk = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Set up the desk, where everything is done."""
        hub = Hub(most=self.bounds.runs, most_of_owner=self.bounds.runs_of_owner)
        object.__setattr__(self, "desk", Desk(self.backends, self.journal, hub))

    @classmethod
    def of(cls, agents: AnyAgent | Mapping[str, AnyAgent], journal: Archive, **more: Any) -> Service:
        """Return the service of an agent, or of several by their names."""
        return cls(backends=Backends.of(agents), journal=journal, **more)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Hold the runs while the block lasts."""
        try:
            async with self.desk.hub.open(park_seconds=self.park_seconds), anyio.create_task_group() as tasks:
                if self.takes_up:
                    tasks.start_soon(self._take_up)
                yield
                tasks.cancel_scope.cancel()
        finally:
            await close_clients()

    def router(self) -> APIRouter:
        """Return the routes on conversations, the chat-completions facade and AG-UI."""
        router = APIRouter()
        router.include_router(routes(self.desk, self.keys, longest_text=self.bounds.text))
        router.include_router(facade(self.desk, self.keys, longest_text=self.bounds.text))
        router.include_router(agui(self.desk, self.keys, longest_text=self.bounds.text))
        return router

    def app(self, *, hosts: frozenset[str] | None = LOOPBACK) -> Any:
        """Return the ASGI application.  *hosts* are the names that it answers to, None for any.

        Any: an ASGI application has no narrower type that servers and FastAPI agree on.
        """

        @asynccontextmanager
        async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
            async with self.running():
                yield

        app = FastAPI(
            title="detent", version=version("detent"), lifespan=lifespan, docs_url=None, redoc_url=None, redirect_slashes=False
        )
        self.tell_problems(app)
        app.include_router(self.router())
        self._add_health(app)
        _add_console(app)
        return self.guard(app, hosts=hosts)

    @staticmethod
    def tell_problems(app: FastAPI) -> None:
        """Answer every fault in the form that the routes describe, in an application of one's own too."""

        async def told(request: Request, error: Exception) -> JSONResponse:
            return _problem(status_of(error), words_for(error), request)

        async def malformed(request: Request, error: Exception) -> JSONResponse:
            assert isinstance(error, RequestValidationError)
            where = "; ".join(f"{'.'.join(map(str, each['loc'][1:])) or 'body'}: {each['msg']}" for each in error.errors())
            return _problem(422, where or "the request is malformed", request)

        async def http(request: Request, error: Exception) -> JSONResponse:
            assert isinstance(error, HTTPException)
            return _problem(error.status_code, str(error.detail), request, dict(error.headers or {}))

        app.add_exception_handler(DetentError, told)
        app.add_exception_handler(RequestValidationError, malformed)
        app.add_exception_handler(HTTPException, http)

    def guard(self, app: Any, *, hosts: frozenset[str] | None = LOOPBACK) -> Guard:  # Any: see `app`
        """Return *app* behind the bounds and the headers of the service: a middleware.  *hosts* as for `app`."""
        return Guard(app, self.keys, self.bounds, hosts)

    def _add_health(self, app: FastAPI) -> None:
        @app.get("/health", tags=["service"])
        async def health() -> Health:
            """Say that the process answers."""
            return Health()

        @app.get("/ready", tags=["service"], responses={503: {"model": Problem}})
        async def ready() -> Health:
            """Say that the journal answers too, and that new runs are taken."""
            if self.desk.hub.is_closing:
                raise Closing("the service is closing")
            await self.journal.summaries(limit=1)
            return Health()

    async def _take_up(self) -> None:
        while True:
            try:
                await self.desk.forget_guests()
                left = await self.desk.left_behind()
                break
            except JournalError as error:  # a database that is not up yet: the service waits for it
                _LOG.warning("nothing is taken up yet: %s", error)
                await anyio.sleep(_ASK_AGAIN)
        async with anyio.create_task_group() as tasks:  # one owner's runs do not wait for room for another's
            for conversation_id in left:
                tasks.start_soon(self._take_up_one, conversation_id)

    async def _take_up_one(self, conversation_id: str) -> None:
        try:
            await self.desk.take_up(conversation_id)
        except DetentError as error:  # one that can not go on is no reason not to serve the others
            _LOG.warning("conversation %s is not taken up: %s", conversation_id, error)


def _add_console(app: FastAPI) -> None:
    app.mount("/console", StaticFiles(directory=_CONSOLE), name="console")

    @app.get("/", include_in_schema=False)
    async def index() -> FileResponse:
        return FileResponse(_CONSOLE / "index.html", headers={"Cache-Control": "no-cache"})


def _problem(status: int, message: str, request: Request, headers: Mapping[str, str] | None = None) -> JSONResponse:
    added = dict(headers or {})
    if status == 401:
        added["WWW-Authenticate"] = "Bearer"
    if status in (429, 503):
        added.setdefault("Retry-After", "1")
    kind = HTTPStatus(status).phrase.lower().replace(" ", "_").replace("'", "")
    told: dict[str, object] = {"type": kind, "message": message}
    if "/v1/" in request.url.path:  # in the form that OpenAI's clients read
        told |= {"param": None, "code": kind}
    return JSONResponse({"error": told}, status_code=status, headers=added)
