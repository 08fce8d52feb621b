# SPDX-License-Identifier: MIT
"""Each header compiles on its own, and twice in one file."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from grader.house.files import include_folders, lab_of, sources

WARNINGS = ["-Wall", "-Wextra", "-Werror"]
FREESTANDING = ["-std=gnu11", "-ffreestanding", "-fsyntax-only"]


def headers_that_need_another(root: Path, compiler: list[str]) -> list[str]:
    """A header in labs/*/include that does not compile where it is the only one that is included."""

    def complaint(header: Path) -> str | None:
        lab = lab_of(header.relative_to(root)) or 0
        name = header.relative_to(next(p for p in header.parents if p.name == "include"))
        includes = [f"-I{folder}" for folder in include_folders(root, lab)]
        run = subprocess.run(
            [*compiler, *FREESTANDING, *WARNINGS, *includes, "-x", "c", "-"],
            input=f"#include <{name}>\n#include <{name}>\n",
            capture_output=True,
            text=True,
        )
        if run.returncode == 0:
            return None
        first = next((line for line in run.stderr.splitlines() if "error" in line), run.stderr)
        return f"{header.relative_to(root)}: does not compile alone: {first.strip()}"

    headers = [path for path in sources(root, ".h") if "include" in path.relative_to(root).parts]
    with ThreadPoolExecutor() as pool:
        return [found for found in pool.map(complaint, headers) if found]
