# SPDX-License-Identifier: MIT
"""What a grade is to do: made by the front end, read by pytest's processes from a file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from .catalogue import Graded
from .errors import Failure
from .paths import ROOT, GradeFiles
from .variant import Variant


@dataclass
class Plan:
    """One grade."""

    build: str
    solved: str
    #: The chosen tests' names, in order.
    tests: list[str]
    #: Against the tapes of an earlier grade, without machines.
    again: bool = False
    #: Compiler output by artefact (`lab/name`), for those that could not be built.
    failures: dict[str, str] = field(default_factory=dict)
    #: What each test took, once it is known.
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def files(self) -> GradeFiles:
        return GradeFiles(ROOT / self.build)

    def save(self) -> Path:
        """Write it where pytest's processes find it."""
        path = self.files.plan_again if self.again else self.files.plan
        path.write_text(json.dumps(asdict(self)))
        return path

    @classmethod
    def load(cls, path: Path) -> "Plan":
        return cls(**json.loads(path.read_text()))

    def folder(self, test: Graded) -> Path:
        return Variant(self.solved).folder(ROOT / self.build, test.lab)

    def build_output(self, test: Graded) -> str:
        """What the compiler said against the test's artefact; empty when it was built."""
        return self.failures.get(f"{test.lab}/{test.artefact}", "")

    def unbuilt(self, test: Graded) -> Failure | None:
        """Why the test's artefact is not there."""
        if not self.build_output(test):
            return None
        return Failure(f"{test.artefact} could not be built")

    def debug_command(self, test: Graded) -> str:
        """What to type to look into a failure of the test."""
        solved = Variant(self.solved).shell_words()
        if test.unit:
            case = f"CK_FORK=no CK_RUN_CASE={test.unit.case} " if test.unit.case else "CK_FORK=no "
            program = self.folder(test) / test.unit.program
            return f"{case}gdb {shorten(program)}"
        return f"make qemu-gdb LAB={test.lab}{solved} TEST={test.name}"


def shorten(path: Path) -> Path:
    """The path relative to here, where it is below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
