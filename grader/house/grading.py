# SPDX-License-Identifier: MIT
"""A grade, from outside: run as a student runs it, read as a class list reads it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.house.make import make


@dataclass
class Grade:
    """What a student gets: points, and words."""

    points: float
    said: str


def grade(root: Path, build: str | Path, *arguments: str) -> Grade:
    """What `make grade` gives in a tree; the test that asks fails when no grade came about."""
    results = root / build / "grade" / "results.json"
    results.unlink(missing_ok=True)
    said = make(root, f"BUILD={build}", "grade", *arguments).stdout
    points = points_of(results)
    if points is None:
        pytest.fail(f"no grade:\n{said}", pytrace=False)
    return Grade(points, said)


def points_of(results: Path) -> float | None:
    """The score in a results.json; nothing when there is none."""
    try:
        return float(json.loads(results.read_text())["score"])
    except (OSError, ValueError):
        return None
