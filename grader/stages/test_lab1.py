# SPDX-License-Identifier: MIT
"""Stage 1 with bad command lines, memory maps and modules: a sentence and an orderly end, always."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.labs.lab1.bench import MEMORY_SIZES, boot_cost
from grader.machine import end as ends
from grader.machine.live import Live
from grader.machine.spec import Machine

from . import multiboot
from .multiboot import Loader, Region

MIB = 1 << 20
MAX_BOOT_COST = 2_000_000

Stage = Callable[[int], Path]
Boot = Callable[..., Live]


@pytest.fixture
def boot(stage: Stage) -> Iterator[Boot]:
    """Starts machines of stage 1, and ends them after the test."""
    machines: list[Live] = []

    def start(**options: object) -> Live:
        machine = Live(Machine(**options), stage(1) / "ring1.elf", key="")  # type: ignore[arg-type]
        machines.append(machine)
        return machine

    yield start
    for machine in machines:
        machine.close()


def boots(machine: Live) -> str:
    """Runs to the end of the set-up; gives what was printed."""
    ended = machine.run_until(machine.image.symbols["boot_complete"].address)
    assert ended is None, (ended.sentence, ended.serial)
    return machine.serial.text()


def cannot_start(machine: Live) -> str:
    """Runs to the end, which must be a refusal; gives its sentence."""
    end = machine.finish()
    assert end.kind == ends.CANNOT_START, (end.sentence, end.notes, end.serial)
    return end.sentence


def test_unknown_and_malformed_options_are_named_and_ignored(boot: Boot) -> None:
    printed = boots(boot(command_line="frobnicate com1=fast noreboot=1 console= test=x =y no-com1"))
    for word in ("frobnicate", "com1=fast", "noreboot=1", "test=x", "=y", "no-com1"):
        assert f"command line: {word}: " in printed
    assert "console=" in printed


def test_a_command_line_that_is_too_long_is_refused(boot: Boot) -> None:
    assert "command line" in cannot_start(boot(command_line="x" * 2000))


def test_too_little_memory(boot: Boot) -> None:
    assert "at least 20480 KiB are needed" in cannot_start(boot(memory=8))


def test_the_least_memory(boot: Boot) -> None:
    boots(boot(memory=24))


def test_no_memory_map_but_a_memory_size(boot: Boot) -> None:
    machine = boot()
    Loader(machine).clear_flags(multiboot.FLAG_MEMORY_MAP)
    assert "no memory map" in boots(machine)


def test_no_memory_map_at_all(boot: Boot) -> None:
    machine = boot()
    Loader(machine).clear_flags(multiboot.FLAG_MEMORY_MAP | multiboot.FLAG_MEMORY)
    assert "gave no memory map" in cannot_start(machine)


def test_overlaps_holes_and_reversed_order(boot: Boot) -> None:
    machine = boot(memory=64)
    regions = [
        Region(48 * MIB, 16 * MIB),
        Region(1 * MIB, 40 * MIB),
        Region(32 * MIB, 4 * MIB, kind=2),
        Region(20 * MIB, 21 * MIB),
        Region(0, 640 << 10),
        Region(60 * MIB + 123, 1, kind=3),
    ]
    Loader(machine).set_memory_map(b"".join(region.pack() for region in regions))
    printed = boots(machine)
    for line in (
        "00000000 to 0009ffff",
        "00100000 to 01ffffff",
        "02400000 to 028fffff",
        "03000000 to 03bfffff",
        "03c01000 to 03ffffff",
    ):
        assert f"memory:   {line}" in printed


def test_entries_that_wrap_or_are_cut_short(boot: Boot) -> None:
    machine = boot(memory=64)
    good = Region(1 * MIB, 63 * MIB).pack()
    wraps = Region((1 << 64) - MIB, 2 * MIB).pack()
    Loader(machine).set_memory_map(good + wraps + Region(0, MIB, size=4).pack())
    assert "2 entries make no sense" in boots(machine)


def test_memory_beyond_four_gigabytes_is_left_alone(boot: Boot) -> None:
    machine = boot(memory=64)
    beyond = Region(5 << 30, 1 << 30).pack()
    Loader(machine).set_memory_map(Region(1 * MIB, 63 * MIB).pack() + beyond)
    assert "00100000 to 03ffffff" in boots(machine)


@pytest.mark.parametrize("seed", range(8))
def test_rubbish_for_a_memory_map(boot: Boot, seed: int) -> None:
    """Whatever it says, the machine boots or refuses; memory that is not there may be in the map."""
    numbers = random.Random(seed)
    regions = [
        Region(numbers.getrandbits(numbers.choice((25, 26, 64))), numbers.getrandbits(24), kind)
        for kind in (2, 3, 4, 5, 0, 77) * 12
    ]
    regions.append(Region(0, 64 * MIB))
    numbers.shuffle(regions)
    machine = boot(memory=64)
    raw = b"".join(region.pack() for region in regions)
    Loader(machine).set_memory_map(raw + numbers.randbytes(seed))
    ended = machine.run_until(machine.image.symbols["boot_complete"].address)
    assert ended is None or ended.kind == ends.CANNOT_START, (ended.sentence, ended.serial)


@pytest.mark.parametrize(
    ("module", "says"),
    [
        ((1 * MIB, 2 * MIB), "lies over the hypervisor's image"),
        ((0, 64 * MIB), "lies over the hypervisor's image"),
        ((40 * MIB, 39 * MIB), "ends before"),
        ((63 * MIB, 65 * MIB), "does not lie in memory"),
        ((0xFFFFF000, 0xFFFFFFFF), "does not lie in memory"),
    ],
)
def test_modules_where_no_module_can_be(boot: Boot, module: tuple[int, int], says: str) -> None:
    machine = boot(memory=64)
    Loader(machine).set_modules(module)
    assert says in cannot_start(machine)


def test_a_module_in_the_way_of_the_frame_table(boot: Boot) -> None:
    machine = boot(memory=64)
    Loader(machine).set_modules((17 * MIB, 63 * MIB))
    assert "frame table" in boots(machine)


@pytest.mark.parametrize(
    "offset", [multiboot.COMMAND_LINE, multiboot.MODULES_ADDRESS, multiboot.MAP_ADDRESS]
)
def test_pointers_beyond_what_is_mapped(boot: Boot, offset: int) -> None:
    machine = boot(memory=64)
    loader = Loader(machine)
    loader.set_modules((40 * MIB, 41 * MIB))
    loader.set_word(offset, 0xFFFFFFF0)
    assert "is not in the first 16 MiB" in cannot_start(machine) or "no end" in machine.end.sentence


def test_more_modules_than_we_keep(boot: Boot) -> None:
    machine = boot(memory=64)
    loader = Loader(machine)
    loader.set_modules(*[(40 * MIB, 40 * MIB + 1)] * 161)
    assert "only the first 160 are used" in boots(machine)


def test_debug_keys_work_and_the_machine_ends_in_order(boot: Boot) -> None:
    machine = boot()
    boots(machine)
    machine.send("hmd?P")
    end = machine.finish()
    assert end.kind == ends.ORDERLY, end.sentence
    for text in ("this list", "domains' heap", "breakpoint, vector 3", "no debug key '?'"):
        assert text in end.serial


def test_boot_is_cheap_and_does_not_grow_with_memory(stage: Stage) -> None:
    small, large = (boot_cost(stage(1) / "ring1.elf", memory) for memory in MEMORY_SIZES)
    assert large < MAX_BOOT_COST
    assert large < 2 * small
