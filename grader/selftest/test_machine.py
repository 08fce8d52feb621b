# SPDX-License-Identifier: MIT
"""The machine: each of its ends told apart, the same each time, and nothing left behind."""

from __future__ import annotations

import os
import signal
import tempfile
from pathlib import Path

import pytest

from grader.elf import load_image
from grader.errors import GraderError
from grader.machine import end as ends
from grader.machine import live
from grader.machine.live import Live, watchdog_value
from grader.machine.spec import Machine

KEY = "0123456789abcdef" * 2


def boot(kernel: Path, behaviour: str) -> Live:
    return Live(Machine(payload=behaviour, memory=16), kernel, KEY)


def run(kernel: Path, behaviour: str) -> ends.End:
    with boot(kernel, behaviour) as machine:
        return machine.finish()


@pytest.mark.parametrize(
    ("behaviour", "kind", "says"),
    [
        ("pass", ends.ORDERLY, "in order"),
        ("panic", ends.PANIC, "PANIC: out of cheese"),
        ("reboot", ends.REBOOT, "reboot"),
        ("missing", ends.MISSING, "exercise 1.3: descriptors_init() is to be written"),
        ("nonsense", ends.UNKNOWN_EXIT, "(239)"),
        ("triple-fault", ends.TRIPLE_FAULT, "invalid opcode (#UD, vector 6) in triple_fault+"),
        ("reset", ends.RESET, "reset the machine"),
        ("power-off", ends.POWER_OFF, "power off"),
        ("hang", ends.HANG, "still running after 2 s of machine time: running spin_for_ever+"),
        ("halt", ends.HANG, "halted with interrupts off, for ever, in halt+"),
        ("flood", ends.FLOOD, "more than 128 KiB"),
    ],
)
def test_each_end_has_its_own_sentence(kernel: Path, behaviour: str, kind: str, says: str) -> None:
    end = run(kernel, behaviour)
    assert end.kind == kind
    assert says in end.sentence


def test_a_panic_quotes_its_backtrace(kernel: Path) -> None:
    assert "  [<00100010>] start+0x10/0x20" in run(kernel, "panic").notes


def test_data_is_no_place_to_return_to(kernel: Path) -> None:
    image = load_image(kernel)
    assert image.holds_code(image.symbol("kernel_main").address + 4)
    assert not image.holds_code(image.symbol("ktap_key").address + 4)
    assert not image.holds_code(0)


def test_a_hang_tells_the_line_and_the_callers(kernel: Path) -> None:
    end = run(kernel, "hang")
    assert "(kernel.c:" in end.sentence and "hypervisor code" in end.sentence
    names = [line.split("] ")[1].split("+")[0] for line in end.notes if "[<" in line]
    assert names == ["spin_for_ever", "hang", "kernel_main", "start"]


def test_a_triple_fault_tells_how_it_came_about(kernel: Path) -> None:
    notes = "\n".join(run(kernel, "triple-fault").notes)
    assert "first: invalid opcode (#UD, vector 6)" in notes
    assert "general protection fault" in notes or "double fault" in notes
    assert "IDTR's limit is 0" in notes


def test_a_page_fault_at_the_start_of_a_triple_fault_shows_the_walk(kernel: Path) -> None:
    end = run(kernel, "unmap")
    assert "page fault (#PF, vector 14) in unmap+" in end.sentence
    assert any("fetching the instruction" in note for note in end.notes)
    assert "  PDE[0x0] = 00000000  P=0 not present: any access faults" in end.notes


@pytest.mark.parametrize("behaviour", ["hang", "halt", "flood", "triple-fault", "pass"])
def test_an_end_is_the_same_each_time(kernel: Path, behaviour: str) -> None:
    first = run(kernel, behaviour).to_json()
    for _ in range(3):
        assert run(kernel, behaviour).to_json() == first


def test_the_key_is_written_into_the_image(kernel: Path) -> None:
    assert f"{KEY} ok 1 first" in run(kernel, "pass").serial


def test_a_breakpoint_stops_the_machine_to_be_looked_at(kernel: Path) -> None:
    with boot(kernel, "pass") as machine:
        address = machine.image.symbol("kernel_main").address
        assert machine.run_until(address) is None
        registers = machine.registers()
        assert registers.eip == address and registers.cpl == 0
        assert registers.cs.loaded.kind.startswith("32-bit code")
        assert registers.cs.limit == 0xFFFFFFFF
        before = machine.instructions()
        machine.step(5)
        assert machine.instructions() == before + 5
        assert machine.finish().kind == ends.ORDERLY


def test_a_breakpoint_may_be_met_again(kernel: Path) -> None:
    with boot(kernel, "pass") as machine:
        address = machine.image.symbol("say").address
        for _ in range(3):
            assert machine.run_until(address) is None
            assert machine.registers().eip == address


def test_a_breakpoint_never_met_gives_the_end(kernel: Path) -> None:
    with boot(kernel, "pass") as machine:
        end = machine.run_until(machine.image.symbol("spin_for_ever").address)
        assert end is not None and end.kind == ends.ORDERLY


def test_a_hang_behind_a_breakpoint_is_a_hang(kernel: Path) -> None:
    with boot(kernel, "hang") as machine:
        assert machine.run_until(machine.image.symbol("kernel_main").address) is None
        end = machine.run_until(machine.image.symbol("halt").address)
        assert end is not None and end.kind == ends.HANG


def test_memory_is_read_and_written(kernel: Path) -> None:
    with boot(kernel, "tell-scratch") as machine:
        machine.run_until(machine.image.entry)
        scratch = machine.image.symbol("scratch").address
        assert machine.read(scratch, 4, physical=True) == bytes.fromhex("78563412")
        assert len(machine.read(0x100000, 5000, physical=True) or b"") == 5000
        machine.write(scratch, b"\1\2\3\4", physical=True)
        assert machine.read(scratch, 4, physical=False) == b"\1\2\3\4"
        assert "scratch was changed" in machine.finish().serial


def test_a_triple_fault_behind_a_breakpoint_is_explained(kernel: Path) -> None:
    with boot(kernel, "triple-fault") as machine:
        machine.run_until(machine.image.symbol("kernel_main").address)
        machine.write(machine.image.symbol("scratch").address, b"\0", physical=True)
        end = machine.finish()
        assert end.kind == ends.TRIPLE_FAULT and "how it came about:" in end.notes


def test_keys_can_be_typed(kernel: Path) -> None:
    with boot(kernel, "echo") as machine:
        machine.run_until(machine.image.symbol("echo").address)
        machine.send("x")
        assert "typed: x" in machine.finish().serial


def test_the_wall_clock_is_the_graders_problem(
    kernel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "WALL_CLOCK_LIMIT", 0.2)
    with Live(Machine(payload="hang", memory=16, seconds=30), kernel, KEY) as machine:
        with pytest.raises(GraderError, match="last resort"):
            machine.finish()


def test_a_refused_command_line_is_the_graders_problem(kernel: Path) -> None:
    with pytest.raises(GraderError, match="no-such-device"):
        Live(Machine(extra=("-device", "no-such-device")), kernel, KEY)


def test_nothing_is_left_behind(
    kernel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for behaviour in ("pass", "hang", "triple-fault"):
        run(kernel, behaviour)
    with pytest.raises(KeyboardInterrupt):
        with boot(kernel, "hang") as machine:
            process = machine._process
            raise KeyboardInterrupt
    assert process is not None and process.returncode is not None
    assert list(tmp_path.iterdir()) == []


def test_the_watchdogs_seconds() -> None:
    assert [watchdog_value(s) for s in (2, 4, 30)] == [0x0E, 0x0D, 0x00]
    for bad in (0, 3, 32):
        with pytest.raises(GraderError):
            watchdog_value(bad)


def test_open_files_do_not_grow(kernel: Path) -> None:
    if not os.path.isdir("/proc/self/fd"):
        pytest.skip("this host does not list a process's open files")
    run(kernel, "pass")
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        run(kernel, "pass")
    assert len(os.listdir("/proc/self/fd")) == before


def test_qemu_giving_up_is_the_machines_end(kernel: Path) -> None:
    """A guest can make QEMU abort; that is no fault of the grader's."""
    with boot(kernel, "hang") as machine:
        assert machine.run_until(machine.image.entry) is None
        assert machine._process is not None
        os.kill(machine._process.pid, signal.SIGABRT)
        end = machine.finish()
    assert end.kind == ends.ABORT
    assert "QEMU gave up" in end.sentence
