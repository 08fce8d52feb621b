# SPDX-License-Identifier: MIT
"""`xen gdt` with the pages that it is made of: the running domain's own, and the hypervisor's."""

from __future__ import annotations

from collections.abc import Iterator

from grader.machine.registers import Registers
from grader.x86.paging import PAGE, mappings, walk
from ring1.commands import gdt
from ring1.machine import has_large_pages, paging_is_on, read_physical, registers
from rings.domain import Domain, current
from rings.hypervisor import VIRT_START

#: Of the 16 pages, the last but one is the hypervisor's.
RESERVED_PAGE = 14
ENTRIES = 512


class GuestGdt(gdt.Gdt):
    __doc__ = gdt.Gdt.__doc__

    def lines(self, arguments: list[str]) -> Iterator[str]:
        yield from super().lines(arguments)
        state = registers()
        if arguments or not paging_is_on(state) or state.gdt.limit < RESERVED_PAGE * PAGE:
            return
        domain = current()
        if domain:
            yield from explain_pages(state, domain)


def explain_pages(state: Registers, domain: Domain) -> Iterator[str]:
    """GDTR never changes; the page tables decide whose pages lie there."""
    own = len(domain.gdt_frames())
    yield f"its pages, through the per-domain area of domain {domain.number}'s page tables:"
    for page in range(own):
        frame = frame_behind(state, page)
        yield f"    {span(page, page)}  frame {frame:05x}, the guest's; {views(state, frame)}"
    if own < RESERVED_PAGE:
        frame = frame_behind(state, own)
        rest = span(own, RESERVED_PAGE - 1)
        yield f"    {rest}  frame {frame:05x}, empty: these selectors are #GP, not a page fault"
    frame = frame_behind(state, RESERVED_PAGE)
    reserved = span(RESERVED_PAGE, RESERVED_PAGE)
    yield f"    {reserved}  frame {frame:05x}, the hypervisor's, the same for all domains"


def span(first: int, last: int) -> str:
    """`page 0, selectors 0000 to 0fff`."""
    pages = f"page {first}" if first == last else f"pages {first} to {last}"
    return f"{pages}, selectors {first * PAGE:04x} to {(last + 1) * PAGE - 1:04x}:"


def frame_behind(state: Registers, page: int) -> int:
    address = state.gdt.base + page * PAGE
    return (walk(read_physical, state.cr3, address, has_large_pages(state)).physical or 0) // PAGE


def views(state: Registers, frame: int) -> str:
    """Where the guest itself sees the frame."""
    at = frame * PAGE
    seen = [
        f"{m.vaddr + at - m.physical:08x}, {'WRITABLE' if m.writable else 'read-only'}"
        for m in mappings(read_physical, state.cr3, has_large_pages(state))
        if m.vaddr < VIRT_START and m.physical <= at < m.physical + m.size
    ]
    return f"it sees it at {' and '.join(seen)}" if seen else "it does not see it"


GuestGdt()  # in the place of lab 1's
