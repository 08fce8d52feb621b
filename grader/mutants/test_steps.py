# SPDX-License-Identifier: MIT
"""An exercise can be passed, and graded, before the next one is begun."""

from __future__ import annotations

import pytest

from ..catalogue import load_tests
from ..labs import all_labs
from .judge import build_reference, failures
from .steps import Step

#: What an untouched skeleton may score, of 100.
SKELETON_MAXIMUM = 5

STEPS = [Step(lab, last) for lab in all_labs().values() for last in ("", *lab.exercises)]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"lab{step.lab}-{step.last or 'skeleton'}")
def test_what_is_solved_passes_and_what_is_not_fails(step: Step) -> None:
    tests = load_tests(step.course)
    failed = failures(step, build_reference(), tests)
    lost = {
        test.name: str(failed[test.name])
        for test in tests
        if test.exercise in step.solved and test.name in failed
    }
    assert not lost, f"{step.name}: tests of exercises that are solved fail"
    given = sum(
        test.points
        for test in tests
        if test.exercise not in step.solved and test.name not in failed
    )
    assert given <= SKELETON_MAXIMUM, f"{step.name}: points for what is not solved"
