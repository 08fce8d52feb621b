# SPDX-License-Identifier: MIT
"""Exercise 2.6: a guest's own descriptors, and none that reaches into the hypervisor."""

from __future__ import annotations

from collections.abc import Iterable

from ...catalogue import graded, graded_payload, graded_unit
from ...errors import expect, expect_true
from ...machine.spec import Machine, Module
from ...run import Run
from ...x86.descriptors import Descriptor, decode_table
from .guests import GUEST_SEGMENT_END

HANDOUT = "lab2-rings.md#exercise-2-6-descriptor-tables"

test_segments = graded_unit(
    "lab2/descriptor-segments",
    exercise="2.6",
    points=2,
    shows="descriptor_ok() judges every kind of segment, at every border",
    program="check_descriptor_ok",
    case="segments",
    handout=HANDOUT,
)

test_gates = graded_unit(
    "lab2/descriptor-gates",
    exercise="2.6",
    points=1,
    shows="descriptor_ok() takes call gates to guest code, and no other system descriptor",
    program="check_descriptor_ok",
    case="gates-and-system",
    handout=HANDOUT,
)

test_set_gdt_frames = graded_unit(
    "lab2/set-gdt-frames",
    exercise="2.6",
    points=1,
    shows="set_gdt takes as many frames as the entries need, in place of those before",
    program="check_guest_gdt",
    case="set-gdt",
    handout=HANDOUT,
)

test_set_gdt_frames_refused = graded_unit(
    "lab2/set-gdt-frames-refused",
    exercise="2.6",
    points=1,
    shows="set_gdt refuses bad frames, descriptors and lists, and nothing has changed",
    program="check_guest_gdt",
    case="set-gdt-refusals",
    handout=HANDOUT,
)

test_update_one = graded_unit(
    "lab2/update-descriptor-address",
    exercise="2.6",
    points=1,
    shows="update_descriptor changes the entry at the address, if that is in the GDT",
    program="check_guest_gdt",
    case="update-descriptor",
    handout=HANDOUT,
)


GUEST = "guest_gdt.elf"
PAGE = 4096
ENTRIES = 512
FIRST_RESERVED = 0xE000 >> 3
GUEST_END = GUEST_SEGMENT_END + 1

DPL_1 = 1 << 13
ACCESSED = 1 << 8
#: The entries of guest_gdt.c's table that the test has its own opinion of.
FLAT0, FLAT3, WINDOW = 1, 2, 3


def machine(what: str) -> Machine:
    return Machine(command_line="dom0_mem=8M", modules=(Module(GUEST, what),))


def acceptable(wanted: Descriptor) -> Descriptor:
    """What a good descriptor must have become: ring 1 at least, and an end below the hypervisor."""
    low, high = wanted.low, wanted.high
    if not wanted.present:
        return wanted
    if not wanted.dpl:
        high |= DPL_1
    if not wanted.is_segment:
        return Descriptor(low | (0 if low >> 16 & 3 else 1 << 16), high)
    if wanted.granular:
        pages = min(wanted.limit >> 12, ((GUEST_END - wanted.base) >> 12) - 1)
        low, high = low & 0xFFFF0000 | pages & 0xFFFF, high & ~0xF0000 | pages & 0xF0000
    return Descriptor(low, high)


def stop_at(run: Run, label: str) -> Run:
    what = f"the guest must get to its label gdt_at_{label}"
    return run.run_until(run.guest_symbol(GUEST, f"gdt_at_{label}"), what)


def table(run: Run, name: str = "gdt_table") -> list[Descriptor]:
    """A page of descriptors in the guest's memory."""
    return decode_table(run.read_virtual(run.guest_symbol(GUEST, name), PAGE))


def without_accessed(descriptors: Iterable[Descriptor]) -> list[Descriptor]:
    """The processor sets the accessed bit of a segment that it loads."""
    return [Descriptor(d.low, d.high & ~ACCESSED if d.is_segment else d.high) for d in descriptors]


def check_in_use(run: Run, expected: list[Descriptor]) -> None:
    """The GDT as the processor finds it: the guest's page first, the hypervisor's own at its place."""
    gdt = run.gdt()
    expect_true(len(gdt) > FIRST_RESERVED, "GDTR must reach the reserved page", str(len(gdt)))
    for number, (seen, wanted) in enumerate(zip(without_accessed(gdt), expected)):
        notes = ["must be:", *wanted.explain(), "is:", *seen.explain()]
        expect(str(seen), str(wanted), f"entry {number} of the GDT", notes)
        expect((seen.high, seen.low), (wanted.high, wanted.low), f"entry {number}", notes)


@graded(
    "lab2/set-gdt",
    exercise="2.6",
    points=3,
    shows="good descriptors are taken: DPL 0 raised, limits cut below the hypervisor, others as given",
    machine=machine("set"),
    handout=HANDOUT,
)
def test_set_gdt(run: Run) -> None:
    wanted = table(stop_at(run, "before_set"))
    reserved = without_accessed(run.gdt()[FIRST_RESERVED:])
    stop_at(run, "after_set")
    check_in_use(run, [acceptable(descriptor) for descriptor in wanted])
    now = without_accessed(run.gdt()[FIRST_RESERVED:])
    expect(now == reserved, True, "the reserved entries must be as they were")

    loaded = stop_at(run, "loaded").registers()
    for name, entry in (("es", FLAT0), ("fs", FLAT3), ("gs", WINDOW)):
        segment, what = loaded.segments[name], f"{name.upper()} with the guest's entry {entry}"
        cut = acceptable(wanted[entry])
        expect(segment.selector >> 3, entry, f"{what}: the entry that is loaded")
        expect(segment.base, cut.base, f"{what}: the base, as loaded")
        expect(segment.limit, cut.limit, f"{what}: the limit, as loaded")
        expect_true(segment.loaded.dpl, f"{what}: the ring, as loaded, must not be 0")
    run.passes()


@graded(
    "lab2/gdt-read-only",
    exercise="2.6",
    points=1,
    shows="the guest cannot write to its GDT's frames while they are in use, and can before and after",
    machine=machine("set"),
    handout=HANDOUT,
)
def test_gdt_read_only(run: Run) -> None:
    frames = {name: run.guest_symbol(GUEST, name) for name in ("gdt_table", "gdt_other")}

    def check(label: str, in_use: str) -> None:
        stop_at(run, label)
        for name, address in frames.items():
            walk = run.walk(address)
            must = "not be" if name == in_use else "be"
            what = f"{name}, at {label}: its page must {must} writable for the guest"
            expect_true(walk.writable == (name != in_use), what, notes=walk.explain())
        if in_use:
            physical = run.walk(frames[in_use]).physical
            gdt = run.walk(run.registers().gdt.base).physical
            expect(gdt, physical, f"the frame behind GDTR's first page, at {label}")

    check("before_set", "")
    check("after_set", "gdt_table")
    check("replaced", "gdt_other")
    check("without", "")


@graded(
    "lab2/set-gdt-refuses",
    exercise="2.6",
    points=2,
    shows="bad descriptors, frames and lists are refused, and after that nothing has changed",
    machine=machine("refuse"),
    handout=HANDOUT,
)
def test_set_gdt_refuses(run: Run) -> None:
    stop_at(run, "before_refusals")
    before = without_accessed(run.gdt())
    where = run.walk(run.registers().gdt.base).physical
    stop_at(run, "after_refusals")
    expect(run.walk(run.registers().gdt.base).physical, where, "the frame of the GDT in use")
    changed = [n for n, (a, b) in enumerate(zip(without_accessed(run.gdt()), before)) if a != b]
    expect(changed, [], "entries of the GDT in use that refused calls have changed")
    run.passes()


@graded(
    "lab2/update-descriptor",
    exercise="2.6",
    points=2,
    shows="one entry is replaced, as far as set_gdt would take it, in a frame of the GDT and no other",
    machine=machine("update"),
    handout=HANDOUT,
)
def test_update_descriptor(run: Run) -> None:
    stop_at(run, "before_update")
    before = without_accessed(table(run))
    other = table(run, "gdt_other")
    stop_at(run, "not_updated")
    changed = [n for n, (a, b) in enumerate(zip(without_accessed(table(run)), before)) if a != b]
    expect(changed, [], "entries of the GDT that refused updates have changed")
    expect(table(run, "gdt_other") == other, True, "a page that is no GDT must be as it was")
    stop_at(run, "updated")
    before[WINDOW] = acceptable(Descriptor(0x0000FFFF, 0x00CF9200))
    check_in_use(run, before)
    run.passes()


test_empty_entries = graded_payload(
    "lab2/empty-entries",
    exercise="2.6",
    points=1,
    shows="loading an empty entry, with or without a page behind it, is #GP with its selector",
    machine=machine("fault"),
    handout=HANDOUT,
)
