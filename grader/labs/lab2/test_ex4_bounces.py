# SPDX-License-Identifier: MIT
"""Exercise 2.4: what goes wrong in a guest goes to the guest's handler, with the ABI's frame."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from ...catalogue import graded, graded_unit
from ...errors import expect, expect_true
from ...ktap import marked_lines
from ...machine.end import ORDERLY
from ...machine.spec import Machine, Module
from ...run import Run
from ..lab1.payload import random_number
from .bounces import (
    VCPU_CR2,
    Bounce,
    bounce,
    check_frame,
    check_handler,
    event_mask,
    set_event_mask,
    shared_info,
)
from .guests import EFLAGS_IF

HANDOUT = "lab2-rings.md#exercise-2-4-bounced-exceptions"

GUEST = "guest_faults.elf"


test_trap_table = graded_unit(
    "lab2/trap-table",
    exercise="2.4",
    points=2,
    shows="set_trap_table takes the entries up to the end, and NULL clears all",
    program="check_trap_table",
    case="entries",
    handout=HANDOUT,
)

test_trap_table_refusals = graded_unit(
    "lab2/trap-table-refusals",
    exercise="2.4",
    points=1,
    shows="a table with a bad selector, a bad address or no end changes nothing",
    program="check_trap_table",
    case="refusals",
    handout=HANDOUT,
)

test_bounce_frames = graded_unit(
    "lab2/bounce-frames",
    exercise="2.4",
    points=3,
    shows="create_bounce_frame() makes every shape of frame, with any flags, mask and place",
    program="check_bounce_frame",
    case="frames",
    handout=HANDOUT,
)

test_bounce_frame_crashes = graded_unit(
    "lab2/bounce-frame-crashes",
    exercise="2.4",
    points=1,
    shows="a null selector or a bad stack crashes the domain, and its registers stay",
    program="check_bounce_frame",
    case="crashes",
    handout=HANDOUT,
)


def faults_in(ring: int) -> Machine:
    return Machine(command_line="dom0_mem=8M", modules=(Module(GUEST, f"faults {ring}"),))


@dataclass(frozen=True)
class Fault:
    """One of the guest's faults, in the guest's own order."""

    name: str
    vector: int
    #: For rings 1 and 3; none where the processor pushes none.
    error_code: tuple[int, int] | None = None
    #: The frame points behind the instruction, not at it.
    is_trap: bool = False
    masks_events: bool = False


FAULTS = (
    Fault("divide", 0),
    Fault("single_step", 1, is_trap=True),
    Fault("int3", 3, is_trap=True, masks_events=True),
    Fault("into", 4, is_trap=True),
    Fault("bound", 5, masks_events=True),
    Fault("invalid_opcode", 6),
    Fault("no_fpu", 7, masks_events=True),
    Fault("fpu_error", 16),
    Fault("invalid_tss", 10, (0, 0), masks_events=True),
    Fault("no_segment", 11, (0xE200, 0xE200)),
    Fault("stack_segment", 12, (0xE208, 0xE200), masks_events=True),
    Fault("privileged", 13, (0, 0)),
    Fault("selector", 13, (0xE010, 0xE010), masks_events=True),
    Fault("not_mapped", 14, (2, 6)),
    Fault("read_only", 14, (3, 7), masks_events=True),
)

GENERAL_PROTECTION = 13
PAGE_FAULT = 14

#: Where the grader puts two data segments that are not present, of rings 3 and 1.
ABSENT = 0xE200
ABSENT_DESCRIPTORS = struct.pack("<4I", 0xFFFF, 0x00CF7300, 0xFFFF, 0x00CF3300)


def each_fault(run: Run) -> Iterator[tuple[Fault, int]]:
    """Stops at one fault after the other: what it is, and where."""
    for number, fault in enumerate(FAULTS):
        place = run.guest_symbol(GUEST, f"fault_{fault.name}")
        run.run_until(place, f"the guest must get to its fault {number + 1}, {fault.name}")
        if number == 0:
            run.write_physical(run.physical("gdt") + ABSENT, ABSENT_DESCRIPTORS)
        yield fault, place


def go_to_handler(run: Run, fault: Fault, place: int) -> Bounce:
    return bounce(run, GUEST, fault.name, place, fault.vector, fault.error_code is not None)


def expected_error(fault: Fault, ring: int) -> int | None:
    return fault.error_code and fault.error_code[ring == 3]


def expected_eip(run: Run, fault: Fault, place: int) -> int:
    return run.guest_symbol(GUEST, f"fault_{fault.name}_end") if fault.is_trap else place


def first_stack(run: Run) -> int:
    """The top of the stack that the domain was started on."""
    esp: int = run.run_until(run.guest_symbol(GUEST, "guest_start")).registers().esp
    return esp


@graded(
    "lab2/bounce-ring1",
    exercise="2.4",
    points=3,
    shows="each fault of ring 1 reaches its handler on the same stack, with the ABI's frame",
    machine=faults_in(1),
    handout=HANDOUT,
)
def test_bounce_ring1(run: Run) -> None:
    for fault, place in each_fault(run):
        b = go_to_handler(run, fault, place)
        check_frame(b, expected_eip(run, fault, place), expected_error(fault, 1), 0)
        check_handler(b)
        if fault.vector == PAGE_FAULT:
            check_fault_address(run, b)


def check_fault_address(run: Run, b: Bounce) -> None:
    """The address is in the shared page; the frame has no word for it."""
    touched = 0xF0000000 if b.name == "not_mapped" else b.before.ebx + 8
    raw = run.read_physical(shared_info(run, GUEST) + VCPU_CR2, 4)
    expect(int.from_bytes(raw, "little"), touched, f"vcpu_info's cr2: {b.what}")


@graded(
    "lab2/bounce-ring3",
    exercise="2.4",
    points=3,
    shows="each fault of ring 3 reaches its handler on the kernel's stack, with ESP and SS",
    machine=faults_in(3),
    handout=HANDOUT,
)
def test_bounce_ring3(run: Run) -> None:
    kernel_stack = first_stack(run)
    for fault, place in each_fault(run):
        b = go_to_handler(run, fault, place)
        check_frame(b, expected_eip(run, fault, place), expected_error(fault, 3), kernel_stack)
        check_handler(b)


@graded(
    "lab2/bounce-events",
    exercise="2.4",
    points=2,
    shows="the frame tells whether events were masked, and a handler with TI_MASK masks them",
    machine=faults_in(1),
    handout=HANDOUT,
)
def test_bounce_events(run: Run) -> None:
    # In turn among the handlers that mask events, and among the others.
    first = random_number(run.key, 1000) >> 16
    for number, (fault, place) in enumerate(each_fault(run)):
        mask = first + number // 2 & 1
        set_event_mask(run, GUEST, mask)
        b = go_to_handler(run, fault, place)
        what = f"{b.what}, with the event mask at {mask}"
        notes = b.frame.lines()
        expect(b.frame.mask, mask, f"the mask in the frame's CS word: {what}", notes)
        interrupts = bool(b.frame.eflags & EFLAGS_IF)
        expect(interrupts, not mask, f"IF in the frame's EFLAGS: {what}", notes)
        now = 1 if fault.masks_events else mask
        flag = "set" if fault.masks_events else "not set"
        expect(
            event_mask(run, GUEST), now, f"the event mask in the handler, TI_MASK {flag}: {what}"
        )
        expect_true(b.after.eflags & EFLAGS_IF, f"the processor's own IF must stay set: {what}")


@dataclass(frozen=True)
class SoftwareInterrupt:
    """An INT instruction: its vector, and the outermost ring that the trap table lets raise it."""

    name: str
    vector: int
    ring: int


SOFTWARE_INTERRUPTS = (
    SoftwareInterrupt("int_ring0", 0x20, 0),
    SoftwareInterrupt("int_ring1", 0x21, 1),
    SoftwareInterrupt("int_ring3", 0x22, 3),
    SoftwareInterrupt("int_no_handler", 0x23, 0),
    SoftwareInterrupt("int_13", 13, 3),
    SoftwareInterrupt("int_14", 14, 3),
    SoftwareInterrupt("int_hypercall", 0x82, 0),
)


def check_software_interrupt(run: Run, case: SoftwareInterrupt, ring: int, stack: int) -> None:
    """It arrives without an error code; or as the general protection fault that it is."""
    place = run.guest_symbol(GUEST, f"fault_{case.name}")
    run.run_until(place, f"the guest must get to its `int {case.vector:#x}`")
    name = f"int {case.vector:#x}, for ring {case.ring} and further in"
    if ring <= case.ring:
        b = bounce(run, GUEST, name, place, case.vector, error_code=False)
        check_frame(b, place + 2, None, stack)
    else:
        b = bounce(run, GUEST, name, place, GENERAL_PROTECTION, error_code=True)
        check_frame(b, place, 8 * case.vector + 2, stack)
    check_handler(b)


@graded(
    "lab2/software-interrupts-ring1",
    exercise="2.4",
    points=1,
    shows="INT in ring 1 raises a vector of the trap table if that allows it, else it is a fault",
    machine=Machine(command_line="dom0_mem=8M", modules=(Module(GUEST, "ints 1"),)),
    handout=HANDOUT,
)
def test_software_interrupts_ring1(run: Run) -> None:
    for case in SOFTWARE_INTERRUPTS[:-1]:
        check_software_interrupt(run, case, 1, 0)


@graded(
    "lab2/software-interrupts-ring3",
    exercise="2.4",
    points=1,
    shows="INT in ring 3 raises a vector only where the trap table lets ring 3, and no hypercall",
    machine=Machine(command_line="dom0_mem=8M", modules=(Module(GUEST, "ints 3"),)),
    handout=HANDOUT,
)
def test_software_interrupts_ring3(run: Run) -> None:
    stack = first_stack(run)
    for case in SOFTWARE_INTERRUPTS:
        check_software_interrupt(run, case, 3, stack)


UNUSABLE = "guest_unusable.elf"
BYSTANDER = "guest_bystander.elf"

#: Where no stack may be, and memory of the hypervisor's that such a stack would overwrite.
BAD_STACKS = (
    ("above everything", 0xFFFFFFF8),
    ("in the direct map", 0xFEC00100),
    ("in the frame table", 0xFC400100),
    ("just above the border", 0xFC000040),
    ("across the hypervisor's border", 0xFC000004),
    ("not mapped", 0xA0000000),
    ("so low that the frame wraps", 0x00000008),
)
WATCHED = (0xFEC000E0, 0xFC4000E0)
WATCHED_BYTES = 32


def crash_machine(*words: str) -> Machine:
    culprits = tuple(Module(UNUSABLE, f"domu mem=4M {word}") for word in words)
    return Machine(memory=96, modules=(*culprits, Module(BYSTANDER, "domu mem=4M turns=0")))


def check_crashes(run: Run, culprits: list[str]) -> None:
    """Each domain crashed alone, after its first fault was bounced; the last one never noticed."""
    end = run.finish().must_be(ORDERLY, "only the domains at fault must end")
    for number, what in enumerate(culprits, 1):
        lines = marked_lines(end.serial, run.key, number)
        expect_true(
            "ok 1 a-good-handler-is-reached" in lines,
            f"domain {number} must get to its good handler first",
            seen=" / ".join(lines),
        )
        expect_true(
            f"domain {number} crashes: " in end.serial,
            f"domain {number} must crash: {what}",
            seen="it went on" if len(lines) > 3 else "it ended otherwise",
        )
    run.passes(domain=len(culprits) + 1)


@graded(
    "lab2/unusable-handler",
    exercise="2.4",
    points=1,
    shows="a handler that is missing, or has a null selector, ends its domain and no other",
    machine=crash_machine("no-such-selector", "handler-missing"),
    handout=HANDOUT,
)
def test_unusable_handler(run: Run) -> None:
    check_crashes(run, ["its handler's selector is null", "it has no handler"])


@graded(
    "lab2/unusable-stack",
    exercise="2.4",
    points=2,
    shows="a stack that cannot take the frame ends its domain; nothing else is written to",
    machine=crash_machine("read-only", *(f"stack {esp:08x}" for _, esp in BAD_STACKS)),
    handout=HANDOUT,
)
def test_unusable_stack(run: Run) -> None:
    culprits = ["its stack is in a read-only page"]
    culprits += [f"its stack is at {esp:08x}, {what}" for what, esp in BAD_STACKS]
    run.run_until(run.guest_symbol(UNUSABLE, "guest_start"))
    before = [run.read_virtual(address, WATCHED_BYTES) for address in WATCHED]
    last = run.guest_symbol(BYSTANDER, "guest_main")
    while run.current_domain() <= len(culprits):
        run.run_until(last, "the last domain must get to run")
    for address, bytes_before in zip(WATCHED, before):
        now = run.read_virtual(address, WATCHED_BYTES)
        what = f"the hypervisor's memory at {address:08x}, where a guest had its stack"
        expect(now.hex(), bytes_before.hex(), what)
    check_crashes(run, culprits)
