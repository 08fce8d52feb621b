# SPDX-License-Identifier: MIT
"""Every shell script passes shellcheck."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from grader.house.files import project_files

SHEBANG = re.compile(rb"#!\s*\S*\b(?:env\s+)?(?:sh|bash|dash)\b")


def shell_scripts(root: Path) -> list[Path]:
    """Files that begin as a shell script does, whatever their names."""
    scripts = []
    for path in project_files(root):
        with path.open("rb") as file:
            if SHEBANG.match(file.readline(80)):
                scripts.append(path)
    return scripts


def doubtful_scripts(root: Path, shellcheck: str) -> list[str]:
    """What shellcheck says against them."""
    scripts = shell_scripts(root)
    if not scripts:
        return []
    run = subprocess.run(
        [shellcheck, "--format=gcc", *(str(path.relative_to(root)) for path in scripts)],
        cwd=root,
        capture_output=True,
        text=True,
    )
    return run.stdout.splitlines()
