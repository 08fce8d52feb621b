# SPDX-License-Identifier: MIT
"""`xen idt` with what lab 2 puts into it: the gates that guests may use."""

from __future__ import annotations

from collections.abc import Iterator

from grader.x86.gates import Gate, decode_idt
from ring1.commands import idt
from ring1.machine import evaluate, read_linear, registers
from rings.domain import Domain, current
from rings.fast_trap import VECTOR, why_bounced
from rings.hypercalls import VECTOR as HYPERCALL_VECTOR
from rings.kernels import KERNELS


class GuestIdt(idt.Idt):
    __doc__ = idt.Idt.__doc__

    def lines(self, arguments: list[str]) -> Iterator[str]:
        yield from super().lines(arguments)
        wanted = [evaluate(arguments[0])] if arguments else [VECTOR, HYPERCALL_VECTOR]
        state = registers()
        gates = decode_idt(read_linear(state.idt.base, state.idt.limit + 1, "the IDT"))
        domain = current()
        if VECTOR in wanted and domain:
            yield from explain_fast_trap(gates[VECTOR], domain)
        if HYPERCALL_VECTOR in wanted and gates[HYPERCALL_VECTOR].dpl:
            yield f"int {HYPERCALL_VECTOR:#x} is the hypercall: for ring 1; ring 3's is bounced"


def explain_fast_trap(gate: Gate, domain: Domain) -> Iterator[str]:
    if gate.selector.rpl == 0:
        yield f"int {VECTOR:#x} is not direct: the gate is the hypervisor's own, closed to guests,"
        yield f"    so that it faults and is bounced; {why_bounced(domain)}"
        return
    handler = f"{gate.selector.value:04x}:{gate.offset:08x}"
    handler += f" {KERNELS.symbol(domain.number, gate.offset)}".rstrip()
    stack = f"{int(domain['kernel_ss']):04x}:{int(domain['kernel_sp']):08x}"
    yield f"int {VECTOR:#x} goes straight to domain {domain.number}'s kernel, at {handler}:"
    yield f"    out of ring 3 the processor changes to ss1:esp1 of the TSS, {stack},"
    yield "    pushes SS, ESP, EFLAGS, CS and EIP there, and the hypervisor sees nothing of it"


GuestIdt()  # in the place of lab 1's
