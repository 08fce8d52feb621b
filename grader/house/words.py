# SPDX-License-Identifier: MIT
"""What no file may say: a path of somebody's own machine."""

from __future__ import annotations

import re
from pathlib import Path

from grader.house.files import project_files, text

# The brackets keep these patterns from matching themselves.
OWN_PATHS = re.compile(r"(?<![\w.$)}/])/(?:[w]ork|[h]ome/\w+|[r]oot|[U]sers/\w+)/[\w.]")


def paths_of_one_machine(root: Path) -> list[str]:
    """Absolute paths into somebody's home or working folder."""
    return [
        f"{path.relative_to(root)}:{number}: names a path of one machine: {match[0]}..."
        for path in project_files(root)
        for number, line in enumerate(text(path).splitlines(), 1)
        if (match := OWN_PATHS.search(line))
    ]
