# SPDX-License-Identifier: MIT
"""Drives a real GDB as a person does: commands go in, and what it says comes out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from grader.paths import ROOT

needs_gdb = pytest.mark.skipif(shutil.which("gdb") is None, reason="there is no GDB here")
needs_qemu_img = pytest.mark.skipif(
    shutil.which("qemu-img") is None, reason="there is no qemu-img here"
)

#: Wall-clock seconds after which a step of a test has failed.
PATIENCE = 20.0
GRADER = [sys.executable, "-m", "grader"]


def environment(home: Path) -> dict[str, str]:
    """Ours, with a home folder without anyone's configuration."""
    kept = {name: value for name, value in os.environ.items() if name not in ("GDB", "MAKEFLAGS")}
    return {**kept, "HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config")}


def talk(line: Sequence[str], commands: Sequence[str], home: Path) -> str:
    """Run a debugger and give it the commands; all that it said."""
    done = subprocess.run(
        line,
        input="\n".join(["set width 0", "set height 0", *commands, ""]),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        env=environment(home),
        timeout=PATIENCE,
        check=False,
    )
    return done.stdout


def await_file(file: Path, process: subprocess.Popen[bytes], contents: bytes = b"") -> None:
    """Until the file is there and contains this."""
    deadline = time.monotonic() + PATIENCE
    while not file.exists() or contents not in file.read_bytes():
        assert process.poll() is None, "ended too early"
        assert time.monotonic() < deadline, f"waited for {file} in vain"
        time.sleep(0.01)


class Machine:
    """What `make qemu-gdb` starts; its files are in a build folder of its own."""

    def __init__(self, line: Sequence[str], build: Path) -> None:
        self.build = build
        self._process = subprocess.Popen(
            line, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )

    def await_stub(self) -> None:
        await_file(self.build / "gdb" / "image", self._process)
        socket = Path((self.build / "gdb" / "socket").read_text().strip())
        deadline = time.monotonic() + PATIENCE
        while not socket.is_socket():
            assert self._process.poll() is None and time.monotonic() < deadline
            time.sleep(0.01)

    def __enter__(self) -> "Machine":
        return self

    def __exit__(self, *_: object) -> None:
        """Ctrl-A x ends QEMU, if GDB has not."""
        try:
            self._process.communicate(b"\x01x", timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def debug(image: Path, build: Path, *commands: str) -> str:
    """Boot the image for GDB, run the commands, and end the machine."""
    stage = ["--lab", "1", "--build", str(build)]
    with Machine([*GRADER, "boot", "--gdb", "--image", str(image), *stage], build) as machine:
        machine.await_stub()
        return talk([*GRADER, "gdb", "--build", str(build)], [*commands, "kill"], build)
