# SPDX-License-Identifier: MIT
"""KTAP lines that carry a run's key: the only output that counts as a test payload's word.

The payload marks its lines with a key that the grader puts into the image anew for each boot, so
that a line printed by anyone else is ordinary output.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .error_numbers import name_errors
from .errors import Failure

VERSION = "KTAP version 1"
_PLAN = re.compile(r"1\.\.(\d+)")
_RESULT = re.compile(r"(not )?ok (\d+)(?: -)? ?(\S*)(?: *# *(SKIP|TODO)?.*)?", re.IGNORECASE)


@dataclass
class Point:
    """One `ok` or `not ok` line, with the diagnostics above it."""

    number: int
    name: str
    passed: bool
    diagnostics: list[str] = field(default_factory=list)


@dataclass
class Ktap:
    """All that one run's payload reported."""

    planned: int
    points: list[Point]
    #: Diagnostics after the last result: what a test said before it got stuck.
    trailing: list[str]

    def __getitem__(self, name: str) -> Point:
        """The result called `name`; failing the test where the payload did not get to it."""
        for point in self.points:
            if point.name == name:
                return point
        raise Failure(
            f"the payload never reported `{name}`",
            seen=", ".join(point.name for point in self.points) or "no results",
            notes=self.trailing,
        )

    def must_pass(self) -> None:
        """Fail the test unless all that was planned was reported as passed."""
        for point in self.points:
            if not point.passed:
                raise Failure(f"`{point.name}` failed in the machine", notes=point.diagnostics)
        if len(self.points) != self.planned:
            raise Failure(
                "the payload did not get to its end",
                expected=f"{self.planned} result{'' if self.planned == 1 else 's'}",
                seen=f"{len(self.points)}",
                notes=self.trailing,
            )


def marked_lines(serial: str, key: str, domain: int | None = None) -> list[str]:
    """The lines with the key, without it; only those of a created domain when its number is given.

    It may follow output that lacked its newline.
    """
    found = []
    for line in serial.splitlines():
        if domain is not None and not line.startswith(f"(d{domain}) "):
            continue
        before, mark, rest = line.partition(key + " ")
        if mark:
            found.append(rest.rstrip())
    return found


def without_key(text: str, key: str) -> str:
    """Output as it may be shown and kept: the same in each run."""
    return text.replace(key, "<key>")


def malformed(line: str, why: str) -> Failure:
    return Failure(f"the payload's KTAP is malformed: {why}", seen=line)


def parse_ktap(serial: str, key: str, domain: int | None = None) -> Ktap:
    """Read the marked lines. Anything but well-formed KTAP in them fails the test."""
    lines = marked_lines(serial, key, domain)
    if not lines:
        who = "the test payload" if domain is None else f"domain {domain}'s test"
        raise Failure(f"{who} never got to run", expected=VERSION, seen="none of its lines")
    if lines[0] != VERSION:
        raise malformed(lines[0], f"its first line must be `{VERSION}`")
    planned: int | None = None
    points: list[Point] = []
    notes: list[str] = []
    for line in lines[1:]:
        if line.startswith("#"):
            notes.append(name_errors(line[1:].strip()))
        elif match := _PLAN.fullmatch(line):
            if planned is not None:
                raise malformed(line, "a second plan")
            planned = int(match[1])
        elif match := _RESULT.fullmatch(line):
            number = int(match[2])
            if number != len(points) + 1:
                raise malformed(line, f"result {len(points) + 1} was due")
            passed = not match[1] and not match[4]
            points.append(Point(number, match[3] or str(number), passed, notes))
            notes = []
        else:
            raise malformed(line, "neither plan, nor result, nor diagnostic")
    if planned is None:
        raise malformed(lines[-1], "there is no plan")
    if len(points) > planned:
        raise malformed(lines[-1], f"{len(points)} results for a plan of {planned}")
    return Ktap(planned, points, notes)
