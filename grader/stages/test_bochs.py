# SPDX-License-Identifier: MIT
"""The stage boots from GRUB: in Bochs, which checks segment limits, and in QEMU with its BIOS."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from grader import iso
from grader.machine import bochs
from grader.machine.qemu import find_qemu
from grader.machine.spec import Machine
from grader.paths import ROOT

from .debugging import GRADER, PATIENCE, await_file

needs_grub = pytest.mark.skipif(
    bool(iso.missing()), reason=f"no boot image can be made here: {iso.missing()} is missing"
)


@needs_grub
@pytest.mark.skipif(bool(bochs.missing()), reason=bochs.missing())
def test_lab_1_boots_in_bochs(stage: Callable[[int], Path], tmp_path: Path) -> None:
    folder = tmp_path / "stage1" / "solved1"
    folder.parent.mkdir()
    folder.symlink_to(stage(1))
    done = subprocess.run(
        [*GRADER, "bochs", "--lab", "1", "--solved", "all", "--build", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "ring1 stage 1" in done.stdout
    assert "no domain to run" in done.stdout
    assert "PANIC" not in done.stdout


@needs_grub
def test_the_same_image_boots_in_qemu(stage: Callable[[int], Path], tmp_path: Path) -> None:
    image, serial = tmp_path / "ring1.iso", tmp_path / "serial"
    iso.make_iso(Machine(), stage(1) / "ring1.elf", image)
    line = [str(find_qemu()), "-nodefaults", "-display", "none", "-m", "64M", "-cdrom", str(image)]
    with subprocess.Popen([*line, "-serial", f"file:{serial}", "-no-reboot"]) as process:
        try:
            await_file(serial, process, b"no domain to run")
        finally:
            process.kill()
