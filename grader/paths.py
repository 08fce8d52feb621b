# SPDX-License-Identifier: MIT
"""Where things are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

#: The repository (or a student's kit), whose Makefile builds the stages.
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class GradeFiles:
    """What a grade leaves behind, all below the build folder."""

    build: Path

    @property
    def folder(self) -> Path:
        return self.build / "grade"

    @property
    def results(self) -> Path:
        return self.folder / "results.json"

    @property
    def junit(self) -> Path:
        return self.folder / "junit.xml"

    @property
    def plan(self) -> Path:
        return self.folder / "plan.json"

    @property
    def plan_again(self) -> Path:
        return self.folder / "plan-again.json"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    def tape(self, test: str) -> Path:
        return self.logs / f"{test}.json"

    def serial(self, test: str) -> Path:
        return self.logs / f"{test}.serial"
