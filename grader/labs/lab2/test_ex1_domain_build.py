# SPDX-License-Identifier: MIT
"""Exercise 2.1: a kernel's file becomes a domain's memory.

All is read from outside, when the hypervisor is about to switch to the first domain: no guest has
run yet.
"""

from __future__ import annotations

import re
import struct
from typing import Any

from ...catalogue import graded, graded_unit
from ...errors import expect, expect_true, fail
from ...machine.spec import Machine, Module
from ...run import Run
from ...x86 import paging
from .domains import GUEST_START, PAGE, Domain, domains

HANDOUT = "lab2-rings.md#exercise-2-1-a-kernel-in-memory"

HYPERVISOR_SLOT = 0xFC000000 >> 22
LINEAR_SLOT = 0xFE000000 >> 22
PERDOMAIN_SLOT = 0xFE400000 >> 22

#: Present, accessed, writable, ring 3's (the test guests say USER_PAGES=yes).
WRITABLE, READ_ONLY = 0x27, 0x25
DIRECTORY_ENTRY = 0x67

#: Domain 0, whose ram disk takes it past the first page table; and an unprivileged domain.
BOTH = Machine(
    payload="int3",
    command_line="int3-calls dom0_mem=12M",
    modules=(
        Module("guest_start_of_day.elf", "privileged"),
        Module("guest_hello.elf", size=5 << 20),
        Module("guest_steady.elf", "domu mem=6M a b c"),
    ),
)
#: Which module is whose kernel there.
KERNEL_OF = {0: 0, 1: 2}


test_elf_loads = graded_unit(
    "lab2/elf-loads",
    exercise="2.1",
    points=1,
    shows="elf_load() hands on each loadable segment, in the file's order, and the entry",
    program="check_elf",
    case="loads",
    handout=HANDOUT,
)

test_elf_bad_headers = graded_unit(
    "lab2/elf-bad-headers",
    exercise="2.1",
    points=2,
    shows="elf_load() refuses a file whose header is wrong or cut short, and names the field",
    program="check_elf",
    case="bad-headers",
    handout=HANDOUT,
)

test_elf_bad_segments = graded_unit(
    "lab2/elf-bad-segments",
    exercise="2.1",
    points=1,
    shows="elf_load() refuses segments that lie, wrap or overlap, before it hands on any",
    program="check_elf",
    case="bad-segments",
    handout=HANDOUT,
)

test_elf_mutated = graded_unit(
    "lab2/elf-mutated",
    exercise="2.1",
    points=1,
    shows="whatever bytes of a kernel's file are changed, elf_load() judges it right",
    program="check_elf",
    case="mutated",
    handout=HANDOUT,
)

test_first_directory = graded_unit(
    "lab2/first-directory",
    exercise="2.1",
    points=1,
    shows="build_initial_tables() fills a page directory, and clears what is not the guest's",
    program="check_initial_tables",
    case="directory",
    handout=HANDOUT,
)

test_first_tables = graded_unit(
    "lab2/first-page-tables",
    exercise="2.1",
    points=2,
    shows="build_initial_tables() maps scattered frames in order, page tables read-only",
    program="check_initial_tables",
    case="page-tables",
    handout=HANDOUT,
)


def built_domains(run: Run, expected: int) -> list[Domain]:
    run.run_until("domain_switch", "the hypervisor must have a domain to switch to")
    found = list(domains(run))
    expect(len(found), expected, "domains that were built")
    return found


def hypercall_stub(number: int) -> bytes:
    """What stands in the hypercall page for a number (ABI, section 2)."""
    if number == 23:
        return b"\x50\xb8" + struct.pack("<I", number) + b"\xcd\x82"
    return b"\xb8" + struct.pack("<I", number) + b"\xcd\x82\xc3"


@graded(
    "lab2/kernel-loaded",
    exercise="2.1",
    points=2,
    shows="every byte of the kernel's segments is where the file says, and what is over is zero",
    machine=BOTH,
    handout=HANDOUT,
)
def test_kernel_loaded(run: Run) -> None:
    for domain in built_domains(run, 2):
        who = f"domain {domain.number}"
        segments = run.guest_segments(KERNEL_OF[domain.number])
        for segment in segments:
            check_segment(domain, segment.start, segment.data.ljust(segment.size, b"\0"))
        page = domain.read(GUEST_START, PAGE)
        for number in range(128):
            stub = hypercall_stub(number)
            seen = page[32 * number :][: len(stub)]
            expect(seen.hex(" "), stub.hex(" "), f"{who}'s hypercall page, stub {number}")
        expect(
            domain.eip,
            run.guest_symbol(run_file(domain), "guest_start"),
            f"{who}'s first EIP",
        )


def run_file(domain: Domain) -> str:
    return BOTH.modules[KERNEL_OF[domain.number]].file


def check_segment(domain: Domain, start: int, wanted: bytes) -> None:
    """Compares all but the hypercall page, which the hypervisor fills."""
    skip = PAGE if start == GUEST_START else 0
    seen = domain.read(start + skip, len(wanted) - skip)
    for offset, (is_there, expected) in enumerate(zip(seen, wanted[skip:])):
        if is_there != expected:
            at = start + skip + offset
            expect(
                seen[offset : offset + 8].hex(" "),
                wanted[skip + offset :][:8].hex(" "),
                f"domain {domain.number}'s bytes at {at:08x} (segment at {start:08x})",
            )


@graded(
    "lab2/initial-map",
    exercise="2.1",
    points=3,
    shows="the first page tables map each page of the layout to its frame, themselves read-only",
    machine=BOTH,
    handout=HANDOUT,
)
def test_initial_map(run: Run) -> None:
    for domain in built_domains(run, 2):
        check_directory(run, domain)
        check_tables(run, domain)


def check_directory(run: Run, domain: Domain) -> None:
    who = f"domain {domain.number}"
    tables = domain.page_tables
    own_frame = domain.frames[tables]
    expect(domain.cr3, own_frame * PAGE, f"{who}'s CR3: its page {tables:#x}, the directory")
    directory = paging.read_table(run.read_physical, domain.cr3, 2)
    idle = struct.unpack("<1024I", run.read_virtual(run.symbol("idle_pg_table"), PAGE))
    first = GUEST_START >> 22
    for entry in directory:
        what = f"{who}'s directory entry {entry.index:#x} (of {entry.index << 22:08x})"
        number = entry.index - first
        if 0 <= number < domain.start_info.nr_pt_frames - 1:
            wanted = domain.frames[tables + 1 + number] * PAGE | DIRECTORY_ENTRY
        elif entry.index < HYPERVISOR_SLOT:
            wanted = 0
        elif entry.index == LINEAR_SLOT:
            expect(entry.address, domain.cr3, f"{what}: the directory itself", entry.explain())
            continue
        elif entry.index == PERDOMAIN_SLOT:
            expect_true(entry.present, f"{what} must be present", notes=entry.explain())
            continue
        else:
            wanted = idle[entry.index]
        expect(entry.value, wanted, what, entry.explain())


def check_tables(run: Run, domain: Domain) -> None:
    who = f"domain {domain.number}"
    tables = range(domain.page_tables, domain.page_tables + domain.start_info.nr_pt_frames)
    for number in range(domain.start_info.nr_pt_frames - 1):
        table = domain.frames[tables.start + 1 + number] * PAGE
        for entry in paging.read_table(run.read_physical, table, 1):
            page = 1024 * number + entry.index
            role = " (a page table)" if page in tables else ""
            what = f"{who}'s entry of page {page:#x}{role}, at {GUEST_START + page * PAGE:08x}"
            rights = READ_ONLY if page in tables else WRITABLE
            expect(entry.value, domain.frames[page] * PAGE | rights, what, entry.explain())


#: Offsets in an ELF header, and in the first and second program headers behind it.
E_IDENT, E_TYPE, E_MACHINE, E_VERSION, E_PHOFF, E_PHENTSIZE, E_PHNUM = 0, 16, 18, 20, 28, 42, 44
FIRST, SECOND = 52, 84
P_OFFSET, P_PADDR, P_FILESZ, P_MEMSZ = 4, 12, 16, 20


def word(offset: int, value: int) -> tuple[int, bytes]:
    return offset, struct.pack("<I", value)


def half(offset: int, value: int) -> tuple[int, bytes]:
    return offset, struct.pack("<H", value)


#: Where the program headers lie: any of these may be named.
TABLE = "e_phoff|e_phnum|e_phentsize"

#: What is wrong with the file: the module, and the fields of which the sentence names one.
BAD_KERNELS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"size": 0x33}, "e_ehsize"),
    ({"size": FIRST + 40}, TABLE),
    ({"size": 0x1800}, "p_offset|p_filesz"),
    ({"patches": ((E_IDENT, b"\x7fELG"),)}, "e_ident|magic"),
    ({"patches": ((E_IDENT + 4, b"\x02"),)}, "e_ident|CLASS|class"),
    ({"patches": ((E_IDENT + 5, b"\x02"),)}, "e_ident|DATA|data"),
    ({"patches": (half(E_TYPE, 3),)}, "e_type"),
    ({"patches": (half(E_MACHINE, 62),)}, "e_machine"),
    ({"patches": (word(E_VERSION, 2),)}, "e_version"),
    ({"patches": (half(E_PHENTSIZE, 31),)}, "e_phentsize"),
    ({"patches": (half(E_PHNUM, 0),)}, "e_phnum|p_type"),
    ({"patches": (half(E_PHNUM, 0xFFFF),)}, TABLE),
    ({"patches": (word(E_PHOFF, 0xFFFFFFF0),)}, TABLE),
    ({"patches": (word(FIRST + P_OFFSET, 0xFFFFF000),)}, "p_offset|p_filesz"),
    ({"patches": (word(FIRST + P_FILESZ, 0xFFFFFFFF),)}, "p_filesz|p_offset|p_memsz"),
    (
        {"patches": (word(FIRST + P_FILESZ, 0xFFFFFFFF), word(FIRST + P_MEMSZ, 0xFFFFFFFF))},
        "p_offset|p_filesz|p_memsz|p_paddr",
    ),
    ({"patches": (word(FIRST + P_MEMSZ, 1),)}, "p_filesz|p_memsz"),
    ({"patches": (word(SECOND + P_MEMSZ, 0xFFFFFFFF),)}, "p_memsz|p_paddr"),
    ({"patches": (word(SECOND + P_PADDR, 0xFFFFF000),)}, "p_paddr|p_memsz"),
    ({"patches": (word(SECOND + P_PADDR, GUEST_START),)}, "p_paddr|p_memsz"),
)

GOOD_ONE = len(BAD_KERNELS) + 1


@graded(
    "lab2/bad-kernels",
    exercise="2.1",
    points=2,
    shows="malformed files are refused, each with a sentence that names the field; a good one starts",
    machine=Machine(
        payload="int3",
        command_line="int3-calls",
        modules=tuple(Module("guest_steady.elf", "domu mem=4M", **bad) for bad, _ in BAD_KERNELS)
        + (Module("guest_steady.elf", "domu mem=4M"),),
    ),
    handout=HANDOUT,
)
def test_bad_kernels(run: Run) -> None:
    found = built_domains(run, 1)
    expect(found[0].number, GOOD_ONE, "the domain that was built, whose file is good")
    for number, (change, fields) in enumerate(BAD_KERNELS, 1):
        said = re.search(rf"domain {number} is not started: (.*)", run.serial)
        if said is None:
            fail(f"domain {number} must be refused, whose file has {change}")
        elif not re.search(fields, said[1]):
            what = f"what is said of domain {number}, whose file has {change}"
            fail(what, expected=f"a sentence on {fields.replace('|', ' or ')}", seen=said[1])
