# SPDX-License-Identifier: MIT
"""`xen regs`: every register, and what it means."""

from __future__ import annotations

from collections.abc import Iterator

from grader.machine.registers import GENERAL, Registers, Segment
from grader.x86.bits import Bit
from grader.x86.registers import CR0, CR4, explain_cr0, explain_cr4, explain_eflags
from ring1.command import XenCommand
from ring1.machine import registers, symbol
from ring1.selectors import selector_name

#: Bits of CR0 and CR4 whose being clear is worth a line, too.
TELLING = ("PE", "WP", "PG", "PSE", "PGE")
#: Those that may hold the null selector from reset on, whatever their hidden part says.
SYSTEM = ("ldt", "tr")


class AllRegisters(XenCommand):
    """All registers: their bits by name, and what the segments were loaded with.

    Segments are shown as the processor keeps them: base, limit and rights of the descriptor at
    the moment when the register was loaded."""

    usage = "regs"

    def lines(self, arguments: list[str]) -> Iterator[str]:
        state = registers()
        for names in (GENERAL[:4], GENERAL[4:]):
            yield "  ".join(f"{name} {state.general[name]:08x}" for name in names)
        yield f"eip {state.eip:08x}  {symbol(linear_eip(state))}".rstrip()
        yield f"eflags {state.eflags:08x}  {explain_eflags(state.eflags)}"
        yield f"ring {state.cpl}" + (", halted" if state.halted else "")
        yield f"cr0 {state.cr0:08x}  {explain_cr0(state.cr0)}"
        yield from meanings(state.cr0, CR0)
        yield f"cr2 {state.cr2:08x}  the address of the last page fault"
        yield f"cr3 {state.cr3:08x}  page directory at {state.cr3 & ~0xFFF:08x}"
        yield f"cr4 {state.cr4:08x}  {explain_cr4(state.cr4)}"
        yield from meanings(state.cr4, CR4)
        for name in ("cs", "ss", "ds", "es", "fs", "gs", "ldt", "tr"):
            yield f"{name:<3} {describe(name, state.segments[name])}"
        yield f"gdt base {state.gdt.base:08x}, limit {state.gdt.limit:04x}"
        yield f"idt base {state.idt.base:08x}, limit {state.idt.limit:04x}"


def linear_eip(state: Registers) -> int:
    return state.cs.base + state.eip & 0xFFFFFFFF


def meanings(value: int, bits: tuple[Bit, ...]) -> Iterator[str]:
    """A line for each bit that is set, or that tells something by being clear."""
    for bit in bits:
        if value & bit.mask or bit.name in TELLING:
            yield "    " + bit.explain(value)


def describe(name: str, segment: Segment) -> str:
    """The selector, its name, and the hidden part."""
    text = f"{segment.selector:04x} {selector_name(segment.selector):<15} "
    if not segment.selector & ~3 and (name in SYSTEM or not segment.loaded.present):
        return text + "null"
    loaded = segment.loaded
    return (
        text + f"{loaded.kind}, ring {loaded.dpl}, base {loaded.base:08x}, limit {loaded.limit:08x}"
    )


AllRegisters()
