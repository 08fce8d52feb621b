# SPDX-License-Identifier: MIT
"""Exercise 2.3: hypercalls arrive with their arguments, and hand back a result and nothing else."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from ...catalogue import graded, graded_unit
from ...errors import expect, expect_true
from ...machine.spec import Machine, Module
from ...run import Run
from .guests import EFLAGS_DF, HYPERVISOR_CS, HYPERVISOR_DS, all_registers

HANDOUT = "lab2-rings.md#exercise-2-3-hypercalls"

REGISTERS = "guest_registers.elf"
POINTERS = "guest_pointers.elf"
HYPERCALL_VECTOR = 0x82
FRAME_BYTES = 76
VERSION = 3 << 16
ENOSYS = -38 & 0xFFFFFFFF

#: What the calls of guest_registers.c give: by INT, then through the hypercall page.
BY_INT = (VERSION, ENOSYS, ENOSYS, ENOSYS)
BY_PAGE = (VERSION, ENOSYS)


def guest(file: str) -> Machine:
    return Machine(modules=(Module(file, "domu mem=4M"),))


test_dispatch = graded_unit(
    "lab2/hypercall-dispatch",
    exercise="2.3",
    points=1,
    shows="do_hypercall() calls the number's function with the arguments in order",
    program="check_hypercall",
    case="dispatch",
    handout=HANDOUT,
)

test_unknown_numbers = graded_unit(
    "lab2/hypercall-out-of-range",
    exercise="2.3",
    points=1,
    shows="do_hypercall() looks at no entry past the table's end",
    program="check_hypercall",
    case="unknown-numbers",
    handout=HANDOUT,
)

test_copy_from_guest = graded_unit(
    "lab2/copy-from-guest",
    exercise="2.3",
    points=1,
    shows="copy_from_guest() reads what the guest may read, up to the hypervisor's border",
    program="check_guest_access",
    case="copy-from-guest",
    handout=HANDOUT,
)

test_copy_to_guest = graded_unit(
    "lab2/copy-to-guest",
    exercise="2.3",
    points=1,
    shows="copy_to_guest() writes what the guest may write, up to the hypervisor's border",
    program="check_guest_access",
    case="copy-to-guest",
    handout=HANDOUT,
)


@graded(
    "lab2/hypercall-frame",
    exercise="2.3",
    points=3,
    shows="do_hypercall() gets the guest's registers, complete, on the hypervisor's own segments",
    machine=guest(REGISTERS),
    handout=HANDOUT,
)
def test_hypercall_frame(run: Run) -> None:
    before = run.run_until(run.guest_symbol(REGISTERS, "registers_call")).registers()
    now = run.run_until("do_hypercall", "INT 0x82 must lead to do_hypercall()").registers()
    expect(now.cs.selector, HYPERVISOR_CS, "CS in do_hypercall()")
    for name in ("ss", "ds", "es"):
        expect(now.segments[name].selector, HYPERVISOR_DS, f"{name.upper()} in do_hypercall()")
    expect(now.eflags & EFLAGS_DF, 0, "the direction flag in do_hypercall()")
    frame = run.symbol("hypervisor_stack_top") - FRAME_BYTES
    expect(run.read_u32(now.esp + 4), frame, "do_hypercall()'s argument: the frame's address")
    for name, value in frame_of(run.read_virtual(frame, FRAME_BYTES)).items():
        wanted = {"vector": HYPERCALL_VECTOR, "error_code": 0, **all_registers(before)}
        wanted["eip"] += 2
        expect(value, wanted[name], f"regs->{name} in do_hypercall()")


#: struct trap_frame (lab 1's <xen/traps.h>).
FRAME_FIELDS = (
    *("gs", "fs", "es", "ds", "edi", "esi", "ebp", "esp_at_pushal", "ebx", "edx", "ecx", "eax"),
    *("vector", "error_code", "eip", "cs", "eflags", "esp", "ss"),
)


def frame_of(raw: bytes) -> dict[str, int]:
    """The fields, but for the one that PUSHAL stores for nothing."""
    words = dict(zip(FRAME_FIELDS, struct.unpack("<19I", raw)))
    del words["esp_at_pushal"]
    for name in ("gs", "fs", "es", "ds", "cs", "ss"):
        words[name] &= 0xFFFF
    return words


def changed_registers(run: Run, results: tuple[int, ...], call: int) -> None:
    """Runs the calls at the address `call`, and compares all registers one instruction later."""
    for number, result in enumerate(results, 1):
        before = run.run_until(call).registers()
        what = f"hypercall {before.eax:#x} must return to the guest"
        after = run.run_until(call + 2, what).registers()
        wanted = {**all_registers(before), "eip": call + 2, "eax": result}
        for name, value in all_registers(after).items():
            expect(value, wanted[name], f"{name.upper()} after hypercall {before.eax:#x}")


@graded(
    "lab2/hypercall-registers",
    exercise="2.3",
    points=4,
    shows="a hypercall changes EAX and no other register",
    machine=guest(REGISTERS),
    handout=HANDOUT,
)
def test_hypercall_registers(run: Run) -> None:
    changed_registers(run, BY_INT, run.guest_symbol(REGISTERS, "registers_call"))


@graded(
    "lab2/hypercall-page",
    exercise="2.3",
    points=1,
    shows="the same through the stubs of the hypercall page",
    machine=guest(REGISTERS),
    handout=HANDOUT,
)
def test_hypercall_page(run: Run) -> None:
    page = run.guest_symbol(REGISTERS, "hypercall_page")
    for number, result in ((17, BY_PAGE[0]), (11, BY_PAGE[1])):
        # mov $number, %eax; int $0x82; ret
        changed_registers(run, (result,), page + 32 * number + 5)
        back = run.guest_symbol(REGISTERS, "registers_back")
        run.run_until(back, f"stub {number} must return to its caller")


@graded(
    "lab2/unknown-numbers",
    exercise="2.3",
    points=2,
    shows="a number without a function gives -ENOSYS, whatever its upper bits",
    machine=guest("guest_numbers.elf"),
    handout=HANDOUT,
)
def test_unknown(run: Run) -> None:
    run.passes()


def hostile_places(run: Run) -> Iterator[int]:
    """The hypervisor's addresses that guest_pointers.c passes, as far as they are mapped."""
    table = run.guest_symbol(POINTERS, "pointers_hostile")
    while address := run.read_u32(table):
        if run.walk(address).present:
            yield address
        table += 4


@graded(
    "lab2/guest-pointers",
    exercise="2.3",
    points=4,
    shows="pointers into the hypervisor, across its border, wrapping or unmapped give -EFAULT",
    machine=guest(POINTERS),
    handout=HANDOUT,
)
def test_guest_pointers(run: Run) -> None:
    run.passes()


@graded(
    "lab2/hypervisor-unharmed",
    exercise="2.3",
    points=2,
    shows="after all those pointers, the hypervisor's memory is as it was, seen from outside",
    machine=guest(POINTERS),
    handout=HANDOUT,
)
def test_hypervisor_unharmed(run: Run) -> None:
    run.run_until(run.guest_symbol(POINTERS, "pointers_begin"))
    before = {at: run.read_virtual(at, 64) for at in hostile_places(run)}
    expect_true(before, "some of the hypervisor's addresses must be mapped")
    run.run_until(
        run.guest_symbol(POINTERS, "pointers_end"), "the guest must survive its own bad pointers"
    )
    for at, contents in before.items():
        expect(
            run.read_virtual(at, 64).hex(), contents.hex(), f"the hypervisor's memory at {at:08x}"
        )
