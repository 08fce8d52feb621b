# SPDX-License-Identifier: MIT
"""What the way into the hypervisor and back costs a guest (labs/lab2-rings/tests/guest_bench.c).

Everything is counted from outside: the machine's instruction count at two breakpoints in the guest.
The instruction itself that leaves the guest is one of those counted.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from ...bench import Cost
from ...elf import Image, load_image
from ...errors import GraderError
from ...machine.live import Live
from ...machine.spec import Machine, Module

GUEST = "guest_bench.elf"
ARTEFACTS = ("ring1.elf", GUEST)

#: Domain 1 runs until its first yield, domain 2 likewise; both have the same symbols.
MACHINE = Machine(
    modules=(Module(GUEST, "domu mem=4M"), Module(GUEST, "domu mem=4M")), memory=64, shift=0
)


@dataclass(frozen=True)
class Operation:
    """One row: the guest's label, what was decided it may cost, what it costs in Xen (ABI, 14)."""

    label: str
    title: str
    limit: int | None = None
    xen_302: str = ""
    xen_304: str = ""
    #: It ends at the guest's handler for this vector, instead of after the instruction.
    handler: int | None = None
    note: str = ""


TO_HANDLER = "to its handler"

#: In the order in which the guest gets to them.
OPERATIONS = (
    Operation("null", "xen_version(0)", 70, "76", "92", note="the null hypercall"),
    Operation("undefined", "undefined hypercall", None, "66", "74"),
    Operation("stack_switch", "stack_switch", 75, "89", "97"),
    Operation("fpu_taskswitch", "fpu_taskswitch(1)", None, "77", "85"),
    Operation("gp", "#GP in ring 1", 170, "194", "219", 13, TO_HANDLER),
    Operation("fault_ring1", "page fault in ring 1", 170, "206", "209", 14, TO_HANDLER),
    Operation("ud2", "#UD in ring 1", handler=6, note="looks for a forced CPUID"),
    Operation("mov_cr0", "emulated mov from CR0", 200, "218", "320"),
    Operation("int81", "int 0x81 in ring 3", 165, "187", "211", 0x81, "bounced, " + TO_HANDLER),
    Operation("fault_ring3", "page fault in ring 3", None, "236", "216", 14, TO_HANDLER),
    Operation("int80", "int 0x80 in ring 3", 1, "5", "5", 0x80, "no hypervisor instruction"),
)

YIELD = Operation("yield", "yield", note="to the other domain")


class Bench:
    """The machine, and the guest's labels in it."""

    def __init__(self, machine: Live, guest: Image) -> None:
        self._machine = machine
        self._guest = guest

    def count_at(self, address: int, name: str) -> int:
        if end := self._machine.run_until(address):
            raise GraderError(f"the machine never gets to {name}: {end.sentence}")
        return self._machine.instructions()

    def label(self, name: str) -> int:
        return self._guest.symbol(name).address

    def handler(self, vector: int) -> int:
        """The first instruction of the guest library's handler for a vector."""
        raw = self._machine.read(self.label("guest_stubs") + 4 * vector, 4, physical=False)
        if raw is None:
            raise GraderError("the guest's table of handlers is not mapped")
        return int(struct.unpack("<I", raw)[0])

    def cost(self, operation: Operation) -> Cost:
        name = f"bench_{operation.label}"
        begin = self.count_at(self.label(name), name)
        if operation.handler is None:
            end = self.count_at(self.label(f"{name}_after"), f"{name}_after")
        else:
            end = self.count_at(self.handler(operation.handler), f"the handler after {name}")
        elsewhere = {"Xen 3.0.2": operation.xen_302, "Xen 3.0.4": operation.xen_304}
        return Cost(operation.title, end - begin, operation.note, operation.limit, elsewhere)


def measure(folder: Path) -> list[Cost]:
    guest = load_image(folder / GUEST)
    with Live(MACHINE, folder / "ring1.elf", key="") as machine:
        bench = Bench(machine, guest)
        costs = [bench.cost(operation) for operation in OPERATIONS]
        # The first yield starts domain 2; domain 1's second one finds it behind its own first.
        for _ in range(2):
            bench.count_at(bench.label("bench_yield"), "bench_yield")
        return [*costs, bench.cost(YIELD)]
