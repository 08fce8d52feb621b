# SPDX-License-Identifier: MIT
"""Unit tests: programs written with Check, which run on this host."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .catalogue import Unit
from .errors import Failure, GraderError

#: Seconds of processor time for one check: the same however busy the host is.
CPU_LIMIT = 5
#: Seconds on the wall clock for a whole case, the last resort.
WALL_CLOCK_LIMIT = 60
MAX_NOTES = 30

_RESULT = re.compile(r"^(not )?ok \d+ - (.*)$")
_SANITIZER = re.compile(r"ERROR: AddressSanitizer|runtime error:|ERROR: LeakSanitizer")


@dataclass(frozen=True)
class UnitRun:
    """What a unit-test program left behind."""

    status: int
    #: Check's TAP log.
    tap: str
    #: What it printed: the sanitizers' reports.
    output: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def limit_processor_time() -> None:
    """Runs in the program's process before it. Check forks a process for each check."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT, CPU_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run_unit(program: Path, unit: Unit) -> UnitRun:
    """Run one case of the program, in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="ring1-") as folder:
        log = Path(folder) / "tap"
        wanted = {"CK_RUN_CASE": unit.case} if unit.case else {}
        environment = {
            **os.environ,
            **wanted,
            "CK_TAP_LOG_FILE_NAME": str(log),
            "CK_DEFAULT_TIMEOUT": str(WALL_CLOCK_LIMIT),
            "CK_VERBOSITY": "silent",
            "ASAN_OPTIONS": "color=never",
            "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1:color=never",
        }
        try:
            done = subprocess.run(
                [str(program)],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=WALL_CLOCK_LIMIT,
                check=False,
                preexec_fn=limit_processor_time,
            )
        except subprocess.TimeoutExpired as problem:
            raise GraderError(
                f"{program.name} ran for {WALL_CLOCK_LIMIT} s of the host's time, the last resort"
            ) from problem
        tap = log.read_text(errors="replace") if log.exists() else ""
    return UnitRun(done.returncode, tap, done.stdout.decode(errors="replace"))


def judge_unit(unit: Unit, result: UnitRun) -> None:
    """Fail the test unless every one of the case's checks passed."""
    checks = [match for line in result.tap.splitlines() if (match := _RESULT.match(line))]
    failed = [match[2] for match in checks if match[1]]
    notes = sanitizer_report(result.output)
    if failed:
        first, *more = [tidy(text) for text in failed]
        raise Failure(first, notes=[*more, *notes])
    if not checks:
        if result.status == 0:
            raise GraderError(f"{unit.program} has no case `{unit.case}`")
        raise Failure(f"{unit.program} died before its first check", notes=notes)
    if result.status != 0:
        raise Failure(f"{unit.program} ended with status {result.status}", notes=notes)


def tidy(text: str) -> str:
    """Check's `file.c:case:check: message` without the file and the case."""
    return text.split(":", 2)[-1]


def sanitizer_report(output: str) -> list[str]:
    """The output from the first sanitizer's report on; all of it where there is none."""
    lines = output.splitlines()
    for number, line in enumerate(lines):
        if _SANITIZER.search(line):
            lines = lines[number:]
            break
    for number, line in enumerate(lines):
        if line.startswith("SUMMARY:"):
            lines = lines[: number + 1]
            break
    # Process ids and addresses of this one run say nothing, and differ each time.
    plain = [re.sub(r"==\d+==|0x[0-9a-f]{8,}", "..", line) for line in lines]
    return plain[:MAX_NOTES]
