# SPDX-License-Identifier: MIT
"""The solved stages, built once for all tests."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.build import build, locked
from grader.paths import ROOT
from grader.variant import Variant

SOLVED = Variant("all")
IMAGES = {"ring1.elf", "ring1-test.elf"}


@pytest.fixture(scope="session")
def stage() -> Callable[[int], Path]:
    """The folder of a solved stage. Several processes may ask at once: one builds."""
    build_folder = Path(os.environ.get("RING1_BUILD", "build"))

    def build_stage(number: int) -> Path:
        with locked(ROOT / build_folder / f".stage{number}.lock"):
            built = build(number, SOLVED, build_folder, IMAGES)
        assert not built.failures, built.failures
        return ROOT / SOLVED.folder(build_folder, number)

    return build_stage
