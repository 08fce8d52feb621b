# SPDX-License-Identifier: MIT
"""The verdict on one test, as it travels from a worker to the report."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

PASSED = "passed"
FAILED = "failed"
ERROR = "error"


@dataclass
class Verdict:
    """What came of one graded test."""

    name: str
    exercise: str
    points: int
    shows: str
    status: str
    #: What was checked and did not hold, or what kept the grader from its work.
    what: str = ""
    expected: str = ""
    seen: str = ""
    notes: list[str] = field(default_factory=list)
    #: The last lines of the serial output.
    serial: list[str] = field(default_factory=list)
    #: The command that debugs it.
    debug: str = ""
    #: Where the handout teaches it.
    handout: str = ""
    #: A failed build: its output, told once for all the tests that it costs.
    build_output: str = ""
    seconds: float = 0.0

    @property
    def score(self) -> int:
        return self.points if self.status == PASSED else 0

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Verdict":
        return cls(**data)

    def explanation(self, with_build_output: bool = True) -> list[str]:
        """The failure in full, for results.json and JUnit; empty when passed."""
        if self.status == PASSED:
            return []
        lines = [self.what]
        if self.expected:
            lines.append(f"expected: {self.expected}")
        if self.seen:
            lines.append(f"seen:     {self.seen}")
        lines += self.notes
        if self.build_output and with_build_output:
            lines += ["the compiler says:", *self.build_output.splitlines()]
        if self.serial:
            lines += ["last lines on the serial line:", *(f"  | {line}" for line in self.serial)]
        if self.debug:
            lines.append(f"debug it: {self.debug}")
        if self.handout:
            lines.append(f"read: {self.handout}")
        return lines
