# SPDX-License-Identifier: MIT
"""Exercise 1.4: exceptions arrive, are named, and leave every register as it was."""

from __future__ import annotations

import re

from ...catalogue import graded, graded_payload, graded_unit
from ...errors import expect, expect_true, fail
from ...machine.end import PANIC
from ...machine.registers import Registers
from ...machine.spec import Machine
from ...run import Run
from .payload import wanted_registers

HANDOUT = "lab1-boot.md#exercise-1-4-traps"

HYPERVISOR_CS = 0xE008
STUB = 16
INT3, INTO = 3, 4
RESUME_FLAG = 1 << 16
#: Offsets in struct trap_frame.
FRAME_VECTOR, FRAME_EIP = 48, 56
#: What the payload has in the data segment registers when it provokes an exception.
WANTED_SEGMENTS = {"ds": 0xE021, "es": 0xE033, "fs": 0xE02B, "gs": 0xE010}

test_make_gate = graded_unit(
    "lab1/make-gate",
    exercise="1.4",
    points=3,
    shows="make_gate() puts handler, selector, type and ring where the processor looks for them",
    program="check_idt",
    handout=HANDOUT,
)


@graded(
    "lab1/idt",
    exercise="1.4",
    points=3,
    shows="all 256 gates lead to their stubs; guests reach INT3 and INTO only",
    handout=HANDOUT,
)
def test_idt(run: Run) -> None:
    gates = run.run_until("boot_complete").idt()
    expect(len(gates), 256, "gates within IDTR's limit")
    table = run.symbol("exception_stubs")
    for vector, gate in enumerate(gates):
        what = f"gate {vector:#x}"
        notes = [str(gate)]
        expect_true(gate.present, f"{what} must be present", notes=notes)
        expect_true(gate.is_system and gate.type == 14, f"{what}: an interrupt gate", notes=notes)
        expect(gate.selector.value, HYPERVISOR_CS, f"the selector of {what}", notes)
        expect(gate.offset, run.read_u32(table + 4 * vector), f"the handler of {what}", notes)
        expect(gate.dpl, 3 if vector in (INT3, INTO) else 0, f"the ring (DPL) of {what}", notes)


def all_registers(registers: Registers) -> dict[str, int]:
    """Everything that an exception must leave alone."""
    segments = {
        name: registers.segments[name].selector for name in ("cs", "ds", "es", "fs", "gs", "ss")
    }
    return {**registers.general, **segments, "eflags": registers.eflags & ~RESUME_FLAG}


def check_from_outside(run: Run, routine: str) -> None:
    """Compares all registers at the instruction that traps and at the one after it."""
    before = run.run_until(f"{routine}_trap").registers()
    for name, value in wanted_registers(run.key).items():
        expect(before.general[name], value, f"{name.upper()} before the exception")
    for name, value in WANTED_SEGMENTS.items():
        seen = before.segments[name].selector
        expect(f"{seen:04x}", f"{value:04x}", f"{name.upper()} before the exception")
    after = run.run_until(
        f"{routine}_resume", "the exception must return to what it interrupted"
    ).registers()
    expected = all_registers(before)
    for name, value in all_registers(after).items():
        expect(value, expected[name], f"{name.upper()} after the exception")


@graded(
    "lab1/int3-keeps-registers",
    exercise="1.4",
    points=4,
    shows="INT3, which pushes no error code, returns with every register as it was",
    machine=Machine(payload="breakpoint"),
    handout=HANDOUT,
)
def test_int3_keeps_registers(run: Run) -> None:
    check_from_outside(run, "provoke_breakpoint")


@graded(
    "lab1/page-fault-keeps-registers",
    exercise="1.4",
    points=4,
    shows="a page fault, which pushes an error code, returns with every register as it was",
    machine=Machine(payload="page-fault"),
    handout=HANDOUT,
)
def test_page_fault_keeps_registers(run: Run) -> None:
    check_from_outside(run, "provoke_page_fault")


@graded(
    "lab1/exit-frame",
    exercise="1.4",
    points=1,
    shows="at exception_exit, ESP points to the frame: lab 2 comes there with one of its own",
    machine=Machine(payload="breakpoint"),
    handout=HANDOUT,
)
def test_exit_frame(run: Run) -> None:
    run.run_until("provoke_breakpoint_trap").run_until("exception_exit")
    frame = run.registers().esp
    expect(run.read_u32(frame + FRAME_VECTOR), INT3, "the vector in the frame at ESP")
    resume = run.symbol("provoke_breakpoint_resume")
    expect(run.read_u32(frame + FRAME_EIP), resume, "EIP in the frame at ESP")


test_frame_without_error_code = graded_payload(
    "lab1/trap-frame",
    exercise="1.4",
    points=1,
    shows="the handler in C sees every register in struct trap_frame, on flat data segments",
    machine=Machine(payload="breakpoint"),
    handout=HANDOUT,
)

test_frame_with_error_code = graded_payload(
    "lab1/trap-frame-error-code",
    exercise="1.4",
    points=1,
    shows="the same with an error code, and with EIP moved by the handler",
    machine=Machine(payload="page-fault"),
    handout=HANDOUT,
)


@graded(
    "lab1/register-dump",
    exercise="1.4",
    points=3,
    shows="a fault that nobody handles names the exception and dumps the registers as they were",
    machine=Machine(payload="dump"),
    handout=HANDOUT,
)
def test_register_dump(run: Run) -> None:
    eip = run.symbol("provoke_invalid_opcode_trap")
    end = run.finish().must_be(PANIC)
    expect_true("invalid opcode, vector 6" in end.serial, "the dump must name the exception")
    dumped = dict(re.findall(r"\b([a-z]{2,6}[0-9]?)\s+([0-9a-f]{4,8})\b", end.serial))
    wanted = {**wanted_registers(run.key), "eip": eip, **WANTED_SEGMENTS}
    for name, value in wanted.items():
        if name not in dumped:
            fail(f"the dump must show {name.upper()}")
        expect(int(dumped[name], 16), value, f"{name.upper()} in the dump")
