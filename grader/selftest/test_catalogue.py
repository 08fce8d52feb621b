# SPDX-License-Identifier: MIT
"""The graded tests as a whole: points add up, names are unique, selection finds what is meant."""

from __future__ import annotations

from collections import Counter

import pytest

from grader.catalogue import load_tests, select_labs, select_tests
from grader.errors import UsageError
from grader.labs import Lab, all_labs
from grader.variant import Variant

LABS = list(all_labs().values())


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: f"lab{lab.number}")
def test_a_lab_has_100_points(lab: Lab) -> None:
    assert lab.points == 100


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: f"lab{lab.number}")
def test_an_exercises_tests_bring_its_points(lab: Lab) -> None:
    points: Counter[str] = Counter()
    for test in load_tests(lab):
        points[test.exercise] += test.points
    assert points == {name: exercise.points for name, exercise in lab.exercises.items()}


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: f"lab{lab.number}")
def test_each_exercise_has_two_tests(lab: Lab) -> None:
    tests = Counter(test.exercise for test in load_tests(lab))
    assert all(tests[name] >= 2 for name in lab.exercises)


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: f"lab{lab.number}")
def test_a_tests_name_says_its_lab(lab: Lab) -> None:
    tests = load_tests(lab)
    assert len({test.name for test in tests}) == len(tests)
    for test in tests:
        assert test.lab == lab.number and test.exercise.startswith(f"{lab.number}.")


def test_selection_by_name_part_and_exercise() -> None:
    labs = select_labs(None)
    first = load_tests(labs[0])[0]
    for pattern in (first.name, first.name.split("/")[1]):
        assert [test.name for test in select_tests(labs, pattern)] == [first.name]
    assert {test.exercise for test in select_tests(labs, first.exercise)} == {first.exercise}
    assert select_tests(labs, "") == [test for lab in labs for test in load_tests(lab)]


def test_what_does_not_exist_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="there is no lab 77 here; labs: 1"):
        select_labs(77)
    with pytest.raises(UsageError, match="nosuch"):
        select_tests(select_labs(None), "nosuch")


@pytest.mark.parametrize(
    ("solved", "stage", "name"),
    [
        ("", 1, "student"),
        ("all", 1, "solved1"),
        ("all", 3, "solved123"),
        ("1 2", 3, "solved12"),
        ("2", 1, "student"),
        ("2 1", 2, "solved12"),
    ],
)
def test_variants(solved: str, stage: int, name: str) -> None:
    assert Variant(solved).name(stage) == name


def test_a_variant_of_nonsense() -> None:
    with pytest.raises(UsageError):
        Variant("some")
