# SPDX-License-Identifier: MIT
"""Two-level page tables with 4 KiB and 4 MiB pages (Intel SDM volume 3, chapter 4.3)."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from .bits import Bit, field

PAGE = 1 << 12
LARGE_PAGE = 1 << 22

#: Reads machine memory: (physical address, length) -> bytes.
ReadPhysical = Callable[[int, int], bytes]

COMMON_BITS = (
    Bit(0, "P", "present", "not present: any access faults"),
    Bit(1, "R/W", "writable", "read-only (for ring 0 too while CR0.WP is set)"),
    Bit(2, "U/S", "ring 3 may use it", "rings 0-2 only"),
    Bit(3, "PWT", "write-through", "write-back"),
    Bit(4, "PCD", "not cached", "cached"),
    Bit(5, "A", "accessed", "not accessed yet"),
)
DIRTY = Bit(6, "D", "written to", "not written to yet")
GLOBAL = Bit(8, "G", "global: stays in the TLB over a CR3 load (with CR4.PGE)", "not global")
TABLE_BITS = COMMON_BITS + (Bit(7, "PS", "4 MiB page", "points to a page table"),)
LARGE_BITS = (
    COMMON_BITS
    + (DIRTY, Bit(7, "PS", "4 MiB page", "points to a page table"), GLOBAL)
    + (Bit(12, "PAT", "memory type from the PAT's upper half", "plain memory type"),)
)
SMALL_BITS = (
    COMMON_BITS
    + (DIRTY, Bit(7, "PAT", "memory type from the PAT's upper half", "plain memory type"))
    + (GLOBAL,)
)


@dataclass(frozen=True)
class Entry:
    """One page-directory entry (level 2) or page-table entry (level 1)."""

    level: int
    index: int
    value: int
    pse: bool = True

    @property
    def present(self) -> bool:
        return bool(self.value & 1)

    @property
    def writable(self) -> bool:
        return bool(self.value & 2)

    @property
    def user(self) -> bool:
        return bool(self.value & 4)

    @property
    def large(self) -> bool:
        return self.level == 2 and self.pse and bool(self.value & 1 << 7)

    @property
    def is_table(self) -> bool:
        """Present, and its frame is a page table rather than a page."""
        return self.present and self.level == 2 and not self.large

    @property
    def is_global(self) -> bool:
        return not self.is_table and bool(self.value & 1 << 8)

    @property
    def address(self) -> int:
        """Where it points: a page table, a 4 KiB page, or a 4 MiB page (PSE-36 included)."""
        if self.large:
            return self.value & 0xFFC00000 | field(self.value, 13, 8) << 32
        return self.value & 0xFFFFF000

    @property
    def bits(self) -> tuple[Bit, ...]:
        if self.level == 1:
            return SMALL_BITS
        return LARGE_BITS if self.large else TABLE_BITS

    @property
    def reserved(self) -> int:
        """The bits that the processor demands to be clear."""
        return self.value & 1 << 21 if self.large else 0

    @property
    def available(self) -> int:
        """Bits 9-11, which are the software's own."""
        return field(self.value, 9, 3)

    def name(self) -> str:
        return f"{'PDE' if self.level == 2 else 'PTE'}[{self.index:#x}]"

    def explain(self) -> list[str]:
        """Its line, and one line for each bit."""
        if not self.present:
            return [f"{self.name()} = {self.value:08x}  P=0 not present: any access faults"]
        what = "page table" if self.is_table else ("4 MiB page" if self.large else "4 KiB page")
        lines = [f"{self.name()} = {self.value:08x}  {what} at {self.address:#010x}"]
        lines += ["    " + bit.explain(self.value) for bit in self.bits]
        if self.available:
            lines.append(f"    AVL={self.available} bits 9-11, for the software's own use")
        if self.reserved:
            lines.append("    bit 21 is reserved and set: any access faults")
        return lines


@dataclass(frozen=True)
class Walk:
    """What the processor finds on its way from CR3 to one virtual address."""

    vaddr: int
    cr3: int
    entries: tuple[Entry, ...]

    @property
    def present(self) -> bool:
        last = self.entries[-1]
        return last.present and not last.is_table

    @property
    def physical(self) -> int | None:
        """The address in machine memory, None where nothing is mapped."""
        if not self.present:
            return None
        last = self.entries[-1]
        return last.address + (self.vaddr & self.page_size - 1)

    @property
    def page_size(self) -> int:
        return LARGE_PAGE if self.entries[-1].large else PAGE

    @property
    def writable(self) -> bool:
        """Every entry on the way allows writing."""
        return self.present and all(entry.writable for entry in self.entries)

    @property
    def user(self) -> bool:
        """Every entry on the way allows ring 3."""
        return self.present and all(entry.user for entry in self.entries)

    def explain(self) -> list[str]:
        """The walk in words, one entry after the other, and where it ends."""
        lines = [f"CR3 = {self.cr3:08x}  page directory at {self.cr3 & ~0xFFF:#010x}"]
        for entry in self.entries:
            lines += entry.explain()
        if self.physical is None:
            return lines + [f"{self.vaddr:08x} is not mapped"]
        rights = ("writable" if self.writable else "read-only") + ", "
        rights += "ring 3 may use it" if self.user else "rings 0-2 only"
        return lines + [f"{self.vaddr:08x} -> {self.physical:#010x}, {rights}"]


def _entry(read: ReadPhysical, table: int, level: int, index: int, pse: bool) -> Entry:
    (value,) = struct.unpack("<I", read(table + 4 * index, 4))
    return Entry(level, index, value, pse)


def walk(read: ReadPhysical, cr3: int, vaddr: int, pse: bool = True) -> Walk:
    """Follow `vaddr` from CR3, as the processor does on a TLB miss."""
    pde = _entry(read, cr3 & ~0xFFF, 2, vaddr >> 22, pse)
    if not pde.is_table:
        return Walk(vaddr, cr3, (pde,))
    pte = _entry(read, pde.address, 1, field(vaddr, 12, 10), pse)
    return Walk(vaddr, cr3, (pde, pte))


def read_table(read: ReadPhysical, table: int, level: int, pse: bool = True) -> list[Entry]:
    """All 1024 entries of a page directory (level 2) or page table (level 1)."""
    values = struct.unpack("<1024I", read(table & ~0xFFF, PAGE))
    return [Entry(level, index, value, pse) for index, value in enumerate(values)]


@dataclass(frozen=True)
class Mapping:
    """A run of virtual addresses that is mapped alike onto a run of physical ones."""

    vaddr: int
    physical: int
    size: int
    page_size: int
    writable: bool
    user: bool
    is_global: bool

    @property
    def end(self) -> int:
        return self.vaddr + self.size

    def continues(self, other: "Mapping") -> bool:
        """`other` begins where this one ends, in both spaces, with the same rights."""
        mine = (self.page_size, self.writable, self.user, self.is_global)
        its = (other.page_size, other.writable, other.user, other.is_global)
        reaches = self.end == other.vaddr and self.physical + self.size == other.physical
        return reaches and mine == its

    def __str__(self) -> str:
        rights = ("w" if self.writable else "-") + ("u" if self.user else "-")
        rights += "g" if self.is_global else "-"
        size = "4M" if self.page_size == LARGE_PAGE else "4K"
        return f"{self.vaddr:08x}-{self.end - 1:08x} -> {self.physical:08x} {rights} {size}"


def _pages(read: ReadPhysical, cr3: int, pse: bool) -> Iterator[Mapping]:
    for pde in read_table(read, cr3, 2, pse):
        if not pde.present:
            continue
        base = pde.index << 22
        if pde.large:
            rights = (pde.writable, pde.user, pde.is_global)
            yield Mapping(base, pde.address, LARGE_PAGE, LARGE_PAGE, *rights)
            continue
        for pte in read_table(read, pde.address, 1, pse):
            if pte.present:
                rights = (pde.writable and pte.writable, pde.user and pte.user, pte.is_global)
                yield Mapping(base | pte.index << 12, pte.address, PAGE, PAGE, *rights)


def mappings(read: ReadPhysical, cr3: int, pse: bool = True) -> list[Mapping]:
    """Everything that CR3 maps, in order, with neighbours that are alike joined."""
    joined: list[Mapping] = []
    for page in _pages(read, cr3, pse):
        if joined and joined[-1].continues(page):
            last = joined[-1]
            joined[-1] = replace(last, size=last.size + page.size)
        else:
            joined.append(page)
    return joined
