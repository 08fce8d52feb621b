# SPDX-License-Identifier: MIT
"""`xen idt`: the interrupt descriptor table."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import gdb

from grader.x86.exceptions import EXCEPTIONS, exception_name, has_error_code
from grader.x86.gates import Gate, decode_idt
from ring1.command import XenCommand
from ring1.machine import evaluate, read_linear, registers, symbol
from ring1.selectors import selector_name

#: Vectors from here on are the software's own.
FIRST_FREE_VECTOR = 32


class Idt(XenCommand):
    """Interrupt descriptor table: gates and their handlers, or all fields of one gate.

    The processor's own vectors have a line each; further ones that are alike are joined."""

    usage = "idt [VECTOR]"

    def lines(self, arguments: list[str]) -> Iterator[str]:
        state = registers()
        gates = decode_idt(read_linear(state.idt.base, state.idt.limit + 1, "the IDT"))
        if arguments:
            yield from explain_one(gates, evaluate(arguments[0]))
            return
        yield f"IDT at {state.idt.base:08x}, limit {state.idt.limit:04x}: {len(gates)} gates"
        for (_, kind), group in groupby(enumerate(gates), key=likeness):
            vectors = list(group)
            yield f"{span(vectors):<11} {kind:<48} {handlers(vectors)}"


def likeness(numbered: tuple[int, Gate]) -> tuple[int, str]:
    """What must be equal in neighbours for them to share a line."""
    vector, gate = numbered
    return (vector if vector < FIRST_FREE_VECTOR else FIRST_FREE_VECTOR, describe(gate))


def describe(gate: Gate) -> str:
    """All but the handler."""
    if not gate.low and not gate.high:
        return "empty"
    where = selector_name(gate.selector.value) or f"{gate.selector.value:04x}"
    text = f"{gate.kind}, {where}, DPL {gate.dpl}"
    return text if gate.present else text + ", not present"


def span(vectors: list[tuple[int, Gate]]) -> str:
    first, last = vectors[0][0], vectors[-1][0]
    if first == last:
        mnemonic = EXCEPTIONS[first].mnemonic if first in EXCEPTIONS else ""
        return f"{first:3} {mnemonic}"
    return f"{first:3} to {last}"


def handlers(vectors: list[tuple[int, Gate]]) -> str:
    first, last = vectors[0][1], vectors[-1][1]
    if not first.low and not first.high:
        return ""
    text = named(first.offset)
    return text if first is last else f"{text} to {named(last.offset)}"


def named(address: int) -> str:
    return f"{address:08x} {symbol(address)}".rstrip()


def who_may_use(gate: Gate, vector: int) -> str:
    """The DPL's meaning. The processor's own exceptions do not ask for it."""
    rings = f"rings 0 to {gate.dpl}" if gate.dpl else "ring 0"
    return f"INT {vector} is for {rings} only" if gate.dpl < 3 else f"INT {vector} is for all rings"


def explain_one(gates: list[Gate], vector: int) -> Iterator[str]:
    if vector >= len(gates):
        raise gdb.GdbError(f"vector {vector} lies beyond the IDT's limit")
    gate = gates[vector]
    yield f"{exception_name(vector)}: {gate.high:08x}:{gate.low:08x}"
    yield f"    handler   {named(gate.offset)}"
    yield f"    selector  {gate.selector!s} {selector_name(gate.selector.value)}".rstrip()
    masks = "clears EFLAGS.IF" if gate.masks_interrupts else "leaves EFLAGS.IF"
    yield f"    type      {gate.type} ({gate.kind}), {masks}"
    yield f"    DPL       {gate.dpl} ({who_may_use(gate, vector)})"
    yield f"    P={int(gate.present)} S={int(not gate.is_system)}"
    if vector < FIRST_FREE_VECTOR:
        pushes = "an" if has_error_code(vector) else "no"
        yield f"    the processor pushes {pushes} error code"
    if gate.reserved:
        yield f"    bits 0-7 of the upper word must be 0, but are {gate.reserved:#x}"


Idt()
