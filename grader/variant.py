# SPDX-License-Identifier: MIT
"""Which labs are the student's and which are the reference's, and where such a stage is built."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .errors import UsageError


@dataclass(frozen=True)
class Variant:
    """The make variable SOLVED: nothing, `all`, or numbers of labs."""

    solved: str = ""

    def __post_init__(self) -> None:
        if self.solved != "all" and not all(word.isdigit() for word in self.solved.split()):
            raise UsageError(f'SOLVED={self.solved}: give lab numbers, as in SOLVED="1 2", or all')

    def name(self, stage: int) -> str:
        """`student`, `solved1`, `solved12`: the solved labs among those that the stage has."""
        labs = range(1, stage + 1)
        if self.solved != "all":
            chosen = {int(word) for word in self.solved.split()}
            labs = [lab for lab in labs if lab in chosen]  # type: ignore[assignment]
        return "solved" + "".join(map(str, labs)) if labs else "student"

    def has_students_work(self, stage: int) -> bool:
        """Is any of the labs that the stage has a student's?"""
        return self.name(stage) != "solved" + "".join(map(str, range(1, stage + 1)))

    def folder(self, build: Path, stage: int) -> Path:
        return build / f"stage{stage}" / self.name(stage)

    def make_words(self) -> list[str]:
        """How to say it on make's command line."""
        return [f"SOLVED={self.solved}"] if self.solved else []

    def shell_words(self) -> str:
        """The same, to be pasted into a shell."""
        if " " in self.solved:
            return f' SOLVED="{self.solved}"'
        return f" SOLVED={self.solved}" if self.solved else ""
