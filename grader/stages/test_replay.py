# SPDX-License-Identifier: MIT
"""`make record` and `make replay-gdb`: a run that can be had again, forwards and backwards."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from grader.paths import ROOT
from grader.record import POLL

from .debugging import GRADER, PATIENCE, await_file, needs_gdb, needs_qemu_img, talk

pytestmark = [needs_gdb, needs_qemu_img]

REGISTERS = "p/x {$eax, $ebx, $ecx, $edx, $esi, $edi, $ebp, $esp, $eip, $eflags, $cr0, $cr3}"


def record(image: Path, build: Path, keys: bytes) -> str:
    """Record a boot in which the keys are typed once the stage listens; what the terminal showed."""
    line = [*GRADER, "record", "--lab", "1", "--image", str(image), "--build", str(build)]
    with subprocess.Popen(
        line, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        await_file(build / "record" / "serial", process, b"no domain to run")
        output, _ = process.communicate(keys, timeout=PATIENCE)
    return output.decode()


def replay(build: Path, *commands: str) -> str:
    return talk([*GRADER, "replay", "--build", str(build)], commands, build)


def test_a_recorded_panic_is_replayed_and_walked_backwards(
    stage: Callable[[int], Path], tmp_path: Path
) -> None:
    shown = record(stage(1) / "ring1.elf", tmp_path, b"C")
    assert "PANIC: invalid opcode" in shown and "make replay-gdb" in shown
    said = replay(
        tmp_path,
        *("break start_xen", "break boot_complete"),
        *("c", REGISTERS, "c", REGISTERS, "c", "bt"),
        *("reverse-stepi", "reverse-continue", REGISTERS, "reverse-continue", REGISTERS),
        *("reverse-stepi", "x/i $pc", "c", "c", REGISTERS),
    )
    hits = re.findall(r"^Breakpoint \d, (\w+) \(", said, re.MULTILINE)
    forwards = ["start_xen", "boot_complete", "machine_exit"]
    assert hits == [*forwards, "boot_complete", "start_xen", "start_xen", "boot_complete"], said
    first, second, again_second, again_first, once_more = re.findall(r"\$\d+ = (\{.*\})", said)
    assert again_first == first and again_second == second and once_more == second
    assert "in crash ()" in said  # the backtrace at the end
    assert re.search(r"=> 0x\w+ <paging_is_on\+\d+>:\s+call .*start_xen", said)


def test_a_run_that_was_ended_from_outside_stops_before_its_end(
    stage: Callable[[int], Path], tmp_path: Path
) -> None:
    build = tmp_path
    line = [*GRADER, "record", "--lab", "1", "--image", str(stage(1) / "ring1.elf")]
    with subprocess.Popen(
        [*line, "--build", str(build)], cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        await_file(build / "record" / "serial", process, b"no domain to run")
        time.sleep(5 * POLL)  # nobody is faster, and then QEMU's end is not known well enough
        end_qemu_below(process.pid)
        process.wait(timeout=PATIENCE)
    said = replay(build, "break boot_complete", "c", "c", "bt", "reverse-continue")
    assert "This is the recording's last instruction" in said
    assert "in debug_key_loop" in said or "debug_key_loop ()" in said
    assert len(re.findall(r"^Breakpoint \d, boot_complete", said, re.MULTILINE)) == 2


def end_qemu_below(parent: int) -> None:
    """What Ctrl-C does: a SIGINT for the QEMU that this process has started."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    assert len(children) == 1
    subprocess.run(["kill", "-INT", children[0]], check=True)


def test_nothing_is_recorded(tmp_path: Path) -> None:
    assert "nothing is recorded: run `make record` first" in replay(tmp_path)
