# SPDX-License-Identifier: MIT
"""What the grader compares of a guest's registers, and the numbers that its key stands for."""

from __future__ import annotations

from ...machine.registers import Registers
from ...x86.descriptors import Selector

GUEST_CS, GUEST_DS = 0xE019, 0xE021
#: The last byte that a flat guest segment reaches (ABI, section 1).
GUEST_SEGMENT_END = 0xFC3FFFFF
HYPERVISOR_CS, HYPERVISOR_DS = 0xE008, 0xE010

DATA_SEGMENTS = ("ds", "es", "fs", "gs")
EFLAGS_IF, EFLAGS_DF, EFLAGS_RF = 1 << 9, 1 << 10, 1 << 16
EFLAGS_IOPL = 3 << 12


def all_registers(registers: Registers) -> dict[str, int]:
    """Everything of a guest that must outlive a stay in the hypervisor."""
    found = {"eip": registers.eip, **registers.general}
    found["eflags"] = registers.eflags & ~EFLAGS_RF
    for name in ("cs", "ss", *DATA_SEGMENTS):
        found[name] = registers.segments[name].selector
    return found


def loaded_descriptors(registers: Registers) -> dict[str, str]:
    """What the processor has loaded for each segment register, in words."""
    return {
        name: str(registers.segments[name].loaded)
        for name in ("cs", "ss", *DATA_SEGMENTS)
        if not is_null(registers.segments[name].selector)
    }


def is_null(selector: int) -> bool:
    return Selector(selector).index == 0 and not Selector(selector).in_ldt
