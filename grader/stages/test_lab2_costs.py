# SPDX-License-Identifier: MIT
"""What the way into stage 2 and back costs a guest is no more than was decided."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.labs.lab2.bench import measure


def test_costs_keep_their_limits(stage: Callable[[int], Path]) -> None:
    folder = stage(2)
    # The limits were measured with GCC; other compilers' code is some instructions longer.
    if "GCC" not in (folder.parents[1] / "toolchain.mk").read_text().upper():
        pytest.skip("the stage was not built by GCC")
    costs = measure(folder)
    over = [cost for cost in costs if cost.limit is not None and cost.instructions > cost.limit]
    assert over == []
    assert sum(cost.limit is not None for cost in costs) >= 7


def test_costs_are_the_same_each_time(stage: Callable[[int], Path]) -> None:
    assert measure(stage(2)) == measure(stage(2))
