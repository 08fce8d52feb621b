# SPDX-License-Identifier: MIT
"""Why a machine stopped, read from outside: for the ends of which it could say nothing itself."""

from __future__ import annotations

import re
import struct
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from ..elf import Image
from ..x86 import paging
from ..x86 import registers as bits
from ..x86.exceptions import exception_name, explain_error
from .end import HANG, NOT_STARTED, POWER_OFF, RESET, SENTENCE, TRIPLE_FAULT, End
from .registers import Registers

if TYPE_CHECKING:
    from .live import Live

MAX_FRAMES = 16


#: push %ebp; mov %esp,%ebp
PROLOGUE = bytes.fromhex("5589e5")


def backtrace(live: "Live", registers: Registers) -> list[str]:
    """The callers of the current function, by the chain of frame pointers."""
    image = live.image_at(registers.eip)
    frames = [frame_line(image, registers.eip, registers.eip)]
    for back in islice(return_addresses(live, registers), MAX_FRAMES):
        # Not all that the stack holds is a place in code: at its top, or above a lost frame.
        if not image.holds_code(image.linked(back)):
            continue
        # The call stands before the address that it returns to.
        frames.append(frame_line(image, back, back - 1))
    return frames


def frame_line(image: Image, address: int, inside: int) -> str:
    return f"  [<{address:08x}>] {image.where(inside)}"


def return_addresses(live: "Live", registers: Registers) -> Iterator[int]:
    """What is on the stack to return to, innermost first."""
    if not has_frame(live, registers.eip):
        if raw := live.read(registers.esp, 4, physical=False):
            yield int.from_bytes(raw, "little")
    frame = registers.ebp
    while frame and (raw := live.read(frame, 8, physical=False)):
        above, back = struct.unpack("<II", raw)
        yield back
        if above <= frame:
            break
        frame = above


def has_frame(live: "Live", eip: int) -> bool:
    """The function has begun with a frame of its own, which a leaf may do without."""
    image = live.image_at(eip)
    linked = image.linked(eip)
    symbol = image.nearest(linked)
    if symbol is None or linked - symbol.address < len(PROLOGUE):
        return False
    return live.read(eip - (linked - symbol.address), len(PROLOGUE), physical=False) == PROLOGUE


def explain_hang(live: "Live") -> End:
    """The machine's time was up: say where the processor was."""
    registers = live.registers()
    seconds = live.machine.seconds
    where = live.where(registers.eip)
    if registers.halted and not registers.eflags & 1 << 9:
        doing = f"halted with interrupts off, for ever, in {where}"
    elif registers.halted:
        doing = f"halted, waiting for an interrupt, in {where}"
    else:
        doing = f"running {where}"
    sentence = f"still running after {seconds} s of machine time: {doing}"
    sentence += (
        ", hypervisor code" if registers.cpl == 0 else f", guest code in ring {registers.cpl}"
    )
    text = live.serial.text()
    trace = backtrace(live, registers)
    if live.current_domain() is None and (why := NOT_STARTED.search(text)):
        sentence = f"no guest runs: {why[1]}"
    notes = ["backtrace, read from outside:", *trace, *registers.lines()]
    return End(HANG, None, text, sentence, notes)


def explain_power_off(live: "Live") -> End:
    """The machine was turned off through the chipset."""
    return End(POWER_OFF, None, live.serial.text(), SENTENCE[POWER_OFF])


@dataclass(frozen=True)
class Event:
    """One exception or software interrupt, from QEMU's log of them."""

    vector: int
    error: int
    software: bool
    eip: int
    cr2: int | None

    @property
    def benign(self) -> bool:
        """A fault while delivering this one does not make a double fault.

        QEMU's log does not tell that such a fault came of the delivery; it has the same EIP.
        """
        return self.software or self.vector not in (0, 8, 10, 11, 12, 13, 14)


_EVENT = re.compile(
    r"^ *\d+: v=([0-9a-f]+) e=([0-9a-f]+) i=([01]) cpl=\d IP=[0-9a-f]+:([0-9a-f]+) .*?"
    r"(?:CR2=([0-9a-f]+))?$"
)
_FIRST = "check_exception old: 0xffffffff"
_TRIPLE = "Triple fault"


def parse_events(log: str) -> tuple[list[Event], bool]:
    """The chain of exceptions that ended in the log's triple fault; False when there was none."""
    chain: list[Event] = []
    previous: Event | None = None
    for line in log.splitlines():
        if line.startswith(_TRIPLE):
            return chain, True
        if line.startswith(_FIRST):
            chain = []
        if match := _EVENT.match(line):
            vector, error, software, eip, cr2 = match.groups()
            event = Event(
                int(vector, 16),
                int(error, 16),
                software == "1",
                int(eip, 16),
                int(cr2, 16) if cr2 else None,
            )
            if not chain and previous and previous.benign and previous.eip == event.eip:
                chain.append(previous)
            chain.append(event)
            previous = event
    return [], False


def _describe(event: Event) -> str:
    text = exception_name(event.vector)
    if event.software:
        return text + ", by an INT instruction"
    if event.cr2 is not None and event.cr2 == event.eip:
        return f"{text}: fetching the instruction, whose own address is not mapped or not usable"
    if detail := explain_error(event.vector, event.error):
        text += f": {detail}"
    if event.cr2 is not None:
        text += f", at address {event.cr2:#010x}"
    return text


def describe_chain(chain: list[Event], live: "Live") -> Iterator[str]:
    """The way into the triple fault, one line for each step."""
    for number, event in enumerate(chain):
        start = "first" if number == 0 else "then, while delivering that"
        where = f", in {live.image.where(event.eip)}" if number == 0 else ""
        yield f"  {start}: {_describe(event)}{where}"
    yield "  then: the handler of the last one could not be entered, and the processor gave up"


def explain_reset(live: "Live") -> End:
    """The processor asked for a reset: a triple fault, or the hypervisor's own wish."""
    registers = live.registers()
    text = live.serial.text()
    where = live.image.where(registers.eip)
    if live.is_repetition:
        return End(RESET, None, text, SENTENCE[RESET])
    with tempfile.TemporaryDirectory(prefix="ring1-") as folder:
        log = Path(folder) / "exceptions"
        live.repeated(["-d", "int,cpu_reset", "-D", str(log)])
        chain, triple = parse_events(log.read_text(errors="replace"))
    if not triple:
        return End(RESET, None, text, f"{SENTENCE[RESET]}, in {where}", registers.lines())
    first = _describe(chain[0]).split(":")[0] if chain else "an exception"
    notes = ["how it came about:", *describe_chain(chain, live), *_causes(registers)]
    notes += [line for event in chain[:1] for line in _walk(live, registers, event)]
    sentence = f"triple fault, which began with: {first} in {where}"
    return End(TRIPLE_FAULT, None, text, sentence, notes + registers.lines())


def _walk(live: "Live", registers: Registers, event: Event) -> Iterator[str]:
    """What the page tables say of the address that a page fault was about."""
    if event.cr2 is None or not registers.cr0 & bits.CR0_PG:
        return

    def read(address: int, length: int) -> bytes:
        return live.read(address, length, physical=True) or bytes(length)

    pse = bool(registers.cr4 & bits.CR4_PSE)
    walk = paging.walk(read, registers.cr3, event.cr2, pse)
    yield f"what the page tables say of {event.cr2:#010x}:"
    yield f"  CR3 = {walk.cr3:08x}"
    for entry in walk.entries:
        yield f"  {entry.explain()[0]}"


def _causes(registers: Registers) -> Iterator[str]:
    """What in the registers explains why no handler could be entered."""
    if registers.idt.limit == 0:
        yield "  (IDTR's limit is 0: no IDT is loaded)"
    elif registers.idt.base == 0 and registers.idt.limit == 0xFFFF:
        yield "  (IDTR is as after a reset: no IDT has been loaded yet)"
    paging = "on" if registers.cr0 & bits.CR0_PG else "off"
    yield f"  (paging is {paging}; CR0: {bits.explain_cr0(registers.cr0)})"
