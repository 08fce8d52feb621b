# SPDX-License-Identifier: MIT
"""A lab as a student has it on the way: some exercises solved, the later ones as they were given."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from ..labs import Lab
from ..paths import ROOT

SOLUTIONS = ROOT / "solutions"

#: How a skeleton marks what is to be written.
_TO_DO = re.compile(r"exercise (\d+\.\d+)")


def exercise_of(skeleton: Path) -> str:
    """The exercise that a file belongs to, as its skeleton says."""
    named = set(_TO_DO.findall(skeleton.read_text()))
    if len(named) != 1:
        raise ValueError(f"{skeleton} names {sorted(named) or 'no exercise'}, not one")
    return named.pop()


@dataclass(frozen=True)
class Step:
    """The exercises up to `last` are solved (none when empty); lower labs are, all of them."""

    course: Lab
    last: str

    @property
    def lab(self) -> int:
        return self.course.number

    @property
    def name(self) -> str:
        return f"lab {self.lab}, solved up to {self.last or 'nothing'}"

    @property
    def solved(self) -> list[str]:
        exercises = list(self.course.exercises)
        return exercises[: exercises.index(self.last) + 1] if self.last else []

    def apply(self, scratch: Path) -> Path:
        """Make the solutions folder of this step below `scratch`."""
        solutions = scratch / "solutions"
        shutil.copytree(SOLUTIONS, solutions)
        for file in (solutions / self.course.folder).rglob("*.*"):
            skeleton = ROOT / "labs" / file.relative_to(solutions)
            if exercise_of(skeleton) not in self.solved:
                shutil.copyfile(skeleton, file)
        return solutions
