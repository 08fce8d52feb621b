# SPDX-License-Identifier: MIT
"""The result files: Gradescope's results.json, and JUnit XML."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

from .errors import UsageError
from .paths import GradeFiles
from .verdict import ERROR, FAILED, PASSED, Verdict


def gradescope(verdicts: list[Verdict], seconds: float) -> dict[str, Any]:
    """The grade as Gradescope reads it: see "Autograder Specifications" in its documentation."""
    return {
        "score": sum(verdict.score for verdict in verdicts),
        "execution_time": round(seconds, 2),
        "output": summary(verdicts),
        "tests": [
            {
                "name": verdict.name,
                "number": verdict.exercise,
                "score": verdict.score,
                "max_score": verdict.points,
                "status": "passed" if verdict.status == PASSED else "failed",
                "output": "\n".join([verdict.shows, "", *verdict.explanation()]).rstrip(),
                "tags": [f"exercise-{verdict.exercise}", verdict.status],
                "visibility": "visible",
            }
            for verdict in verdicts
        ],
    }


def summary(verdicts: list[Verdict]) -> str:
    """The grade in one sentence."""
    score = sum(verdict.score for verdict in verdicts)
    total = sum(verdict.points for verdict in verdicts)
    errors = sum(verdict.status == ERROR for verdict in verdicts)
    text = f"{score} of {total} points"
    tests = "test" if errors == 1 else "tests"
    return text + (f"; {errors} {tests} could not be graded" if errors else "")


def junit(verdicts: list[Verdict], seconds: float) -> ElementTree.Element:
    """The grade as JUnit XML."""
    suite = ElementTree.Element(
        "testsuite",
        name="ring1",
        tests=str(len(verdicts)),
        failures=str(sum(verdict.status == FAILED for verdict in verdicts)),
        errors=str(sum(verdict.status == ERROR for verdict in verdicts)),
        time=f"{seconds:.2f}",
    )
    for verdict in verdicts:
        lab, _, name = verdict.name.partition("/")
        case = ElementTree.SubElement(
            suite, "testcase", classname=f"ring1.{lab}", name=name, time=f"{verdict.seconds:.2f}"
        )
        if verdict.status != PASSED:
            kind = "error" if verdict.status == ERROR else "failure"
            element = ElementTree.SubElement(case, kind, message=printable(verdict.what))
            element.text = printable("\n".join(verdict.explanation()))
    root = ElementTree.Element("testsuites")
    root.append(suite)
    return root


def printable(text: str) -> str:
    """XML has no way to say most control characters."""
    return "".join(c if c.isprintable() or c in "\n\t" else "?" for c in text)


def write(files: GradeFiles, verdicts: list[Verdict], seconds: float) -> None:
    """Write both files."""
    text = json.dumps(gradescope(verdicts, seconds), indent=2) + "\n"
    tree = ElementTree.ElementTree(junit(verdicts, seconds))
    try:
        files.results.write_text(text)
        tree.write(files.junit, encoding="unicode", xml_declaration=True)
    except OSError as problem:
        raise UsageError(f"can't write {problem.filename}: {problem.strerror}") from problem
