# SPDX-License-Identifier: MIT
"""EFLAGS, CR0 and CR4: their bits by name (Intel SDM volume 3, chapter 2)."""

from __future__ import annotations

from .bits import Bit, field, names

EFLAGS = (
    Bit(0, "CF", "carry"),
    Bit(2, "PF", "parity even"),
    Bit(4, "AF", "carry out of the low nibble"),
    Bit(6, "ZF", "zero"),
    Bit(7, "SF", "negative"),
    Bit(8, "TF", "single stepping: a debug exception after each instruction"),
    Bit(9, "IF", "interrupts are taken", "interrupts are held back"),
    Bit(10, "DF", "string instructions count down", "string instructions count up"),
    Bit(11, "OF", "overflow"),
    Bit(14, "NT", "IRET returns to the task in the back link"),
    Bit(16, "RF", "instruction breakpoints are ignored once"),
    Bit(17, "VM", "virtual-8086 mode"),
    Bit(18, "AC", "unaligned accesses of ring 3 fault (when CR0.AM is set)"),
    Bit(19, "VIF", "virtual interrupt flag"),
    Bit(20, "VIP", "virtual interrupt pending"),
    Bit(21, "ID", "CPUID is there"),
)

CR0 = (
    Bit(0, "PE", "protected mode", "real mode"),
    Bit(1, "MP", "WAIT faults when TS is set"),
    Bit(2, "EM", "no floating-point unit: its instructions fault"),
    Bit(3, "TS", "the next floating-point instruction faults (lazy switching)"),
    Bit(4, "ET", "387 protocol (always set)"),
    Bit(5, "NE", "floating-point errors raise vector 16", "floating-point errors raise IRQ 13"),
    Bit(16, "WP", "ring 0 obeys read-only pages", "ring 0 writes through read-only pages"),
    Bit(18, "AM", "EFLAGS.AC is honoured"),
    Bit(29, "NW", "no write-through"),
    Bit(30, "CD", "caches off"),
    Bit(31, "PG", "paging on", "paging off"),
)

CR4 = (
    Bit(0, "VME", "virtual-8086 extensions"),
    Bit(1, "PVI", "protected-mode virtual interrupts"),
    Bit(2, "TSD", "RDTSC is for ring 0 only", "any ring may read the time-stamp counter"),
    Bit(3, "DE", "debug registers DR4 and DR5 fault"),
    Bit(4, "PSE", "directory entries may map 4 MiB pages", "the PS bit of an entry is ignored"),
    Bit(5, "PAE", "three-level page tables", "two-level page tables"),
    Bit(6, "MCE", "machine-check exceptions"),
    Bit(7, "PGE", "global pages survive a CR3 load", "the G bit of an entry is ignored"),
    Bit(8, "PCE", "any ring may read performance counters"),
    Bit(9, "OSFXSR", "SSE and FXSAVE are enabled"),
    Bit(10, "OSXMMEXCPT", "SSE errors raise vector 19"),
    Bit(11, "UMIP", "SGDT, SIDT, SLDT, SMSW and STR are for ring 0 only"),
    Bit(20, "SMEP", "ring 0 may not run user pages"),
    Bit(21, "SMAP", "ring 0 may not touch user pages"),
)

CR0_PE, CR0_WP, CR0_PG = 1 << 0, 1 << 16, 1 << 31
CR4_PSE, CR4_PGE = 1 << 4, 1 << 7


def iopl(eflags: int) -> int:
    """The highest ring that may do port I/O without asking the TSS's bitmap."""
    return field(eflags, 12, 2)


def explain_eflags(value: int) -> str:
    """`IF ZF, IOPL 0`."""
    return f"{names(value, EFLAGS)}, IOPL {iopl(value)}"


def explain_cr0(value: int) -> str:
    """The names of CR0's set bits."""
    return names(value, CR0)


def explain_cr4(value: int) -> str:
    """The names of CR4's set bits."""
    return names(value, CR4)
