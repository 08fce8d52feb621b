# SPDX-License-Identifier: MIT
"""`make bochs`: boots a stage through GRUB in Bochs and prints what it says, until nothing comes."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from .__main__ import add_stage_options, natural
from .boot import Boot, Target, choose
from .errors import UsageError
from .iso import make_iso
from .machine.bochs import Bochs, find_bochs
from .machine.end import MISSING, SENTENCE, STOPPED
from .paths import ROOT
from .plan import shorten

#: After one of these lines, nobody is there who could go on by typing a key.
LAST_WORDS = re.compile(r"no domain to run.*\n|ring1: stopped:.*\n")
PANIC = re.compile(r"^(\(XEN\) )?PANIC:", re.MULTILINE)
#: In seconds of the wall clock: Bochs takes one or two.
LIMIT = 60.0


def boot_in_bochs(target: Target, folder: Path) -> tuple[str, str]:
    """Run to the end, printing the serial line; all that came, and Bochs' own complaint."""
    find_bochs()
    folder.mkdir(parents=True, exist_ok=True)
    iso = folder / f"{target.image.stem}.iso"
    make_iso(target.machine, target.image, iso)
    serial = ""
    with Bochs(iso, target.machine.memory, folder) as machine:
        for text in machine.output(LIMIT):
            print(text.replace("\r\n", "\n"), end="", flush=True)
            serial += text
            if LAST_WORDS.search(serial):
                break
        else:
            if machine.running:
                return serial, f"still running after {LIMIT:.0f} s"
        return serial, machine.trouble()


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m grader bochs", allow_abbrev=False)
    add_stage_options(parser)
    options = parser.parse_args(arguments)
    lab = natural(options.lab)
    target = choose(Boot(lab, options.solved, options.test, options.build, None, gdb=False))
    if not target.image.exists():
        raise UsageError(f"there is no image {target.image}; `make image` builds it")
    print(f"ring1: booting {shorten(target.image)} in Bochs, through GRUB", file=sys.stderr)
    serial, trouble = boot_in_bochs(target, ROOT / options.build / "bochs")
    if trouble:
        print(f"\nring1: Bochs: {trouble}", file=sys.stderr)
    if stopped := STOPPED.search(serial):
        print(f"\nring1: {SENTENCE[MISSING]}", file=sys.stderr)
    return 1 if trouble or stopped or PANIC.search(serial) or not serial else 0
