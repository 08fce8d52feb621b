# SPDX-License-Identifier: MIT
"""`make grade` and `make regrade`: choose, build, run, report."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from .build import build
from .catalogue import Graded, select_labs, select_tests
from .errors import GraderError, UsageError
from .machine.qemu import find_qemu
from .paths import ROOT, GradeFiles
from .plan import Plan
from .progress import clear_progress, show_progress
from .variant import Variant
from .verdict import ERROR, PASSED, Verdict

FULL_SCORE = 0
POINTS_LOST = 1
NOT_GRADED = 2

#: Fewer tests than this run in one process: a second one takes as long to start as these take.
WORTH_WORKERS = 12


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line."""

    lab: int | None
    solved: str
    test: str
    #: As make has it: relative to the repository, or absolute.
    build: Path
    jobs: int
    again: bool = False


def grade(request: Request) -> int:
    """Grade, report, and say how it went as an exit status."""
    started = time.monotonic()
    labs = select_labs(request.lab)
    tests = select_tests(labs, request.test)
    files = GradeFiles(ROOT / request.build)
    must_be_writable(files)
    if request.again:
        tests, plan = plan_again(files, tests)
    else:
        plan = Plan(str(request.build), request.solved, [test.name for test in tests])
        if any(test.unit is None for test in tests):
            find_qemu()
        # The plan goes with the logs: a build that fails leaves nothing to judge again.
        files.plan.unlink(missing_ok=True)
        shutil.rmtree(files.logs, ignore_errors=True)
        build_artefacts(plan, tests)
    verdicts = run_tests(plan, tests, request.jobs)
    keep_times(plan, verdicts)
    seconds = time.monotonic() - started

    from . import report, results  # rich takes a while to load: not before it is needed

    results.write(files, verdicts, seconds)
    report.print_report(report.make_console(), labs, verdicts, seconds)
    if any(verdict.status == ERROR for verdict in verdicts):
        return NOT_GRADED
    return FULL_SCORE if all(v.status == PASSED for v in verdicts) else POINTS_LOST


def plan_again(files: GradeFiles, tests: list[Graded]) -> tuple[list[Graded], Plan]:
    """The last grade's tests that are wanted now, and its plan for them."""
    if not files.plan.exists():
        raise UsageError("there is no grade to judge again; run make grade first")
    plan = Plan.load(files.plan)
    chosen = [test for test in tests if test.name in plan.tests]
    if not chosen:
        raise UsageError("the last grade ran none of these tests; run make grade first")
    return chosen, replace(plan, tests=[test.name for test in chosen], again=True)


def keep_times(plan: Plan, verdicts: list[Verdict]) -> None:
    """What a test takes is what its machine took, also when it is judged again without one."""
    if plan.again:
        for verdict in verdicts:
            verdict.seconds = plan.seconds.get(verdict.name, verdict.seconds)
    else:
        plan.seconds = {verdict.name: verdict.seconds for verdict in verdicts}
        plan.save()


def must_be_writable(files: GradeFiles) -> None:
    """Find out now, not after the work is done, that the results can't be kept."""
    try:
        files.logs.mkdir(parents=True, exist_ok=True)
        for path in (files.results, files.junit):
            with path.open("a"):
                pass
    except OSError as problem:
        raise UsageError(f"can't write {problem.filename}: {problem.strerror}") from problem


def build_artefacts(plan: Plan, tests: list[Graded]) -> None:
    """Build each lab's stage; the plan remembers what failed."""
    for lab in sorted({test.lab for test in tests}):
        show_progress(f"building lab {lab}")
        names = {test.artefact for test in tests if test.lab == lab}
        built = build(lab, Variant(plan.solved), Path(plan.build), names)
        plan.failures.update({f"{lab}/{name}": text for name, text in built.failures.items()})


@contextmanager
def temporary_files_in_one_folder() -> Iterator[None]:
    """Whatever the workers leave goes at the end, even when they are ended by force."""
    before = tempfile.gettempdir()
    with tempfile.TemporaryDirectory(prefix="ring1-grade-") as folder:
        os.environ["TMPDIR"] = tempfile.tempdir = folder
        try:
            yield
        finally:
            os.environ["TMPDIR"] = tempfile.tempdir = before


def run_tests(plan: Plan, tests: list[Graded], jobs: int) -> list[Verdict]:
    """Let pytest run the chosen tests, in as many processes as are worth it."""
    import pytest

    from .collector import Collector

    workers = min(jobs, len(tests) // 6) if len(tests) >= WORTH_WORKERS else 0
    folders = sorted({f"{ROOT}/grader/labs/lab{test.lab}" for test in tests})
    # Only what we name is loaded: a host's other pytest plugins can't disturb a grade.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.pop("PYTEST_ADDOPTS", None)
    arguments = ["-c", os.devnull, f"--rootdir={ROOT}", "--assert=plain"]
    for plugin in ("no:terminal", "no:cacheprovider", "no:junitxml", "no:tmpdir", "grader.plugin"):
        arguments += ["-p", plugin]
    arguments += [f"--grade-plan={plan.save()}"]
    if workers > 1:
        arguments += ["-p", "xdist.plugin", "-n", str(workers)]
    collector = Collector(len(tests))
    with temporary_files_in_one_folder():
        status = pytest.main([*arguments, *folders], plugins=[collector])
    clear_progress()
    if status == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    missing = [test.name for test in tests if test.name not in collector.verdicts]
    if missing:
        why = "; ".join(collector.problems) or f"pytest ended with status {int(status)}"
        raise GraderError(f"no verdict on {', '.join(missing[:3])}: {why}")
    return [collector.verdicts[test.name] for test in tests]
