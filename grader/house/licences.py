# SPDX-License-Identifier: MIT
"""Every source says under which licence it may be used, in its first lines."""

from __future__ import annotations

import re
from pathlib import Path

from grader.house.files import project_files, text

SOURCE_SUFFIXES = {
    ".c",
    ".h",
    ".S",
    ".s",
    ".lds",
    ".py",
    ".sh",
    ".mk",
    ".gdb",
    ".md",
    ".svg",
    ".dot",
}
SOURCE_NAMES = {"Makefile", "setup", "run"}
FIRST_LINES = 6


def is_source(path: Path, root: Path) -> bool:
    """Is this a file that someone wrote, and that can carry a comment?"""
    where = path.relative_to(root)
    if path.suffix == ".md":
        return where.parts[0] == "handouts"
    return path.suffix in SOURCE_SUFFIXES or path.name in SOURCE_NAMES or where.parts[0] == "mk"


def expected_licence(path: Path, root: Path) -> str:
    """The handouts are text, all else is code."""
    return "CC-BY-4.0" if path.relative_to(root).parts[0] == "handouts" else "MIT"


def unlicensed(root: Path) -> list[str]:
    """Sources without the right SPDX line."""
    complaints = []
    for path in project_files(root):
        if not is_source(path, root) or not (content := text(path)):
            continue
        head = "\n".join(content.splitlines()[:FIRST_LINES])
        match = re.search(r"SPDX-License-Identifier: ([\w.-]+)", head)
        expected = expected_licence(path, root)
        if not match:
            complaints.append(
                f"{path.relative_to(root)}: no SPDX line in its first {FIRST_LINES} lines"
            )
        elif match[1] != expected:
            complaints.append(f"{path.relative_to(root)}: says {match[1]}, should say {expected}")
    return complaints
