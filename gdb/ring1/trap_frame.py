# SPDX-License-Identifier: MIT
"""Finding the `struct trap_frame` of <xen/traps.h> that an exception left on the stack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import gdb

from ring1.machine import address_of, evaluate

#: The common entry's own pushes lie within this many bytes of the frame that it hands on.
CLOSE = 64


def frame_type() -> gdb.Type:
    try:
        return gdb.lookup_type("struct trap_frame")
    except gdb.error:
        raise gdb.GdbError("the image says nothing about struct trap_frame") from None


def offset_of(field: str) -> int:
    """Where a field lies in the frame, in bytes."""
    return next(f.bitpos // 8 for f in frame_type().fields() if f.name == field)


@dataclass(frozen=True)
class TrapFrame:
    """A trap frame in memory. `complete` is false until the common entry has pushed its part."""

    address: int
    complete: bool = True

    def __getitem__(self, field: str) -> int:
        pointer = gdb.Value(self.address).cast(frame_type().pointer())
        return int(pointer.dereference()[field]) & 0xFFFFFFFF

    @property
    def from_guest(self) -> bool:
        return bool(self["cs"] & 3)

    @property
    def esp(self) -> int:
        """The interrupted stack pointer: pushed, or where the processor began to push."""
        return self["esp"] if self.from_guest else self.address + offset_of("esp")


def in_entry(pc: int) -> bool:
    """Is this in the common entry, or where it goes on after do_exception()?"""
    first, last = address_of("exception_entry"), address_of("exception_exit")
    return first is not None and last is not None and first <= pc <= last


def at_entry(pc: int, esp: int) -> TrapFrame | None:
    """The frame under construction when the first instruction of the common entry is next."""
    if pc != address_of("exception_entry"):
        return None
    return TrapFrame(esp - offset_of("vector"), complete=False)


def of_call(pc: int, esp: int) -> TrapFrame | None:
    """The frame that the common entry has just handed to do_exception(): its argument."""
    if not in_entry(pc):
        return None
    argument = evaluate(f"*(unsigned int *){esp:#x}")
    return TrapFrame(argument) if esp < argument <= esp + CLOSE else None


def current() -> TrapFrame:
    """The frame of the exception that is being handled, as seen from the selected stack frame."""
    if found := at_entry(evaluate("$pc"), evaluate("$esp")):
        return found
    for start in (gdb.selected_frame(), gdb.newest_frame()):
        for frame in outwards(start):
            if address := argument_of(frame):
                return TrapFrame(address)
    raise gdb.GdbError("no exception is being handled here: give the frame's address")


def outwards(frame: gdb.Frame | None) -> Iterator[gdb.Frame]:
    """The stack frame and its callers."""
    while frame is not None and frame.is_valid():
        yield frame
        frame = frame.older()


def argument_of(frame: gdb.Frame) -> int:
    """What the function's `struct trap_frame *` parameter holds; 0 without one, or if unknown."""
    try:
        block = frame.block()
        while block is not None and block.function is None:
            block = block.superblock
    except RuntimeError:
        return 0  # assembly has no blocks
    for symbol in block or ():
        target = symbol.type.strip_typedefs() if symbol.is_argument else None
        if target is None or target.code != gdb.TYPE_CODE_PTR:
            continue
        value = symbol.value(frame)
        if target.target().unqualified().name == "trap_frame" and not value.is_optimized_out:
            return int(value) & 0xFFFFFFFF
    return 0
