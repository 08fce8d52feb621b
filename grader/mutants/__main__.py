# SPDX-License-Identifier: MIT
"""`python3 -m grader.mutants [GLOB...]`: all that each patch fails, for whoever writes one."""

from __future__ import annotations

import sys
from fnmatch import fnmatchcase

from ..catalogue import load_tests
from ..errors import Failure, GraderError
from ..labs import all_labs
from .judge import build_reference, failures
from .patches import MUTANTS, VARIANTS, Patch, read_patches


def describe(patch: Patch, failed: dict[str, Failure]) -> list[str]:
    """The patch's line, and one for each test that it fails or should fail."""
    wanted = [test.name for test in patch.catchers()]
    lines = [f"{patch.name}: {patch.says}"]
    for name, failure in failed.items():
        lines.append(f"  {'must fail' if name in wanted else 'fails    '}  {name}: {failure}")
    lines += [f"  SURVIVES   {name}" for name in wanted if name not in failed]
    return lines


def main(globs: list[str]) -> int:
    """Print them; 1 if a patch can't be judged."""
    reference = build_reference()
    status = 0
    for patch in [*read_patches(MUTANTS), *read_patches(VARIANTS)]:
        if globs and not any(fnmatchcase(patch.name, glob) for glob in globs):
            continue
        try:
            failed = failures(patch, reference, load_tests(all_labs()[patch.lab]))
            print("\n".join(describe(patch, failed)), flush=True)
        except GraderError as problem:
            print(f"{patch.name}: {problem}", flush=True)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
