# SPDX-License-Identifier: MIT
"""Modules on their way into the machine: edited, keyed, and told by domain."""

from __future__ import annotations

from pathlib import Path

from grader.elf import load_image
from grader.machine.end import DOMAIN0_CRASHED, ORDERLY, ended_by_itself
from grader.machine.modules import KEY_SYMBOL, by_domain, prepared
from grader.machine.qemu import STATUS_DOMAIN0_CRASHED, STATUS_ORDERLY, board
from grader.machine.spec import Machine, Module

KEY = "5f" * 16


def only_file(machine: Machine) -> Path:
    (module,) = machine.modules
    return Path(module.file)


def test_a_file_is_cut_filled_and_patched(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"0123456789")
    for module, contents in (
        (Module("file"), b"0123456789"),
        (Module("file", size=4), b"0123"),
        (Module("file", size=12), b"0123456789\0\0"),
        (Module("file", patches=((2, b"ab"), (9, b"c"))), b"01ab45678c"),
    ):
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        machine = prepared(Machine(modules=(module,)), tmp_path, folder, KEY)
        assert only_file(machine).read_bytes() == contents
    assert (tmp_path / "file").read_bytes() == b"0123456789"


def test_one_file_may_be_two_modules(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"abc")
    machine = Machine(modules=(Module("file", size=1), Module("file", "words", size=2)))
    one, two = prepared(machine, tmp_path, tmp_path / "ready").modules
    assert (Path(one.file).read_bytes(), Path(two.file).read_bytes()) == (b"a", b"ab")
    assert two.arguments == "words"


def test_a_test_guest_gets_the_key(kernel: Path, tmp_path: Path) -> None:
    machine = Machine(modules=(Module(kernel.name),))
    image = load_image(only_file(prepared(machine, kernel.parent, tmp_path, KEY)))
    at = image.file_offset(KEY_SYMBOL)
    assert image.raw[at : at + 32] == KEY.encode()
    assert only_file(prepared(machine, kernel.parent, tmp_path / "plain")).is_symlink()


def test_commas_are_doubled_for_qemu(tmp_path: Path) -> None:
    line = board(Machine(modules=(Module("a,b", "c,d"), Module("e"))), tmp_path / "image")
    assert line[line.index("-initrd") + 1] == f"{tmp_path}/a,,b c,,d,{tmp_path}/e"


def test_which_kernel_is_whose() -> None:
    kernel, disk, one, two = (Module(*w) for w in (("k",), ("r",), ("a", "domu x"), ("b", "domu")))
    assert by_domain((one, kernel, two, disk)) == {0: kernel, 1: one, 2: two}
    assert by_domain((one,)) == {1: one}


def test_ends_that_domains_make() -> None:
    crash = "(XEN) domain 0 crashes: no handler for page fault, vector 14\n"
    end = ended_by_itself(STATUS_DOMAIN0_CRASHED, crash)
    assert (end.kind, end.sentence) == (
        DOMAIN0_CRASHED,
        "domain 0 crashes: no handler for page fault, vector 14",
    )
    end = ended_by_itself(STATUS_ORDERLY, "(XEN) domain 3 is not started: e_type: no\n")
    assert end.kind == ORDERLY
    assert end.sentence.endswith("but domain 3 is not started: e_type: no")
