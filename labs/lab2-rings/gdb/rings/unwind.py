# SPDX-License-Identifier: MIT
"""GDB's own backtraces through lab 2's entries: the hypercall's, and the guest library's.

Both lay their stack out as the exception entry does. GDB does not follow a stack from the
hypervisor's into a guest's, which lies lower; that is what `xen bt` is for.
"""

from __future__ import annotations

import gdb
from gdb.unwinder import Unwinder, register_unwinder

from ring1.machine import ADDRESS_MASK, evaluate, symbol
from ring1.trap_frame import CLOSE, TrapFrame
from ring1.unwind import caller_of_exception, unwind

#: Each calls a C function with the address of the frame that it has built.
HYPERCALL_ENTRY = "hypercall_entry"
ENTRIES = (HYPERCALL_ENTRY, "guest_trap_entry")


class GuestFrame(TrapFrame):
    """The guest library's struct guest_frame, which is laid out like struct trap_frame.

    A bounce keeps the event mask in the upper half of the word for CS."""

    def __getitem__(self, field: str) -> int:
        value = super().__getitem__(field)
        return value & 0xFFFF if field == "cs" else value

    @property
    def from_guest(self) -> bool:
        """Was ESP pushed? Only out of ring 3, here."""
        return self["cs"] & 3 == 3


def frame_of_call(pc: int, esp: int) -> TrapFrame | None:
    """The frame whose address an entry has just handed to C."""
    entry = symbol(pc).partition(" + ")[0]
    if entry not in ENTRIES:
        return None
    argument = evaluate(f"*(unsigned int *){esp:#x}")
    if not esp < argument <= esp + CLOSE:
        return None
    return TrapFrame(argument) if entry == HYPERCALL_ENTRY else GuestFrame(argument)


class EntryUnwinder(Unwinder):
    """Knows the registers of the interrupted code from the frame that an entry built."""

    def __init__(self) -> None:
        super().__init__("ring1-guest-entries")

    def __call__(self, pending: gdb.PendingFrame) -> gdb.UnwindInfo | None:
        pc, esp = (int(pending.read_register(name)) & ADDRESS_MASK for name in ("eip", "esp"))
        try:
            frame = frame_of_call(pc, esp)
            return unwind(pending, caller_of_exception(frame)) if frame else None
        except (gdb.error, gdb.GdbError):
            return None  # no such memory: GDB may do better


register_unwinder(None, EntryUnwinder(), replace=True)
