# SPDX-License-Identifier: MIT
"""Stage 2 in Bochs, which checks segment limits: a guest cannot touch the hypervisor, and goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader import iso
from grader.ktap import parse_ktap
from grader.machine import bochs
from grader.machine.spec import Machine, Module

pytestmark = [
    pytest.mark.skipif(
        bool(iso.missing()), reason=f"no boot image can be made here: {iso.missing()} is missing"
    ),
    pytest.mark.skipif(bool(bochs.missing()), reason=bochs.missing()),
]

#: In seconds of the wall clock: it takes one or two.
PATIENCE = 60.0
#: What stands in the file where the grader's key would be.
NO_KEY = "0" * 32
MEMORY = 64


def serial_of(machine: Machine, image: Path, folder: Path) -> str:
    """Boots it, and gives all that it said until it ended by itself."""
    target = folder / "ring1.iso"
    iso.make_iso(machine, image, target)
    with bochs.Bochs(target, machine.memory, folder) as running:
        serial = "".join(running.output(PATIENCE))
        assert not running.running, f"still running after {PATIENCE:.0f} s:\n{serial}"
        return serial.replace("\r\n", "\n")


@pytest.mark.parametrize(
    "guest",
    [
        # Ring-1 code at the hypervisor's addresses: a fault, bounced to the guest, each time.
        Module("guest_limits.elf", "alone"),
        # Descriptors of the guest's own, with the limits that they were cut to.
        Module("guest_gdt.elf", "set"),
        Module("guest_gdt.elf", "refuse"),
        Module("guest_gdt.elf", "update"),
        Module("guest_gdt.elf", "fault"),
    ],
    ids=str,
)
def test_a_guest_reports_all_ok(
    stage: Callable[[int], Path], tmp_path: Path, guest: Module
) -> None:
    machine = Machine(memory=MEMORY, command_line="dom0_mem=8M", modules=(guest,))
    serial = serial_of(machine, stage(2) / "ring1.elf", tmp_path)
    ktap = parse_ktap(serial, NO_KEY)
    assert [(p.name, p.diagnostics) for p in ktap.points if not p.passed] == []
    assert len(ktap.points) == ktap.planned, serial
    assert "domain 0 powered off" in serial


def test_a_direct_system_call(stage: Callable[[int], Path], tmp_path: Path) -> None:
    hello = Module("guest_hello.elf", "domu mem=8M")
    machine = Machine(memory=MEMORY, modules=(hello, hello))
    serial = serial_of(machine, stage(2) / "ring1.elf", tmp_path)
    for domain in (1, 2):
        assert f"(d{domain}) hello from ring 1, xen-3.0-x86_32" in serial
        assert f"(d{domain}) ring 3 returned 49" in serial
