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


def story(host: ScriptedHost, url: str, folder: Path, seed: int) -> Story:
    name = f"c{seed}"
    job = Job(url=url, base_url=host.base_url, ledger=str(folder / f"{name}.ledger"), conversation=name, again=bool(seed % 2))
    return Story(host, job)


def seconds_of_a_run(host: ScriptedHost, nursery: Nursery, url: str, folder: Path) -> float:
    """Return what a process takes from its beginning to its end: within that it is killed."""
    began = time.monotonic()
    story(host, url, folder, -1).finish(nursery)
    return time.monotonic() - began


def killed(host: ScriptedHost, nursery: Nursery, url: str, folder: Path, seed: int, seconds: float) -> Story:
    """Kill up to four processes one after the other, then let one go on to the end, and judge."""
    chance = random.Random(seed)
    told = story(host, url, folder, seed)
    for _ in range(chance.randint(1, 4)):
        if not told.kill(nursery, chance.uniform(0, seconds)):
            break
    told.finish(nursery)
    told.judge()
    return told


def test_a_process_that_nobody_kills_does_each_thing_once(nurseries: tuple[Nursery, Nursery], url: str, tmp_path: Path) -> None:
    with ScriptedHost(answering) as host:
        told = story(host, url, tmp_path, 0)
        told.finish(nurseries[0])
        told.judge()
        requests = len(host.requests)

    (end,) = told.left
    assert {1} == set(end.begun.values())
    assert (9, 5) == (len(end.begun), requests)  # seven of eight calls begin here, and two inside; three replies and two


def test_runs_that_are_killed_at_any_instant_go_on_and_lose_nothing(
    nurseries: tuple[Nursery, Nursery], url: str, tmp_path: Path
) -> None:
    with ScriptedHost(answering) as host:
        seconds = seconds_of_a_run(host, nurseries[0], url, tmp_path)
        stories = [killed(host, nurseries[0], url, tmp_path, seed, seconds) for seed in range(12)]

    assert 12 < sum(len(told.left) for told in stories)


def test_two_processes_go_on_with_one_conversation_and_no_tool_runs_twice(
    nurseries: tuple[Nursery, Nursery], url: str, tmp_path: Path
) -> None:
    one, other = nurseries
    with ScriptedHost(answering) as host:
        seconds = seconds_of_a_run(host, one, url, tmp_path)
        for seed in range(6):
            told = story(host, url, tmp_path, seed)
            told.kill(one, random.Random(seed).uniform(0, seconds))
            for nursery in nurseries:
                nursery.start(told.job)
            assert (0, 0) == (one.ended(), other.ended())
            told.look()
            told.judge()  # one of the two has come to the end


@pytest.mark.campaign
def test_hundreds_of_runs_are_killed(nurseries: tuple[Nursery, Nursery], url: str, tmp_path: Path) -> None:
    with ScriptedHost(answering) as host:
        seconds = seconds_of_a_run(host, nurseries[0], url, tmp_path)
        stories = [killed(host, nurseries[0], url, tmp_path, seed, seconds) for seed in range(100, 400)]

    states = Counter(
        left.record.state.value if left.events else "nothing stored" for told in stories for left in told.left[:-1]
    )
    begun = sum(sum(told.left[-1].begun.values()) for told in stories)
    again = sum(max(0, times - 1) for told in stories for times in told.left[-1].begun.values())
    print(f"\n{len(stories)} runs, {sum(len(told.left) - 1 for told in stories)} processes stopped: {dict(states)}")
    print(f"tools began {begun} times, {again} of them again, which their policy allows")
    assert 300 == len(stories)
