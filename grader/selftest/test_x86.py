# SPDX-License-Identifier: MIT
"""The decoders, against values from the processor manual and by hand."""

from __future__ import annotations

import struct

from grader.machine.registers import parse_registers
from grader.x86 import exceptions, paging, registers
from grader.x86.descriptors import Descriptor, Selector, Tss
from grader.x86.gates import Gate


def descriptor(value: int) -> Descriptor:
    return Descriptor.decode(struct.pack("<Q", value))


def test_flat_ring_0_code() -> None:
    flat = descriptor(0x00CF9A000000FFFF)
    assert (flat.base, flat.limit, flat.dpl) == (0, 0xFFFFFFFF, 0)
    assert flat.is_code and flat.readable and flat.present and flat.default_32
    assert str(flat) == "32-bit code, execute/read, ring 0, base 00000000, limit ffffffff"


def test_ring_1_data_that_ends_below_the_hypervisor() -> None:
    data = descriptor(0x00CFB2000000BFFF & ~(0xF << 48) | 0xF << 48)
    assert data.is_data and data.writable and data.dpl == 1
    assert data.limit == 0xFBFFFFFF


def test_a_byte_limit_and_a_scattered_base() -> None:
    tss = descriptor(0x12008934567800 << 8 | 0x67)
    assert not tss.is_segment and tss.type == 9 and tss.limit == 0x67
    assert tss.base == 0x12345678
    assert "32-bit TSS, available" in str(tss)


def test_the_null_descriptor() -> None:
    assert str(descriptor(0)) == "null"


def test_selectors() -> None:
    kernel = Selector(0xE019)
    assert (kernel.rpl, kernel.in_ldt, kernel.index) == (1, False, 0x1C03)
    assert Selector(0x0F).in_ldt


def test_gates() -> None:
    gate = Gate.decode(struct.pack("<II", 0xE0081234, 0xFEC0EE00))
    assert gate.offset == 0xFEC01234 and gate.selector.value == 0xE008
    assert gate.type == 14 and gate.masks_interrupts and gate.dpl == 3 and gate.present
    trap = Gate.decode(struct.pack("<II", 0x00081234, 0x00008F00))
    assert not trap.masks_interrupts and trap.kind == "32-bit trap gate"
    assert str(Gate(0, 0)) == "empty"


def test_tss() -> None:
    words = [0] * 26
    words[1], words[2], words[3], words[4], words[25] = (
        0xFEC10000,
        0xE010,
        0xBFFF0000,
        0xE021,
        104 << 16,
    )
    tss = Tss.decode(struct.pack("<26I", *words))
    assert tss.stack(0) == (0xE010, 0xFEC10000) and tss.stack(1) == (0xE021, 0xBFFF0000)
    assert tss.io_bitmap == 104


class Memory:
    """Page tables in a dictionary of words."""

    def __init__(self, words: dict[int, int]) -> None:
        self.words = words

    def read(self, address: int, length: int) -> bytes:
        count = range(address, address + length, 4)
        return b"".join(struct.pack("<I", self.words.get(at, 0)) for at in count)


TABLES = Memory(
    {
        0x1000 + 4 * 0x3FB: 0x000001E3,  # FEC00000: 4 MiB, writable, global
        0x1000 + 4 * 0x3FC: 0x004001E3,  # and the next 4 MiB after it
        0x1000: 0x00002007,  # 00000000: a table, all rights
        0x2000 + 4: 0x00005025,  # 00001000: read-only, user
        0x2000 + 8: 0x00006027,  # 00002000: writable, user
    }
)


def test_a_walk_to_a_large_page() -> None:
    walk = paging.walk(TABLES.read, 0x1000, 0xFEC01234)
    assert walk.physical == 0x1234 and walk.page_size == 4 << 20
    assert walk.writable and not walk.user and walk.entries[-1].is_global
    assert any("PS=1 4 MiB page" in line for line in walk.explain())


def test_a_walk_to_a_small_page_takes_the_least_rights() -> None:
    walk = paging.walk(TABLES.read, 0x1000, 0x1234)
    assert walk.physical == 0x5234 and not walk.writable and walk.user


def test_a_walk_into_nothing() -> None:
    assert paging.walk(TABLES.read, 0x1000, 0x3000).physical is None
    assert paging.walk(TABLES.read, 0x1000, 0x80000000).physical is None
    assert "not mapped" in paging.walk(TABLES.read, 0x1000, 0x80000000).explain()[-1]


def test_without_pse_the_ps_bit_means_nothing() -> None:
    walk = paging.walk(TABLES.read, 0x1000, 0xFEC01234, pse=False)
    assert len(walk.entries) == 2


def test_mappings_join_neighbours() -> None:
    text = [str(mapping) for mapping in paging.mappings(TABLES.read, 0x1000)]
    assert text == [
        "00001000-00001fff -> 00005000 -u- 4K",
        "00002000-00002fff -> 00006000 wu- 4K",
        "fec00000-ff3fffff -> 00000000 w-g 4M",
    ]


def test_a_reserved_bit_is_told() -> None:
    assert "bit 21 is reserved" in "\n".join(paging.Entry(2, 0, 0x002000E3).explain())


def test_exceptions_in_words() -> None:
    assert exceptions.exception_name(14) == "page fault (#PF, vector 14)"
    assert exceptions.explain_error(14, 3) == "writing, the page's rights forbid it, from rings 0-2"
    assert exceptions.explain_error(13, 0x1A) == "IDT[0x3]"
    assert exceptions.has_error_code(8) and not exceptions.has_error_code(3)


def test_registers_in_words() -> None:
    assert registers.explain_cr0(0x80010001) == "PG WP PE"
    assert registers.explain_eflags(0x3202) == "IF, IOPL 3"


INFO_REGISTERS = """EAX=2badb002 EBX=00009500 ECX=00000001 EDX=000003f8
ESI=00000002 EDI=00000006 EBP=00000007 ESP=00007b60
EIP=00100013 EFL=00000206 [-----P-] CPL=1 II=0 A20=1 SMM=0 HLT=1
ES =e021 00000000 fbffffff 00cfb300 DPL=1 DS   [-WA]
CS =e019 00000000 fbffffff 00cfbb00 DPL=1 CS32 [-RA]
SS =e021 00000000 fbffffff 00cfb300 DPL=1 DS   [-WA]
DS =e021 00000000 fbffffff 00cfb300 DPL=1 DS   [-WA]
FS =0000 00000000 00000000 00000000
GS =0000 00000000 00000000 00000000
LDT=0000 00000000 0000ffff 00008200 DPL=0 LDT
TR =e040 fec12345 00000067 00008b00 DPL=0 TSS32-busy
GDT=     fec11000 0000e07f
IDT=     fec13000 000007ff
CR0=80010011 CR2=00000004 CR3=00101000 CR4=00000090
DR0=00000000 DR1=00000000 DR2=00000000 DR3=00000000
DR6=ffff0ff0 DR7=00000400
"""


def test_the_monitors_registers() -> None:
    now = parse_registers(INFO_REGISTERS)
    assert (now.eax, now.esp, now.eip, now.eflags) == (0x2BADB002, 0x7B60, 0x100013, 0x206)
    assert (now.cr0, now.cr3, now.cpl, now.halted) == (0x80010011, 0x101000, 1, True)
    assert now.cs.selector == 0xE019 and now.cs.rpl == 1 and now.cs.limit == 0xFBFFFFFF
    assert now.cs.loaded.limit == 0xFBFFFFFF and now.cs.loaded.dpl == 1 and now.cs.loaded.is_code
    assert now.tr.base == 0xFEC12345 and now.tr.loaded.base == 0xFEC12345
    assert now.tr.loaded.type == 11
    assert (now.gdt.base, now.gdt.limit, now.idt.limit) == (0xFEC11000, 0xE07F, 0x7FF)
