# SPDX-License-Identifier: MIT
"""`xen trap`: what a guest's trap means, and what the guest will see of it."""

from __future__ import annotations

from collections.abc import Iterator

from grader.x86.exceptions import EXCEPTIONS, exception_name, explain_error, has_error_code
from ring1.command import XenCommand
from ring1.machine import evaluate, registers, symbol
from ring1.selectors import selector_name
from ring1.trap_frame import TrapFrame
from rings.domain import Domain, Trap, current, guest_regs
from rings.guest_stack import name_of
from rings.hypercalls import VECTOR, hypercall_name
from rings.hypervisor import in_guest, need_machine, pointer, variable
from rings.kernels import KERNELS

GENERAL_PROTECTION = 13
PAGE_FAULT = 14
DEVICE_NOT_AVAILABLE = 7
ARGUMENTS = ("ebx", "ecx", "edx", "esi", "edi")


class ExplainTrap(XenCommand):
    """Trap of the guest that is being served: what raised it, and where it will be bounced to.

    xen trap            the frame at the top of the hypervisor's stack
    xen trap FRAME      the struct trap_frame at this address

    It reads the domain's trap table and stack as they are now: best before create_bounce_frame().
    """

    usage = "trap [FRAME]"

    def lines(self, arguments: list[str]) -> Iterator[str]:
        need_machine()
        domain = current()
        if domain is None:
            yield "no domain has run yet"
            return
        if not arguments and in_guest():
            yield f"no trap is being handled: domain {domain.number} itself runs"
            return
        frame = TrapFrame(evaluate(arguments[0])) if arguments else guest_regs()
        vector, ring = frame["vector"], frame["cs"] & 3
        what = "hypercall" if vector == VECTOR else name_of(vector)
        if ring == 0:
            yield f"{what} in the hypervisor itself, at {frame['eip']:08x} {symbol(frame['eip'])}"
            yield "    its handler is the one of lab 1: a fix-up, or a panic"
            return
        place = f"{frame['eip']:08x} {KERNELS.symbol(domain.number, frame['eip'])}".rstrip()
        yield f"{what} of domain {domain.number} in ring {ring}, eip {place}"
        if vector == VECTOR:
            yield from explain_hypercall(frame)
        else:
            yield from explain_exception(domain, frame)


def explain_hypercall(frame: TrapFrame) -> Iterator[str]:
    number = frame["eax"]
    table = variable("hypercall_table")
    function = pointer(table[number]) if number <= table.type.range()[1] else 0
    yield f"    number {number}, {hypercall_name(number)} (after the call, EAX is its result)"
    values = ", ".join(f"{name} {frame[name]:08x}" for name in ARGUMENTS)
    yield f"    {symbol(function) if function else 'no function, -ENOSYS'}: {values}"


def explain_exception(domain: Domain, frame: TrapFrame) -> Iterator[str]:
    vector, error, ring = frame["vector"], frame["error_code"], frame["cs"] & 3
    if has_error_code(vector):
        yield f"    error code {error:04x}: {explain_error(vector, error)}"
    if vector == PAGE_FAULT:
        yield f"    address {registers().cr2:08x} (CR2), which the guest gets in its shared page"
    if vector == GENERAL_PROTECTION and error & 3 == 2:
        yield from explain_software_interrupt(domain, error >> 3 & 0xFF, ring, frame)
        return
    if vector == GENERAL_PROTECTION and not error and ring == 1:
        yield "    an instruction that ring 1 may not use: emulated if the ABI says so, or bounced"
    if vector == DEVICE_NOT_AVAILABLE:
        yield "    the domain gets the FPU; bounced only if it asked to know (fpu_taskswitch)"
    yield from explain_bounce(domain, domain.trap(vector), frame, vector, has_error_code(vector))


def explain_software_interrupt(
    domain: Domain, number: int, ring: int, frame: TrapFrame
) -> Iterator[str]:
    """The processor found a gate of the hypervisor's closed; the guest's own table decides."""
    trap = domain.trap(number)
    dpl = trap.dpl if trap else 0
    if dpl >= ring:
        yield f"    the guest's table opens int {number:#x} to ring {ring}: EIP goes past it"
        yield from explain_bounce(domain, trap, frame, number, False)
        return
    yield f"    the guest's table does not open int {number:#x} to ring {ring}: it is bounced as #GP"
    handler = domain.trap(GENERAL_PROTECTION)
    yield from explain_bounce(domain, handler, frame, GENERAL_PROTECTION, True)


def explain_bounce(
    domain: Domain, trap: Trap | None, frame: TrapFrame, vector: int, error_code: bool
) -> Iterator[str]:
    name = exception_name(vector) if vector in EXCEPTIONS else f"int {vector:#x}"
    if trap is None:
        yield f"    no handler for {name}: the domain crashes"
        return
    place = f"{trap.address:08x} {KERNELS.symbol(domain.number, trap.address)}".rstrip()
    selector = f"{trap.selector:04x} {selector_name(trap.selector)}".rstrip()
    yield f"    handler for {name}: {place}, in {selector}"
    outward = frame["cs"] & 3 != 1
    words = ["error code"] * error_code + ["EIP", "CS and event mask", "EFLAGS"]
    words += ["ESP", "SS"] if outward else []
    if outward:
        top, whose = int(domain["kernel_sp"]), f"{int(domain['kernel_ss']):04x}, of stack_switch"
    else:
        top, whose = frame["esp"], f"{frame['ss'] & 0xFFFF:04x}, the one in use"
    start = top - 4 * len(words) & 0xFFFFFFFF
    yield f"    bounce frame at {start:08x} to {top - 1:08x}, stack {whose}:"
    yield f"    {', '.join(words)}"
    if trap.masks_events:
        yield "    events are masked when the handler begins"


ExplainTrap()
