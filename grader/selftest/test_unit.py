# SPDX-License-Identifier: MIT
"""Unit-test programs: what is said of a check that ends badly."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from grader import unit
from grader.catalogue import Unit
from grader.errors import Failure, GraderError
from grader.unit import UnitRun, judge_unit, run_unit, sanitizer_report

UNIT = Unit("check_it", "case")


def program(folder: Path, text: str) -> Path:
    """A stand-in for a program that was made with Check."""
    path = folder / "check_it"
    path.write_text(f"#!{sys.executable}\nimport os, sys, time\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("signal", ["9 (Killed)", "24 (CPU time limit exceeded)"])
def test_a_check_without_an_end(signal: str) -> None:
    tap = f"1..1\nnot ok 1 - check_it.c:case:a_check: Received signal {signal}\n"
    with pytest.raises(Failure, match="ran for 2 s of processor time without an end: an endless"):
        judge_unit(UNIT, UnitRun(1, tap, ""))


def test_another_signal_is_told_as_it_is() -> None:
    tap = "1..1\nnot ok 1 - check_it.c:case:a_check: Received signal 11 (Segmentation fault)\n"
    with pytest.raises(Failure, match="Received signal 11"):
        judge_unit(UNIT, UnitRun(1, tap, ""))


SPINS = """
if not os.fork():
    while True: pass
os.wait()
time.sleep(100)
"""


def test_the_wall_clock_after_endless_loops_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unit, "CPU_LIMIT", 1)
    monkeypatch.setattr(unit, "WALL_CLOCK_LIMIT", 8)
    done = run_unit(program(tmp_path, SPINS), UNIT)
    with pytest.raises(Failure, match="endless loop"):
        judge_unit(UNIT, UnitRun(**done.to_json()))


def test_the_wall_clock_without_any_work_is_no_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unit, "WALL_CLOCK_LIMIT", 1)
    with pytest.raises(GraderError, match="the last resort"):
        run_unit(program(tmp_path, "time.sleep(100)"), UNIT)


REPORT = """\
==7==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x60200000
    #0 0x5581aa00 in work idt.c:5
Shadow bytes around the buggy address:
  0x0c047fff7fb0: 00 00 00
=>0x0c047fff8000: fa fa[04]fa
Shadow byte legend (one shadow byte represents 8 application bytes):
  Addressable:           00
  Partially addressable: 01 02 03 04 05 06 07
SUMMARY: AddressSanitizer: heap-buffer-overflow idt.c:5
"""


def test_the_sanitizers_own_memory_is_not_shown() -> None:
    assert sanitizer_report(REPORT) == [
        "..ERROR: AddressSanitizer: heap-buffer-overflow on address ..",
        "    #0 .. in work idt.c:5",
        "SUMMARY: AddressSanitizer: heap-buffer-overflow idt.c:5",
    ]
