# SPDX-License-Identifier: MIT
"""Stage 2: whatever a guest does, it hurts itself at most; and what is given back is given back."""

from __future__ import annotations

import os
import re
import struct
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.boot import guest_modules
from grader.build import make_command, make_environment
from grader.elf import load_image
from grader.errors import UsageError
from grader.labs.lab2.domains import FRAME_TABLE, NO_FRAME, PAGE_INFO_SIZE
from grader.ktap import marked_lines, parse_ktap
from grader.labs.lab1.payload import random_number
from grader.machine import end as ends
from grader.machine.end import End
from grader.machine.live import Live
from grader.machine.registers import Registers
from grader.machine.spec import Machine, Module
from grader.paths import ROOT

KEYS = tuple(f"{n:02x}" * 16 for n in (0x3C, 0x5A, 0x91, 0xE7))

Stage = Callable[[int], Path]
Boot = Callable[..., Live]


@pytest.fixture
def boot(stage: Stage) -> Iterator[Boot]:
    """Starts machines of stage 2 with guests, and ends them after the test."""
    machines: list[Live] = []

    def start(*modules: Module, key: str = KEYS[0], **options: object) -> Live:
        machine = Machine(modules=modules, **{"memory": 128, "seconds": 10, **options})  # type: ignore[arg-type]
        live = Live(machine, stage(2) / machine.image, key)
        machines.append(live)
        return live

    yield start
    for machine in machines:
        machine.close()


def guest(name: str, words: str = "domu") -> Module:
    return Module(f"guest_{name}.elf", words)


def run_to(machine: Live, place: str) -> None:
    ended = machine.run_until(machine.image.symbols[place].address)
    assert ended is None, (place, ended.sentence, ended.notes, ended.serial)


def run_to_guests(machine: Live, file: str, place: str) -> None:
    image = load_image(machine.image.path.parent / file)
    ended = machine.run_until(image.symbols[place].address)
    assert ended is None, (place, ended.sentence, ended.notes, ended.serial)


def orderly(machine: Live) -> End:
    end = machine.finish()
    assert end.kind == ends.ORDERLY, (end.sentence, end.notes, end.serial[-4000:])
    return end


def passes(end: End, key: str, domain: int | None = None) -> None:
    """All of a domain's results are ok."""
    ktap = parse_ktap(end.serial, key, domain)
    assert [point for point in ktap.points if not point.passed] == []
    assert len(ktap.points) == ktap.planned


def word_at(machine: Live, address: int) -> int:
    raw = machine.read(address, 4, physical=False)
    assert raw is not None
    return int(struct.unpack("<I", raw)[0])


def word(machine: Live, name: str, index: int = 0) -> int:
    """A 32-bit word of a variable of the hypervisor's."""
    return word_at(machine, machine.image.symbols[name].address + 4 * index)


def constants(machine: Live) -> dict[str, bytes]:
    """What no guest may change of the hypervisor: its code, its constants, its tables."""
    found = {}
    for segment in machine.image.segments:
        if segment.vaddr >= 0xFC000000 and segment.filesz == segment.memsz:
            raw = machine.read(segment.vaddr, segment.filesz, physical=False)
            found[f"segment at {segment.vaddr:08x}"] = raw or b""
    idt = machine.read(machine.image.symbols["idt"].address, 2048, physical=False) or b""
    found["idt, but for the guest's gate"] = idt[: 8 * 0x80] + idt[8 * 0x81 :]
    found["hypercall table"] = (
        machine.read(machine.image.symbols["hypercall_table"].address, 256, physical=False) or b""
    )
    return found


@pytest.mark.parametrize("key", KEYS)
def test_rubbish_hypercalls_harm_nobody_else(boot: Boot, key: str) -> None:
    machine = boot(guest("rubbish"), guest("bystander", "domu turns=25"), key=key)
    run_to(machine, "boot_complete")
    before = constants(machine)
    run_to(machine, "machine_exit")
    after = constants(machine)
    assert [name for name, raw in before.items() if after[name] != raw] == []
    end = orderly(machine)
    passes(end, key, 1)
    passes(end, key, 2)


@pytest.mark.parametrize("key", KEYS[:2])
def test_rubbish_hypercalls_of_domain_0(boot: Boot, key: str) -> None:
    machine = boot(guest("rubbish", ""), key=key)
    passes(orderly(machine), key)


def privileged_state(now: Registers) -> tuple[object, ...]:
    """All that only ring 0 may change; TS, which belongs to the FPU's users, is left out."""
    control = {**now.control, "cr0": now.cr0 & ~8}
    del control["cr2"]
    return now.gdt, now.idt, now.tr.selector, now.ldt, control, now.eflags & 0x3200, now.debug


def test_privileged_instructions_are_the_guests_faults(boot: Boot) -> None:
    machine = boot(guest("privileged"), guest("hello"))
    run_to_guests(machine, "guest_privileged.elf", "privileged_begin")
    before = privileged_state(machine.registers())
    run_to_guests(machine, "guest_privileged.elf", "privileged_end")
    assert privileged_state(machine.registers()) == before
    end = orderly(machine)
    passes(end, KEYS[0], 1)
    assert "(d2) hello from ring 1" in end.serial


#: How guest_wild.c goes wrong, and what the hypervisor says of it.
WILD = {
    "jump": "no handler for page fault",
    "data": "no handler for general protection",
    "undefined": "no handler for invalid opcode",
    "halt": "no handler for general protection",
    "selector": "no handler for general protection",
    "return": "no handler for general protection",
    "call": "no handler for general protection",
    "table": "no handler for page fault",
    "no-stack": "",
    "stack": "",
    "for-ever": "cannot take the frame",
    "descriptor": "",
}


def test_guests_that_go_wrong_end_alone(boot: Boot) -> None:
    modules = [guest("wild", f"domu mem=4M {way}") for way in WILD]
    modules += [guest("wild", "domu mem=4M asks"), guest("bystander", "domu turns=3")]
    end = orderly(boot(*modules))
    for number, (way, says) in enumerate(WILD.items(), 1):
        assert f"domain {number} crashed" in end.serial, way
        assert re.search(rf"domain {number} crashes: .*{says}", end.serial), (way, end.serial)
        assert not marked_lines(end.serial, KEYS[0], number), way
    asked = len(WILD) + 1
    assert f"domain {asked} crashed" in end.serial and f"domain {asked} crashes" not in end.serial
    passes(end, KEYS[0], asked + 1)


def test_a_crash_shows_registers_and_the_bytes_at_eip(boot: Boot) -> None:
    machine = boot(guest("wild", "domu undefined"))
    end = orderly(machine)
    image = load_image(machine.image.path.parent / "guest_wild.elf")
    names = ("eax", "ebx", "ecx", "edx", "esi", "edi", "ebp")
    wanted = {name: random_number(KEYS[0], n) for n, name in enumerate(names)}
    wanted["eip"] = image.symbols["wild_undefined"].address
    dumped = dict(re.findall(r"\b([a-z]{2,6}[0-9]?)\s+([0-9a-f]{4,8})\b", end.serial))
    assert {name: int(dumped[name], 16) for name in wanted} == wanted
    assert dumped["cs"] == "e019" and dumped["ss"] == "e021"
    assert "domain 1 crashes: no handler for invalid opcode, vector 6" in end.serial
    assert "bytes at eip: 0f 0b a1 b2 c3 d4 e5 f6" in end.serial


def test_domain_0_takes_the_machine_with_it(boot: Boot) -> None:
    machine = boot(guest("wild", "undefined"), guest("hello"))
    end = machine.finish()
    assert end.kind == ends.DOMAIN0_CRASHED, end.sentence
    assert end.sentence == "domain 0 crashes: no handler for invalid opcode, vector 6"


def free_frames(machine: Live) -> tuple[int, int]:
    return word(machine, "nr_free"), word(machine, "nr_free", 1)


def test_memory_is_given_back_and_wiped(boot: Boot, tmp_path: Path) -> None:
    """Three domains come and go; a fourth, which is there to the end, must be all that is missing."""
    last = guest("bystander", "domu turns=0 mem")
    first = [guest("wild", "domu mem=6M undefined"), guest("hello", "domu mem=20M")]
    machine = boot(*first, guest("wild", "domu mem=8M descriptor"), last, memory=64)
    run_to(machine, "boot_complete")
    before = free_frames(machine)
    run_to(machine, "machine_exit")
    taken = [was - now for was, now in zip(before, free_frames(machine))]
    alone = boot(last, memory=64)
    run_to(alone, "boot_complete")
    before = free_frames(alone)
    run_to(alone, "machine_exit")
    assert taken == [was - now for was, now in zip(before, free_frames(alone))]

    pattern = struct.pack("<I", 0x5EC2E75E) * 8
    assert pattern not in machine.save_memory(tmp_path / "memory")


def test_a_domains_pattern_is_in_memory_while_it_runs(boot: Boot, tmp_path: Path) -> None:
    """So that the search above is one that can find something."""
    machine = boot(guest("wild", "domu mem=6M undefined"), memory=64)
    run_to_guests(machine, "guest_wild.elf", "wild_undefined")
    assert struct.pack("<I", 0x5EC2E75E) * 8 in machine.save_memory(tmp_path / "memory")


def pages_of(mebibytes: int) -> int:
    return mebibytes * 256


RAMDISK = "guest_hello.elf"


@pytest.mark.parametrize("mebibytes", [4, 5, 17, 64])
def test_start_of_day_of_a_created_domain(boot: Boot, mebibytes: int) -> None:
    words = f"domu mem={mebibytes}M pages={pages_of(mebibytes)}"
    end = orderly(boot(guest("start_of_day", words)))
    passes(end, KEYS[0], 1)


@pytest.mark.parametrize("mebibytes", [4, 12, 50])
def test_start_of_day_of_domain_0(boot: Boot, stage: Stage, mebibytes: int) -> None:
    size = (stage(2) / RAMDISK).stat().st_size
    words = f"privileged ramdisk={size} pages={pages_of(mebibytes)}"
    machine = boot(
        guest("start_of_day", words), Module(RAMDISK), command_line=f"dom0_mem={mebibytes}M"
    )
    passes(orderly(machine), KEYS[0])


def test_a_large_ram_disk(boot: Boot) -> None:
    """Larger than what two page tables map."""
    size = 9 << 20
    words = f"privileged ramdisk={size} pages={pages_of(48)}"
    machine = boot(
        guest("start_of_day", words), Module(RAMDISK, size=size), command_line="dom0_mem=48M"
    )
    passes(orderly(machine), KEYS[0])


@pytest.mark.parametrize("memory", [64, 1024, 3072])
def test_domain_0_gets_all_memory(boot: Boot, memory: int) -> None:
    machine = boot(guest("start_of_day", "privileged"), memory=memory, seconds=30)
    end = machine.finish()
    built = re.search(r"domain 0: (\d+) pages", end.serial)
    assert built, end.serial
    assert int(built[1]) > memory * 256 * 0.9 - 8192
    assert end.kind == ends.ORDERLY, end.sentence
    results = parse_ktap(end.serial, KEYS[0])
    # The number of pages is the hypervisor's to choose here; all else must be as always.
    assert [p.name for p in results.points if not p.passed] == ["magic-and-sizes"]


def test_frames_beyond_the_direct_map(boot: Boot) -> None:
    """In a machine of 3 GiB, whose lower part another domain has: the map cache must reach the rest."""
    machine = boot(
        guest("bystander", "domu mem=2600M turns=9"),
        guest("start_of_day", "domu mem=16M pages=4096"),
        memory=3072,
        payload="int3",
        command_line="int3-calls",
        seconds=30,
    )
    run_to(machine, "domain_switch")
    assert min(frames_of_the_second(machine)) >= 0x80000
    end = orderly(machine)
    passes(end, KEYS[0], 1)
    passes(end, KEYS[0], 2)


def frames_of_the_second(machine: Live) -> list[int]:
    """The second domain's frames, by the list in the frame table."""
    _, at_next, at_first, *_ = (word(machine, "domain_layout", n) for n in range(8))
    second = word_at(machine, word(machine, "domain_list") + at_next)
    frame, found = word_at(machine, second + at_first), []
    while frame != NO_FRAME:
        found.append(frame)
        frame = word_at(machine, FRAME_TABLE + PAGE_INFO_SIZE * frame)
    assert len(found) == 4096
    return found


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("domu mem=1M", "it does not fit into its memory"),
        ("domu mem=4000M", "more than the machine has"),
        ("domu mem=120M", "there is not enough memory"),
        ("domu mem=0", ""),
        ("domu mem=zebra hello", ""),
        ("domu", ""),
    ],
)
def test_odd_sizes(boot: Boot, words: str, says: str) -> None:
    """The others run, whatever becomes of this one."""
    end = orderly(boot(guest("hello", words), guest("bystander", "domu turns=1")))
    assert says in end.serial
    passes(end, KEYS[0], 2)


def test_an_entry_point_outside_of_the_kernel(boot: Boot) -> None:
    bad = Module("guest_hello.elf", "domu", patches=((24, struct.pack("<I", 0x80000000)),))
    end = orderly(boot(bad, guest("bystander", "domu turns=1")))
    assert "domain 1 is not started: e_entry" in end.serial
    passes(end, KEYS[0], 2)


def test_a_hundred_domains(boot: Boot) -> None:
    machine = boot(*[guest("hello", "domu mem=4M")] * 100, memory=512, seconds=30)
    end = orderly(machine)
    assert end.serial.count("powered off") == 100


def test_int3_is_the_guests_own_unless_the_test_image_is_told(boot: Boot) -> None:
    end = orderly(boot(guest("steady", "domu a"), guest("hello")))
    assert "domain 1 crashes: no handler for breakpoint" in end.serial
    assert "(d2) hello from ring 1" in end.serial


# What a user types.


def make(*words: str) -> subprocess.CompletedProcess[str]:
    build = os.environ.get("RING1_BUILD", "build")
    return subprocess.run(
        [*make_command(), "--no-print-directory", f"BUILD={build}", "LAB=2", "SOLVED=all", *words],
        cwd=ROOT,
        env=make_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_make_image_prints_the_path_alone_on_the_last_line(stage: Stage) -> None:
    done = make("image")
    assert done.returncode == 0, done.stderr
    path = Path(done.stdout.splitlines()[-1])
    assert (ROOT / path).resolve() == (stage(2) / "ring1.elf").resolve()


def test_make_qemu_runs_a_users_kernel_as_domain_0(stage: Stage) -> None:
    done = make("qemu", f"GUEST={stage(2) / 'guest_hello.elf'}")
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert "hello from ring 1" in done.stdout and "(d1)" not in done.stdout


def test_make_qemu_runs_several_kernels(stage: Stage) -> None:
    file = stage(2) / "guest_start_of_day.elf"
    done = make("qemu", f"GUEST={file},domu,mem=5M,pages=1280 guest_hello.elf,domu")
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert "(d2) hello from ring 1" in done.stdout
    assert not re.search(r"^\(d1\) \S+ not ok", done.stdout, re.MULTILINE)


def test_a_guest_that_is_no_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no file nosuch.elf"):
        list(guest_modules("nosuch.elf,domu", tmp_path))


def test_the_machine_of_a_test_with_guests(stage: Stage) -> None:
    done = make("qemu", "TEST=lab2/unknown-numbers")
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert "ok 4 known-numbers-still-work" in done.stdout


def test_there_is_no_descriptor_table_but_the_checked_ones(boot: Boot) -> None:
    """After a reset LDTR is usable, with base 0: a guest with memory there would own an LDT."""
    machine = boot(guest("hello"))
    run_to_guests(machine, "guest_hello.elf", "guest_main")
    assert machine.registers().ldt.limit == 0


def test_a_guest_may_run_privileged_code_in_a_segment_of_its_own(boot: Boot) -> None:
    """Other people's kernels do: their handlers run in a flat segment of their GDT."""
    end = orderly(boot(guest("own_segment")))
    passes(end, KEYS[0], 1)
