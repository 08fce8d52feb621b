# SPDX-License-Identifier: MIT
"""Every mutant is caught by the graded tests that its head names."""

from __future__ import annotations

from collections import Counter

import pytest

from ..catalogue import load_tests, matches
from ..labs import Lab, all_labs
from .conftest import Judge
from .patches import MUTANTS, Patch, check_head, read_patches

MIN_MUTANTS = 3
PATCHES = read_patches(MUTANTS)


@pytest.mark.parametrize("patch", PATCHES, ids=[patch.name for patch in PATCHES])
def test_caught(patch: Patch, failures: Judge) -> None:
    check_head(patch, all_labs()[patch.lab])
    catchers = patch.catchers()
    failed = failures(patch, catchers)
    passed = [test.name for test in catchers if test.name not in failed]
    if passed:
        message = f"{patch.name} survives {', '.join(passed)}. The mistake: {patch.says}"
        pytest.fail(message, pytrace=False)


@pytest.mark.parametrize("lab", all_labs().values(), ids=lambda lab: f"lab{lab.number}")
def test_names_its_catchers(lab: Lab) -> None:
    tests = load_tests(lab)
    for patch in PATCHES:
        if patch.lab == lab.number:
            for name in patch.caught_by:
                assert any(matches(test, name) for test in tests), f"{patch.name}: no test {name}"
            exercises = {test.exercise for test in patch.catchers()}
            assert patch.exercise in exercises, f"{patch.name}: none of its exercise's tests"


@pytest.mark.parametrize("lab", all_labs().values(), ids=lambda lab: f"lab{lab.number}")
def test_enough_for_each_exercise(lab: Lab) -> None:
    count = Counter(patch.exercise for patch in PATCHES if patch.lab == lab.number)
    few = [name for name in lab.exercises if count[name] < MIN_MUTANTS]
    assert not few, f"exercises with fewer than {MIN_MUTANTS} mutants: {few}"
