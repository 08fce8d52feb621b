# SPDX-License-Identifier: MIT
"""A guest's stack, walked by its frame pointers: out of the trap, up the kernel, into ring 3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import gdb

from grader.x86.exceptions import EXCEPTIONS, exception_name
from ring1.machine import evaluate, symbol
from rings.hypervisor import VIRT_START
from rings.unwind import frame_of_call

#: No chain of callers is longer, unless it bites its own tail.
LONGEST = 64
#: Breakpoint and overflow: what INT3 and INTO raise.
TRAPS = (3, 4)
PUSH_EBP = "55"
RET = "c3"


@dataclass(frozen=True)
class Level:
    """One function under way: where it is, and what it was called or interrupted with."""

    eip: int
    ebp: int
    esp: int
    ring: int
    #: Is EIP where it was stopped, or where a call returns to?
    stopped: bool
    #: Is the instruction that it is at, a CALL or an INT, the one before EIP?
    past: bool
    #: What brought it out of its ring, if that is how it was left.
    left_by: str = ""

    @property
    def looked_up(self) -> int:
        """An address in the instruction that it is at."""
        return self.eip - 1 if self.past and not is_function(self.eip) else self.eip

    def __str__(self) -> str:
        name = symbol(self.looked_up).partition(" + ")[0] or "??"
        place = gdb.find_pc_line(self.looked_up)
        where = f" at {place.symtab.filename}:{place.line}" if place.symtab else ""
        return f"{self.eip:#010x} in {name}{where}"


def is_past(vector: int) -> bool:
    """Does the processor push the address of the next instruction, as for an INT?"""
    return vector not in EXCEPTIONS or vector in TRAPS


def name_of(vector: int) -> str:
    return exception_name(vector) if vector in EXCEPTIONS else f"int {vector:#x}"


def levels(registers: Mapping[str, int], past: bool) -> Iterator[Level]:
    """From the guest's registers outwards, as far as its memory tells."""
    ring = registers["cs"] & 3
    level = Level(registers["eip"], registers["ebp"], registers["esp"], ring, True, past)
    for _ in range(LONGEST):
        yield level
        try:
            level = caller(level)
        except (gdb.error, gdb.GdbError, StopIteration):
            return


def caller(level: Level) -> Level:
    """Who called this one; StopIteration if nobody has."""
    if not level.stopped:
        if frame := frame_of_call(level.eip, level.esp):
            vector, ring = frame["vector"], frame["cs"] & 3
            where = frame["eip"], frame["ebp"], frame.esp
            return Level(*where, ring, True, is_past(vector), name_of(vector))
        if is_function(level.eip):
            raise StopIteration  # no call returns to a function's beginning: a bottom made by hand
    ebp, at = level.ebp, level.esp
    if not has_no_frame_yet(level):
        ebp, at = word(level.ebp), level.ebp + 4
    elif pushed_ebp(level):
        ebp, at = word(level.esp), level.esp + 4
    eip = word(at)
    if not eip or eip >= VIRT_START:
        raise StopIteration
    return Level(eip, ebp, at + 4, level.ring, stopped=False, past=True)


def has_no_frame_yet(level: Level) -> bool:
    """EBP is still the caller's: at a function's beginning, or in a stub that goes without."""
    return level.stopped and (
        is_function(level.eip) or pushed_ebp(level) or code(level.eip, 1) == RET
    )


def pushed_ebp(level: Level) -> bool:
    """The first instruction, `push %ebp`, is done, and no other."""
    return level.stopped and is_function(level.eip - 1) and code(level.eip - 1, 1) == PUSH_EBP


def is_function(address: int) -> bool:
    name = symbol(address)
    return bool(name) and " + " not in name


def word(address: int) -> int:
    return evaluate(f"*(unsigned int *){address:#x}")


def code(address: int, length: int) -> str:
    return bytes(gdb.selected_inferior().read_memory(address, length)).hex()
