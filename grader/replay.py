# SPDX-License-Identifier: MIT
"""`make replay-gdb`: the recorded run under GDB, which can go backwards in it."""

from __future__ import annotations

import argparse
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .boot import kernels_of
from .elf import load_image
from .errors import GraderError
from .gdb import command_line, environment, symbol_commands
from .machine import qemu
from .machine.live import die_with_parent
from .machine.replay import Recording
from .plan import shorten
from .record import Notes, recording_in

#: Where a machine ends itself. Past that, QEMU is gone, and with it the way back.
LAST_FUNCTIONS = ("machine_exit", "early_stop")
PATIENCE = 10.0

#: QEMU keeps out of sight: Ctrl-C on this terminal is for GDB, which stops the machine.
BEHIND: dict[str, Any] = {"stdin": subprocess.DEVNULL, "start_new_session": True}
if sys.platform == "linux":
    BEHIND["preexec_fn"] = die_with_parent


def opening_commands(notes: Notes, image: Path) -> list[str]:
    """What GDB is told first, so that going on does not fall off the recording's end."""
    symbols = load_image(image).symbols
    stops = [f"break {name}" for name in LAST_FUNCTIONS if name in symbols]
    kernels = symbol_commands(kernels_of(notes.machine, image))
    return [*stops, *kernels, f"set $recording_end = {notes.instructions}"]


def replay(recording: Recording) -> int:
    """QEMU behind, GDB in front. When GDB ends, so does QEMU."""
    notes = Notes.load(recording)
    image = recording.folder / notes.image
    print(
        f"ring1: replaying {shorten(image)}; what it printed is in {shorten(recording.serial)}",
        "ring1: backwards: reverse-stepi, reverse-continue (to the breakpoint before)",
        sep="\n",
        file=sys.stderr,
    )
    with tempfile.TemporaryDirectory(prefix="ring1-replay-") as private:
        socket, snapshot = Path(private, "socket"), Path(private, "snapshot.qcow2")
        shutil.copy(recording.snapshot, snapshot)
        line = qemu.board(notes.machine, image)
        line += recording.replaying(notes.machine, snapshot, socket)
        with subprocess.Popen(line, **BEHIND) as machine:
            try:
                await_socket(machine, socket)
                return debug(command_line(image, socket, opening_commands(notes, image)))
            finally:
                machine.kill()


def await_socket(machine: subprocess.Popen[bytes], socket: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not socket.is_socket():
        if machine.poll() is not None or time.monotonic() > deadline:
            raise GraderError("QEMU does not start the replay")
        time.sleep(0.01)


def debug(line: list[str]) -> int:
    """Run GDB in the foreground; Ctrl-C is for it alone."""
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return subprocess.run(
            line, env=environment(), check=False, preexec_fn=restore_interrupt
        ).returncode
    finally:
        signal.signal(signal.SIGINT, previous)


def restore_interrupt() -> None:
    """Runs in GDB's process before GDB, which must not inherit our deafness."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m grader replay", allow_abbrev=False)
    parser.add_argument("--build", default=Path("build"), type=Path, help="the build folder")
    options, _ = parser.parse_known_args(arguments)  # the stage is the one that was recorded
    return replay(recording_in(options.build))
