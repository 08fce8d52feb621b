# SPDX-License-Identifier: MIT
"""Exercise 1.5: the buddy allocator, against a model on the host and on the machine's memory."""

from __future__ import annotations

import struct

from ...catalogue import graded, graded_payload, graded_unit
from ...errors import expect, expect_true
from ...machine.spec import Machine, Module
from ...run import Run

HANDOUT = "lab1-boot.md#exercise-1-5-buddies"

PAGE = 4096
MIB = 1 << 20
FRAME_TABLE = 0xFC400000
DIRECT_MAP = 0xFEC00000
PAGE_INFO_SIZE = 24

test_random = graded_unit(
    "lab1/buddy-random",
    exercise="1.5",
    points=5,
    shows="over long random runs, every block is free, aligned, its own, and merged when it can be",
    program="check_page_alloc",
    case="random",
    handout=HANDOUT,
)

test_maps = graded_unit(
    "lab1/buddy-memory-maps",
    exercise="1.5",
    points=4,
    shows="with odd memory maps, all frames that are usable and not reserved are free, and no other",
    program="check_page_alloc",
    case="memory-maps",
    handout=HANDOUT,
)

test_limits = graded_unit(
    "lab1/buddy-limits",
    exercise="1.5",
    points=3,
    shows="an empty heap, an order too large and a heap without such a block give NULL",
    program="check_page_alloc",
    case="limits",
    handout=HANDOUT,
)

test_orders = graded_payload(
    "lab1/alloc-orders",
    exercise="1.5",
    points=2,
    shows="in the machine, blocks of random orders are taken and given back",
    machine=Machine(payload="alloc-orders"),
    handout=HANDOUT,
)

test_merge = graded_payload(
    "lab1/alloc-merge",
    exercise="1.5",
    points=2,
    shows="in the machine, all single frames given back make the largest blocks again",
    machine=Machine(payload="alloc-merge", memory=128),
    handout=HANDOUT,
)


class Multiboot:
    """What the boot loader said, read by ourselves at the first instruction."""

    def __init__(self, run: Run) -> None:
        info = run.start().registers().ebx
        words = struct.unpack("<13I", run.read_physical(info, 52))
        self.usable = self._memory_map(run.read_physical(words[12], words[11]))
        modules = struct.iter_unpack("<4I", run.read_physical(words[6], 16 * words[5]))
        self.modules = [(start, end) for start, end, *_ in modules]

    @staticmethod
    def _memory_map(raw: bytes) -> list[tuple[int, int]]:
        usable, at = [], 0
        while at < len(raw):
            size, base, length, kind = struct.unpack_from("<IQQI", raw, at)
            if kind == 1 and length:
                usable.append((base, base + length))
            at += size + 4
        return usable


def frames_inside(ranges: list[tuple[int, int]]) -> set[int]:
    return {mfn for start, end in ranges for mfn in range((start + PAGE - 1) // PAGE, end // PAGE)}


def frames_touched(ranges: list[tuple[int, int]]) -> set[int]:
    return {mfn for start, end in ranges for mfn in range(start // PAGE, (end + PAGE - 1) // PAGE)}


def first_of(frames: set[int]) -> str:
    return ", ".join(f"{mfn * PAGE:08x}" for mfn in sorted(frames)[:4]) or "none"


@graded(
    "lab1/only-usable-memory",
    exercise="1.5",
    points=4,
    shows="handed out are all usable frames but the image, the modules and what is in use: no more",
    machine=Machine(payload="alloc-all", memory=32, modules=(Module("ring1.elf", "a module"),)),
    handout=HANDOUT,
)
def test_only_usable_memory(run: Run) -> None:
    loader = Multiboot(run)
    expect(len(loader.modules), 1, "modules that the boot loader passed")
    run.run_until("all_handed_out")

    bitmap = int.from_bytes(run.read_virtual(run.symbol("frames_handed_out"), MIB // 8), "little")
    handed_out = {mfn for mfn in range(bitmap.bit_length()) if bitmap >> mfn & 1}

    usable = frames_inside(loader.usable)
    table_end = max(usable) * PAGE_INFO_SIZE
    table = run.walk(FRAME_TABLE).physical
    expect_true(table is not None, "the frame table must be mapped")
    taken = {
        "the first MiB": frames_touched([(0, MIB)]),
        "the image": frames_touched([(MIB, run.symbol("image_end") - DIRECT_MAP)]),
        "the module": frames_touched(loader.modules),
        "the frame table": frames_touched([(table, table + table_end)]),
    }
    wrong = handed_out - usable
    expect(len(wrong), 0, "frames handed out that are no memory", [f"such as {first_of(wrong)}"])
    for what, frames in taken.items():
        wrong = handed_out & frames
        expect(len(wrong), 0, f"frames of {what} handed out", [f"such as {first_of(wrong)}"])
    lost = usable - handed_out - set().union(*taken.values())
    # The module's command line is the boot loader's, in a frame that stays reserved.
    expect_true(
        len(lost) <= 4, f"{len(lost)} usable frames are never handed out", seen=first_of(lost)
    )
