# SPDX-License-Identifier: MIT
"""What a graded test is given: its machine, as things to do and things to look at.

Everything goes over the run's tape, so that it can be graded again without a machine. A method
that can't do its work because of what the student's stage did fails the test by itself, with the
machine's own explanation.
"""

from __future__ import annotations

import secrets
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from .catalogue import Graded
from .elf import Image, load_image
from .errors import Failure, GraderError
from .ktap import Ktap, parse_ktap
from .machine.end import ORDERLY, End
from .machine.live import Live
from .machine.modules import contents
from .machine.registers import Registers, parse_fpu, parse_registers
from .tape import Recording, Tape
from .unit import UnitRun, judge_unit, run_unit
from .x86 import paging, registers as bits
from .x86.descriptors import TSS_SIZE, Descriptor, Tss, decode_table
from .x86.gates import Gate, decode_idt


@dataclass(frozen=True)
class GuestSegment:
    """A loadable part of a guest's kernel: the bytes at its start; the rest of it is zeros."""

    start: int
    size: int
    data: bytes


#: Explains why an artefact is not there (a failed build).
Unbuilt = Callable[[Path], "Failure | None"]


class Run:
    """One run of a test's machine, or of its unit-test program."""

    def __init__(
        self, test: Graded, folder: Path, tape: Tape, unbuilt: Unbuilt, telling: bool = False
    ) -> None:
        self._test = test
        self._folder = folder
        self._artefact = folder / test.artefact
        self.tape = tape
        self._unbuilt = unbuilt
        self._machine: Live | None = None
        self.end: End | None = None
        #: Marks the payload's lines; what tests take as random is derived from it.
        self.key: str = self._ask(["key"], self._settled_key if telling else fresh_key)

    @property
    def has_machine(self) -> bool:
        """A machine was started (or was, when the tape was recorded)."""
        return bool(self._ask(["has machine"], lambda: self._machine is not None))

    @property
    def tells_differently_each_time(self) -> bool:
        """What this run's failure shows may depend on its key: a live run of a payload or guest."""
        machine = self._test.machine
        return bool(machine.payload or machine.modules) and isinstance(self.tape, Recording)

    def close(self) -> None:
        """End the machine, if one was started."""
        if self._machine is not None:
            self._machine.close()

    def _settled_key(self) -> str:
        """A key that follows from the image and the test, for a run that tells of a failure.

        Values that depend on the key may be part of what is told; so the same tree is told the
        same each time.
        """
        return sha256(self._artefact.read_bytes() + self._test.name.encode()).hexdigest()[:32]

    # The machine, its image, and the tape between them and the test.

    def _ask(self, question: list[Any], answer: Callable[[], Any]) -> Any:
        return self.tape.ask(question, answer)

    @property
    def _live(self) -> Live:
        if self._machine is None:
            self._machine = Live(self._test.machine, self._artefact, self.key)
        return self._machine

    @property
    def _image(self) -> Image:
        return load_image(self._artefact)

    def must_be_built(self) -> None:
        """Fail the test, with the compiler's message, unless its artefact is there."""

        def answer() -> dict[str, Any] | None:
            problem = self._unbuilt(self._artefact)
            if problem is None:
                return None
            return {"what": problem.what, "notes": problem.notes}

        if problem := self._ask(["built", self._test.artefact], answer):
            raise Failure(problem["what"], notes=problem["notes"])

    # Doing.

    def start(self) -> "Run":
        """Run to the image's first instruction: paging off, EBX at the multiboot information."""
        entry: int = self._ask(["entry"], lambda: self._image.entry)
        return self.run_until(entry)

    def run_until(self, place: str | int, what: str = "") -> "Run":
        """Run to a function (by its linked address) or an address; fail if it is never reached.

        Before paging is on, code runs at its load address: `run_until(run.physical("boot_map"))`.
        """
        address = self.symbol(place) if isinstance(place, str) else place
        ended = self._ask(["run_until", address], lambda: _json(self._live.run_until(address)))
        if ended is not None:
            self.end = End.from_json(ended)
            name = place if isinstance(place, str) else self.where(place)
            raise Failure(
                what or f"the machine never gets to {name}",
                expected=f"to get to {name}",
                seen=self.end.sentence,
                notes=self.end.notes,
            )
        return self

    def step(self, count: int = 1) -> "Run":
        """Run `count` instructions."""
        ended = self._ask(["step", count], lambda: _json(self._live.step(count)))
        if ended is not None:
            self.end = End.from_json(ended)
            raise Failure("the machine ends", seen=self.end.sentence, notes=self.end.notes)
        return self

    def finish(self) -> End:
        """Run to the machine's end, whatever that is."""
        self.end = End.from_json(self._ask(["finish"], lambda: self._live.finish().to_json()))
        return self.end

    def send(self, text: str) -> "Run":
        """Type on the serial line; do so where the machine is stopped, for the same run each time."""
        self._ask(["send", text], lambda: self._live.send(text))
        return self

    def write_physical(self, address: int, data: bytes) -> "Run":
        """Change machine memory."""
        question = ["write_physical", address, data.hex()]
        self._ask(question, lambda: self._live.write(address, data, physical=True))
        return self

    def write_virtual(self, address: int, data: bytes) -> "Run":
        """Change memory through the current page tables (their rights do not matter)."""
        question = ["write_virtual", address, data.hex()]
        self._ask(question, lambda: self._live.write(address, data, physical=False))
        return self

    # Looking: symbols.

    def symbol(self, name: str) -> int:
        """The linked address of a symbol; its absence fails the test."""
        address = self._ask(["symbol", name], lambda: self._find_symbol(name))
        if address is None:
            raise Failure(f"the image has no symbol `{name}`")
        return int(address)

    def _find_symbol(self, name: str) -> int | None:
        symbol = self._image.symbols.get(name)
        return symbol.address if symbol else None

    def physical(self, place: str | int) -> int:
        """Where the boot loader put a symbol or a linked address."""
        address = self.symbol(place) if isinstance(place, str) else place
        return int(self._ask(["physical", address], lambda: self._image.physical(address)))

    def where(self, address: int) -> str:
        """`start_xen+0x12 (setup.c:40)`; below the hypervisor, in the guest that is running."""
        place = self._machine or self._image
        return str(self._ask(["where", address], lambda: place.where(address)))

    # Looking: guests.

    def guest_symbol(self, file: str, name: str) -> int:
        """The address of a symbol in a test guest, by the guest's file."""

        def answer() -> int:
            return load_image(self._folder / file).symbol(name).address

        return int(self._ask(["guest symbol", file, name], answer))

    def guest_segments(self, number: int) -> list[GuestSegment]:
        """What the kernel in the machine's module `number` says is to be loaded, key and all."""
        module = self._test.machine.modules[number]

        def answer() -> list[list[Any]]:
            path = self._folder / module.file
            raw = contents(module, path, self.key) or path.read_bytes()
            return [
                [s.paddr, s.memsz, raw[s.offset : s.offset + s.filesz].hex()]
                for s in load_image(path).segments
            ]

        said = self._ask(["guest segments", number], answer)
        return [GuestSegment(start, size, bytes.fromhex(data)) for start, size, data in said]

    def current_domain(self) -> int:
        """The number of the domain whose address space is loaded."""
        number = self._ask(["current domain"], lambda: self._live.current_domain())
        if number is None:
            raise Failure("a domain must be running now", seen="none")
        return int(number)

    # Looking: the machine.

    @property
    def serial(self) -> str:
        """What came over the serial line so far."""
        if self.end is not None:
            return self.end.serial
        return str(self._ask(["serial"], lambda: self._live.serial.text()))

    def registers(self) -> Registers:
        """Every register, with the descriptors that the processor has loaded."""
        return parse_registers(self._ask(["registers"], lambda: self._live.registers_text()))

    def fpu(self) -> dict[str, str]:
        """The floating-point and vector registers that the processor holds now."""
        return parse_fpu(self._ask(["registers"], lambda: self._live.registers_text()))

    def instructions(self) -> int:
        """How many instructions the machine has run since power-on."""
        return int(self._ask(["instructions"], lambda: self._live.instructions()))

    def read_physical(self, address: int, length: int) -> bytes:
        """Machine memory."""
        return self._read(address, length, True)

    def read_virtual(self, address: int, length: int) -> bytes:
        """Memory through the current page tables; an unmapped address fails the test."""
        return self._read(address, length, False)

    def _read(self, address: int, length: int, physical: bool) -> bytes:
        def answer() -> str | None:
            data = self._live.read(address, length, physical)
            return None if data is None else data.hex()

        said = self._ask(["read", address, length, physical], answer)
        if said is None:
            raise Failure(f"{address:#010x} must be mapped", seen="no mapping there")
        return bytes.fromhex(said)

    def read_u32(self, address: int) -> int:
        """A 32-bit word through the current page tables."""
        return int(struct.unpack("<I", self.read_virtual(address, 4))[0])

    # Looking: what the processor's registers lead to.

    def _pse(self, registers: Registers) -> bool:
        return bool(registers.cr4 & bits.CR4_PSE)

    def walk(self, vaddr: int) -> paging.Walk:
        """The current page tables' way to one virtual address."""
        now = self.registers()
        return paging.walk(self.read_physical, now.cr3, vaddr, self._pse(now))

    def page_directory(self) -> list[paging.Entry]:
        """All 1024 entries that CR3 points at."""
        now = self.registers()
        return paging.read_table(self.read_physical, now.cr3, 2, self._pse(now))

    def mappings(self) -> list[paging.Mapping]:
        """Everything that is mapped now, neighbours joined."""
        now = self.registers()
        return paging.mappings(self.read_physical, now.cr3, self._pse(now))

    def gdt(self) -> list[Descriptor]:
        """The descriptor table that GDTR points at."""
        table = self.registers().gdt
        return decode_table(self.read_virtual(table.base, table.limit + 1))

    def idt(self) -> list[Gate]:
        """The gates that IDTR points at."""
        table = self.registers().idt
        return decode_idt(self.read_virtual(table.base, table.limit + 1))

    def tss(self) -> Tss:
        """The task-state segment that TR has loaded."""
        return Tss.decode(self.read_virtual(self.registers().tr.base, TSS_SIZE))

    # Judging.

    def ktap(self, domain: int | None = None) -> Ktap:
        """Run to the end, which must be orderly, and read what the payload or guest reported.

        Where several guests report, `domain` says whose results are meant.
        """
        end = self.end or self.finish()
        if end.kind == ORDERLY:
            return parse_ktap(end.serial, self.key, domain)
        self._blame_payload_result(end)
        raise Failure(
            "the machine must run the test and shut down in order",
            expected="an orderly end",
            seen=end.sentence,
            notes=end.notes,
        )

    def _blame_payload_result(self, end: End) -> None:
        """A result that failed before the machine went wrong is the better explanation."""
        try:
            reported = parse_ktap(end.serial, self.key)
        except Failure:
            return
        for point in reported.points:
            if not point.passed:
                notes = [*point.diagnostics, f"and then: {end.sentence}", *end.notes]
                raise Failure(f"`{point.name}` failed in the machine", notes=notes)

    def passes(self, domain: int | None = None) -> None:
        """Run to the end; all of the payload's (or the domain's) results must be ok."""
        self.ktap(domain).must_pass()

    def unit_passes(self) -> None:
        """Run the unit-test case; all its checks must pass."""
        if (unit := self._test.unit) is None:
            raise GraderError(f"{self._test.name} is no unit test")
        answer = partial(run_unit, self._artefact, unit)
        said = self._ask(["unit", unit.program, unit.case], lambda: answer().to_json())
        judge_unit(unit, UnitRun(**said))


def fresh_key() -> str:
    """A key that nobody can know before the run."""
    return secrets.token_hex(16)


def _json(end: End | None) -> dict[str, Any] | None:
    return None if end is None else end.to_json()
