# SPDX-License-Identifier: MIT
"""Builds a lab with a patched solution, and says which graded tests it fails.

A patched build begins as a copy of the reference's and shares its objects of given sources, so that
what is left to make is the changed file's object and the programs that contain it. The tests run in
this process, on machines of their own, each called as pytest would call it.
"""

from __future__ import annotations

import filecmp
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..build import compiler_output, locked, run_make
from ..catalogue import Graded, load_functions
from ..errors import Failure, GraderError
from ..labs import all_labs
from ..paths import ROOT
from ..run import Run
from ..tape import Recording
from ..variant import Variant
from .patches import Patch
from .steps import Step

SOLVED = Variant("all")

#: What stands in place of solutions/.
Change = Patch | Step

#: What depends on solutions/, below a build folder.
OWN = ("obj/solutions", "host/solutions", "stage*")


def make(what: str, lab: int, build: Path, goals: Iterable[str], *words: str) -> None:
    """Run make on the solved lab; all the goals must succeed. `what` is for the complaint."""
    status, said = run_make([*goals, f"LAB={lab}", *SOLVED.make_words(), f"BUILD={build}", *words])
    if status != 0:
        raise GraderError(f"{what} does not build:\n{compiler_output(said)}")


def build_reference() -> Path:
    """Bring the unpatched stages up to date, below the build folder of the check that runs us."""
    build = ROOT / os.environ.get("RING1_BUILD", "build") / "mutants"
    with locked(build / "lock"):
        for lab in all_labs():
            make("solutions/", lab, build, ["artefacts"])
    return build


@contextmanager
def patched_stage(patch: Change, reference: Path, tests: list[Graded]) -> Iterator[Path]:
    """A stage folder with all that the tests run, built from the patched solution."""
    with tempfile.TemporaryDirectory(prefix="ring1-") as scratch:
        build = Path(scratch) / "build"
        for pattern in OWN:
            for folder in reference.glob(pattern):
                shutil.copytree(folder, build / folder.relative_to(reference))
        solutions = patch.apply(Path(scratch))
        stage = SOLVED.folder(build, patch.lab)
        goals = sorted({str(stage / test.artefact) for test in tests})
        words = (f"SHARED={reference}", f"SOLUTIONS={solutions}")
        make(patch.name, patch.lab, build, goals, *words)
        yield stage


def failures(patch: Change, reference: Path, tests: list[Graded]) -> dict[str, Failure]:
    """Which of these tests the patched solution fails, and how."""
    functions = load_functions(all_labs()[patch.lab])
    found: dict[str, Failure] = {}
    with patched_stage(patch, reference, tests) as stage:
        for test in tests:
            if not is_affected(test, stage, SOLVED.folder(reference, patch.lab)):
                continue
            run = Run(test, stage, Recording(), lambda _: None)
            try:
                functions[test.name](run)
            except Failure as failure:
                found[test.name] = failure
            finally:
                run.close()
    return found


def is_affected(test: Graded, stage: Path, reference: Path) -> bool:
    """A unit test whose program the patch left as it was passes, as it does for the reference."""
    name = test.artefact
    return test.unit is None or not filecmp.cmp(stage / name, reference / name, shallow=False)
