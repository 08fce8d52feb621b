# SPDX-License-Identifier: MIT
"""Every variant, a solution written in another way that is just as right, keeps full score."""

from __future__ import annotations

import pytest

from ..catalogue import load_tests
from ..errors import Failure
from ..labs import Lab, all_labs
from .conftest import Judge
from .patches import VARIANTS, Patch, check_head, read_patches

PATCHES = read_patches(VARIANTS)


@pytest.mark.parametrize("patch", PATCHES, ids=[patch.name for patch in PATCHES])
def test_full_score(patch: Patch, failures: Judge) -> None:
    lab = all_labs()[patch.lab]
    check_head(patch, lab)
    failed = failures(patch, load_tests(lab))
    if failed:
        lines = [told(name, failure) for name, failure in failed.items()]
        message = "\n".join([f"{patch.name} loses points. {patch.says}", *lines])
        pytest.fail(message, pytrace=False)


def told(name: str, failure: Failure) -> str:
    """A failure in one line."""
    return f"  {name}: {failure}; expected: {failure.expected}; seen: {failure.seen}"


@pytest.mark.parametrize("lab", all_labs().values(), ids=lambda lab: f"lab{lab.number}")
def test_one_for_each_exercise(lab: Lab) -> None:
    have = {patch.exercise for patch in PATCHES if patch.lab == lab.number}
    assert have == set(lab.exercises)
