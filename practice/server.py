"""The HTTP side of the practice endpoint: a Starlette application that answers chat completions by rule."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from typing import NoReturn
from uuid import uuid4

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from .completion import chunks, completion, models
from .refusal import Refusal
from .request import as_mapping
from .rules import ABOUT, MODEL, reply
from .validity import refusal

__all__ = ["LARGEST_BODY", "app"]

LARGEST_BODY = 10_000_000
"""Bytes of a request's body; a larger one is answered with 413."""

_CODES = {404: "unknown_url", 405: "method_not_supported", 413: "request_too_large"}
FRONT_PAGE = f"""detent practice: {ABOUT}.

A handful of plain rules read the task, choose among the tools the request offers and word an answer from their results.
It serves POST /v1/chat/completions (JSON and streaming) and GET /v1/models; the model is {MODEL!r}. Any API key will do.
"""


def app() -> Starlette:
    """Return the application.  It keeps nothing between requests."""
    routes = [Route("/", _front_page, methods=["GET"])]
    for prefix in ("", "/v1"):
        routes.append(Route(f"{prefix}/chat/completions", _complete, methods=["POST"]))
        routes.append(Route(f"{prefix}/models", _models, methods=["GET"]))
    return Starlette(routes=routes, exception_handlers={HTTPException: _refused})


async def _front_page(request: Request) -> Response:
    return PlainTextResponse(FRONT_PAGE)


async def _models(request: Request) -> Response:
    return JSONResponse(models())


async def _complete(request: Request) -> Response:
    """Answer one chat-completions request, whatever the model is called in it: the answer says who gave it."""
    body = _parsed(await _bounded(request))
    try:
        return _answer(body)
    except RecursionError as error:
        raise HTTPException(400, "The body is nested too deeply.") from error


def _answer(body: object) -> Response:
    if (refused := refusal(body)) is not None:
        return JSONResponse(refused.to_json(), status_code=400)
    asked = as_mapping(body)
    answer, identity, created = reply(asked), f"chatcmpl-{uuid4().hex}", int(time.time())
    if asked.get("stream") is True:
        events = _events(chunks(answer, asked, identity=identity, created=created))
        return StreamingResponse(events, media_type="text/event-stream", headers={"cache-control": "no-store"})
    return JSONResponse(completion(answer, asked, identity=identity, created=created))


def _events(parts: Iterator[Mapping[str, object]]) -> Iterator[str]:
    yield from (f"data: {json.dumps(part)}\n\n" for part in parts)
    yield "data: [DONE]\n\n"


async def _bounded(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_BODY:
            raise HTTPException(413, f"The body is larger than {LARGEST_BODY} bytes.")
    return bytes(body)


def _parsed(body: bytes) -> object:
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, f"We could not parse the JSON body of your request: {error}") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


async def _refused(request: Request, error: Exception) -> Response:
    """Answer what the router or a reading of the body refused, in the shape of OpenAI's errors."""
    status, detail = (error.status_code, error.detail) if isinstance(error, HTTPException) else (500, "Internal error.")
    told = {
        404: f"Invalid URL ({request.method} {request.url.path})",
        405: f"Not allowed to {request.method} on {request.url.path}.",
    }.get(status, detail)
    headers = error.headers if isinstance(error, HTTPException) else None
    return JSONResponse(Refusal(told, code=_CODES.get(status)).to_json(), status_code=status, headers=headers)
