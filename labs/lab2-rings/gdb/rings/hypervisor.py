# SPDX-License-Identifier: MIT
"""The hypervisor's own variables, whatever a guest's symbols call the same."""

from __future__ import annotations

import gdb

from ring1.machine import ADDRESS_MASK, registers

#: Everything from here up is the hypervisor's.
VIRT_START = 0xFC000000


def need_machine() -> None:
    """Without one GDB would read variables' first values from the image."""
    if gdb.selected_inferior().pid == 0:
        raise gdb.GdbError("no machine is connected: start one with `make qemu-gdb`")


def variable(name: str) -> gdb.Value:
    """A global or static variable of the stage's image."""
    image = gdb.lookup_objfile(gdb.current_progspace().filename or "")
    symbol = image.lookup_global_symbol(name) or image.lookup_static_symbol(name)
    if symbol is None:
        raise gdb.GdbError(f"the image has no variable `{name}`: is it a stage before lab 2's?")
    return symbol.value()


def pointer(value: gdb.Value) -> int:
    return int(value) & ADDRESS_MASK


def address(value: gdb.Value) -> int:
    """Where a variable, or a struct's field, lies."""
    return pointer(value.address)


def in_guest() -> bool:
    """Does the processor run a guest's code now?"""
    return registers().cpl != 0
