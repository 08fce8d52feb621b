# SPDX-License-Identifier: MIT
"""Exercise 1.3: the segments of the ABI, read from memory and from the processor."""

from __future__ import annotations

from ...catalogue import graded, graded_unit
from ...errors import expect, expect_true
from ...run import Run
from ...x86.descriptors import Descriptor

HANDOUT = "lab1-boot.md#exercise-1-3-descriptors"

HYPERVISOR_CS = 0xE008
HYPERVISOR_DS = 0xE010
TSS_SELECTOR = 0xE040
HYPERVISOR_END = 0xFFFFFFFF
GUEST_END = 0xFC3FFFFF

#: Selector: what it is for, its ring, code or data, its last byte (ABI, section 1).
FLAT_SEGMENTS = {
    0xE008: ("the hypervisor's code", 0, True, HYPERVISOR_END),
    0xE010: ("the hypervisor's data", 0, False, HYPERVISOR_END),
    0xE019: ("guest kernels' code", 1, True, GUEST_END),
    0xE021: ("guest kernels' data", 1, False, GUEST_END),
    0xE02B: ("guest programs' code", 3, True, GUEST_END),
    0xE033: ("guest programs' data", 3, False, GUEST_END),
}

test_make_descriptor = graded_unit(
    "lab1/make-descriptor",
    exercise="1.3",
    points=4,
    shows="make_descriptor() puts base, limit, type and ring where the processor looks for them",
    program="check_descriptors",
    case="make-descriptor",
    handout=HANDOUT,
)


def check_segment(descriptor: Descriptor, selector: int) -> None:
    purpose, ring, is_code, end = FLAT_SEGMENTS[selector]
    what = f"{purpose} (selector {selector:04x})"
    notes = descriptor.explain()
    expect_true(descriptor.present, f"{what} must be present", notes=notes)
    expect_true(descriptor.is_segment, f"{what} must be no system segment (S)", notes=notes)
    expect(descriptor.is_code, is_code, f"is {what} code?", notes)
    usable = descriptor.readable and (is_code or descriptor.writable)
    expect_true(usable, f"{what} must be readable, and writable if it is data", notes=notes)
    plain = not descriptor.conforming and not descriptor.expand_down
    expect_true(plain, f"{what} must be neither conforming nor expand-down", notes=notes)
    expect(descriptor.dpl, ring, f"the ring (DPL) of {what}", notes)
    expect_true(descriptor.default_32, f"{what} must be 32-bit (D/B)", notes=notes)
    expect(descriptor.base, 0, f"the base of {what}", notes)
    expect(descriptor.limit, end, f"the last byte of {what}", notes)


def expect_selector(seen: int, expected: int, where: str) -> None:
    expect(f"{seen:04x}", f"{expected:04x}", f"the selector in {where} after descriptors_init()")


@graded(
    "lab1/gdt",
    exercise="1.3",
    points=5,
    shows="the GDT holds the ABI's six flat segments; guests' end below the hypervisor",
    handout=HANDOUT,
)
def test_gdt(run: Run) -> None:
    run.run_until("idt_init")
    limit = run.registers().gdt.limit
    expect(limit % 8, 7, "GDTR's limit, the offset of a descriptor's last byte, modulo 8")
    gdt = run.gdt()
    last = TSS_SELECTOR + 7
    expect_true(
        len(gdt) * 8 > last,
        f"GDTR's limit must reach {last:04x} at least",
        seen=f"{len(gdt) * 8 - 1:04x}",
    )
    for selector in FLAT_SEGMENTS:
        check_segment(gdt[selector >> 3], selector)
    for index in range(0, 0xE000 >> 3):
        expect_true(not gdt[index].present, f"entry {index:#x} is a guest's, and must be empty yet")


@graded(
    "lab1/segments-loaded",
    exercise="1.3",
    points=3,
    shows="the processor has loaded those descriptors into its segment registers",
    handout=HANDOUT,
)
def test_segments_loaded(run: Run) -> None:
    now = run.run_until("idt_init").registers()
    expect_selector(now.cs.selector, HYPERVISOR_CS, "CS")
    for name in ("ds", "es", "ss", "fs", "gs"):
        expect_selector(now.segments[name].selector, HYPERVISOR_DS, name.upper())
    for name in ("cs", "ds", "es", "ss"):
        loaded = now.segments[name]
        expect(loaded.base, 0, f"{name.upper()}'s base, as loaded")
        expect(loaded.limit, HYPERVISOR_END, f"{name.upper()}'s limit, as loaded")
        expect(loaded.loaded.dpl, 0, f"{name.upper()}'s ring, as loaded")


@graded(
    "lab1/tss",
    exercise="1.3",
    points=3,
    shows="the task register has a TSS that names ring 0's stack and gives no I/O ports away",
    handout=HANDOUT,
)
def test_tss(run: Run) -> None:
    now = run.run_until("idt_init").registers()
    expect_selector(now.tr.selector, TSS_SELECTOR, "TR")
    expect(now.tr.limit, 103, "the TSS's limit: the offset of its last byte")
    expect(now.tr.base, run.symbol("hypervisor_tss"), "the TSS's base")
    expect(run.gdt()[TSS_SELECTOR >> 3].dpl, 0, "the ring (DPL) of the TSS's descriptor")
    tss = run.tss()
    ss0, esp0 = tss.stack(0)
    expect(f"{ss0:04x}", f"{HYPERVISOR_DS:04x}", "SS0 in the TSS", tss.explain())
    expect(esp0, run.symbol("hypervisor_stack_top"), "ESP0 in the TSS", tss.explain())
    expect_true(
        tss.io_bitmap > now.tr.limit,
        "the I/O bitmap must lie past the TSS's limit, so that there is none",
        seen=f"offset {tss.io_bitmap:#x}",
    )
