# SPDX-License-Identifier: MIT
"""Exercise 2.2: into ring 1, and from one domain to another.

Hypercalls come later: the test image takes a guest's INT3 as a call (stage_int3.c).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from ...catalogue import graded
from ...errors import expect, expect_true
from ...machine.end import ORDERLY
from ...machine.registers import Registers
from ...machine.spec import Machine, Module
from ...run import Run
from ...x86.registers import explain_eflags
from .domains import PAGE, domains
from .guests import (
    DATA_SEGMENTS,
    EFLAGS_IF,
    EFLAGS_RF,
    GUEST_CS,
    GUEST_DS,
    GUEST_SEGMENT_END,
    HYPERVISOR_CS,
    HYPERVISOR_DS,
    all_registers,
    loaded_descriptors,
)

HANDOUT = "lab2-rings.md#exercise-2-2-into-ring-1"

GUEST = "guest_steady.elf"
ONE = Machine(payload="int3", command_line="int3-calls", modules=(Module(GUEST, "domu mem=4M a"),))
TWO = Machine(
    payload="int3",
    command_line="int3-calls",
    modules=(Module(GUEST, "domu mem=4M a"), Module(GUEST, "domu mem=4M b")),
)
#: As many as guest_steady.c takes.
TURNS = 3

BREAKPOINT = 3
FAST_TRAP = 0x80
ALWAYS_SET = 1 << 1


def enter(run: Run) -> Registers:
    """To the guest's first instruction."""
    entry = run.guest_symbol(GUEST, "guest_start")
    what = "the guest's first instruction must be reached"
    return run.run_until(entry, what).registers()


@graded(
    "lab2/ring-1",
    exercise="2.2",
    points=4,
    shows="the kernel's first instruction runs in ring 1, on segments that end below the hypervisor",
    machine=ONE,
    handout=HANDOUT,
)
def test_ring_1(run: Run) -> None:
    now = enter(run)
    expect(now.cpl, 1, "the current privilege level (CPL) at the guest's first instruction")
    expect(now.cs.selector, GUEST_CS, "CS")
    expect(now.ss.selector, GUEST_DS, "SS")
    for name in DATA_SEGMENTS:
        expect(now.segments[name].selector, GUEST_DS, name.upper())
    for name in ("cs", "ss", *DATA_SEGMENTS):
        segment = now.segments[name]
        notes = segment.loaded.explain()
        expect(segment.base, 0, f"{name.upper()}'s base, as loaded", notes)
        expect(segment.limit, GUEST_SEGMENT_END, f"{name.upper()}'s limit, as loaded", notes)
        expect(segment.loaded.dpl, 1, f"{name.upper()}'s ring (DPL), as loaded", notes)
        expect(segment.loaded.is_code, name == "cs", f"is {name.upper()} code?", notes)


@graded(
    "lab2/first-registers",
    exercise="2.2",
    points=3,
    shows="ESI points at start_info, ESP is the boot stack's top, interrupts are on, the rest is 0",
    machine=ONE,
    handout=HANDOUT,
)
def test_first_registers(run: Run) -> None:
    run.run_until("domain_switch")
    domain = next(domains(run))
    now = enter(run)
    info = domain.start_info
    expect(now.cr3, domain.cr3, "CR3: the domain's page directory")
    expect(run.current_domain(), domain.number, "`current`: the domain that runs")
    expect(now.esi, domain.esi, "ESI: the address of start_info")
    magic = run.read_virtual(now.esi, len(info.magic)).decode(errors="replace")
    expect(magic, "xen-3.0-x86_32", "the word at ESI, through the domain's page tables")
    stack = info.pt_base + (info.nr_pt_frames + 1) * PAGE
    expect(now.esp, stack, "ESP: the end of the page behind the page tables")
    flags = now.eflags & ~EFLAGS_RF
    notes = [f"seen: {explain_eflags(flags)}"]
    expect(flags, EFLAGS_IF | ALWAYS_SET, "EFLAGS: interrupts on and IOPL 0, nothing else", notes)
    for name in ("eax", "ebx", "ecx", "edx", "edi", "ebp"):
        expect(now.general[name], 0, name.upper())


@graded(
    "lab2/next-trap",
    exercise="2.2",
    points=3,
    shows="the next trap out of ring 1 lands on the hypervisor's stack, at its top",
    machine=ONE,
    handout=HANDOUT,
)
def test_next_trap(run: Run) -> None:
    enter(run)
    top = run.symbol("hypervisor_stack_top")
    tss = run.tss()
    expect(tss.stack(0), (HYPERVISOR_DS, top), "the TSS's SS0:ESP0", tss.explain())
    before = run.run_until(run.guest_symbol(GUEST, "steady_yield")).registers()
    stub = run.read_u32(run.symbol("exception_stubs") + 4 * BREAKPOINT)
    now = run.run_until(stub, "the guest's INT3 must arrive at the hypervisor's stub").registers()
    expect(now.cpl, 0, "the current privilege level (CPL) in the hypervisor")
    expect(now.cs.selector, HYPERVISOR_CS, "CS in the hypervisor")
    expect(now.ss.selector, HYPERVISOR_DS, "SS in the hypervisor")
    expect(now.cr3, before.cr3, "CR3, which entering the hypervisor does not change")
    expect(now.esp, top - 20, "ESP: five words below hypervisor_stack_top")
    pushed = struct.unpack("<5I", run.read_virtual(top - 20, 20))
    expected = {
        "EIP": before.eip + 1,
        "CS": before.cs.selector,
        "EFLAGS": before.eflags & ~EFLAGS_RF,
        "ESP": before.esp,
        "SS": before.ss.selector,
    }
    for (name, value), word in zip(expected.items(), pushed):
        seen = word & 0xFFFF if name in ("CS", "SS") else word
        expect(seen, value, f"the guest's {name} on the hypervisor's stack")


@dataclass(frozen=True)
class State:
    """All of a domain's processor that must be the same when it runs again."""

    number: int
    registers: dict[str, int]
    descriptors: dict[str, str]
    cr3: int
    debug: dict[str, int]
    kernel_stack: tuple[int, int]
    fast_trap: str

    @classmethod
    def now(cls, run: Run) -> "State":
        now = run.registers()
        return cls(
            number=run.current_domain(),
            registers=all_registers(now),
            descriptors=loaded_descriptors(now),
            cr3=now.cr3,
            debug=now.debug,
            kernel_stack=run.tss().stack(1),
            fast_trap=str(run.idt()[FAST_TRAP]),
        )

    def check(self, seen: "State") -> None:
        """Compare with what it is when the domain goes on, one instruction later."""
        who = f"domain {self.number}'s"
        for name, value in {**self.registers, "eip": self.registers["eip"] + 1}.items():
            expect(seen.registers[name], value, f"{who} {name.upper()} after the other domain ran")
        expect(seen.cr3, self.cr3, f"{who} CR3")
        expect(seen.descriptors, self.descriptors, f"{who} segments, as loaded")
        expect(seen.kernel_stack, self.kernel_stack, f"{who} stack for traps, SS1:ESP1 in the TSS")
        expect(seen.fast_trap, self.fast_trap, f"{who} gate at vector 0x80")
        for name, value in self.debug.items():
            expect(seen.debug[name], value, f"{who} {name.upper()}")


@graded(
    "lab2/taking-turns",
    exercise="2.2",
    points=3,
    shows="two domains take turns, and each finds all its registers, stacks and gates as they were",
    machine=TWO,
    handout=HANDOUT,
)
def test_taking_turns(run: Run) -> None:
    at_yield = run.guest_symbol(GUEST, "steady_yield")
    at_resumed = run.guest_symbol(GUEST, "steady_resumed")
    first = State.now(run.run_until(at_yield))
    second = State.now(run.run_until(at_yield, "domain 2 must run when domain 1 yields"))
    expect((first.number, second.number), (1, 2), "the domains that have run")
    waiting = [first, second]
    for turn in range(2 * TURNS):
        before = waiting.pop(0)
        run.run_until(at_resumed, f"domain {before.number} must go on after it yielded")
        expect(run.current_domain(), before.number, "the domain whose turn it is")
        before.check(State.now(run))
        if turn < 2 * (TURNS - 1):
            waiting.append(State.now(run.run_until(at_yield)))


@graded(
    "lab2/own-fpu",
    exercise="2.2",
    points=1,
    shows="each domain has the floating-point registers to itself",
    machine=TWO,
    handout=HANDOUT,
)
def test_own_fpu(run: Run) -> None:
    at_yield = run.guest_symbol(GUEST, "steady_yield")
    at_fpu = run.guest_symbol(GUEST, "steady_fpu")
    waiting = []
    for number in (1, 2):
        waiting.append(run.run_until(at_yield).fpu())
        expect(run.current_domain(), number, "the domain that runs")
    for turn in range(TURNS):
        for number in (0, 1):
            seen = run.run_until(at_fpu).fpu()
            what = f"domain {number + 1}'s FPU registers after the other domain used its own"
            expect(seen, waiting[number], what)


@graded(
    "lab2/after-an-end",
    exercise="2.2",
    points=1,
    shows="when a domain has ended, the next one runs, and in the end the machine shuts down",
    machine=TWO,
    handout=HANDOUT,
)
def test_after_an_end(run: Run) -> None:
    end = run.finish().must_be(ORDERLY)
    ended = [number for number in (1, 2) if f"domain {number} powered off" in end.serial]
    expect(ended, [1, 2], "domains that powered off by themselves", [end.sentence])
    expect_true("no domain is left" in end.serial, "the hypervisor must notice that none is left")
