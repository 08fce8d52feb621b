# SPDX-License-Identifier: MIT
"""Our own make: not part of the make and the pytest that may have started us, whose options are not for it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


#: Where the guards build, below the build folder of the check that runs them: nobody else builds there.
HOUSE_BUILD = Path(os.environ.get("RING1_BUILD", "build")) / "house"


def make(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs make in a tree, on all processors; what it says is one text."""
    inherited = ("MAKE", "MFLAGS", "PYTEST_")
    env = {name: value for name, value in os.environ.items() if not name.startswith(inherited)}
    command = ["make", "--silent", "--no-print-directory", f"-j{os.cpu_count() or 1}", *arguments]
    return subprocess.run(
        command, cwd=root, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def variable(root: Path, name: str, *arguments: str) -> list[str]:
    """The words of one of the Makefile's variables."""
    run = make(root, f"--eval=tell-{name}: ; @echo $({name})", f"tell-{name}", *arguments)
    run.check_returncode()
    return run.stdout.split()
