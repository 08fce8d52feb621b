# SPDX-License-Identifier: MIT
"""Exercise 1.6: memory that is not there is an error for a probe, and a panic for anything else."""

from __future__ import annotations

import re

from ...catalogue import graded, graded_payload, graded_unit
from ...errors import expect, expect_true
from ...machine.end import PANIC
from ...machine.spec import Machine
from ...run import Run
from .payload import random_number

HANDOUT = "lab1-boot.md#exercise-1-6-fix-ups"

HOLE = 0xFE800000
SUPERPAGE = 4 << 20

test_extable_search = graded_unit(
    "lab1/extable-search",
    exercise="1.6",
    points=3,
    shows="extable_search() finds the fix-up of exactly the instruction that faulted",
    program="check_extable",
    handout=HANDOUT,
)

test_probe_present = graded_payload(
    "lab1/probe-present",
    exercise="1.6",
    points=2,
    shows="probes copy memory that is there, to the byte",
    machine=Machine(payload="probe-present"),
    handout=HANDOUT,
)

test_probe_hole = graded_payload(
    "lab1/probe-hole",
    exercise="1.6",
    points=3,
    shows="probing a hole gives -EFAULT, and no byte is touched",
    machine=Machine(payload="probe-hole"),
    handout=HANDOUT,
)

test_probe_border = graded_payload(
    "lab1/probe-border",
    exercise="1.6",
    points=2,
    shows="a probe across the end of memory copies up to it and gives -EFAULT",
    machine=Machine(payload="probe-border"),
    handout=HANDOUT,
)

test_probe_read_only = graded_payload(
    "lab1/probe-read-only",
    exercise="1.6",
    points=1,
    shows="writing to a read-only page gives -EFAULT, reading it works",
    machine=Machine(payload="probe-read-only"),
    handout=HANDOUT,
)


@graded(
    "lab1/other-faults-panic",
    exercise="1.6",
    points=4,
    shows="after a probe was fixed up, any other fault still panics, and the backtrace names who called",
    machine=Machine(payload="fault"),
    handout=HANDOUT,
)
def test_other_faults_panic(run: Run) -> None:
    end = run.finish()
    expect_true(
        f"{run.key} ok 1 probe-first" in end.serial, "a probe of the hole must give -EFAULT first"
    )
    end.must_be(PANIC)
    hole = HOLE + (random_number(run.key, 0) % SUPERPAGE & ~3)
    expect_true(
        f"PANIC: page fault: reading {hole:08x}" in end.serial,
        f"the panic must name the address {hole:08x}",
        notes=end.notes,
    )
    chain = re.findall(r"\[<[0-9a-f]{8}>\] (\w+)", end.serial)
    wanted = ["fault_innermost", "fault_middle", "fault_outermost", "stage_test_fault", "start_xen"]
    found = [name for name in wanted if name in chain]
    expect(found, wanted, "functions in the backtrace, the innermost first", chain)
    expect(sorted(found, key=chain.index), found, "the order of the backtrace", chain)
