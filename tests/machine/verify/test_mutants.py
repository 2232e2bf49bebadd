"""Every single fault in the table, its guards and its updates is found, but for those that make no difference."""

from __future__ import annotations

import multiprocessing
import random
from concurrent.futures import ProcessPoolExecutor

import pytest
from equivalent_mutants import EQUIVALENT
from mutants import CodeMutant, every_mutant, survives

from detent.states import ROWS


def test_a_sample_of_single_faults_is_found() -> None:
    places = [place for place, mutant in enumerate(every_mutant()) if mutant.name not in EQUIVALENT]
    sample = random.Random(20261121).sample(places, 20)

    assert [] == [every_mutant()[place].name for place in sample if survives(place)]


def test_a_planted_fault_is_taken_out_again() -> None:
    mutant = every_mutant()[-1]
    assert isinstance(mutant, CodeMutant)
    sound = mutant.function.__code__
    with mutant.planted() as rows:
        assert ROWS is rows
        assert mutant.code is mutant.function.__code__

    assert sound is mutant.function.__code__


def test_each_fault_has_a_name_of_its_own_and_each_argued_one_is_there() -> None:
    names = [mutant.name for mutant in every_mutant()]

    assert len(names) == len(set(names)) > 1000
    assert set() == EQUIVALENT.keys() - set(names)


@pytest.mark.campaign
def test_every_single_fault_that_makes_a_difference_is_found() -> None:
    mutants = every_mutant()
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        survived = list(pool.map(survives, range(len(mutants)), chunksize=10))
    left = {mutant.name for mutant, survivor in zip(mutants, survived, strict=True) if survivor}
    killed = len(mutants) - len(left)
    print(f"{killed} of {len(mutants)} faults found ({killed / len(mutants):.1%}); {len(EQUIVALENT)} make no difference")

    assert set() == left - EQUIVALENT.keys()
    assert set() == EQUIVALENT.keys() - left
