# SPDX-License-Identifier: MIT
"""The skeletons in labs/ are what unifdef makes of solutions/, and nothing of a solution is left in them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from grader.house.files import project_files, text

SOLVED_LINE = re.compile(r"^#\s*(?:ifdef|ifndef)\s+SOLVED\b|^#\s*if\b.*\bSOLVED\b", re.MULTILINE)


def skeleton(unifdef: str, solved: Path) -> str:
    """What `make sync` writes for this solved file."""
    run = subprocess.run([unifdef, "-B", "-USOLVED", str(solved)], capture_output=True, text=True)
    if run.returncode not in (0, 1):
        raise ValueError(f"{solved}: unifdef: {run.stderr.strip()}")
    return run.stdout


def stale_skeletons(root: Path, unifdef: str) -> list[str]:
    """Solved files whose skeleton is missing, or differs from what `make sync` would write."""
    complaints = []
    for solved in project_files(root):
        where = solved.relative_to(root)
        if where.parts[0] != "solutions" or len(where.parts) < 3:
            continue
        given = root / "labs" / where.relative_to("solutions")
        name = given.relative_to(root)
        if not SOLVED_LINE.search(text(solved)):
            complaints.append(f"{where}: has no SOLVED block, so it need not be in solutions/")
        if not given.exists():
            complaints.append(f"{name}: is missing (make sync)")
        elif text(given) != skeleton(unifdef, solved):
            complaints.append(f"{name}: is not what {where} gives (make sync)")
    return complaints


def solved_blocks_in_labs(root: Path) -> list[str]:
    """Files below labs/ that speak of SOLVED: a student would see the solution."""
    return [
        f"{path.relative_to(root)}: has a SOLVED block"
        for path in project_files(root)
        if path.relative_to(root).parts[0] == "labs" and SOLVED_LINE.search(text(path))
    ]


def solved_lines(root: Path) -> dict[Path, set[str]]:
    """For each file of solutions/, the lines that are in it and not in its skeleton: what no student may be given.

    Short lines (a brace, a `return 0;`) are in every program and say nothing.
    """
    found = {}
    for solved in project_files(root):
        where = solved.relative_to(root)
        if where.parts[0] != "solutions" or len(where.parts) < 3:
            continue
        skeleton_lines = {
            line.strip()
            for line in text(root / "labs" / where.relative_to("solutions")).splitlines()
        }
        lines = {line.strip() for line in text(solved).splitlines()} - skeleton_lines
        found[where] = {line for line in lines if len(line) >= 10 and not line.startswith("#")}
    return found
