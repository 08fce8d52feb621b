# SPDX-License-Identifier: MIT
"""`make bochs` says how it ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader import bochs


@pytest.mark.parametrize(
    ("serial", "status", "says"),
    [
        ("ring1 stage 1\nno domain to run\n", 0, ""),
        ("ring1: stopped: lab 1, exercise 1.3: gdt\n", 1, "an exercise that is still to be done"),
        ("(XEN) ring1: stopped: lab 1, exercise 1.3\n", 1, "an exercise that is still to be done"),
        ("PANIC: out of cheese\n", 1, ""),
        ("", 1, ""),
    ],
)
def test_the_exit_status_and_the_last_sentence(
    serial: str,
    status: int,
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    image = tmp_path / "stage1" / "student" / "ring1.elf"
    image.parent.mkdir(parents=True)
    image.touch()
    monkeypatch.setattr(bochs, "boot_in_bochs", lambda *_: (serial, ""))
    assert bochs.main(["--lab", "1", "--build", str(tmp_path)]) == status
    said = capsys.readouterr().err.splitlines()
    assert says in said[-1]
