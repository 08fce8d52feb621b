# SPDX-License-Identifier: MIT
"""`make handouts`: the handouts as web pages, in build/handouts/."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from .errors import UsageError
from .paths import ROOT

#: Modules that make the pages, and the Debian packages that they come in.
NEEDED = {"sphinx": "python3-sphinx", "myst_parser": "python3-myst-parser", "furo": "furo"}


def missing_packages() -> list[str]:
    """The packages of those modules that this Python does not have."""
    return [package for module, package in NEEDED.items() if find_spec(module) is None]


def make_pages(source: Path, out: Path) -> int:
    """Run Sphinx over the folder `source`; any warning, such as a dead link, is an error."""
    line = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html"]
    line += ["-d", str(out / ".doctrees"), str(source), str(out)]
    return subprocess.run(line, check=False).returncode


def main(arguments: Sequence[str]) -> int:
    """Make the pages, and print where to begin reading."""
    parser = argparse.ArgumentParser(prog="python -m grader handouts", allow_abbrev=False)
    parser.add_argument("--build", default="build", type=Path, help="the build folder")
    options = parser.parse_args(arguments)
    if missing := missing_packages():
        raise UsageError(f"the web pages need {' '.join(missing)}: run ./setup")
    out = ROOT / options.build / "handouts"
    status = make_pages(ROOT / "handouts", out)
    if status == 0:
        print(out / "index.html")
    return status
