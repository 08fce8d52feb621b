# SPDX-License-Identifier: MIT
"""Exercise 1.1: the first page directory, and the switch to paging.

Everything here is read from outside, from CR3 down, at the moment when the hypervisor's C code is
entered or when it has finished booting: the stage is not asked.
"""

from __future__ import annotations

import struct

from ...catalogue import graded, graded_unit
from ...errors import expect, expect_true
from ...machine.end import TRIPLE_FAULT
from ...machine.spec import Machine
from ...run import Run
from ...x86 import paging
from ...x86.registers import CR0_PG, CR0_WP, CR4_PSE, explain_cr0, explain_cr4

#: Everything below belongs to guests.
HYPERVISOR = 0xFC000000
DIRECT_MAP = 0xFEC00000
DIRECT_MAP_SIZE = 16 << 20
MIB = 1 << 20
HANDOUT = "lab1-boot.md#exercise-1-1-paging-on"


def directory_at(run: Run, place: str) -> list[paging.Entry]:
    """The page directory when `place` is reached."""
    return run.run_until(place).page_directory()


test_boot_map = graded_unit(
    "lab1/boot-map",
    exercise="1.1",
    points=2,
    shows="boot_map() fills a page directory and clears all that was in it before",
    program="check_boot_map",
    handout=HANDOUT,
)


@graded(
    "lab1/direct-map",
    exercise="1.1",
    points=3,
    shows="the first 16 MiB of memory appear at FEC00000",
    handout=HANDOUT,
)
def test_direct_map(run: Run) -> None:
    directory = directory_at(run, "start_xen")
    for at in range(0, DIRECT_MAP_SIZE, 4 * MIB):
        vaddr = DIRECT_MAP + at
        walk = paging.walk(run.read_physical, run.registers().cr3, vaddr)
        expect(walk.physical, at, f"the machine address behind {vaddr:08x}", walk.explain())
        expect_true(walk.writable, f"{vaddr:08x} must be writable", notes=walk.explain())
        expect_true(not walk.user, f"{vaddr:08x} must not be ring 3's", notes=walk.explain())
        entry = directory[vaddr >> 22]
        expect_true(entry.large, f"{vaddr:08x} must be a 4 MiB page", notes=entry.explain())


@graded(
    "lab1/paging-bits",
    exercise="1.1",
    points=3,
    shows="paging is on, ring 0 obeys read-only pages, 4 MiB pages are enabled",
    handout=HANDOUT,
)
def test_paging_bits(run: Run) -> None:
    now = run.run_until("start_xen").registers()
    expect_true(now.cr0 & CR0_PG, "CR0.PG must be set", seen=f"CR0: {explain_cr0(now.cr0)}")
    expect_true(now.cr0 & CR0_WP, "CR0.WP must be set", seen=f"CR0: {explain_cr0(now.cr0)}")
    expect_true(now.cr4 & CR4_PSE, "CR4.PSE must be set", seen=f"CR4: {explain_cr4(now.cr4)}")


@graded(
    "lab1/arguments",
    exercise="1.1",
    points=1,
    shows="start_xen() gets what the boot loader left in EAX and EBX",
    handout=HANDOUT,
)
def test_arguments(run: Run) -> None:
    loader = run.start().registers()
    stack = run.run_until("start_xen").registers().esp
    for number, (name, value) in enumerate((("EAX", loader.eax), ("EBX", loader.ebx)), 1):
        what = f"start_xen()'s argument {number}, which was in {name} at the first instruction"
        expect(run.read_u32(stack + 4 * number), value, what)


@graded(
    "lab1/identity-gone",
    exercise="1.1",
    points=4,
    shows="the map of low addresses, needed for the switch alone, is gone: null pointers fault",
    machine=Machine(memory=128),
    handout=HANDOUT,
)
def test_identity_gone(run: Run) -> None:
    directory = directory_at(run, "start_xen")
    low = [entry for entry in directory[: HYPERVISOR >> 22] if entry.present]
    notes = [entry.explain()[0] for entry in low[:4]]
    expect(len(low), 0, "directory entries below FC000000 that are still present", notes)


#: movl ADDRESS, %eax; movl $0x10, %eax; movl $0xf4, %edx; outl %eax, %dx (an orderly end); hlt
READ_AND_SHUT_DOWN = "a1 {} b8 10000000 ba f4000000 ef f4"


@graded(
    "lab1/identity-forgotten",
    exercise="1.1",
    points=2,
    shows="the processor, whose TLB keeps what it has used, has forgotten the low addresses too",
    handout=HANDOUT,
)
def test_identity_forgotten(run: Run) -> None:
    low = run.symbol("start")
    run.run_until("start_xen")
    # In start_xen()'s place, code that reads the page from which head.S turned paging on. There
    # is no interrupt table yet: a page fault ends in a triple fault, as it should.
    code = bytes.fromhex(READ_AND_SHUT_DOWN.format(struct.pack("<I", low).hex()))
    run.write_physical(run.physical("start_xen"), code)
    place = "the TLB alone" if run.walk(low).physical is None else "memory"
    end = run.finish()
    expect_true(
        end.kind == TRIPLE_FAULT,
        f"reading {low:08x} must fault once start_xen() is entered",
        seen=f"it was read: the low map's entry is still in {place}",
    )
