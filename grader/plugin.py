# SPDX-License-Identifier: MIT
"""The pytest plugin: runs the chosen tests, each with its machine, and makes verdicts of reports.

pytest collects and runs; it prints nothing. A report carries its verdict as an attribute of plain
types, which survives the way from a parallel worker to the controller.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .catalogue import Graded
from .errors import Failure, GraderError, UsageError
from .ktap import without_key
from .machine.serial import last_lines
from .plan import Plan
from .run import Run
from .tape import Playing, Recording, Tape
from .verdict import ERROR, FAILED, PASSED, Verdict

#: What the plugin hangs on pytest's objects; their own stash came with pytest 7, after Ubuntu 22.04.
PLAN = "ring1_plan"
RUN = "ring1_run"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--grade-plan", type=Path, help="what to grade")


def pytest_configure(config: pytest.Config) -> None:
    vars(config)[PLAN] = Plan.load(config.getoption("--grade-plan"))
    # A worker begins with Ctrl-C blocked (see collector.py), and can now take it without noise.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def graded_of(item: pytest.Item) -> Graded:
    test: Graded = getattr(getattr(item, "function"), "graded")
    return test


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the plan's tests, in the plan's order."""
    place = {name: number for number, name in enumerate(vars(config)[PLAN].tests)}
    chosen = [i for i in items if hasattr(getattr(i, "function", None), "graded")]
    chosen = [item for item in chosen if graded_of(item).name in place]
    items[:] = sorted(chosen, key=lambda item: place[graded_of(item).name])


def new_run(item: pytest.Item, telling: bool = False) -> Run:
    """The test's machine, live or from the tape of an earlier grade."""
    test = graded_of(item)
    plan = vars(item.config)[PLAN]
    tape: Tape = Recording()
    if plan.again:
        tape = Playing(plan.files.tape(test.name))
    run = Run(test, plan.folder(test), tape, lambda _: plan.unbuilt(test), telling)
    vars(item)[RUN] = run
    run.must_be_built()
    return run


def end_run(item: pytest.Item) -> None:
    """End the run's machine, and keep its tape and its serial output."""
    run = vars(item)[RUN]
    run.close()
    files = vars(item.config)[PLAN].files
    name = graded_of(item).name
    if isinstance(run.tape, Recording):
        run.tape.save(files.tape(name))
        if run.end is not None:
            files.serial(name).write_text(run.end.serial)


@pytest.fixture
def run(request: pytest.FixtureRequest) -> Iterator[Run]:
    """What a graded test is given."""
    try:
        yield new_run(request.node)
    finally:
        end_run(request.node)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Call the test. One that fails is run again, to tell of it in the same words each time.

    What decides is the first run, whose key nobody could know.
    """
    if "run" not in pyfuncitem.funcargs:
        return None
    run: Run = pyfuncitem.funcargs["run"]
    try:
        pyfuncitem.obj(run)
    except Failure:
        if not run.tells_differently_each_time:
            raise
        end_run(pyfuncitem)
        telling = new_run(pyfuncitem, telling=True)
        pyfuncitem.obj(telling)
        # It failed with the one key and not with the other: then the first run is what is told.
        telling.close()
        vars(pyfuncitem)[RUN] = run
        raise
    return True


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Hang the verdict on the report: of the call, or of a set-up or tear-down that broke."""
    outcome: Any = yield
    report = outcome.get_result()
    if report.when == "call" or report.failed:
        report.verdict = judge(item, call).to_json()


def judge(item: pytest.Item, call: pytest.CallInfo[None]) -> Verdict:
    """The verdict on a call that is over."""
    test = graded_of(item)
    plan = vars(item.config)[PLAN]
    verdict = Verdict(test.name, test.exercise, test.points, test.shows, PASSED)
    verdict.seconds = round(call.duration, 3)
    if call.excinfo is None:
        return verdict
    problem = call.excinfo.value
    if not isinstance(problem, Failure):
        verdict.status = ERROR
        verdict.what = str(problem) or type(problem).__name__
        if not isinstance(problem, (UsageError, GraderError)):
            verdict.notes = str(call.excinfo.getrepr(style="short")).splitlines()[-30:]
        return verdict
    run = vars(item).get(RUN, None)
    key = run.key if run else ""
    verdict.status = FAILED
    verdict.what = clean(problem.what, key)
    verdict.expected = clean(problem.expected, key)
    verdict.seen = clean(problem.seen, key)
    verdict.notes = [clean(note, key) for note in problem.notes]
    verdict.handout = f"handouts/{test.handout}" if test.handout else ""
    verdict.build_output = plan.build_output(test)
    verdict.debug = "" if verdict.build_output else plan.debug_command(test)
    if run is not None and not test.unit and not verdict.build_output:
        verdict.serial = [clean(line, key) for line in last_lines(serial_of(run), key)]
    return verdict


def serial_of(run: Run) -> str:
    """The serial output where there is any: a machine that never started has none."""
    if run.end is None and not run.has_machine:
        return ""
    return run.serial


def clean(text: str, key: str) -> str:
    return without_key(text, key) if key else text
