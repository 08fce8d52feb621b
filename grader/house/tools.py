# SPDX-License-Identifier: MIT
"""The tools that guards run: where they are, and what to do when they are not."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest


def lacking(reason: str) -> None:
    """Skips the test that asks; in CI (STRICT=1) it fails, since nobody reads of skips there."""
    if os.environ.get("STRICT") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def tool(*names: str) -> str:
    """The first of these commands that is on PATH."""
    for name in names:
        if path := shutil.which(name):
            return path
    lacking(f"{names[-1]} is not installed: run ./setup")
    raise AssertionError("not reached")


def toolchain(root: Path, scratch: Path) -> dict[str, str]:
    """CC, NM and the others, as the build finds them."""
    found = scratch / "toolchain.mk"
    subprocess.run([root / "mk" / "find-toolchain", found], cwd=root, check=True)
    variables = dict(re.findall(r"^(\w+) := (.*)$", found.read_text(), re.MULTILINE))
    if "CC" not in variables:
        lacking(variables.get("TOOLCHAIN_ERROR", "no compiler: run ./setup"))
    return variables


def compiler(variables: dict[str, str]) -> list[str]:
    """The command that compiles for the machine."""
    return [*variables["CC"].split(), variables["TARGET_ARCH_FLAGS"]]
