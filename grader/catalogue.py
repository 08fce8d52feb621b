# SPDX-License-Identifier: MIT
"""The graded tests: how one is declared, and how one is found by its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import UsageError
from .labs import Lab, all_labs
from .machine.spec import Machine

if TYPE_CHECKING:
    from .run import Run

TestFunction = Callable[..., Any]


@dataclass(frozen=True)
class Unit:
    """A case of a unit-test program: `check_buddy`, `split`. All its cases when none is named."""

    program: str
    case: str = ""


@dataclass(frozen=True)
class Graded:
    """What is known of a graded test without running it."""

    name: str
    exercise: str
    points: int
    #: One sentence on what the test shows.
    shows: str
    machine: Machine
    unit: Unit | None = None
    #: Where the handout teaches it: `lab1-boot.md#paging`.
    handout: str = ""

    @property
    def lab(self) -> int:
        return int(self.name.split("/")[0].removeprefix("lab"))

    @property
    def artefact(self) -> str:
        """The file in the stage's build folder that the test runs."""
        return self.unit.program if self.unit else self.machine.image


def graded(
    name: str,
    *,
    exercise: str,
    points: int,
    shows: str,
    machine: Machine = Machine(),
    handout: str = "",
) -> Callable[[TestFunction], TestFunction]:
    """Declare the function below as a graded test that looks at a machine through `run`."""

    def declare(function: TestFunction) -> TestFunction:
        test = Graded(name, exercise, points, shows, machine, handout=handout)
        setattr(function, "graded", test)
        return function

    return declare


def graded_unit(
    name: str,
    *,
    exercise: str,
    points: int,
    shows: str,
    program: str,
    case: str = "",
    handout: str = "",
) -> TestFunction:
    """A graded test that is a unit-test program's case: `test_x = graded_unit(...)`."""

    def test(run: "Run") -> None:
        run.unit_passes()

    unit = Unit(program, case)
    setattr(test, "graded", Graded(name, exercise, points, shows, Machine(), unit, handout))
    test.__doc__ = shows
    return test


def graded_payload(
    name: str,
    *,
    exercise: str,
    points: int,
    shows: str,
    machine: Machine,
    handout: str = "",
) -> TestFunction:
    """A graded test that is all in the payload: each of its KTAP results must be ok."""

    @graded(name, exercise=exercise, points=points, shows=shows, machine=machine, handout=handout)
    def test(run: "Run") -> None:
        run.passes()

    test.__doc__ = shows
    return test


def load_functions(lab: Lab) -> dict[str, TestFunction]:
    """The lab's test functions by name, in the order of their files and declarations."""
    package = import_module(f"{all_labs.__module__}.lab{lab.number}")
    folder = Path(str(package.__file__)).parent
    found: dict[str, TestFunction] = {}
    for file in sorted(folder.glob("test_*.py")):
        for value in vars(import_module(f"{package.__name__}.{file.stem}")).values():
            if isinstance(test := getattr(value, "graded", None), Graded):
                found[test.name] = value
    return found


def load_tests(lab: Lab) -> list[Graded]:
    """What is known of the lab's tests, in the same order."""
    return [getattr(function, "graded") for function in load_functions(lab).values()]


def select_labs(number: int | None) -> list[Lab]:
    """The lab with this number, or all of them."""
    labs = all_labs()
    if number is None:
        return list(labs.values())
    if number not in labs:
        have = " ".join(str(n) for n in labs)
        raise UsageError(f"there is no lab {number} here; labs: {have}")
    return [labs[number]]


def select_tests(labs: list[Lab], pattern: str) -> list[Graded]:
    """The tests whose name matches; `direct-map` finds `lab1/direct-map`, `1.3` an exercise's."""
    tests = [test for lab in labs for test in load_tests(lab)]
    chosen = [test for test in tests if not pattern or matches(test, pattern)]
    if not chosen:
        where = ", ".join(f"lab {lab.number}" for lab in labs)
        raise UsageError(f"no test of {where} is called {pattern}; make grade lists them all")
    return chosen


def matches(test: Graded, pattern: str) -> bool:
    """The pattern (a glob) fits the whole name, the part after the slash, or the exercise."""
    names = (test.name, test.name.split("/", 1)[1], test.exercise)
    return any(fnmatchcase(name, pattern) for name in names)
