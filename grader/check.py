# SPDX-License-Identifier: MIT
"""`make check`: everything that must hold before a change lands, as one pytest session."""

from __future__ import annotations

import os
import sys

from .paths import ROOT

#: Folders of pytest tests below grader/.
SUITES = ("selftest", "house", "stages", "mutants")


def check(arguments: list[str]) -> int:
    """Run the suites with pytest's own options (-k, -n, -x); the last line counts the tests.

    In a process of our own rather than here: the tests grade, and a grade runs pytest, too.
    """
    words: list[str] = []
    rest = iter(arguments)
    build = "build"
    for word in rest:
        if word == "--build":
            build = next(rest, build)
        else:
            words.append(word)
    suites = [str(ROOT / "grader" / name) for name in SUITES]
    suites = [suite for suite in suites if os.path.isdir(suite)]
    jobs = [] if any(word.startswith("-n") for word in words) else ["-n", str(os.cpu_count() or 1)]
    line = [sys.executable, "-m", "pytest", "-q", "-rs", "-c", os.devnull, f"--rootdir={ROOT}"]
    line += ["-p", "no:cacheprovider", *jobs, *words, *suites]
    environment = {**os.environ, "RING1_BUILD": build}
    os.chdir(ROOT)
    os.execvpe(line[0], line, environment)
