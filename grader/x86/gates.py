# SPDX-License-Identifier: MIT
"""Gates of the interrupt descriptor table (Intel SDM volume 3, chapter 6.11)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from .bits import field
from .descriptors import SYSTEM_TYPES, Selector

INTERRUPT_GATE = 14
TRAP_GATE = 15


@dataclass(frozen=True)
class Gate:
    """One eight-byte entry of an IDT."""

    low: int
    high: int

    @classmethod
    def decode(cls, raw: bytes) -> "Gate":
        return cls(*struct.unpack("<II", raw[:8]))

    @property
    def offset(self) -> int:
        """The handler's address in its code segment."""
        return self.low & 0xFFFF | self.high & 0xFFFF0000

    @property
    def selector(self) -> Selector:
        return Selector(self.low >> 16)

    @property
    def type(self) -> int:
        return field(self.high, 8, 4)

    @property
    def is_system(self) -> bool:
        """The S bit is clear, as it must be in a gate."""
        return not self.high & 1 << 12

    @property
    def reserved(self) -> int:
        """Bits 0-7 of the upper word, which must be clear."""
        return self.high & 0xFF

    @property
    def dpl(self) -> int:
        """The outermost ring whose INT instruction may use the gate."""
        return field(self.high, 13, 2)

    @property
    def present(self) -> bool:
        return bool(self.high & 1 << 15)

    @property
    def masks_interrupts(self) -> bool:
        """An interrupt gate clears EFLAGS.IF, a trap gate leaves it."""
        return self.type & 1 == 0

    @property
    def kind(self) -> str:
        name = SYSTEM_TYPES.get(self.type, f"type {self.type}")
        return name if self.is_system else "not a gate (S is set)"

    def __str__(self) -> str:
        if not self.low and not self.high:
            return "empty"
        text = f"{self.kind}, {self.selector.value:04x}:{self.offset:08x}, DPL {self.dpl}"
        return text + ("" if self.present else ", not present")


def decode_idt(raw: bytes) -> list[Gate]:
    """A whole IDT, from the bytes between its base and its limit."""
    return [Gate.decode(raw[at : at + 8]) for at in range(0, len(raw) - 7, 8)]
