# SPDX-License-Identifier: MIT
"""QEMU's record and replay: what a machine's command line has more when its run is recorded.

QEMU writes down what comes from outside (keys, the host's clock) with the number of instructions
before it, and hands it out at the same instruction in the replay. A snapshot of the beginning,
kept in a disk image, is where the replay starts again when GDB wants to go backwards.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ..errors import GraderError
from .spec import Machine

#: Room for the snapshot; the image grows as it is needed.
SNAPSHOT_SIZE = "64M"


@dataclass(frozen=True)
class Recording:
    """The files of one recorded run."""

    folder: Path

    @property
    def log(self) -> Path:
        return self.folder / "events"

    @property
    def snapshot(self) -> Path:
        return self.folder / "snapshot.qcow2"

    @property
    def serial(self) -> Path:
        return self.folder / "serial"

    @property
    def notes(self) -> Path:
        """What was recorded: the image, the machine, where it ended."""
        return self.folder / "recording.json"

    def make_snapshot_disk(self) -> None:
        """An empty disk image for the snapshot."""
        tool = shutil.which("qemu-img")
        if tool is None:
            raise GraderError("qemu-img is not on the PATH; ./setup installs it")
        subprocess.run(
            [tool, "create", "-q", "-f", "qcow2", str(self.snapshot), SNAPSHOT_SIZE], check=True
        )

    def _clock(self, machine: Machine, mode: str, snapshot: Path) -> list[str]:
        # Without `sleep=off`, under which QEMU hands no key to a machine that polls for it.
        icount = f"shift={machine.shift},rr={mode},rrfile={self.log},rrsnapshot=init"
        return [
            *("-icount", icount),
            *("-drive", f"file={snapshot},if=none,id=snapshots"),
            *("-rtc", "base=2026-01-01,clock=vm"),
            *("-action", "reboot=shutdown,shutdown=pause"),
        ]

    def recording(self, machine: Machine, qmp: int) -> list[str]:
        """The serial line on this terminal, where Ctrl-C ends the run; stopped, until QMP's `cont`."""
        return self._clock(machine, "record", self.snapshot) + [
            *("-chardev", f"stdio,id=com1,signal=on,logfile={self.serial}"),
            *("-serial", "chardev:com1"),
            *("-chardev", f"socket,id=qmp,fd={qmp}", "-mon", "chardev=qmp,mode=control"),
            "-S",
        ]

    def replaying(self, machine: Machine, snapshot: Path, socket: Path) -> list[str]:
        """Stopped at the beginning, for GDB; the serial output, known already, goes nowhere.

        `snapshot` is a copy: a replay writes to it.
        """
        return self._clock(machine, "replay", snapshot) + [
            *("-chardev", "null,id=com1", "-serial", "chardev:com1"),
            *("-chardev", f"socket,id=gdb,path={socket},server=on,wait=off"),
            *("-gdb", "chardev:gdb", "-S"),
        ]
