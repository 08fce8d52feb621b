# SPDX-License-Identifier: MIT
"""A machine in Bochs, which checks segment limits where QEMU does not."""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from ..errors import GraderError

#: Where distributions keep Bochs' BIOS; $BXSHARE is Bochs' own variable for it.
SHARES = ("/usr/share/bochs", "/usr/local/share/bochs", "/opt/homebrew/share/bochs")
VIDEO = (
    "/usr/share/vgabios/vgabios.bin",
    "/usr/share/seabios/vgabios-stdvga.bin",
    "/usr/share/vgabios/vgabios-stdvga.bin",
)

#: `pci`: Debian's 2.7 dies of a buffer overflow with PCI on. `ips` is how many instructions make
#: a second of the machine's time: with few of them, the firmware and GRUB wait for less long.
CONFIGURATION = """\
megs: {memory}
romimage: file="{bios}"
vgaromimage: file="{video}"
cpu: count=1, ips=4000000, reset_on_triple_fault=0
clock: sync=none
pci: enabled=0
ata0-master: type=cdrom, path="{iso}", status=inserted
boot: cdrom
display_library: term
com1: enabled=1, mode=file, dev="{serial}"
log: "{log}"
panic: action=fatal
error: action=report
"""

PANIC = re.compile(r"p\[.*?>>PANIC<< (.*)")
POLL = 0.02


def first_file(candidates: list[Path], what: str) -> Path:
    for file in candidates:
        if file.exists():
            return file
    raise GraderError(f"no {what} for Bochs is here; ./setup installs it")


def shares() -> list[Path]:
    own = [os.environ["BXSHARE"]] if os.environ.get("BXSHARE") else []
    return [Path(share) for share in (*own, *SHARES)]


def find_bios() -> Path:
    return first_file([share / "BIOS-bochs-latest" for share in shares()], "BIOS")


def find_video_bios() -> Path:
    ours = [share / "VGABIOS-lgpl-latest" for share in shares()]
    return first_file([*ours, *map(Path, VIDEO)], "VGA BIOS")


def find_bochs() -> Path:
    found = shutil.which("bochs")
    if found is None:
        raise GraderError("bochs is not on the PATH; ./setup installs it")
    return Path(found)


def missing() -> str:
    """Why Bochs can't run here; empty when it can."""
    try:
        find_bochs(), find_bios(), find_video_bios()
    except GraderError as problem:
        return str(problem)
    return ""


class Bochs:
    """One run, from GRUB on; its files are in `folder`."""

    def __init__(self, iso: Path, memory: int, folder: Path) -> None:
        self.serial, self.log = folder / "serial", folder / "log"
        for file in (self.serial, self.log):
            file.unlink(missing_ok=True)
        settings, commands = folder / "bochsrc", folder / "commands"
        settings.write_text(
            CONFIGURATION.format(
                memory=memory,
                bios=find_bios(),
                video=find_video_bios(),
                iso=iso,
                serial=self.serial,
                log=self.log,
            )
        )
        # A Bochs that was built with its debugger waits for this before the first instruction.
        commands.write_text("c\n")
        bochs = str(find_bochs())
        line = [bochs, "-q", "-f", str(settings), "-rc", str(commands)]
        if b"-rc" not in subprocess.run([bochs, "--help"], capture_output=True, check=False).stderr:
            line = line[:-2]
        # The display `term` wants a terminal. What it draws there is read, and forgotten.
        self._terminal, its = pty.openpty()
        os.set_blocking(self._terminal, False)
        self._process = subprocess.Popen(
            line,
            stdin=its,
            stdout=its,
            stderr=its,
            cwd=folder,
            env={**os.environ, "TERM": "xterm"},
            start_new_session=True,
        )
        os.close(its)

    def output(self, seconds: float) -> Iterator[str]:
        """The serial line's text as it comes, until Bochs ends or the time is up."""
        deadline = time.monotonic() + seconds
        seen = 0
        ended = False
        while not ended and time.monotonic() < deadline:
            ended = self._process.poll() is not None
            self._forget_display()
            text = self.serial.read_bytes() if self.serial.exists() else b""
            if len(text) > seen:
                yield text[seen:].decode(errors="replace")
                seen = len(text)
            elif not ended:
                time.sleep(POLL)

    def _forget_display(self) -> None:
        try:
            while os.read(self._terminal, 65536):
                pass
        except (BlockingIOError, OSError):
            pass

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def trouble(self) -> str:
        """What Bochs itself complained of; empty if it did not."""
        log = self.log.read_text(errors="replace") if self.log.exists() else ""
        found = PANIC.search(log)
        return found[1] if found and "SIGHUP" not in found[1] else ""

    def close(self) -> None:
        if self.running:
            self._process.kill()
        self._process.wait()
        os.close(self._terminal)

    def __enter__(self) -> "Bochs":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
