"""Processes that are killed with SIGKILL at any instant: nothing that was stored is lost, asked for or done again."""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path

import pytest
from crashing_child import Job, answering
from killing import Nursery, Story
from scripted_host import ScriptedHost

Nurseries = tuple[Nursery, Nursery]

LINES = 22
"""How many lines the tools of a run write down when nobody kills it: eleven calls begin and end."""


def story(host: ScriptedHost, url: str, folder: Path, seed: int) -> Story:
    name = f"c{seed}"
    job = Job(url=url, base_url=host.base_url, ledger=str(folder / f"{name}.ledger"), conversation=name, again=bool(seed % 2))
    return Story(host, job)


def seconds_of_a_run(host: ScriptedHost, nursery: Nursery, url: str, folder: Path) -> float:
    """Return what a process takes from its beginning to its end: within that it is killed."""
    story(host, url, folder, -2).finish(nursery)  # the server loads all it needs, and the tables are made
    began = time.monotonic()
    story(host, url, folder, -1).finish(nursery)
    return time.monotonic() - began


def kill_somewhere(told: Story, nursery: Nursery, chance: random.Random, seconds: float) -> bool:
    """Kill a process at any instant of a run, or else when its tools have got so far: most of a run is not spent in them."""
    if chance.random() < 0.5:
        return told.kill(nursery, chance.uniform(0, seconds))
    return told.kill(nursery, chance.uniform(0, 0.004), chance.randint(0, LINES // 2))


def killed(host: ScriptedHost, nursery: Nursery, url: str, folder: Path, seed: int, seconds: float) -> Story:
    """Kill up to four processes one after the other, then let one go on to the end, and judge."""
    chance = random.Random(seed)
    told = story(host, url, folder, seed)
    for _ in range(chance.randint(1, 4)):
        if not kill_somewhere(told, nursery, chance, seconds):
            break
    told.finish(nursery)
    told.judge()
    return told


def raced(host: ScriptedHost, nurseries: Nurseries, url: str, folder: Path, seed: int, seconds: float) -> Story:
    """Kill a process, then let two go on at once, and judge: one of them comes to the end."""
    told = story(host, url, folder, seed)
    kill_somewhere(told, nurseries[0], random.Random(seed), seconds)
    for nursery in nurseries:
        nursery.start(told.job)
    assert (0, 0) == tuple(nursery.ended() for nursery in nurseries)
    told.look()
    told.judge()
    return told


def report(stories: list[Story]) -> str:
    """Return in words where processes were killed, and what came of it."""
    places = Counter(left.resting for told in stories for left in told.killed)
    begun = [times for told in stories for times in told.left[-1].begun.values()]
    lines = [f"{count:5} {place}" for place, count in places.most_common()]
    lost = sum(told.left[-1].lost for told in stories)
    again = sum(begun) - len(begun)
    head = f"{len(stories)} runs, {places.total()} processes killed, in these states:"
    tail = f"tools began {sum(begun)} times, {again} of them again, which their policy allows; {lost} calls are lost"
    return "\n".join(("", head, *lines, tail))


def test_a_process_that_nobody_kills_does_each_thing_once(nurseries: Nurseries, url: str, tmp_path: Path) -> None:
    with ScriptedHost(answering) as host:
        told = story(host, url, tmp_path, 0)
        told.finish(nurseries[0])
        told.judge()
        requests = len(host.requests)

    (end,) = told.left
    assert {1} == set(end.begun.values()) == set(end.ended.values())
    assert (LINES, 6) == (len(end.ledger), requests)  # three replies outside, three inside


def test_runs_that_are_killed_at_any_instant_go_on_and_lose_nothing(nurseries: Nurseries, url: str, tmp_path: Path) -> None:
    with ScriptedHost(answering) as host:
        seconds = seconds_of_a_run(host, nurseries[0], url, tmp_path)
        stories = [killed(host, nurseries[0], url, tmp_path, seed, seconds) for seed in range(12)]

    assert 12 <= sum(len(told.killed) for told in stories)


def test_two_processes_go_on_with_one_conversation_and_no_tool_runs_twice(
    nurseries: Nurseries, url: str, tmp_path: Path
) -> None:
    with ScriptedHost(answering) as host:
        seconds = seconds_of_a_run(host, nurseries[0], url, tmp_path)
        for seed in range(10):
            raced(host, nurseries, url, tmp_path, seed, seconds)


@pytest.mark.campaign
def test_hundreds_of_runs_are_killed(nurseries: Nurseries, url: str, tmp_path: Path) -> None:
    with ScriptedHost(answering) as host:
        seconds = seconds_of_a_run(host, nurseries[0], url, tmp_path)
        stories = [killed(host, nurseries[0], url, tmp_path, seed, seconds) for seed in range(100, 400)]

    print(report(stories))
    assert 300 <= sum(len(told.killed) for told in stories)


@pytest.mark.campaign
def test_hundreds_of_runs_are_raced_for(nurseries: Nurseries, url: str, tmp_path: Path) -> None:
    with ScriptedHost(answering) as host:
        seconds = seconds_of_a_run(host, nurseries[0], url, tmp_path)
        stories = [raced(host, nurseries, url, tmp_path, seed, seconds) for seed in range(100, 400)]

    print(report(stories))
    assert 300 == len(stories)
