# SPDX-License-Identifier: MIT
"""Which files are the project's own, and which lab each belongs to."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

LAB_FOLDER = re.compile(r"lab([1-9])-[a-z]+")

# What a walk must not enter, where there is no git to ask.
NOT_OURS = {".git", "build", ".venv", "__pycache__", ".pytest_cache", ".mypy_cache"}


def listed_by_git(root: Path) -> list[Path] | None:
    """What git tracks or would track; nothing when there is no git, or it does not trust the folder's owner."""
    if not (root / ".git").exists():
        return None
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listing = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return [root / name for name in listing.stdout.split("\0") if name]


def walked(root: Path) -> list[Path]:
    """All files but those that tools leave behind."""
    return [
        path for path in root.rglob("*") if not NOT_OURS.intersection(path.relative_to(root).parts)
    ]


def project_files(root: Path) -> list[Path]:
    """All of the project's own files under `root`, sorted."""
    listed = listed_by_git(root)
    paths = walked(root) if listed is None else listed
    return sorted({path for path in paths if path.is_file() and not path.is_symlink()})


def sources(root: Path, *suffixes: str) -> list[Path]:
    """The project's files whose names end so."""
    return [path for path in project_files(root) if path.name.endswith(suffixes)]


def lab_of(path: Path) -> int | None:
    """The number of the lab in whose folder (labs/labN-*, solutions/labN-*) the path lies."""
    for part in path.parts:
        if match := LAB_FOLDER.fullmatch(part):
            return int(match[1])
    return None


def include_folders(root: Path, lab: int) -> list[Path]:
    """Where a source of this lab finds its headers: in its own lab and in all lower ones."""
    folders = sorted((root / "labs").glob("lab*-*/include"))
    return [folder for folder in folders if (lab_of(folder) or 0) <= lab]


def text(path: Path) -> str:
    """The file's text; what is not UTF-8 (an image) reads as nothing."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""
