# SPDX-License-Identifier: MIT
"""A recorded triple fault: the replay stops before it, and goes backwards from there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from grader.boot import Target
from grader.errors import UsageError
from grader.machine.spec import Machine, Module
from grader.record import Notes, Recording, record, recording_in
from grader.stages.debugging import GRADER, needs_gdb, needs_qemu_img, talk


@needs_gdb
@needs_qemu_img
def test_a_triple_fault_can_be_walked_back_from(
    kernel: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    target = Target(Machine(payload="triple-fault", memory=16), kernel, counting=True)
    assert record(target, recording_in(tmp_path)) == 1
    assert "the processor was reset" in capfd.readouterr().err
    said = talk(
        [*GRADER, "replay", "--build", str(tmp_path)],
        ["break kernel_main", "c", "c", "x/i $pc", "reverse-continue"],
        tmp_path,
    )
    assert re.search(r"=> 0x\w+ <triple_fault\+\d+>:\s+ud2", said)
    assert "This is the recording's last instruction" in said
    assert len(re.findall(r"^Breakpoint \d, kernel_main", said, re.MULTILINE)) == 2


def test_notes_are_read_as_they_were_written(tmp_path: Path) -> None:
    machine = Machine("x", "noreboot", 32, (Module("a.elf", "b"),), extra=("-device", "e1000"))
    notes = Notes("ring1.elf", machine, 5)
    notes.save(Recording(tmp_path))
    assert Notes.load(Recording(tmp_path)) == notes
    assert json.loads(Recording(tmp_path).notes.read_text())["instructions"] == 5


def test_without_a_recording(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="make record"):
        Notes.load(Recording(tmp_path))
