# SPDX-License-Identifier: MIT
"""What a fault's way to the guest's handler must look like: the processor before and after it.

Both are looked at from outside: the registers at the instruction that faults, and the registers and
the stack at the handler's first instruction (ABI, section 6).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from ...errors import expect
from ...machine.registers import Registers
from ...run import Run
from ...x86.exceptions import exception_name
from ...x86.registers import explain_eflags
from .guests import DATA_SEGMENTS, EFLAGS_IF, EFLAGS_RF, GUEST_CS, GUEST_DS

EFLAGS_TF, EFLAGS_NT, EFLAGS_VM = 1 << 8, 1 << 14, 1 << 17
#: What a handler starts without.
CLEARED = EFLAGS_TF | EFLAGS_NT | EFLAGS_RF | EFLAGS_VM

# Offsets in struct start_info and struct shared_info (ABI, sections 3 and 4).
START_INFO_SHARED_INFO = 36
VCPU_UPCALL_MASK = 1
VCPU_CR2 = 8


def pointer(selector: int, offset: int) -> str:
    """`e021:c0010000`."""
    return f"{selector:04x}:{offset:08x}"


@dataclass(frozen=True)
class Frame:
    """What lies on the stack at a handler's first instruction."""

    error_code: int | None
    eip: int
    cs: int
    mask: int
    eflags: int
    #: SS:ESP, where the fault came from ring 3.
    stack: str
    #: Bytes from the stack pointer to the frame's end.
    size: int

    @classmethod
    def read(cls, run: Run, esp: int, error_code: bool, from_ring3: bool) -> "Frame":
        size = 4 * (3 + error_code + 2 * from_ring3)
        words = list(struct.unpack(f"<{size // 4}I", run.read_virtual(esp, size)))
        error = words.pop(0) if error_code else None
        eip, cs, eflags, *rest = words
        stack = pointer(rest[1] & 0xFFFF, rest[0]) if from_ring3 else ""
        return cls(error, eip, cs & 0xFFFF, cs >> 16 & 0xFF, eflags, stack, size)

    def lines(self) -> list[str]:
        """The frame as a report shows it."""
        error = "" if self.error_code is None else f"error code {self.error_code:04x}, "
        stack = f", ss:esp {self.stack}" if self.stack else ""
        return [
            "the frame on the handler's stack, from its lowest word up:",
            f"  {error}eip {self.eip:08x}, cs {self.cs:04x}, event mask {self.mask},"
            f" eflags {self.eflags:08x} ({explain_eflags(self.eflags)}){stack}",
        ]


@dataclass(frozen=True)
class Bounce:
    """One fault: the processor when it happens, and when the handler begins."""

    name: str
    vector: int
    before: Registers
    after: Registers
    frame: Frame

    @property
    def what(self) -> str:
        ring = self.before.cpl
        return f"{self.name} in ring {ring}, {exception_name(self.vector)}"


def shared_info(run: Run, guest: str) -> int:
    """The machine address of the running guest's page of shared words."""
    start_info = run.read_u32(run.guest_symbol(guest, "start_info"))
    return run.read_u32(start_info + START_INFO_SHARED_INFO)


def event_mask(run: Run, guest: str) -> int:
    return run.read_physical(shared_info(run, guest) + VCPU_UPCALL_MASK, 1)[0]


def set_event_mask(run: Run, guest: str, mask: int) -> None:
    run.write_physical(shared_info(run, guest) + VCPU_UPCALL_MASK, bytes([mask]))


def handler(run: Run, guest: str, vector: int) -> int:
    """The first instruction of the guest library's handler."""
    return run.read_u32(run.guest_symbol(guest, "guest_stubs") + 4 * vector)


def stack_top(before: Registers, kernel_stack: int) -> int:
    """Where the frame ends: the stack in use in ring 1, the kernel's own out of ring 3."""
    esp: int = before.esp
    return kernel_stack if before.cpl == 3 else esp


def bounce(run: Run, guest: str, name: str, place: int, vector: int, error_code: bool) -> Bounce:
    """From the fault, where the machine stands, to the handler."""
    before = run.registers()
    what = f"{name} must bring the guest to its handler for vector {vector}"
    after = run.run_until(handler(run, guest, vector), what).registers()
    frame = Frame.read(run, after.esp, error_code, before.cpl == 3)
    return Bounce(name, vector, before, after, frame)


def check_frame(b: Bounce, eip: int, error_code: int | None, kernel_stack: int) -> None:
    """Everything about the frame but the event mask; and where the stack pointer ends up."""
    frame, before, notes = b.frame, b.before, b.frame.lines()
    end = stack_top(before, kernel_stack)
    expect(b.after.esp, end - frame.size, f"ESP at the handler: {b.what}", notes)
    expect(frame.error_code, error_code, f"the error code: {b.what}", notes)
    expect(frame.eip, eip, f"the frame's EIP: {b.what}", notes)
    expect(frame.cs, before.cs.selector, f"the frame's CS: {b.what}", notes)
    ignored = EFLAGS_IF | EFLAGS_RF
    expect(frame.eflags | ignored, before.eflags | ignored, f"the frame's EFLAGS: {b.what}", notes)
    if before.cpl == 3:
        stack = pointer(before.ss.selector, before.esp)
        expect(frame.stack, stack, f"the frame's SS and ESP: {b.what}", notes)


def check_handler(b: Bounce) -> None:
    """The processor at the handler: ring 1, and nothing changed that need not be."""
    before, after = b.before, b.after
    expect(after.cs.selector, GUEST_CS, f"CS at the handler: {b.what}")
    expect(after.cpl, 1, f"the ring at the handler: {b.what}")
    expect(after.ss.selector, GUEST_DS, f"SS at the handler: {b.what}")
    for name, value in general(before):
        expect(after.general[name], value, f"{name.upper()} at the handler: {b.what}")
    for name in DATA_SEGMENTS:
        selector = before.segments[name].selector
        expect(after.segments[name].selector, selector, f"{name.upper()} at the handler: {b.what}")
    left = before.eflags & ~CLEARED | EFLAGS_IF
    expect(
        after.eflags,
        left,
        f"EFLAGS at the handler (TF, NT, RF and VM cleared, the rest as it was): {b.what}",
        [f"before: {explain_eflags(before.eflags)}", f"now: {explain_eflags(after.eflags)}"],
    )


def general(registers: Registers) -> Iterator[tuple[str, int]]:
    return ((name, value) for name, value in registers.general.items() if name != "esp")
