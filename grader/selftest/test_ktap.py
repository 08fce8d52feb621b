# SPDX-License-Identifier: MIT
"""KTAP: only what carries the key counts, and only what is well-formed."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader import error_numbers
from grader.errors import Failure, show
from grader.ktap import parse_ktap, without_key
from grader.machine.serial import last_lines

KEY = "5f0a" * 8


def marked(*lines: str) -> str:
    return "".join(f"{KEY} {line}\n" for line in lines)


def test_results_and_their_diagnostics() -> None:
    text = marked("KTAP version 1", "1..2", "# saw 4", "not ok 1 first", "ok 2 second # 3 ms")
    ktap = parse_ktap("noise\n" + text, KEY)
    assert ktap.planned == 2
    assert ktap["first"].diagnostics == ["saw 4"] and not ktap["first"].passed
    assert ktap["second"].passed
    with pytest.raises(Failure, match="`first` failed"):
        ktap.must_pass()


def test_output_may_stand_before_the_key_on_its_line() -> None:
    text = f"no newline{KEY} KTAP version 1\n" + marked("1..1", "ok 1 a")
    parse_ktap(text, KEY).must_pass()


def test_unmarked_lines_do_not_count() -> None:
    forged = "KTAP version 1\n1..1\nok 1 first\n"
    with pytest.raises(Failure, match="never got to run"):
        parse_ktap(forged, KEY)
    with pytest.raises(Failure, match="did not get to its end"):
        parse_ktap(marked("KTAP version 1", "1..1") + forged, KEY).must_pass()


def test_skipping_is_not_passing() -> None:
    with pytest.raises(Failure):
        parse_ktap(marked("KTAP version 1", "1..1", "ok 1 a # SKIP no time"), KEY).must_pass()


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["ok 1 a"], "first line"),
        (["KTAP version 1", "ok 1 a"], "no plan"),
        (["KTAP version 1", "1..1", "1..1"], "second plan"),
        (["KTAP version 1", "1..2", "ok 2 a"], "result 1 was due"),
        (["KTAP version 1", "1..1", "ok 1 a", "ok 1 a"], "result 2 was due"),
        (["KTAP version 1", "1..1", "ok 1 a", "ok 2 b"], "2 results for a plan of 1"),
        (["KTAP version 1", "1..1", "fine"], "neither plan, nor result"),
        (["KTAP version 1", "1..1", "okay 1 a"], "neither plan, nor result"),
    ],
)
def test_malformed_lines_fail(lines: list[str], why: str) -> None:
    with pytest.raises(Failure, match=why):
        parse_ktap(marked(*lines), KEY)


def test_a_missing_result_is_named() -> None:
    ktap = parse_ktap(marked("KTAP version 1", "1..1", "ok 1 a"), KEY)
    with pytest.raises(Failure, match="never reported `b`"):
        ktap["b"]


def test_the_key_is_not_shown() -> None:
    assert without_key(f"{KEY} ok", KEY) == "<key> ok"


def test_error_numbers_have_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    header = tmp_path / "errno.h"
    header.write_text("#define EPERM  1\n#define EFAULT 14\n#define ENOSYS 38\n")
    monkeypatch.setattr(error_numbers, "HEADER", header)
    error_numbers.names.cache_clear()
    try:
        line = "# line 12: expected 0xfffffff2, saw 0xffffffda, not 0xffffff00"
        point = parse_ktap(marked("KTAP version 1", "1..1", line, "not ok 1 a"), KEY)["a"]
        said = "line 12: expected -14 (-EFAULT), saw -38 (-ENOSYS), not 0xffffff00"
        assert point.diagnostics == [said]
        assert show(0xFFFFFFF2) == show(-14) == "-14 (-EFAULT)"
        assert show(0xFFFFFFFF) == "0xffffffff" and show(5) == "5"
    finally:
        error_numbers.names.cache_clear()


def test_the_last_lines_are_the_machines_own_words() -> None:
    text = f"one\n\n  \n{KEY} ok 1 a\n(d0) {KEY} ok 2\ntwo{KEY} ok 3\n(d0) three\n"
    assert last_lines(text, KEY) == ["one", "two", "(d0) three"]
