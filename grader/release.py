# SPDX-License-Identifier: MIT
"""`make release`: the student's kit, as a folder and a tarball.

The kit is this repository without what gives answers away or serves instructors only. In the place of solutions/ it
has the reference as object files, labs/<lab>/ref/, so that SOLVED="1 2" works there too: for the machine, and (below
ref/host/, without sanitizers) for the unit tests. They carry no debugging information, which would tell too much.

The same tree gives the same tarball, byte for byte.
"""

from __future__ import annotations

import argparse
import gzip
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from grader.house.files import project_files
from grader.house.make import make, variable

ROOT = Path(__file__).resolve().parents[1]
NAME = "ring1-student"

# Not for students: files, or folders with all that is in them.
WITHHELD = (
    "solutions",
    "grader/mutants",
    "grader/variants",
    "grader/selftest",
    "grader/house",
    "grader/mutation",
    "grader/mutation.py",
    "grader/release.py",
    ".ci",
    ".github",
)

# A kit is as old as its contents, not as its making. 2026-01-01.
EPOCH = 1767225600


class ReleaseError(RuntimeError):
    """The kit could not be made; one sentence says why."""


def is_withheld(where: Path) -> bool:
    """Does this path, relative to the root, stay with the instructors?"""
    return any(where == Path(name) or Path(name) in where.parents for name in WITHHELD)


def build(root: Path, *arguments: str) -> None:
    """Builds targets of the Makefile."""
    run = make(root, *arguments)
    if run.returncode != 0:
        raise ReleaseError(f"the reference does not build: {run.stdout.strip()}")


def build_reference(root: Path, kit: Path, scratch: Path) -> None:
    """Builds the solved files of all labs, and puts their objects into the kit."""
    objcopy = variable(root, "OBJCOPY")[0]
    for lab in variable(root, "labs"):
        solved = [f"BUILD={scratch}", f"LAB={lab}", "SOLVED=all"]
        copy_objects(root, "obj", "stage_objects", solved, kit, scratch, objcopy)
        copy_objects(
            root, "host", "host_objects", [*solved, "sanitizers="], kit, scratch, "objcopy"
        )


def copy_objects(
    root: Path, kind: str, of: str, solved: list[str], kit: Path, scratch: Path, objcopy: str
) -> None:
    """Builds those of a variable's objects that come from solutions/ and copies them, without debug information."""
    below = scratch / kind / "solutions"
    objects = [Path(name) for name in variable(root, of, *solved)]
    objects = sorted({path for path in objects if below in path.parents})
    if not objects:
        return
    build(root, *solved, *map(str, objects))
    for path in objects:
        lab, *inside = path.relative_to(below).parts
        folder = "ref" if kind == "obj" else "ref/host"
        target = kit / "labs" / lab / folder / Path(*inside)
        target.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([objcopy, "--strip-debug", path, target], check=True)


def copy_sources(root: Path, kit: Path) -> None:
    """Copies what is the student's."""
    for path in project_files(root):
        where = path.relative_to(root)
        if not is_withheld(where):
            (kit / where).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, kit / where)


def age(kit: Path) -> None:
    """Gives all of the kit the same date, and modes that depend on nobody's umask."""
    for path in [kit, *kit.rglob("*")]:
        executable = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if executable else 0o644)
        os.utime(path, (EPOCH, EPOCH))


def pack(kit: Path, tarball: Path) -> None:
    """Writes the tarball: sorted, nobody's, and all of one date."""

    def anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = "root"
        member.mtime = EPOCH
        return member

    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path in [kit, *sorted(kit.rglob("*"))]:
            name = Path(NAME) / path.relative_to(kit)
            tar.add(path, str(name), recursive=False, filter=anonymous)
    tarball.write_bytes(gzip.compress(plain.getvalue(), mtime=EPOCH))


def release(root: Path, out: Path) -> Path:
    """Makes OUT/ring1-student/ and OUT/ring1-student.tar.gz anew; returns the tarball."""
    out = out.resolve()
    kit = out / NAME
    tarball = out / f"{NAME}.tar.gz"
    if kit == root or kit in root.parents:
        raise ReleaseError(f"{kit} holds this repository: give another folder as OUT")
    if not (root / "solutions").is_dir():
        raise ReleaseError(f"there is no solutions/ in {root}, so no reference to build")
    if kit.exists() and not (kit / "labs").is_dir():
        raise ReleaseError(
            f"{kit} is something else than an older kit: remove it, or give another OUT"
        )
    if kit.exists():
        shutil.rmtree(kit)
    kit.mkdir(parents=True)
    copy_sources(root, kit)
    with tempfile.TemporaryDirectory() as scratch:
        build_reference(root, kit, Path(scratch))
    age(kit)
    pack(kit, tarball)
    return tarball


def main(arguments: list[str]) -> int:
    """The command line. Status 2 and one sentence when no kit can be made."""
    parser = argparse.ArgumentParser(prog="grader release", description="Makes the student's kit.")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "release", metavar="FOLDER")
    options = parser.parse_args(arguments)
    try:
        tarball = release(ROOT, options.out)
    except (ReleaseError, OSError) as error:
        print(f"No kit: {error}", file=sys.stderr)
        return 2
    print(f"{tarball.with_name(NAME)}/\n{tarball}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
