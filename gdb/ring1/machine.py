# SPDX-License-Identifier: MIT
"""The stopped machine behind GDB: registers that GDB does not know, and physical memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import gdb

from grader.machine.registers import Registers, parse_registers
from grader.x86.registers import CR0_PG, CR4_PSE

ADDRESS_MASK = 0xFFFFFFFF


def monitor(command: str) -> str:
    """What QEMU's monitor answers to a command."""
    return gdb.execute(f"monitor {command}", to_string=True)


def registers() -> Registers:
    """All registers, those included that only QEMU's monitor tells (GDTR, IDTR, TR, LDTR)."""
    if gdb.selected_inferior().pid == 0:
        raise gdb.GdbError("no machine is connected: start one with `make qemu-gdb`")
    return parse_registers(monitor("info registers"))


def paging_is_on(state: Registers) -> bool:
    return bool(state.cr0 & CR0_PG)


def has_large_pages(state: Registers) -> bool:
    return bool(state.cr4 & CR4_PSE)


@contextmanager
def _physical_addresses() -> Iterator[None]:
    """Addresses mean physical memory inside; whatever happens, virtual memory again afterwards."""
    switch = "maintenance packet Qqemu.PhyMemMode:"
    gdb.execute(switch + "1", to_string=True)
    try:
        yield
    finally:
        gdb.execute(switch + "0", to_string=True)


def read_physical(address: int, length: int) -> bytes:
    """Machine memory."""
    with _physical_addresses():
        return read_linear(address, length, "physical memory")


def read_linear(address: int, length: int, what: str) -> bytes:
    """Memory as the processor sees it now: through the page tables once paging is on."""
    try:
        return bytes(gdb.selected_inferior().read_memory(address, length))
    except gdb.MemoryError:
        last = address + length - 1
        raise gdb.GdbError(
            f"{what} can't be read: {address:08x} to {last:08x} is not mapped"
        ) from None


def evaluate(expression: str) -> int:
    """An expression's value as an address; of a function, an array or a struct, where it lies."""
    value = gdb.parse_and_eval(expression)
    if value.type.strip_typedefs().code in (
        gdb.TYPE_CODE_FUNC,
        gdb.TYPE_CODE_ARRAY,
        gdb.TYPE_CODE_STRUCT,
    ):
        value = value.address
    return int(value) & ADDRESS_MASK


def symbol(address: int) -> str:
    """`start_xen + 4`; empty where the image has no symbol."""
    text = gdb.execute(f"info symbol {address:#x}", to_string=True)
    return "" if text.startswith("No symbol") else text.split(" in section")[0].strip()


def stack_symbol(pointer: int) -> str:
    """The name of a stack by its pointer, which may point to its very end."""
    name, _, offset = symbol((pointer - 1) & ADDRESS_MASK).partition(" + ")
    return f"{name} + {int(offset or 0) + 1}" if name else ""


def address_of(name: str) -> int | None:
    """Where a symbol of the image lies; None if the image has none of that name."""
    try:
        return int(gdb.parse_and_eval(f"(unsigned long)&{name}")) & ADDRESS_MASK
    except gdb.error:
        return None
