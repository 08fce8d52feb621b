# SPDX-License-Identifier: MIT
"""`xen bt`: a backtrace through all rings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import gdb

from ring1.command import XenCommand
from ring1.machine import ADDRESS_MASK, address_of, evaluate, registers
from ring1.trap_frame import TrapFrame, offset_of, outwards
from rings.domain import current, from_frame, from_processor, guest_regs
from rings.guest_stack import Level, is_past, levels, name_of
from rings.hypercalls import VECTOR, hypercall_name
from rings.hypervisor import VIRT_START

#: What the processor pushes by itself: EIP, CS, EFLAGS, ESP, SS.
HARDWARE_BYTES = 20


class Backtrace(XenCommand):
    """Backtrace from the hypervisor into the guest it serves, and on into the guest's ring 3.

    The guest's part follows its frame pointers. Ring 3 is found where the kernel entered by the
    guest library's trap entry, which keeps a frame as the hypervisor does."""

    usage = "bt"

    def lines(self, arguments: list[str]) -> Iterator[str]:
        state = registers()
        if state.cpl:
            yield from guest_part(0, levels(from_processor(state), past=False), "")
            return
        depth = hypervisor_depth()
        text = gdb.execute(f"backtrace {depth}", to_string=True)
        yield from (line for line in text.splitlines() if line.startswith(("#", " ")))
        frame = guest_regs()
        if not came_from_guest(depth, frame):
            return
        past = is_past(frame["vector"]) and not is_being_built(frame)
        yield from guest_part(depth, levels(arrived(frame), past), reason(frame))


def hypervisor_depth() -> int:
    """How many of GDB's stack frames are the hypervisor's: up to its entry."""
    depth = 0
    for frame in outwards(gdb.newest_frame()):
        if frame.pc() & ADDRESS_MASK < VIRT_START or is_data(frame):
            break
        depth += 1
    return max(depth, 1)


def is_data(frame: gdb.Frame) -> bool:
    """Where GDB has lost its way, it takes the words on the stack for return addresses."""
    stack, top = address_of("hypervisor_stack"), address_of("hypervisor_stack_top")
    return stack is not None and top is not None and stack <= frame.pc() & ADDRESS_MASK < top


def came_from_guest(depth: int, frame: TrapFrame) -> bool:
    """Does the hypervisor's outermost frame lie below a guest's registers, and not in the boot?"""
    if current() is None or not frame["cs"] & 3:
        return False
    if is_being_built(frame):
        return True
    outermost = list(outwards(gdb.newest_frame()))[depth - 1]
    return outermost.name() in ("exception_entry", "exception_exit", "hypercall_entry")


def is_being_built(frame: TrapFrame) -> bool:
    """ESP stands in the frame itself: the entry pushes it, or the exit pops it."""
    end = frame.address + offset_of("ss") + 4
    return frame.address <= evaluate("$esp") <= end - HARDWARE_BYTES


def arrived(frame: TrapFrame) -> dict[str, int]:
    """The guest's registers; EBP is still the guest's own until the entry has called C."""
    found = from_frame(frame)
    entering = gdb.newest_frame().name() not in ("exception_exit", "enter_guest")
    if is_being_built(frame) and entering:
        found["ebp"] = evaluate("$ebp")
    return found


def reason(frame: TrapFrame) -> str:
    """How the guest came into the hypervisor."""
    if is_being_built(frame):
        return ""
    if frame["vector"] != VECTOR:
        return name_of(frame["vector"])
    # EAX holds the number until do_hypercall() has the result, and takes the way out.
    newest = gdb.newest_frame()
    if any(level.name() == "guest_exit" for level in outwards(newest)) or has_called(newest):
        return "a hypercall that is done"
    return f"hypercall {frame['eax']}, {hypercall_name(frame['eax'])}"


def has_called(frame: gdb.Frame) -> bool:
    """Is this do_hypercall() itself, with a call behind it?"""
    if frame.name() != "do_hypercall":
        return False
    start = int(frame.function().value().address)
    before = frame.architecture().disassemble(start, max(start, frame.pc() - 1))
    return any("call" in instruction["asm"] for instruction in before[:-1])


def guest_part(number: int, stack: Iterable[Level], why: str) -> Iterator[str]:
    """The guest's levels, numbered on, with a line where the ring changes."""
    ring = -1
    for level in stack:
        cause = level.left_by or (why if ring < 0 else "")
        if level.ring != ring:
            yield f"--- guest, ring {level.ring} ---" + (f" {cause}" if cause else "")
        elif cause:
            yield f"    {cause}"
        ring = level.ring
        yield f"#{number:<2} {level}"
        number += 1


Backtrace()
