# SPDX-License-Identifier: MIT
"""A handout lists its lab's graded tests, each with its points, and no others."""

from __future__ import annotations

import re

from grader.catalogue import Graded

#: A row of a handout's table of tests: name and points.
ROW = re.compile(r"^\| `(lab\d+/[^`]+)` \| (\d+) \|", re.MULTILINE)


def wrong_rows(markdown: str, tests: list[Graded]) -> list[str]:
    """Where the handout's tables of tests and the tests themselves disagree."""
    told = {name: int(points) for name, points in ROW.findall(markdown)}
    known = {test.name: test.points for test in tests}
    complaints = [f"{name}: the handout does not list it" for name in known if name not in told]
    complaints += [f"{name}: there is no such test" for name in told if name not in known]
    complaints += [
        f"{name}: gives {points} points, and {told[name]} by the handout"
        for name, points in known.items()
        if told.get(name, points) != points
    ]
    return complaints
