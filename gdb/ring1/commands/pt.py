# SPDX-License-Identifier: MIT
"""`xen pt`: page tables."""

from __future__ import annotations

from collections.abc import Iterator

from grader.x86.paging import mappings, walk
from ring1.command import XenCommand
from ring1.machine import evaluate, has_large_pages, paging_is_on, read_physical, registers


class PageTables(XenCommand):
    """Page tables: the walk to ADDRESS with every bit explained, or all that is mapped.

    xen pt                      everything that CR3 maps, neighbours that are alike joined
    xen pt ADDRESS              the walk from CR3 to a virtual address (any GDB expression)
    xen pt ADDRESS DIRECTORY    the same from a page directory that is not in CR3 yet, given by
                                its physical address, with 4 MiB pages allowed

    The tables are read from memory. The processor may still remember older entries, in its TLB."""

    usage = "pt [ADDRESS [DIRECTORY]]"

    def lines(self, arguments: list[str]) -> Iterator[str]:
        state = registers()
        directory, large = state.cr3, has_large_pages(state)
        if len(arguments) == 2:
            directory, large = evaluate(arguments[1]), True
        elif not paging_is_on(state):
            yield "paging is off (CR0.PG=0): every address is a physical one"
            return
        if arguments:
            yield from walk(read_physical, directory, evaluate(arguments[0]), large).explain()
            return
        yield f"CR3 = {state.cr3:08x}; rights: w writable, u ring 3 may use it, g global"
        yield from map(str, mappings(read_physical, directory, large))


PageTables()
