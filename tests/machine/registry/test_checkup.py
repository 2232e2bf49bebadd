"""Whether models are there: against the practice endpoint, a host that answers from a script, and ports where nobody is."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler
from typing import Any

import anyio
import httpx2
import pytest
from attrs import define, field
from scripted_host import Answer, ScriptedHost, asks, hangs, raw, refuses, says

from detent import Model
from detent.machine.registry import Checkup, check_models
from detent.practice import MODEL, Practice

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def practice_url() -> Iterator[str]:
    with Practice() as practice:
        yield practice.base_url


@pytest.fixture
def dead_url() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return f"http://127.0.0.1:{listening.getsockname()[1]}/v1"


async def checked(model: Model, **options: Any) -> Checkup:
    return (await check_models({"m": model}, **options))["m"]


async def test_a_model_that_is_well(practice_url: str) -> None:
    found = await checked(Model(MODEL, base_url=practice_url))

    assert (True, True, "freely", "") == (found.answers, found.listed, found.calls, found.problem)
    assert found.is_well


async def test_a_model_that_its_host_does_not_list_is_told_the_closest(practice_url: str) -> None:
    found = await checked(Model("practice-rule", base_url=practice_url))

    assert (True, False, "freely") == (found.answers, found.listed, found.calls)
    assert f"the host does not list 'practice-rule'; did you mean {MODEL!r}?" == found.problem
    assert not found.is_well


async def test_a_port_where_nobody_is(dead_url: str) -> None:
    found = await checked(Model("m", base_url=dead_url))

    assert (False, None, "never") == (found.answers, found.listed, found.calls)
    assert f"no answer from {dead_url}: " in found.problem


async def test_all_models_are_checked_in_their_order(practice_url: str, dead_url: str) -> None:
    models = {str(number): Model(MODEL, base_url=dead_url if number % 3 == 0 else practice_url) for number in range(10)}
    found = await check_models(models, at_once=3)

    assert [*models] == [*found]
    assert ["0", "3", "6", "9"] == [name for name, checkup in found.items() if not checkup.is_well]


async def test_no_more_are_asked_at_once_than_is_said() -> None:
    under_way: list[int] = [0]

    async def answer(request: httpx2.Request) -> httpx2.Response:
        under_way.append(under_way[-1] + 1)
        await anyio.wait_all_tasks_blocked()  # whoever else may ask has asked by now
        under_way.append(under_way[-1] - 1)
        return httpx2.Response(500, json={"error": {"message": "no"}})

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as client:
        models = {str(number): Model("m", base_url="http://h", http_client=client) for number in range(6)}
        await check_models(models, at_once=2)

    assert 2 == max(under_way)


async def test_no_models_are_no_findings() -> None:
    assert {} == await check_models({})


async def test_a_model_that_calls_only_when_it_must() -> None:
    with ScriptedHost(says("It is cold."), asks(("weather", '{"city": "Oslo"}'))) as host:
        found = await checked(Model("m", base_url=host.base_url))

    assert ("when it must", "", True) == (found.calls, found.problem, found.is_well)
    assert ["auto", "required"] == [body["tool_choice"] for body in host.requests]


async def test_a_model_that_never_calls() -> None:
    with ScriptedHost(says("It is cold.")) as host:
        found = await checked(Model("m", base_url=host.base_url))

    assert (True, "never", "it answered without a tool call") == (found.answers, found.calls, found.problem)


async def test_a_call_of_another_tool_is_none() -> None:
    with ScriptedHost(asks(("sunshine", "{}"))) as host:
        found = await checked(Model("m", base_url=host.base_url))

    assert "never" == found.calls


async def test_a_host_that_knows_no_required_is_not_asked_for_it() -> None:
    with ScriptedHost(says("It is cold.")) as host:
        await checked(Model("m", base_url=host.base_url, host="ollama"))

    assert ["auto"] == [body.get("tool_choice") for body in host.requests]


async def test_parameters_go_along_as_in_any_request() -> None:
    with ScriptedHost(asks(("weather", "{}"))) as host:
        await checked(Model("m", base_url=host.base_url, parameters={"temperature": 0, "tool_choice": "none"}))

    assert (0, "auto") == (host.requests[0]["temperature"], host.requests[0]["tool_choice"])


async def test_a_refusal_is_told_without_the_key_that_the_host_repeats() -> None:
    with ScriptedHost(refuses(401, "Incorrect API key provided: sk-secret, for team-7")) as host:
        model = Model("m", base_url=host.base_url, api_key="sk-secret", headers={"X-Team": "team-7"})
        found = await checked(model)

    assert not found.answers
    assert "Incorrect API key provided: ***, for ***" in found.problem


async def test_of_a_secret_that_begins_with_another_nothing_is_left() -> None:
    with ScriptedHost(refuses(401, "Incorrect API key provided: sk-secret-more")) as host:
        model = Model("m", base_url=host.base_url, api_key="sk-secret", headers={"X-Key": "sk-secret-more"})
        found = await checked(model)

    assert found.problem.endswith("Incorrect API key provided: ***")


async def test_a_key_of_the_environment_is_not_told_either(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedHost(refuses(401, "Incorrect API key provided: sk-secret")) as host:
        monkeypatch.setenv("OPENAI_BASE_URL", host.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
        found = await checked(Model("m"))

    assert "Incorrect API key provided: ***" in found.problem


async def test_a_host_that_says_nothing_is_given_up_after_the_timeout() -> None:
    with ScriptedHost(hangs(threading.Event())) as host:
        found = await checked(Model("m", base_url=host.base_url), timeout=0.2)

    assert f"{host.base_url} did not answer within 0.2 seconds" == found.problem
    assert not found.answers


@define(eq=False)
class Listing:
    """A chat host that has a list too: what it answers to GET, and what it was sent with it."""

    answer: Answer
    paths: list[str] = field(factory=list[str])
    headers: list[dict[str, str]] = field(factory=list[dict[str, str]])

    def at(self, host: ScriptedHost) -> ScriptedHost:
        """Teach *host* to answer GET."""
        handler: type[BaseHTTPRequestHandler] = host._server.RequestHandlerClass  # type: ignore[assignment]
        listing = self

        def do_get(request: BaseHTTPRequestHandler) -> None:
            listing.paths.append(request.path)
            listing.headers.append({name.lower(): value for name, value in request.headers.items()})
            request.send_response(listing.answer.status)
            request.send_header("Content-Length", str(len(listing.answer.chunks[0])))
            request.end_headers()
            request.wfile.write(listing.answer.chunks[0])

        handler.do_GET = do_get  # type: ignore[attr-defined]
        return host


CALL = asks(("weather", '{"city": "Oslo"}'))


@pytest.mark.parametrize(
    ("body", "status", "host", "listed"),
    [
        (b'{"data": [{"id": "m"}]}', 200, "portable", True),
        (b'[{"id": "m"}]', 200, "together", True),
        (b'{"data": [{"id": "models/m"}]}', 200, "gemini", True),
        (b'{"data": [{"id": "n"}]}', 200, "portable", False),
        (b'{"data": []}', 200, "portable", None),
        (b"<html>", 200, "portable", None),
        (b'{"error": "no"}', 404, "portable", None),
        (b'{"error": "no"}', 500, "portable", None),
    ],
)
async def test_the_list_is_read_in_the_hosts_shape(body: bytes, status: int, host: str, listed: bool | None) -> None:
    listing = Listing(raw(body, status=status))
    with listing.at(ScriptedHost(CALL)) as scripted:
        found = await checked(Model("m", base_url=scripted.base_url, host=host))

    assert (listed, listed is not False) == (found.listed, found.is_well)
    assert ["/v1/models"] == listing.paths


@pytest.mark.parametrize("profile", [{}, {"models_path": ""}])
async def test_a_host_without_a_list_is_not_asked_for_it(profile: Mapping[str, object]) -> None:
    listing = Listing(raw(b"{}"))
    with listing.at(ScriptedHost(CALL)) as scripted:
        model = Model("m", base_url=scripted.base_url, host="portable" if profile else "anthropic", profile=profile)
        found = await checked(model)

    assert (None, True) == (found.listed, found.is_well)
    assert [] == listing.paths


@pytest.mark.parametrize(("host", "header"), [("portable", "authorization"), ("azure", "api-key")])
async def test_the_key_goes_out_once_in_the_header_that_the_host_reads(host: str, header: str) -> None:
    listing = Listing(raw(b'{"data": [{"id": "m"}]}'))
    with listing.at(ScriptedHost(CALL)) as scripted:
        await checked(Model("m", base_url=scripted.base_url, host=host, api_key="sk-secret"))

    assert [header] == [name for name, value in listing.headers[0].items() if "sk-secret" in value]
    assert ("authorization" in listing.headers[0]) == (header == "authorization")


async def test_a_list_that_names_the_model_right_helps_with_a_refusal() -> None:
    listing = Listing(raw(b'{"data": [{"id": "qwen3"}]}'))
    with listing.at(ScriptedHost(refuses(404, "no such model"))) as scripted:
        found = await checked(Model("qwen", base_url=scripted.base_url))

    assert "no such model; the host does not list 'qwen'; did you mean 'qwen3'?" in found.problem
