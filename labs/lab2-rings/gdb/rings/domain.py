# SPDX-License-Identifier: MIT
"""Domains, as `struct domain` of <xen/domain.h> keeps them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import gdb

from grader.machine.registers import GENERAL, Registers
from grader.x86.gates import Gate
from ring1.machine import address_of, read_linear, registers
from ring1.trap_frame import TrapFrame, offset_of
from rings.hypervisor import address, need_machine, pointer, variable

SEGMENTS = ("ds", "es", "fs", "gs", "ss")
STATES = {"DOMAIN_RUNNABLE": "runnable", "DOMAIN_BLOCKED": "blocked", "DOMAIN_SHUTDOWN": "ended"}
SHUTDOWN_REASONS = ("powered off", "asked for a reboot", "suspended itself", "crashed")
#: What a frame of the ABI's trap table says in `flags`.
TI_DPL, TI_MASK = 3, 4
_TRAP_INFO = struct.Struct("<BBHI")


@dataclass(frozen=True)
class Trap:
    """An entry of a domain's trap table."""

    vector: int
    flags: int
    selector: int
    address: int

    @property
    def dpl(self) -> int:
        """The outermost ring whose INT instruction may raise it."""
        return self.flags & TI_DPL

    @property
    def masks_events(self) -> bool:
        return bool(self.flags & TI_MASK)


class Domain:
    """One domain in the stopped machine."""

    def __init__(self, value: gdb.Value) -> None:
        self.value = value

    def __getitem__(self, field: str) -> gdb.Value:
        return self.value[field]

    @property
    def number(self) -> int:
        return int(self["id"])

    @property
    def is_current(self) -> bool:
        """Its address space is loaded."""
        return pointer(variable("current")) == address(self.value)

    @property
    def state(self) -> str:
        state = str(self["state"])
        if state == "DOMAIN_SHUTDOWN":
            reason = int(self["shutdown_reason"])
            return SHUTDOWN_REASONS[reason] if reason < len(SHUTDOWN_REASONS) else "shut down"
        return STATES.get(state, state)

    def trap(self, vector: int) -> Trap | None:
        """The trap table's entry; None if the guest has set none."""
        return self.traps()[vector]

    def traps(self) -> list[Trap | None]:
        table = self["trap_table"]
        raw = read_linear(address(table), table.type.sizeof, "the trap table")
        # The vector is where the entry stands: what the entry itself says was the guest's way
        # to name it.
        entries = (Trap(n, *e[1:]) for n, e in enumerate(_TRAP_INFO.iter_unpack(raw)))
        return [entry if entry.address else None for entry in entries]

    def fast_trap(self) -> Gate:
        """What the IDT holds at vector 0x80 while the domain runs."""
        return Gate.decode(read_linear(address(self["fast_trap"]), 8, "the gate"))

    def gdt_frames(self) -> list[int]:
        """The machine frames of its GDT's pages."""
        pages = (int(self["gdt_entries"]) + 511) // 512
        return [int(self["gdt_frames"][page]) for page in range(pages)]

    def registers(self) -> dict[str, int]:
        """The guest's registers: in the processor, on the hypervisor's stack, or put away."""
        if not self.is_current:
            return from_frame(TrapFrame(address(self["context"])))
        state = registers()
        return from_processor(state) if state.cpl else from_frame(guest_regs())


def guest_regs() -> TrapFrame:
    """Where a trap out of a guest leaves its registers: at the top of the hypervisor's stack."""
    top = address_of("hypervisor_stack_top")
    if top is None:
        raise gdb.GdbError("the image has no hypervisor_stack_top")
    return TrapFrame(top - offset_of("ss") - 4)


def from_frame(frame: TrapFrame) -> dict[str, int]:
    general = {name: frame[name] for name in GENERAL if name != "esp"}
    segments = {name: frame[name] & 0xFFFF for name in (*SEGMENTS, "cs")}
    rest = {name: frame[name] for name in ("esp", "eip", "eflags")}
    return {**general, **segments, **rest}


def from_processor(state: Registers) -> dict[str, int]:
    segments = {name: state.segments[name].selector for name in (*SEGMENTS, "cs")}
    return {**state.general, **segments, "eip": state.eip, "eflags": state.eflags}


def domains() -> Iterator[Domain]:
    """All of them, in the order in which they were made."""
    need_machine()
    try:
        at = variable("domain_list")
        while pointer(at):
            yield Domain(at.dereference())
            at = at["next"]
    except gdb.MemoryError:
        return  # the hypervisor's memory cannot be seen before paging is on: there are none yet


def current() -> Domain | None:
    """The domain whose address space is loaded."""
    try:
        at = variable("current")
        return Domain(at.dereference()) if pointer(at) else None
    except gdb.MemoryError:
        return None


def domain(number: int) -> Domain:
    for candidate in domains():
        if candidate.number == number:
            return candidate
    have = ", ".join(str(d.number) for d in domains()) or "none"
    raise gdb.GdbError(f"there is no domain {number}; there are: {have}")
