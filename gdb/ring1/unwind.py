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

from ring1.machine import ADDRESS_MASK, evaluate
from ring1.trap_frame import TrapFrame, at_entry, in_entry, of_call

REGISTERS = ("eax", "ebx", "ecx", "edx", "esi", "edi", "ebp", "ds", "es", "fs", "gs")
HARDWARE = ("eip", "eflags", "cs")


class FrameId:
    """What tells one stack frame from another."""

    def __init__(self, sp: gdb.Value, pc: gdb.Value) -> None:
        self.sp = sp
        self.pc = pc


class ExceptionUnwinder(Unwinder):
    """Knows the registers of the interrupted code from the trap frame."""

    def __init__(self) -> None:
        super().__init__("ring1-exception")
        #: (EIP, ESP) of the code that was interrupted, in the backtrace being made.
        self.interrupted: set[tuple[int, int]] = set()

    def __call__(self, pending: gdb.PendingFrame) -> gdb.UnwindInfo | None:
        pc, esp = (int(pending.read_register(name)) & ADDRESS_MASK for name in ("eip", "esp"))
        try:
            frame = at_entry(pc, esp) or of_call(pc, esp)
            if frame:
                self.interrupted.add((frame["eip"], frame.esp))
                return unwind(pending, caller_of_exception(frame))
            if (pc, esp) in self.interrupted and function_at(pc) is not function_at(pc - 1):
                return_address = evaluate(f"*(unsigned int *){esp:#x}")
                return unwind(pending, {"eip": return_address, "esp": esp + 4})
        except (gdb.error, gdb.GdbError):
            pass  # no such memory, no such type: GDB may do better
        return None

    def forget(self, _event: object) -> None:
        self.interrupted.clear()


def caller_of_exception(frame: TrapFrame) -> dict[str, int]:
    """The registers that the exception found."""
    names = HARDWARE + REGISTERS if frame.complete else HARDWARE
    return {**{name: frame[name] for name in names}, "esp": frame.esp}


def unwind(pending: gdb.PendingFrame, caller: dict[str, int]) -> gdb.UnwindInfo:
    """Tell GDB the caller's registers; one that is not named is as it is in this frame."""
    where = FrameId(pending.read_register("esp"), pending.read_register("eip"))
    info = pending.create_unwind_info(where)
    for name in HARDWARE + REGISTERS + ("esp",):
        value = pending.read_register(name)
        if name in caller:  # as a value of the register's own type, which GDB insists on
            value = gdb.Value(caller[name].to_bytes(4, "little"), value.type)
        info.add_saved_register(name, value)
    return info


def function_at(pc: int) -> gdb.Symbol | None:
    """The function that an address belongs to."""
    block = gdb.current_progspace().block_for_pc(pc)
    while block is not None and block.function is None:
        block = block.superblock
    return block.function if block else None


class Interrupted(FrameDecorator):
    """A frame that was interrupted by an exception.

    For a caller, GDB looks up the instruction before the one to return to. This one has not
    called: where it goes on is where it was, which may be the first instruction of a function."""

    def function(self) -> str | None:
        function = function_at(self.inferior_frame().pc())
        return function.print_name if function else super().function()

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


UNWINDER = ExceptionUnwinder()
register_unwinder(None, UNWINDER, replace=True)
gdb.events.cont.connect(UNWINDER.forget)
gdb.frame_filters[InterruptedFrames.name] = InterruptedFrames()
