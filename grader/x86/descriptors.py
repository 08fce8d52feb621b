# SPDX-License-Identifier: MIT
"""Segment selectors, segment descriptors and the TSS (Intel SDM volume 3, chapters 3.4 and 7.2)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from .bits import field

SYSTEM_TYPES = {
    1: "16-bit TSS, available",
    2: "LDT",
    3: "16-bit TSS, busy",
    4: "16-bit call gate",
    5: "task gate",
    6: "16-bit interrupt gate",
    7: "16-bit trap gate",
    9: "32-bit TSS, available",
    11: "32-bit TSS, busy",
    12: "32-bit call gate",
    14: "32-bit interrupt gate",
    15: "32-bit trap gate",
}


@dataclass(frozen=True)
class Selector:
    """What a segment register holds: a descriptor's index, its table, and the requested ring."""

    value: int

    @property
    def rpl(self) -> int:
        return self.value & 3

    @property
    def in_ldt(self) -> bool:
        return bool(self.value & 4)

    @property
    def index(self) -> int:
        return self.value >> 3

    def __str__(self) -> str:
        table = "LDT" if self.in_ldt else "GDT"
        return f"{self.value:04x} ({table}[{self.index:#x}], RPL {self.rpl})"


@dataclass(frozen=True)
class Descriptor:
    """One eight-byte entry of a GDT or LDT."""

    low: int
    high: int

    @classmethod
    def decode(cls, raw: bytes) -> "Descriptor":
        return cls(*struct.unpack("<II", raw[:8]))

    @property
    def base(self) -> int:
        return self.low >> 16 | field(self.high, 0, 8) << 16 | self.high & 0xFF000000

    @property
    def limit(self) -> int:
        """The last byte's offset, with the granularity applied."""
        raw = self.low & 0xFFFF | self.high & 0xF0000
        return raw << 12 | 0xFFF if self.granular else raw

    @property
    def type(self) -> int:
        return field(self.high, 8, 4)

    @property
    def is_segment(self) -> bool:
        """Code or data, not a system descriptor (the S bit)."""
        return bool(self.high & 1 << 12)

    @property
    def dpl(self) -> int:
        return field(self.high, 13, 2)

    @property
    def present(self) -> bool:
        return bool(self.high & 1 << 15)

    @property
    def available(self) -> bool:
        return bool(self.high & 1 << 20)

    @property
    def long_mode(self) -> bool:
        return bool(self.high & 1 << 21)

    @property
    def default_32(self) -> bool:
        """The D/B bit: 32-bit operands, or a 32-bit stack pointer."""
        return bool(self.high & 1 << 22)

    @property
    def granular(self) -> bool:
        """The limit counts 4 KiB units."""
        return bool(self.high & 1 << 23)

    @property
    def is_code(self) -> bool:
        return self.is_segment and bool(self.type & 8)

    @property
    def is_data(self) -> bool:
        return self.is_segment and not self.type & 8

    @property
    def writable(self) -> bool:
        return self.is_data and bool(self.type & 2)

    @property
    def readable(self) -> bool:
        return self.is_data or bool(self.type & 2)

    @property
    def accessed(self) -> bool:
        return self.is_segment and bool(self.type & 1)

    @property
    def conforming(self) -> bool:
        return self.is_code and bool(self.type & 4)

    @property
    def expand_down(self) -> bool:
        return self.is_data and bool(self.type & 4)

    @property
    def kind(self) -> str:
        """Its type in words."""
        if not self.is_segment:
            return SYSTEM_TYPES.get(self.type, f"reserved system type {self.type}")
        width = "32-bit" if self.default_32 else "16-bit"
        if self.is_code:
            rights = "execute/read" if self.readable else "execute-only"
            return f"{width} code, {rights}" + (", conforming" if self.conforming else "")
        rights = "read/write" if self.writable else "read-only"
        return f"{width} data, {rights}" + (", expand-down" if self.expand_down else "")

    def __str__(self) -> str:
        if not self.low and not self.high:
            return "null"
        text = f"{self.kind}, ring {self.dpl}, base {self.base:08x}, limit {self.limit:08x}"
        return text + ("" if self.present else ", not present")

    def explain(self) -> list[str]:
        """The descriptor's line, then its fields."""
        return [
            f"{self.high:08x}:{self.low:08x}  {self}",
            f"    base  {self.base:08x}",
            f"    limit {self.limit:08x} ({'4 KiB units' if self.granular else 'bytes'})",
            f"    type  {self.type} ({self.kind})" + (", accessed" if self.accessed else ""),
            f"    S={int(self.is_segment)} DPL={self.dpl} P={int(self.present)}"
            f" AVL={int(self.available)} L={int(self.long_mode)}"
            f" D/B={int(self.default_32)} G={int(self.granular)}",
        ]


def decode_table(raw: bytes) -> list[Descriptor]:
    """A whole GDT or LDT, from the bytes between its base and its limit."""
    return [Descriptor.decode(raw[at : at + 8]) for at in range(0, len(raw) - 7, 8)]


TSS_SIZE = 104
_TSS = struct.Struct("<26I")


@dataclass(frozen=True)
class Tss:
    """The 32-bit task-state segment: for us, the stacks of rings 0 to 2 and the I/O bitmap."""

    words: tuple[int, ...]

    @classmethod
    def decode(cls, raw: bytes) -> "Tss":
        return cls(_TSS.unpack(raw[:TSS_SIZE]))

    def stack(self, ring: int) -> tuple[int, int]:
        """(ss, esp) that the processor loads on its way into `ring` (0, 1 or 2)."""
        return self.words[2 + 2 * ring] & 0xFFFF, self.words[1 + 2 * ring]

    @property
    def ldt(self) -> int:
        return self.words[24] & 0xFFFF

    @property
    def io_bitmap(self) -> int:
        """The bitmap's offset; at or over the segment's limit, there is none."""
        return self.words[25] >> 16

    def explain(self) -> list[str]:
        """The three stacks and the bitmap."""
        lines = [f"ss{r}:esp{r} = {self.stack(r)[0]:04x}:{self.stack(r)[1]:08x}" for r in range(3)]
        return lines + [f"ldt = {self.ldt:04x}", f"I/O bitmap at offset {self.io_bitmap:#x}"]
