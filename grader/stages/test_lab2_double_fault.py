# SPDX-License-Identifier: MIT
"""Stage 2: a hypervisor without a stack still says what happened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from grader.machine import end as ends
from grader.machine.live import Live
from grader.machine.spec import Machine

KEY = "0123456789abcdef" * 2


def test_a_double_fault_panics_on_a_stack_of_its_own(stage: Callable[[int], Path]) -> None:
    with Live(Machine(payload="double-fault"), stage(2) / "ring1-test.elf", KEY) as machine:
        end = machine.finish()
    assert end.kind == ends.PANIC, (end.sentence, end.serial)
    assert "double fault, with the stack pointer at ffc01000" in end.sentence
    assert any("stage_test_double_fault" in line for line in end.notes)
