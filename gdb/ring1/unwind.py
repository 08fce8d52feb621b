# SPDX-License-Identifier: MIT
"""Backtraces through an exception: from do_exception() on to the code that was interrupted.

The entry is assembly, without call-frame information, and its stack is laid out by the processor;
GDB by itself takes the saved registers for return addresses.
"""

from __future__ import annotations

from collections.abc import Iterator

import gdb
from gdb.FrameDecorator import FrameDecorator
from gdb.unwinder import Unwinder, register_unwinder

from ring1.machine import ADDRESS_MASK
from ring1.trap_frame import TrapFrame, at_entry, in_entry, of_call

SAVED = ("eax", "ebx", "ecx", "edx", "esi", "edi", "ebp", "eip", "eflags", "cs")
SAVED_LATER = ("ds", "es", "fs", "gs")


class FrameId:
    """What tells one stack frame from another."""

    def __init__(self, sp: gdb.Value, pc: gdb.Value) -> None:
        self.sp = sp
        self.pc = pc


class ExceptionUnwinder(Unwinder):
    """Knows the registers of the interrupted code from the trap frame."""

    def __init__(self) -> None:
        super().__init__("ring1-exception")

    def __call__(self, pending: gdb.PendingFrame) -> gdb.UnwindInfo | None:
        esp, pc = pending.read_register("esp"), pending.read_register("eip")
        where = (int(pc) & ADDRESS_MASK, int(esp) & ADDRESS_MASK)
        try:
            frame = at_entry(*where) or of_call(*where)
        except (gdb.error, gdb.GdbError):
            return None
        return self.unwind(pending, esp, pc, frame) if frame else None

    def unwind(
        self, pending: gdb.PendingFrame, esp: gdb.Value, pc: gdb.Value, frame: TrapFrame
    ) -> gdb.UnwindInfo:
        info = pending.create_unwind_info(FrameId(esp, pc))
        hardware = ("eip", "eflags", "cs")
        for name in SAVED + SAVED_LATER if frame.complete else hardware:
            info.add_saved_register(name, as_register(pending, name, frame[name]))
        if not frame.complete:
            for name in SAVED + SAVED_LATER:
                if name not in hardware:
                    info.add_saved_register(name, pending.read_register(name))
        info.add_saved_register("esp", as_register(pending, "esp", frame.esp))
        return info


def as_register(pending: gdb.PendingFrame, name: str, number: int) -> gdb.Value:
    """The number as a value of the register's own type, which GDB insists on."""
    return gdb.Value(number.to_bytes(4, "little"), pending.read_register(name).type)


class Interrupted(FrameDecorator):
    """A frame that was interrupted by an exception.

    For a caller, GDB looks up the instruction before the one to return to. This one has not
    called: where it goes on is where it was, which may be the first instruction of a function."""

    def function(self) -> str | None:
        block = gdb.current_progspace().block_for_pc(self.inferior_frame().pc())
        while block is not None and block.function is None:
            block = block.superblock
        return block.function.print_name if block else super().function()

    def line(self) -> int:
        return gdb.find_pc_line(self.inferior_frame().pc()).line or super().line()


class InterruptedFrames:
    """The filter that finds such frames in a backtrace."""

    name = "ring1-interrupted"
    priority = 100
    enabled = True

    def filter(self, frames: Iterator[FrameDecorator]) -> Iterator[FrameDecorator]:
        for frame in frames:
            newer = frame.inferior_frame().newer()
            interrupted = newer is not None and in_entry(newer.pc() & ADDRESS_MASK)
            yield Interrupted(frame) if interrupted else frame


gdb.frame_filters[InterruptedFrames.name] = InterruptedFrames()
register_unwinder(None, ExceptionUnwinder(), replace=True)
