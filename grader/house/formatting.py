# SPDX-License-Identifier: MIT
"""Formatting is decided by tools, and nobody argues: clang-format for C, black for Python, 100 columns for assembly."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from grader.house.files import sources, text

# Another version of clang-format formats otherwise: this one's word counts.
CLANG_FORMAT_VERSION = 14
COLUMNS = 100
TAB = 8


def clang_format_version(clang_format: str) -> int:
    """The major version, or 0."""
    said = subprocess.run([clang_format, "--version"], capture_output=True, text=True).stdout
    match = re.search(r"version (\d+)", said)
    return int(match[1]) if match else 0


def unformatted_c(root: Path, clang_format: str, style: Path) -> list[str]:
    """C sources and headers that clang-format would write otherwise."""
    paths = sources(root, ".c", ".h")
    if not paths:
        return []
    run = subprocess.run(
        [clang_format, f"--style=file:{style}", "--dry-run", *map(str, paths)],
        cwd=root,
        capture_output=True,
        text=True,
    )
    places = re.findall(r"^(.+?):(\d+):\d+: warning: code should be", run.stderr, re.MULTILINE)
    first = dict(reversed(places))
    return [
        f"{Path(name).relative_to(root)}:{line}: clang-format would write this otherwise (make format)"
        for name, line in sorted(first.items())
    ]


def unformatted_python(root: Path, black: str) -> list[str]:
    """Python sources that black would write otherwise."""
    paths = sources(root, ".py")
    if not paths:
        return []
    run = subprocess.run(
        [black, "--check", "--line-length", str(COLUMNS), *map(str, paths)],
        cwd=root,
        capture_output=True,
        text=True,
    )
    return [
        f"{Path(name).relative_to(root)}: black would write this otherwise (make format)"
        for name in re.findall(r"^would reformat (.+)$", run.stderr, re.MULTILINE)
    ] + re.findall(r"^error: .+$", run.stderr, re.MULTILINE)


def long_lines(root: Path) -> list[str]:
    """Assembly, which clang-format does not read, with lines that are too long or end in spaces."""
    complaints = []
    for path in sources(root, ".S"):
        for number, line in enumerate(text(path).splitlines(), 1):
            if len(line.expandtabs(TAB)) > COLUMNS:
                complaints.append(f"{path.relative_to(root)}:{number}: over {COLUMNS} columns")
            if line != line.rstrip():
                complaints.append(f"{path.relative_to(root)}:{number}: ends in spaces")
    return complaints
