# SPDX-License-Identifier: MIT
"""`xen gdt`: the global descriptor table."""

from __future__ import annotations

from collections.abc import Iterator

import gdb

from grader.machine.registers import Registers
from grader.x86.descriptors import Descriptor, decode_table
from ring1.command import XenCommand
from ring1.machine import evaluate, read_linear, registers
from ring1.selectors import selector_name


class Gdt(XenCommand):
    """Global descriptor table: a line each, or all fields of one descriptor.

    An arrow shows which segment registers hold the selector now. They keep what the descriptor
    said when they were loaded: `xen regs` prints that."""

    usage = "gdt [SELECTOR]"

    def lines(self, arguments: list[str]) -> Iterator[str]:
        state = registers()
        table = decode_table(read_linear(state.gdt.base, state.gdt.limit + 1, "the GDT"))
        if arguments:
            yield from explain_one(table, evaluate(arguments[0]))
            return
        used = [(index, entry) for index, entry in enumerate(table) if entry.low or entry.high]
        yield (
            f"GDT at {state.gdt.base:08x}, limit {state.gdt.limit:04x}: "
            f"{len(table)} entries, {len(used)} of them not empty"
        )
        for index, entry in used:
            selector = index << 3
            line = f"{selector:04x}  {selector_name(selector):<16}  {entry}"
            yield line + arrow(holders(state, index))


def explain_one(table: list[Descriptor], selector: int) -> Iterator[str]:
    if selector & 4:
        raise gdb.GdbError(f"{selector:04x} is a selector of the LDT (bit 2 is set)")
    index = (selector & 0xFFFF) >> 3
    if index >= len(table):
        raise gdb.GdbError(f"{selector:04x} lies beyond the GDT's limit")
    yield f"{selector:04x}  {selector_name(selector)}"
    yield from table[index].explain()


def holders(state: Registers, index: int) -> list[str]:
    """The segment registers that hold a selector of this entry."""
    return [
        name.upper()
        for name, segment in state.segments.items()
        if segment.selector >> 3 == index and index and not segment.selector & 4
    ]


def arrow(names: list[str]) -> str:
    return f"  <- {' '.join(names)}" if names else ""


Gdt()
