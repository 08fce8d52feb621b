# SPDX-License-Identifier: MIT
"""`xen hypercalls`: what each number calls."""

from __future__ import annotations

from collections.abc import Iterator

import gdb

from ring1.command import XenCommand
from ring1.machine import evaluate, symbol
from rings.hypercalls import hypercall_name, names
from rings.hypervisor import need_machine, pointer, variable


class Hypercalls(XenCommand):
    """Hypercalls by number, with the functions that serve them.

    Numbers that have a name in the ABI but no function yet answer -ENOSYS."""

    usage = "hypercalls [NUMBER]"

    def lines(self, arguments: list[str]) -> Iterator[str]:
        need_machine()
        try:
            table = variable("hypercall_table")
            functions = [pointer(table[number]) for number in range(length(table))]
        except gdb.MemoryError:
            functions = []
        if not any(functions):
            yield "the table is empty: hypercall_init() fills it while the hypervisor starts"
            return
        if arguments:
            number = evaluate(arguments[0])
            yield line(number, functions[number] if number < len(functions) else 0)
            return
        for number, function in enumerate(functions):
            if function:
                yield line(number, function)
        missing = [f"{number} {name}" for number, name in names().items() if not functions[number]]
        yield "-ENOSYS: " + ", ".join(missing)


def length(table: gdb.Value) -> int:
    first, last = table.type.range()
    return int(last - first + 1)


def line(number: int, function: int) -> str:
    text = f"{number:3}  {hypercall_name(number):<26}  "
    if not function:
        return text + "-ENOSYS"
    where = gdb.find_pc_line(function)
    place = f"  {where.symtab.filename}:{where.line}" if where.symtab else ""
    return f"{text}{function:08x} {symbol(function)}{place}"


Hypercalls()
