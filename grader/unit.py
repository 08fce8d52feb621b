# SPDX-License-Identifier: MIT
"""Unit tests: programs written with Check, which run on this host."""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .catalogue import Unit
from .errors import Failure, GraderError

#: Seconds of processor time for one check: the same however busy the host is.
CPU_LIMIT = 2
#: Seconds on the wall clock for a whole case, the last resort.
WALL_CLOCK_LIMIT = 60
MAX_NOTES = 30

#: Check's words on a check that the kernel ended for its processor time, or killed outright after that.
_OUT_OF_TIME = re.compile(r"Received signal (9|24)\b.*")
ENDLESS = f"ran for {CPU_LIMIT} s of processor time without an end: an endless loop?"
_RESULT = re.compile(r"^(not )?ok \d+ - (.*)$")
_SANITIZER = re.compile(r"ERROR: AddressSanitizer|runtime error:|ERROR: LeakSanitizer")
#: The dump of the address sanitizer's own memory, which differs each time, and the key to it.
_SHADOW = re.compile(r"(=>|  )0x[0-9a-f]+:|Shadow byte|  [A-Z][A-Za-z ]+: +([0-9a-f]{2} ?)+$")


@dataclass(frozen=True)
class UnitRun:
    """What a unit-test program left behind."""

    status: int
    #: Check's TAP log.
    tap: str
    #: What it printed: the sanitizers' reports.
    output: str
    #: It was ended at the wall clock's limit, after its checks had used up processor time.
    endless: bool = False

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def limit_processor_time() -> None:
    """Runs in the program's process before it. Check forks a process for each check."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT, CPU_LIMIT + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def processor_time_of_children() -> float:
    """Seconds that our processes, and theirs, have computed; of those that are over."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


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
        before = processor_time_of_children()
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
            # The kernel's two ways of counting differ by a little.
            if processor_time_of_children() - before >= 0.9 * CPU_LIMIT:
                return UnitRun(-signal.SIGKILL, "", "", endless=True)
            raise GraderError(
                f"{program.name} ran for {WALL_CLOCK_LIMIT} s of the host's time, the last resort"
            ) from problem
        tap = log.read_text(errors="replace") if log.exists() else ""
    return UnitRun(done.returncode, tap, done.stdout.decode(errors="replace"))


def judge_unit(unit: Unit, result: UnitRun) -> None:
    """Fail the test unless every one of the case's checks passed."""
    if result.endless:
        raise Failure(f"{unit.program} does not come to its end: an endless loop?")
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
    """Check's `file.c:case:check: message` without the file and the case, and in our words."""
    return _OUT_OF_TIME.sub(ENDLESS, text.split(":", 2)[-1])


def sanitizer_report(output: str) -> list[str]:
    """The output from the first sanitizer's report on; all of it where there is none."""
    lines = [line for line in output.splitlines() if not _SHADOW.match(line)]
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
