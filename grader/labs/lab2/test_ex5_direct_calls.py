# SPDX-License-Identifier: MIT
"""Exercise 2.5: a system call goes from ring 3 to ring 1 without the hypervisor; nothing else does."""

from __future__ import annotations

from dataclasses import dataclass

from ...catalogue import graded, graded_unit
from ...errors import expect, expect_true
from ...machine.spec import Machine, Module
from ...run import Run
from ...x86.gates import INTERRUPT_GATE, TRAP_GATE, Gate
from .bounces import Frame, event_mask, handler, pointer, set_event_mask
from .guests import EFLAGS_IF, GUEST_CS, GUEST_DS, HYPERVISOR_CS

HANDOUT = "lab2-rings.md#exercise-2-5-direct-system-calls"

test_stack_switch_values = graded_unit(
    "lab2/stack-switch-values",
    exercise="2.5",
    points=1,
    shows="stack_switch takes any stack, and makes an RPL of 0 into 1",
    program="check_fast_trap",
    case="stack-switch",
    handout=HANDOUT,
)

test_direct_gate = graded_unit(
    "lab2/direct-gate",
    exercise="2.5",
    points=3,
    shows="install_fast_trap() makes the gate for every selector and all flags for which it may",
    program="check_fast_trap",
    case="gate",
    handout=HANDOUT,
)


GUEST = "guest_direct.elf"
ALONE = Machine(command_line="dom0_mem=8M", modules=(Module(GUEST, "alone"),))

FAST_VECTOR, DONE_VECTOR, HYPERCALL_VECTOR = 0x80, 0x81, 0x82
GENERAL_PROTECTION = 13
DOUBLE_FAULT = 8
#: Exceptions that any ring may raise by an instruction of their own: INT3 and INTO.
OPEN_TO_ALL = (3, 4)


@dataclass(frozen=True)
class Round:
    """One of the guest's trap tables, in its order: what its entry for 0x80 is like."""

    name: str
    is_direct: bool
    #: Where int 0x80 of ring 3 goes if not there directly.
    goes_to: int = FAST_VECTOR
    masks_events: bool = False


ROUNDS = (
    Round("a handler for ring 3", True),
    Round("a handler with a selector of RPL 0, which becomes 1", True),
    Round("a handler that wants events masked", False, masks_events=True),
    Round("a handler for ring 1 alone", True, GENERAL_PROTECTION),
    Round("no handler", False, GENERAL_PROTECTION),
    Round("a handler with a null selector", False),
)


def go_to_round(run: Run, number: int) -> None:
    """Runs to the program's `int $0x80` under the trap table of that number."""
    place = run.guest_symbol(GUEST, "direct_int")
    for n in range(number + 1):
        what = f"the guest must get to its int 0x80 with {ROUNDS[n].name}"
        run.run_until(place, what)


def variable(run: Run, name: str) -> int:
    return run.read_u32(run.guest_symbol(GUEST, f"direct_wanted_{name}"))


def own_gate(run: Run, vector: int) -> int:
    """Where the hypervisor's gate of a vector leads."""
    return run.read_u32(run.symbol("exception_stubs") + 4 * vector)


def check_own_gate(run: Run, gate: Gate, vector: int, what: str) -> None:
    """A gate into the hypervisor that no INT of a guest gets through."""
    notes = [str(gate)]
    closed = gate.present and gate.type == INTERRUPT_GATE and gate.dpl == 0
    closed = closed and gate.selector.value == HYPERVISOR_CS
    expect_true(closed, f"{what}: the hypervisor's own gate, closed to guests", str(gate))
    expect(gate.offset, own_gate(run, vector), f"{what}: the gate's handler", notes)


def check_direct_gate(gate: Gate, address: int, ring: int, what: str) -> None:
    notes = [str(gate)]
    expect_true(gate.present, f"{what}: the gate must be present", notes=notes)
    trap_gate = gate.is_system and gate.type == TRAP_GATE
    expect_true(trap_gate, f"{what}: a trap gate, which leaves IF alone", notes=notes)
    expect(gate.selector.value, GUEST_CS, f"{what}: the gate's selector", notes)
    expect(gate.offset, address, f"{what}: the gate's address, the guest's handler", notes)
    expect(gate.dpl, ring, f"{what}: the gate's DPL, as in the trap table", notes)


@graded(
    "lab2/direct-call",
    exercise="2.5",
    points=4,
    shows="the instruction after int 0x80 in ring 3 is the first of the guest's handler, in ring 1",
    machine=ALONE,
    handout=HANDOUT,
)
def test_direct_call(run: Run) -> None:
    for _ in range(2):
        before = run.run_until(run.guest_symbol(GUEST, "direct_int")).registers()
        expect(before.cpl, 3, "the ring that says int 0x80")
        after = run.step().registers()
        where = [f"the next instruction is {run.where(after.eip)}, in ring {after.cpl}"]
        expect(after.eip, variable(run, "handler"), "EIP after the one instruction", where)
        expect(after.cpl, 1, "the ring after it", where)
        expect(after.cs.selector, GUEST_CS, "CS after it")
        expect(after.ss.selector, GUEST_DS, "SS after it, from stack_switch")
        expect(after.eflags & EFLAGS_IF, EFLAGS_IF, "IF after it")
        frame = Frame.read(run, after.esp, error_code=False, from_ring3=True)
        top = variable(run, "esp")
        expect(after.esp, top - frame.size, "ESP after it, from stack_switch", frame.lines())
        expect(frame.eip, before.eip + 2, "the frame's EIP", frame.lines())
        stack = pointer(before.ss.selector, before.esp)
        expect(frame.stack, stack, "the frame's SS and ESP", frame.lines())
        back = run.step().registers()
        expect((back.cpl, back.eip), (3, before.eip + 2), "ring and EIP after the handler's IRET")


@graded(
    "lab2/direct-call-gate",
    exercise="2.5",
    points=2,
    shows="the IDT's gate 0x80 is the guest's trap gate; every other gate is the hypervisor's",
    machine=ALONE,
    handout=HANDOUT,
)
def test_direct_call_gate(run: Run) -> None:
    go_to_round(run, 0)
    gates = run.idt()
    check_direct_gate(gates[FAST_VECTOR], variable(run, "handler"), 3, "vector 0x80")
    for vector, gate in enumerate(gates):
        what = f"vector {vector:#x}"
        if vector in (FAST_VECTOR, DOUBLE_FAULT):
            continue
        if vector in OPEN_TO_ALL or vector == HYPERCALL_VECTOR:
            ring = 1 if vector == HYPERCALL_VECTOR else 3
            expect(gate.dpl, ring, f"{what}: the gate's DPL", [str(gate)])
            expect(gate.selector.value, HYPERVISOR_CS, f"{what}: the gate's selector", [str(gate)])
        else:
            check_own_gate(run, gate, vector, what)


@graded(
    "lab2/direct-call-refused",
    exercise="2.5",
    points=2,
    shows="no direct gate for a handler that masks events, has a bad selector or is not there",
    machine=ALONE,
    handout=HANDOUT,
)
def test_direct_call_refused(run: Run) -> None:
    place = run.guest_symbol(GUEST, "direct_int")
    for case in ROUNDS:
        run.run_until(place, f"the guest must get to its int 0x80 with {case.name}")
        gate = run.idt()[FAST_VECTOR]
        if case.is_direct:
            ring = 1 if case.goes_to == GENERAL_PROTECTION else 3
            check_direct_gate(gate, variable(run, "handler"), ring, case.name)
        else:
            check_own_gate(run, gate, FAST_VECTOR, case.name)
        if case.masks_events:
            check_masks_events(run)
        elif case.goes_to == GENERAL_PROTECTION:
            check_fault(run, case)


def check_masks_events(run: Run) -> None:
    """Such a handler is reached by way of the hypervisor, which masks events for it."""
    set_event_mask(run, GUEST, 0)
    what = "int 0x80 must get to a handler that wants events masked, by a bounce"
    after = run.run_until(variable(run, "handler"), what).registers()
    frame = Frame.read(run, after.esp, error_code=False, from_ring3=True)
    expect(after.esp, variable(run, "esp") - frame.size, "ESP at the handler", frame.lines())
    expect(event_mask(run, GUEST), 1, "the event mask in a handler that wants events masked")


def check_fault(run: Run, case: Round) -> None:
    """INT 0x80 of ring 3 is a general protection fault that names the gate."""
    place = run.guest_symbol(GUEST, "direct_int")
    what = f"int 0x80 in ring 3 must be a general protection fault with {case.name}"
    after = run.run_until(handler(run, GUEST, GENERAL_PROTECTION), what).registers()
    frame = Frame.read(run, after.esp, error_code=True, from_ring3=True)
    expect(frame.error_code, 8 * FAST_VECTOR + 2, "the fault's error code", frame.lines())
    expect(frame.eip, place, "the fault's EIP", frame.lines())


@graded(
    "lab2/stack-switch",
    exercise="2.5",
    points=2,
    shows="stack_switch sets the stack of the TSS and of bounces, and its selector's RPL is 1 at least",
    machine=ALONE,
    handout=HANDOUT,
)
def test_stack_switch(run: Run) -> None:
    place = run.guest_symbol(GUEST, "direct_int_end")
    for _ in range(2):
        run.run_until(place, "the guest must get to its int 0x81")
        top = variable(run, "esp")
        tss = run.tss()
        expect(pointer(*tss.stack(1)), pointer(GUEST_DS, top), "SS1:ESP1 of the TSS", tss.explain())
        what = "int 0x81 in ring 3 must get to the guest's handler"
        after = run.run_until(handler(run, GUEST, DONE_VECTOR), what).registers()
        frame = Frame.read(run, after.esp, error_code=False, from_ring3=True)
        expected = pointer(GUEST_DS, top - frame.size)
        seen = pointer(after.ss.selector, after.esp)
        expect(seen, expected, "SS:ESP at that handler", frame.lines())


@graded(
    "lab2/direct-call-per-domain",
    exercise="2.5",
    points=1,
    shows="while a domain runs, gate and stack are its own, whoever ran before it",
    machine=Machine(
        modules=(Module(GUEST, "domu mem=4M yields"), Module(GUEST, "domu mem=4M second"))
    ),
    handout=HANDOUT,
)
def test_direct_call_per_domain(run: Run) -> None:
    place = run.guest_symbol(GUEST, "direct_int")
    seen = set()
    for _ in range(4):
        run.run_until(place, "both domains must get to their int 0x80")
        domain = run.current_domain()
        seen.add((domain, variable(run, "handler")))
        what = f"domain {domain}"
        check_direct_gate(run.idt()[FAST_VECTOR], variable(run, "handler"), 3, what)
        tss = run.tss()
        stack = pointer(GUEST_DS, variable(run, "esp"))
        expect(pointer(*tss.stack(1)), stack, f"{what}: SS1:ESP1 of the TSS", tss.explain())
    expect(len(seen), 2, "domains that were seen, each with its own handler")
