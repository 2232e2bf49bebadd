"""The routes on conversations: begun, gone on with, decided, forked, forgotten; over real HTTP."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import httpx2
import pytest
from following import follow, rested
from history_oracle import judge
from scripted_host import ScriptedHost
from served import Serve, Served

from detent import Agent, MemoryJournal
from detent.service.app import Service
from detent.states import Event
from detent.states.events import Opened, UserSaid
from detent.states.messages import UserMessage


def begin(client: httpx2.Client, text: str, **more: Any) -> str:
    answer = client.post("/conversations", json={"text": text, **more})
    assert 201 == answer.status_code, answer.text
    name: str = answer.json()["id"]
    return name


def test_a_conversation_is_begun_and_answered(client: httpx2.Client) -> None:
    shown = rested(client, begin(client, "hi"))

    assert ("done", "", False, "auto", "House model") == tuple(
        shown[each] for each in ("state", "reason", "running", "backend", "label")
    )
    assert [("user", "hi"), ("assistant", "Hello <script>alert(1)</script> to you ")] == [
        (entry["role"], entry["text"]) for entry in shown["entries"]
    ]


def test_a_conversation_without_words_waits_for_them(client: httpx2.Client) -> None:
    made = client.post("/conversations", json={}).json()
    assert ("done", 1, []) == (made["state"], made["seq"], made["entries"])

    client.post(f"/conversations/{made['id']}/messages", json={"text": "hi"})
    assert 2 == len(rested(client, made["id"])["entries"])


def test_a_tool_call_is_shown_with_its_result(client: httpx2.Client) -> None:
    shown = rested(client, begin(client, "look"))
    (call,) = shown["entries"][1]["calls"]

    assert ("look", '{"at": "blue"}', "returned", "it is blue") == tuple(
        call[each] for each in ("tool", "arguments", "status", "result")
    )
    assert "So: it is blue" == shown["entries"][2]["text"]


def test_a_call_is_approved(client: httpx2.Client, host: ScriptedHost) -> None:
    name = begin(client, "pay")
    waiting = rested(client, name)
    assert ("awaiting_approval", "a person has to agree to pay") == (waiting["state"], waiting["reason"])
    (call,) = waiting["waiting"]

    assert 202 == client.post(f"/conversations/{name}/approve", json={"calls": {call["id"]: {"amount": 3}}}).status_code
    shown = rested(client, name)
    assert "done" == shown["state"]
    assert "paid 3" in shown["entries"][1]["calls"][0]["result"]
    assert [] == judge(host.requests[-1]["messages"], sendable=True)


def test_a_call_is_denied_with_a_reason(client: httpx2.Client) -> None:
    name = begin(client, "pay")
    (call,) = rested(client, name)["waiting"]
    client.post(f"/conversations/{name}/deny", json={"calls": {call["id"]: "too much"}})

    assert rested(client, name)["entries"][1]["calls"][0]["result"].endswith("did not allow this call: too much")


def test_a_question_is_answered_after_a_check(client: httpx2.Client) -> None:
    name = begin(client, "book")
    (call,) = rested(client, name)["waiting"]
    assert ("For how many?", {"type": "integer"}) == (call["question"], call["answer_schema"])
    refused = client.post(f"/conversations/{name}/answer", json={"calls": {call["id"]: "many"}})
    assert (409, "awaiting_approval") == (refused.status_code, rested(client, name)["state"])

    client.post(f"/conversations/{name}/answer", json={"calls": {call["id"]: 4}})
    assert "booked for 4 on Friday" == rested(client, name)["entries"][1]["calls"][0]["result"]


def test_a_run_is_cancelled_and_goes_on_later(client: httpx2.Client, gate: threading.Event) -> None:
    name = begin(client, "wait")
    cancelled = client.post(f"/conversations/{name}/cancel").json()
    assert "cancelled" == cancelled["state"]

    gate.set()
    client.post(f"/conversations/{name}/resume")
    assert "done" == rested(client, name)["state"]


def test_a_run_that_waits_for_a_person_is_cancelled(client: httpx2.Client) -> None:
    name = begin(client, "pay")
    rested(client, name)

    assert "cancelled" == client.post(f"/conversations/{name}/cancel").json()["state"]
    assert "cancelled" == client.post(f"/conversations/{name}/cancel").json()["state"]


def test_what_is_said_while_a_run_is_live_is_heard_by_it(
    client: httpx2.Client, gate: threading.Event, host: ScriptedHost
) -> None:
    name = begin(client, "wait")
    client.post(f"/conversations/{name}/messages", json={"text": "and hurry"})
    gate.set()
    shown = rested(client, name)

    assert "done" == shown["state"]
    assert "and hurry" == host.requests[-1]["messages"][-1]["content"]


def test_a_failed_run_says_why(client: httpx2.Client) -> None:
    shown = rested(client, begin(client, "break"))

    assert "failed" == shown["state"]
    assert "broken" in shown["reason"]


def test_a_fork_goes_its_own_way(client: httpx2.Client) -> None:
    name = begin(client, "pay")
    (call,) = rested(client, name)["waiting"]
    other = client.post(f"/conversations/{name}/fork", json={}).json()
    client.post(f"/conversations/{other['id']}/deny", json={"calls": {call["id"]: ""}})

    assert ("done", "awaiting_approval") == (rested(client, other["id"])["state"], rested(client, name)["state"])
    cut = client.post(f"/conversations/{name}/fork", json={"at": 2}).json()
    assert ("cancelled", False) == (cut["state"], cut["running"])  # nothing begins that nobody has asked for
    client.post(f"/conversations/{cut['id']}/resume")
    assert "awaiting_approval" == rested(client, cut["id"])["state"]
    assert 409 == client.post(f"/conversations/{name}/fork", json={"at": 99}).status_code


def test_conversations_are_listed_newest_first_in_pages_and_forgotten(client: httpx2.Client) -> None:
    names = [begin(client, text) for text in ("one", "pay", "three")]
    for name in names:
        rested(client, name)
    listed = client.get("/conversations?limit=2").json()
    assert names[:0:-1] == [each["id"] for each in listed]
    assert names[:1] == [each["id"] for each in client.get(f"/conversations?after={names[1]}").json()]
    assert names[1:2] == [each["id"] for each in client.get("/conversations?state=awaiting_approval").json()]

    assert 204 == client.delete(f"/conversations/{names[0]}").status_code
    assert 404 == client.get(f"/conversations/{names[0]}").status_code


def test_a_live_conversation_is_not_forgotten(client: httpx2.Client) -> None:
    name = begin(client, "wait")

    assert 409 == client.delete(f"/conversations/{name}").status_code


@pytest.mark.parametrize("path", ["", "/events", "/diagram.svg", "/trace"])
def test_what_is_not_there_is_404(client: httpx2.Client, path: str) -> None:
    answer = client.get(f"/conversations/local~auto~nobody{path}")

    assert (404, "not_found") == (answer.status_code, answer.json()["error"]["type"])


def test_the_diagram_shows_where_the_conversation_rests(client: httpx2.Client) -> None:
    name = begin(client, "pay")
    rested(client, name)
    drawn = client.get(f"/conversations/{name}/diagram.svg")

    assert "image/svg+xml" == drawn.headers["content-type"]
    assert 1 == drawn.text.count('id="now"')
    assert ">awaiting_approval</text>" in drawn.text.partition('id="now"')[2].partition('class="name"')[2].partition("\n")[0]
    assert "<!doctype html>" in client.get(f"/conversations/{name}/trace").text


def test_a_stream_tells_every_event_under_its_number_and_the_pieces_in_between(client: httpx2.Client) -> None:
    name = begin(client, "hi")
    told = list(follow(client, name))
    stored = [int(number) for number, kind, _ in told if kind == "event"]

    assert [1, 2, 3, 4] == stored
    assert "rest" == told[-1][1]
    assert ["prompting", "awaiting_model", "done"] == [data["state"] for _, kind, data in told if kind == "event"][1:]


@pytest.mark.parametrize("last", range(5))
def test_who_comes_back_misses_nothing_and_hears_nothing_twice(client: httpx2.Client, last: int) -> None:
    name = begin(client, "hi")
    rested(client, name)

    assert list(range(last + 1, 5)) == [int(number) for number, kind, _ in follow(client, name, f"{last}") if kind == "event"]


@pytest.mark.parametrize("last", ["x", "-1", "1e3", "99", "5.9"])
def test_an_id_that_is_none_is_no_harm(client: httpx2.Client, last: str) -> None:
    name = begin(client, "hi")
    rested(client, name)
    headers = {"Last-Event-ID": last}
    told = client.get(f"/conversations/{name}/events?until=rest", headers=headers)

    assert 200 == told.status_code
    assert "event: rest" in told.text


def test_two_readers_hear_the_same_and_the_second_all_of_it(client: httpx2.Client, gate: threading.Event) -> None:
    name = begin(client, "wait")
    first = follow(client, name)
    head = [next(first) for _ in range(3)]
    second = follow(client, name)
    assert head == [next(second) for _ in range(3)]
    gate.set()

    assert [each for each in first if each[1] != "delta"] == [each for each in second if each[1] != "delta"]


def test_a_call_that_is_approved_twice_at_once_runs_once(client: httpx2.Client, gate: threading.Event) -> None:
    name = begin(client, "linger")
    (call,) = rested(client, name)["waiting"]
    with ThreadPoolExecutor(4) as pool:
        asked = [
            pool.submit(client.post, f"/conversations/{name}/approve", json={"calls": {call["id"]: None}}) for _ in range(4)
        ]
    assert [202, 409, 409, 409] == sorted(each.result().status_code for each in asked)
    assert client.get(f"/conversations/{name}").json()["running"]
    gate.set()

    (shown,) = rested(client, name)["entries"][1]["calls"]
    assert ("returned", "lingered") == (shown["status"], shown["result"])


def test_who_approves_after_a_cancel_begins_nothing(client: httpx2.Client, host: ScriptedHost) -> None:
    name = begin(client, "pay")
    (call,) = rested(client, name)["waiting"]
    client.post(f"/conversations/{name}/cancel")

    assert 409 == client.post(f"/conversations/{name}/approve", json={"calls": {call["id"]: None}}).status_code
    assert "cancelled" == rested(client, name)["state"]
    assert 1 == len(host.requests)


@pytest.mark.parametrize("name", ["local~auto~made-up", "local~nobody~made-up"])
def test_what_is_said_where_nothing_is_begins_nothing(client: httpx2.Client, name: str) -> None:
    assert 404 == client.post(f"/conversations/{name}/messages", json={"text": "hi"}).status_code
    gone = begin(client, "hi")
    rested(client, gone)
    client.delete(f"/conversations/{gone}")

    assert 404 == client.post(f"/conversations/{gone}/messages", json={"text": "hi"}).status_code
    assert [] == client.get("/conversations").json()


def test_what_is_said_and_heard_is_not_deleted_meanwhile(client: httpx2.Client) -> None:
    for _ in range(5):
        name = begin(client, "hi")
        rested(client, name)
        with ThreadPoolExecutor(2) as pool:
            deleted = pool.submit(client.delete, f"/conversations/{name}")
            said = pool.submit(client.post, f"/conversations/{name}/messages", json={"text": "wait"})
        assert (deleted.result().status_code, said.result().status_code) in ((204, 404), (409, 202))


def test_an_answer_that_is_no_text_is_refused(client: httpx2.Client) -> None:
    name = begin(client, "book")
    (call,) = rested(client, name)["waiting"]
    body = b'{"calls": {"%b": "\\ud800"}}' % call["id"].encode()
    answer = client.post(f"/conversations/{name}/answer", content=body, headers={"Content-Type": "application/json"})

    assert (409, "conflict") == (answer.status_code, answer.json()["error"]["type"])


def test_while_a_run_is_live_nobody_else_can_answer_it(agent: Agent[str]) -> None:
    with Served(Service.of({"one": agent, "two": agent}, MemoryJournal()), hosts=None) as served, served.client() as client:
        name = client.post("/conversations", json={"text": "wait", "backend": "one"}).json()["id"]
        codes = [
            client.post(f"/conversations/{name}/messages", json={"text": "hi", "backend": backend}).status_code
            for backend in ("nobody", "two", "one", None)
        ]
        client.post(f"/conversations/{name}/cancel")

    assert [404, 409, 202, 202] == codes


def test_what_is_said_in_a_conversation_that_was_deleted_elsewhere_is_not_taken(serve: Serve) -> None:
    journal = MemoryJournal()
    with serve(journal).client() as client:
        name = begin(client, "hi")
        rested(client, name)
        anyio.run(journal.delete, name)

        assert 404 == client.post(f"/conversations/{name}/messages", json={"text": "hi"}).status_code


def test_a_run_that_was_left_in_the_middle_says_so(serve: Serve) -> None:
    journal = MemoryJournal()
    events: list[Event] = [Opened(conversation_id="local~auto~a"), UserSaid(message=UserMessage(content="hi"))]
    with serve(journal, takes_up=False).client() as client:
        anyio.run(journal.append, "local~auto~a", 0, events)
        shown = client.get("/conversations/local~auto~a").json()

    assert ("prompting", False, "the run was left in the middle: resume goes on with it") == (
        shown["state"],
        shown["running"],
        shown["reason"],
    )
