# SPDX-License-Identifier: MIT
"""`make demo`: what a lab was for, shown."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from .__main__ import add_stage_options, natural
from .catalogue import select_labs
from .errors import UsageError
from .labs import all_labs
from .machine.end import ORDERLY, PANIC, End
from .machine.live import Live
from .machine.spec import Machine, Module
from .paths import ROOT
from .variant import Variant


def fault_with_backtrace(folder: Path) -> bool:
    """Lab 1: the hypervisor survives a breakpoint, and explains the fault that it can't survive."""
    tell("The stage boots. It has no domain to run yet, and listens for debug keys.")
    tell("Key d is a breakpoint (INT3) in the hypervisor: it prints the registers and goes on.")
    tell("Key C is an invalid instruction: that is the end, but not without a word.")
    with Live(Machine(), image(folder, "ring1.elf"), key="0" * 32) as machine:
        if machine.run_until(machine.image.symbol("debug_key_loop").address) is None:
            machine.send("dC")
        return show(machine.finish(), PANIC)


def hello_from_ring_1(folder: Path) -> bool:
    """Lab 2: a kernel in ring 1, a program in ring 3, and a system call past the hypervisor."""
    tell("The stage boots a kernel as domain 0, in ring 1: it says hello, by a hypercall.")
    tell("Then it runs a program in ring 3, whose int 0x80 reaches the kernel directly.")
    kernel = Module(image(folder, "guest_hello.elf").name)
    with Live(Machine(modules=(kernel,)), image(folder, "ring1.elf"), key="0" * 32) as machine:
        return show(machine.finish(), ORDERLY)


DEMOS: dict[int, Callable[[Path], bool]] = {1: fault_with_backtrace, 2: hello_from_ring_1}


def tell(text: str) -> None:
    print(f"# {text}")


def image(folder: Path, name: str) -> Path:
    if not (folder / name).exists():
        raise UsageError(f"there is no image {folder / name}; `make image` builds it")
    return folder / name


def show(end: End, wanted: str) -> bool:
    """Print what the machine said; whether it ended as it should."""
    print(end.serial.replace("\r\n", "\n"))
    tell(f"The end: {end.sentence}.")
    return end.kind == wanted


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m grader demo", allow_abbrev=False)
    add_stage_options(parser)
    options = parser.parse_args(arguments)
    lab = select_labs(natural(options.lab) or max(all_labs()))[0]
    if lab.number not in DEMOS:
        raise UsageError(f"lab {lab.number} has no demonstration")
    folder = Variant(options.solved).folder(ROOT / options.build, lab.number)
    shown = DEMOS[lab.number](folder)
    if not shown:
        print("ring1: not as it should be; `make grade` says why", file=sys.stderr)
    return 0 if shown else 1
