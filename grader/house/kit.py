# SPDX-License-Identifier: MIT
"""What must not be in a student's kit."""

from __future__ import annotations

import subprocess
from pathlib import Path

from grader.house.files import text
from grader.house.skeletons import solved_lines
from grader.release import is_withheld

# Two programs that do the same share some lines; one that shares this part of them is a copy. A hint may show some.
COPIED = 0.6
# Of a solution of fewer lines nobody can tell.
TELLING = 3


def files_of(kit: Path) -> list[Path]:
    """All files of a kit, which has no git to ask."""
    return sorted(path for path in kit.rglob("*") if path.is_file())


def withheld_files(kit: Path) -> list[str]:
    """Files that stay with the instructors."""
    return [
        f"{path.relative_to(kit)}: is not for students"
        for path in files_of(kit)
        if is_withheld(path.relative_to(kit))
    ]


def solutions_told(root: Path, kit: Path) -> list[str]:
    """Files of the kit that hold a good part of what is in a solved file of `root` and not in its skeleton."""
    complaints = []
    pages = {path: {line.strip() for line in text(path).splitlines()} for path in files_of(kit)}
    for solved, lines in solved_lines(root).items():
        for path, page in pages.items():
            if len(lines) >= TELLING and len(lines & page) / len(lines) > COPIED:
                complaints.append(f"{path.relative_to(kit)}: tells much of {solved}")
    return complaints


def talkative_objects(kit: Path) -> list[str]:
    """Object files with debugging information."""
    complaints = []
    for path in files_of(kit):
        if (
            path.suffix == ".o"
            and ".debug_info"
            in subprocess.run(
                ["objdump", "-h", path], check=True, capture_output=True, text=True
            ).stdout
        ):
            complaints.append(f"{path.relative_to(kit)}: has debugging information")
    return complaints
