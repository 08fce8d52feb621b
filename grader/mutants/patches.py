# SPDX-License-Identifier: MIT
"""Patches to the solved files: a mistake that students make, or another way to be right."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ..catalogue import Graded, load_tests, matches
from ..errors import GraderError
from ..labs import Lab, all_labs
from ..paths import ROOT

SOLUTIONS = ROOT / "solutions"
MUTANTS = ROOT / "grader" / "mutants"
VARIANTS = ROOT / "grader" / "variants"

_FIELD = re.compile(r"^([A-Z][a-z-]+): *(.+)$")
_CHANGED = re.compile(r"^\+\+\+ b/(\S+)", re.MULTILINE)


@dataclass(frozen=True)
class Patch:
    """One patch file: a few lines for its reader, then a diff against the repository's root."""

    file: Path
    #: The mistake, or what is done otherwise, in a sentence.
    says: str
    exercise: str
    #: Names or globs of graded tests: a mutant fails all of them.
    caught_by: tuple[str, ...]
    #: The files that it changes, as the repository names them.
    changes: tuple[str, ...]

    @property
    def name(self) -> str:
        """`lab1/gdt-limit-is-size`."""
        return f"{self.file.parent.name}/{self.file.stem}"

    @property
    def lab(self) -> int:
        return int(self.file.parent.name.removeprefix("lab"))

    def catchers(self) -> list[Graded]:
        """The graded tests that must fail."""
        tests = load_tests(all_labs()[self.lab])
        return [test for test in tests if any(matches(test, name) for name in self.caught_by)]

    def apply(self, folder: Path) -> Path:
        """Copy the solved files into the folder, with this change; returns where they are.

        All other files keep their dates, so that make builds only what the patch changes.
        """
        copy = folder / SOLUTIONS.name
        shutil.copytree(SOLUTIONS, copy)
        line = ["patch", "--strip=1", "--batch", "--forward", f"--input={self.file}"]
        try:
            done = subprocess.run(
                line,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
        except FileNotFoundError as problem:
            raise GraderError("patch is not on the PATH; ./setup installs it") from problem
        if done.returncode != 0:
            raise GraderError(f"{self.name} does not apply to solutions/:\n{done.stdout}")
        return copy


def read_patch(file: Path) -> Patch:
    """Read one patch file's head, and which files its diff changes."""
    head, _, diff = file.read_text().partition("\n--- ")
    lines = head.splitlines()
    fields = {match[1]: match[2] for line in lines if (match := _FIELD.match(line))}
    return Patch(
        file=file,
        says=" ".join(line.strip() for line in lines if line and not _FIELD.match(line)),
        exercise=fields.get("Exercise", ""),
        caught_by=tuple(fields.get("Caught-by", "").split()),
        changes=tuple(_CHANGED.findall(diff)),
    )


def read_patches(folder: Path) -> list[Patch]:
    """All patches of all labs."""
    return [read_patch(file) for file in sorted(folder.glob("lab[0-9]/*.patch"))]


def check_head(patch: Patch, lab: Lab) -> None:
    """What mutants and variants have in common must be there."""
    assert patch.says, "the head must say in a sentence what the patch does"
    assert patch.exercise in lab.exercises, f"Exercise: must name one of lab {lab.number}'s"
    # A stage is made of its lab and lower ones: so no test of a lower lab can notice the patch.
    own = f"solutions/{lab.folder}/"
    assert patch.changes, "the patch must change something"
    assert all(name.startswith(own) for name in patch.changes), f"a patch changes {own} only"
