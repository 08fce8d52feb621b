# SPDX-License-Identifier: MIT
"""The labs that can be graded, one package each: its exercises and its tests."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path


@dataclass(frozen=True)
class Exercise:
    title: str
    points: int


@dataclass(frozen=True)
class Lab:
    """A lab as the grader knows it: `LAB` in its package."""

    number: int
    folder: str
    title: str
    exercises: dict[str, Exercise]

    @property
    def handout(self) -> str:
        return f"handouts/{self.folder}.md"

    @property
    def points(self) -> int:
        return sum(exercise.points for exercise in self.exercises.values())


def all_labs() -> dict[int, Lab]:
    """Every lab with a package beside this file, by number."""
    found = {}
    for folder in sorted(Path(__file__).parent.glob("lab[0-9]*")):
        lab: Lab = import_module(f"{__name__}.{folder.name}").LAB
        found[lab.number] = lab
    return found
