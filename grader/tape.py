# SPDX-License-Identifier: MIT
"""Tapes: all that a test asked its machine, with the answers.

A test sees the machine only through questions that go over its tape. `make grade` records; `make
regrade` runs the same test functions against the tape, with no QEMU.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from .errors import GraderError, UsageError

Json = Any


class Tape(Protocol):
    """Answers questions."""

    def ask(self, question: list[Json], answer: Callable[[], Json]) -> Json:
        ...


class Recording:
    """Asks the real machine, and writes down what it says."""

    def __init__(self) -> None:
        self.entries: list[list[Json]] = []

    def ask(self, question: list[Json], answer: Callable[[], Json]) -> Json:
        said = answer()
        self.entries.append([question, said])
        return said

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = ",\n".join(json.dumps(entry) for entry in self.entries)
        path.write_text(f"[\n{rows}\n]\n")


class Playing:
    """Answers from a tape; the questions must be those of the recording."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            raise UsageError(
                f"nothing to grade again: there is no log {path} (run make grade first)"
            )
        try:
            self._left = list(json.loads(path.read_text()))
        except ValueError as problem:
            raise GraderError(f"{path} is damaged: {problem}") from problem
        self._path = path

    def ask(self, question: list[Json], answer: Callable[[], Json]) -> Json:
        if not self._left:
            raise GraderError(f"{self._path} ends before the test does: the test has changed")
        asked, said = self._left.pop(0)
        if asked != json.loads(json.dumps(question)):
            raise GraderError(f"the test asks {question} where {self._path} has {asked}")
        return said
