# SPDX-License-Identifier: MIT
"""Exercise 1.1: the first page directory, and the switch to paging.

Everything here is read from outside, from CR3 down, at the moment when the hypervisor's C code is
entered or when it has finished booting: the stage is not asked.
"""

from __future__ import annotations

from ...catalogue import graded
from ...errors import expect, expect_true
from ...machine.spec import Machine
from ...run import Run
from ...x86 import paging
from ...x86.registers import CR0_PG, CR0_WP, CR4_PSE, explain_cr0, explain_cr4

#: Everything below belongs to guests.
HYPERVISOR = 0xFC000000
DIRECT_MAP = 0xFEC00000
DIRECT_MAP_SIZE = 16 << 20
MIB = 1 << 20
HANDOUT = "lab1-boot.md"


def directory_at(run: Run, place: str) -> list[paging.Entry]:
    """The page directory when `place` is reached."""
    return run.run_until(place).page_directory()


@graded(
    "lab1/direct-map",
    exercise="1.1",
    points=5,
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
    points=4,
    shows="paging is on, ring 0 obeys read-only pages, 4 MiB pages are enabled",
    handout=HANDOUT,
)
def test_paging_bits(run: Run) -> None:
    now = run.run_until("start_xen").registers()
    expect_true(now.cr0 & CR0_PG, "CR0.PG must be set", seen=f"CR0: {explain_cr0(now.cr0)}")
    expect_true(now.cr0 & CR0_WP, "CR0.WP must be set", seen=f"CR0: {explain_cr0(now.cr0)}")
    expect_true(now.cr4 & CR4_PSE, "CR4.PSE must be set", seen=f"CR4: {explain_cr4(now.cr4)}")


@graded(
    "lab1/identity-gone",
    exercise="1.1",
    points=6,
    shows="the map of low addresses, needed for the switch alone, is gone: null pointers fault",
    machine=Machine(memory=128),
    handout=HANDOUT,
)
def test_identity_gone(run: Run) -> None:
    directory = directory_at(run, "start_xen")
    low = [entry for entry in directory[: HYPERVISOR >> 22] if entry.present]
    notes = [entry.explain()[0] for entry in low[:4]]
    expect(len(low), 0, "directory entries below FC000000 that are still present", notes)
