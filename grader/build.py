# SPDX-License-Identifier: MIT
"""Builds what the tests run, and says which artefacts a failed build costs, and why."""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .errors import GraderError
from .objects import MACHINE, complaint, parse_written
from .paths import ROOT
from .variant import Variant

#: Lines of a failed build that are make's bookkeeping (mk/compile.mk's `say`), not the compiler's word.
_NOISE = re.compile(r"^(make|gmake)(\[\d+\])?: |^  [A-Z]{2,7} +\S+$")
#: What no student's edit causes: make gives up, or a tool or library of the host is missing.
_HOST = re.compile(
    r"\*\*\* .*Stop\.|No rule to make target '[^']*'\.|make: \S+: No such file or directory"
    r"|: (command )?not found|Package \S+ was not found|cannot find -l\S+"
    r"|No space left on device|Permission denied"
)
_NO_CHECK = re.compile(r"fatal error: .*check\.h")
#: The compiler's or linker's word on the code.
_CODE = re.compile(r":\d+: (fatal )?error|undefined reference|multiple definition")
MAX_LINES = 60


@dataclass
class Built:
    """The outcome: for each artefact that could not be made, what the compiler said."""

    failures: dict[str, str] = field(default_factory=dict)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock among processes: of those that want one thing built, one builds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def make_command() -> list[str]:
    return [os.environ.get("MAKE", "make")]


def make_environment() -> dict[str, str]:
    """Our environment for a make below us: its variables, but not an outer make's job server."""
    environment = {**os.environ, "LC_ALL": "C"}
    words = environment.pop("MAKEFLAGS", "").split()
    kept = [word for word in words if not re.match(r"-j|--jobserver|-l\d", word)]
    if kept:
        environment["MAKEFLAGS"] = " ".join(kept)
    for name in ("MFLAGS", "MAKELEVEL"):
        environment.pop(name, None)
    return environment


def run_make(goals: Sequence[str]) -> tuple[int, str]:
    """Run make from the repository's root; its status, and all that it and its compilers said."""
    jobs = f"-j{os.cpu_count() or 1}"
    line = [*make_command(), "--no-print-directory", "-k", jobs, "-Otarget", *goals]
    try:
        done = subprocess.run(
            line,
            cwd=ROOT,
            env=make_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
    except FileNotFoundError as problem:
        raise GraderError(f"{line[0]} is not on the PATH; ./setup installs it") from problem
    return done.returncode, done.stdout.decode(errors="replace")


def build(lab: int, variant: Variant, build_folder: Path, names: set[str]) -> Built:
    """Build the artefacts `names` of a lab's stage.

    The build folder is given to make in the user's own words: a relative path and an absolute one
    would be two names for one file, and its dependencies known under one of them only.
    """
    folder = variant.folder(build_folder, lab)
    common = [f"LAB={lab}", *variant.make_words(), f"BUILD={build_folder}"]
    status, output = run_make(["artefacts", *common])
    built = Built()
    if status == 0:
        missing = sorted(name for name in names if not (ROOT / folder / name).exists())
        if missing:
            raise GraderError(f"make artefacts does not make {', '.join(missing)} in {folder}")
        refuse(built, lab, variant, common, names)
        return built
    must_be_the_code(output)
    # What an earlier build left must not be graded in place of what could not be made now, so
    # each artefact is asked for by itself; that attributes the messages as well.
    for name in sorted(names):
        status, output = run_make([str(folder / name), *common])
        if status == 0:
            continue
        must_be_the_code(output)
        built.failures[name] = compiler_output(output)
    refuse(built, lab, variant, common, names - built.failures.keys())
    return built


def refuse(built: Built, lab: int, variant: Variant, common: list[str], names: set[str]) -> None:
    """An artefact with an object of the student's that may not be in it counts as not built."""
    if not names or not variant.has_students_work(lab):
        return
    status, output = run_make(["written", *common])
    if status != 0:
        raise GraderError(f"make written fails: {output.strip()}")
    for program, parts in parse_written(output).items():
        if why := complaint(program, parts):
            inside = {
                n for n in names if (n.endswith(".elf") if program == MACHINE else n == program)
            }
            built.failures.update(dict.fromkeys(inside, why))


def compiler_output(output: str) -> str:
    """A failed build's output without make's own lines, cut to a length that can be read."""
    lines = [line for line in output.splitlines() if not _NOISE.match(line)]
    lines = lines or output.splitlines()
    if len(lines) > MAX_LINES:
        lines = [*lines[:MAX_LINES], f"... and {len(lines) - MAX_LINES} lines more"]
    return "\n".join(lines)


def host_trouble(output: str) -> str:
    """The first line of a failed build that is not the code's fault; empty when there is none."""
    lines = [line.strip() for line in output.splitlines()]
    for line in lines:
        if _NO_CHECK.search(line):
            return line
    if any(_CODE.search(line) for line in lines):
        return ""
    return next((line for line in lines if _HOST.search(line)), "")


def must_be_the_code(output: str) -> None:
    """A build that the host's lacks made fail is no verdict on anyone's code."""
    if trouble := host_trouble(output):
        raise GraderError(f"the build fails, and not over the code: {trouble}")
