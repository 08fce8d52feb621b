# SPDX-License-Identifier: MIT
"""Two compilers build the stages without a warning, and what either builds has full score."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.house.grading import grade
from grader.house.make import HOUSE_BUILD, make
from grader.house.tools import tool

ROOT = Path(__file__).resolve().parents[2]
LABS = sorted(path.name[len("lab")] for path in (ROOT / "labs").glob("lab[0-9]-*"))


@pytest.mark.parametrize("lab", LABS)
@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_builds_without_a_warning_and_has_full_score(compiler: str, lab: str) -> None:
    tool(compiler)
    build = HOUSE_BUILD / compiler
    stage = [f"LAB={lab}", f"CC={compiler}", f"BUILD={build}"]
    for solved in ("", "all"):
        run = make(ROOT, *stage, f"SOLVED={solved}", "STRICT=1", "artefacts")
        assert run.returncode == 0, run.stdout
        assert "warning:" not in run.stdout
    solved_stage = grade(ROOT, build, *stage, "SOLVED=all")
    assert solved_stage.points == 100, solved_stage.said
