# SPDX-License-Identifier: MIT
"""`xen tss`: the task-state segment."""

from __future__ import annotations

from collections.abc import Iterator

import gdb

from grader.x86.descriptors import TSS_SIZE, Tss
from ring1.command import XenCommand
from ring1.machine import read_linear, registers, stack_symbol
from ring1.selectors import selector_name


class TaskState(XenCommand):
    """Task-state segment: the stacks that a trap lands on, and the I/O bitmap."""

    usage = "tss"

    def lines(self, arguments: list[str]) -> Iterator[str]:
        task = registers().tr
        if task.selector & ~3 == 0:
            raise gdb.GdbError("TR is null: no task-state segment has been loaded yet")
        name = selector_name(task.selector)
        yield f"TR = {task.selector:04x} {name}: TSS at {task.base:08x}, limit {task.limit:04x}"
        if task.limit + 1 < TSS_SIZE:
            yield f"a 32-bit TSS has {TSS_SIZE} bytes: with this limit, the processor faults"
            return
        tss = Tss.decode(read_linear(task.base, TSS_SIZE, "the TSS"))
        for ring in range(3):
            segment, pointer = tss.stack(ring)
            where = f"{selector_name(segment)} {stack_symbol(pointer)}".strip()
            yield f"    ss{ring}:esp{ring} = {segment:04x}:{pointer:08x}  {where}".rstrip()
        yield f"    ldt       = {tss.ldt:04x}"
        yield f"    I/O bitmap at {tss.io_bitmap:#x}: {meaning_of_bitmap(tss, task.limit)}"


def meaning_of_bitmap(tss: Tss, limit: int) -> str:
    if tss.io_bitmap > limit:
        return "beyond the limit, so no port is allowed to rings over IOPL"
    return f"{(limit - tss.io_bitmap) * 8} ports have a bit; a clear one allows the port"


TaskState()
