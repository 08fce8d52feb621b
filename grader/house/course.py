# SPDX-License-Identifier: MIT
"""The graded tests add up to the course: every exercise's points are given away, and nobody is sent to a lost page."""

from __future__ import annotations

from pathlib import Path

from grader.catalogue import Graded
from grader.house.links import why_broken
from grader.labs import Lab

TESTS_EACH = 2
LAB_POINTS = 100


def wrong_points(lab: Lab, tests: list[Graded]) -> list[str]:
    """Exercises whose tests' points do not add up to theirs, or that have fewer than two tests."""
    complaints = []
    if lab.points != LAB_POINTS:
        complaints.append(f"lab {lab.number}: its exercises have {lab.points} points")
    for number, exercise in lab.exercises.items():
        of = [test for test in tests if test.exercise == number]
        points = sum(test.points for test in of)
        if points != exercise.points:
            complaints.append(
                f"exercise {number}: its tests give {points} of {exercise.points} points"
            )
        if len(of) < TESTS_EACH:
            complaints.append(f"exercise {number}: has {len(of)} tests")
    complaints += [
        f"{test.name}: there is no exercise {test.exercise}"
        for test in tests
        if test.exercise not in lab.exercises
    ]
    return complaints


def lost_pages(root: Path, tests: list[Graded]) -> list[str]:
    """Tests that send a student to a section of a handout which is not there, or to none."""
    handouts = root / "handouts"
    return [
        f"{test.name}: {why}"
        for test in tests
        if (why := why_broken(handouts / "index.md", test.handout or "nowhere.md"))
    ]
