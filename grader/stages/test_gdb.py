# SPDX-License-Identifier: MIT
"""`make qemu-gdb` and `make gdb`: breakpoints everywhere, and the `xen` commands."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.paths import ROOT

from .debugging import GRADER, Machine, debug, environment, needs_gdb, talk

Debug = Callable[..., str]
pytestmark = needs_gdb


@pytest.fixture
def xen(stage: Callable[[int], Path], tmp_path: Path) -> Debug:
    """Give commands to a GDB that is connected to the solved stage before its first instruction."""
    image = stage(1) / "ring1.elf"
    return lambda *commands: debug(image, tmp_path, *commands)


def section(text: str, start: str, end: str) -> str:
    """What stands between two `echo` marks."""
    return text.split(start, 1)[1].split(end, 1)[0]


def test_breakpoints_set_at_the_very_beginning_hit_on_both_sides_of_the_switch(xen: Debug) -> None:
    said = xen("break start_xen", "break boot_map", "break paging_is_on", "c", "c", "c", "bt")
    hits = re.findall(r"^Breakpoint \d, (?:0x\w+ in )?(\w+) \(", said, re.MULTILINE)
    assert hits == ["boot_map", "paging_is_on", "start_xen"]
    assert "setup.c" in said and "head.S" in said


def test_pt_walks_and_explains(xen: Debug) -> None:
    said = xen(
        *("break boot_map", "break start_xen", "c", "xen pt 0xfec00000", "finish"),
        *("echo <built>", "xen pt 0xfec00000 (unsigned)&idle_pg_table-0xfec00000", "echo </built>"),
        *("c", "echo <on>", "xen pt start_xen", "echo </on>"),
        *("echo <gone>", "xen pt 0", "echo </gone>", "echo <all>", "xen pt", "echo </all>"),
    )
    assert "paging is off (CR0.PG=0): every address is a physical one" in said
    built = section(said, "<built>", "</built>")
    assert "PDE[0x3fb] = 00000183  4 MiB page at 0x00000000" in built
    assert "G=1 global" in built
    on = section(said, "<on>", "</on>")
    assert "R/W=1 writable" in on and "U/S=0 rings 0-2 only" in on and "A=1 accessed" in on
    assert re.search(r"^fed\w+ -> 0x001\w+, writable, rings 0-2 only$", on, re.MULTILINE)
    gone = section(said, "<gone>", "</gone>")
    assert "PDE[0x0] = 00000000  P=0 not present" in gone and "00000000 is not mapped" in gone
    assert "fec00000-ffbfffff -> 00000000 w-g 4M" in section(said, "<all>", "</all>")


def test_tables_and_registers(xen: Debug) -> None:
    said = xen(
        *("break boot_complete", "c", "xen gdt", "xen gdt 0xe019", "xen idt", "xen idt 14"),
        *("xen tss", "xen regs"),
    )
    for line in (
        r"e008  HYPERVISOR_CS .* ring 0, base 00000000, limit ffffffff  <- CS",
        r"e018  GUEST_KERNEL_CS .* ring 1, base 00000000, limit fc3fffff",
        r"e040  TSS_SELECTOR  .* TSS, busy, .*  <- TR",
        r"    S=1 DPL=1 P=1 AVL=0 L=0 D/B=1 G=1",
        r"  3 #BP     32-bit interrupt gate, HYPERVISOR_CS, DPL 3 +\w+ stub3",
        r" 32 to 255  32-bit interrupt gate, HYPERVISOR_CS, DPL 0 +\w+ stub32 to \w+ stub255",
        r"    handler   \w+ stub14",
        r"    the processor pushes an error code",
        r"    ss0:esp0 = e010:fed\w+  HYPERVISOR_DS hypervisor_stack \+ 8192",
        r"eip \w+  boot_complete",
        r"cr0 \w+  PG WP ET PE",
        r"    WP=1 ring 0 obeys read-only pages",
        r"cr4 \w+  PGE PSE",
        r"cs  e008 HYPERVISOR_CS   32-bit code, execute/read, ring 0, base 00000000, .*",
        r"ldt 0000 +null",
    ):
        assert re.search(f"^(?:\\(gdb\\) )*{line}$", said, re.MULTILINE), (line, said)


def test_backtraces_and_frames_go_through_an_exception(xen: Debug) -> None:
    said = xen(
        *("break *console_getc", "break panic_with_frame", "break exception_entry", "c"),
        # As if crash() had been called instead.
        *("set $eip = (unsigned)crash", "c", "echo <entry>", "xen frame", "bt", "echo </entry>"),
        *("c", "echo <panic>", "xen frame", "bt", "echo </panic>"),
    )
    entry, panic = section(said, "<entry>", "</entry>"), section(said, "<panic>", "</panic>")
    assert "has not pushed the other registers yet" in entry
    for text in (entry, panic):
        assert "invalid opcode (#UD, vector 6)" in text
        assert re.search(r"^    eip fed\w+  crash$", text, re.MULTILINE)
        assert re.search(r"in crash \(\)", text)
        assert re.search(r"in debug_key_loop \(\)", text)
        assert re.search(r"in start_xen \(", text)
    assert panic.index("in do_exception (") < panic.index("in exception_entry (")
    assert panic.index("in exception_entry (") < panic.index("in crash (")


def test_mistakes_are_answered_in_one_sentence(xen: Debug) -> None:
    said = xen("xen frame nosuch", "xen nosuch", "xen pt 1 2 3", "xen tss", "xen frame", "xen")
    assert 'No symbol "nosuch" in current context.' in said
    assert "there is no `xen nosuch`" in said
    assert "usage: xen pt [ADDRESS [DIRECTORY]]" in said
    assert "TR is null" in said
    assert "no exception is being handled here" in said
    for name in ("frame", "gdt", "idt", "pt", "regs", "tss"):
        assert re.search(rf"^(?:\(gdb\) )?xen {name}\b", said, re.MULTILINE)
    assert "Traceback" not in said


def test_make_works_from_a_labs_folder_and_keeps_the_users_configuration(tmp_path: Path) -> None:
    (tmp_path / ".gdbinit").write_text("set $mine = 7\n")
    lab = ["make", "-C", "labs/lab1-boot", "--no-print-directory", f"BUILD={tmp_path}"]
    with Machine([*lab, "qemu-gdb", "SOLVED=all"], tmp_path) as machine:
        machine.await_stub()
        said = talk([*lab, "gdb"], ["p $mine", "break start_xen", "c", "list", "kill"], tmp_path)
    assert "$1 = 7" in said
    assert "Breakpoint 1, start_xen (" in said
    assert "check_vsnprintf" in said and "No such file" not in said
    assert "auto-load" not in said and "debuginfod" not in said


def test_gdb_with_nobody_waiting(tmp_path: Path) -> None:
    done = subprocess.run(
        [*GRADER, "gdb", "--build", str(tmp_path)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and "make qemu-gdb" in done.stderr


def test_gdb_without_python_says_so_and_connects(
    stage: Callable[[int], Path], tmp_path: Path
) -> None:
    old = tmp_path / "old-gdb"
    old.write_text('#!/bin/sh\n[ "$1" = --configuration ] || echo "run with: $*"\n')
    old.chmod(0o755)
    stage_options = ["--lab", "1", "--build", str(tmp_path)]
    image = str(stage(1) / "ring1.elf")
    with Machine([*GRADER, "boot", "--gdb", "--image", image, *stage_options], tmp_path) as machine:
        machine.await_stub()
        done = subprocess.run(
            [*GRADER, "gdb", "--build", str(tmp_path)],
            cwd=ROOT,
            env={**environment(tmp_path), "GDB": str(old)},
            capture_output=True,
            text=True,
        )
    assert "was built without Python: no `xen` commands" in done.stderr
    assert "target remote" in done.stdout and "load.py" not in done.stdout


def test_labs_bring_commands_of_their_own_and_a_broken_one_costs_only_itself(
    tmp_path: Path,
) -> None:
    shutil.copytree(ROOT / "gdb", tmp_path / "gdb")
    (tmp_path / "grader").symlink_to(ROOT / "grader")
    for lab, text in (
        ("lab2-rings", "nonsense"),
        (
            "lab3-mmu",
            "from ring1.command import XenCommand\n"
            "class New(XenCommand):\n"
            '    """A new one."""\n'
            '    usage = "new"\n'
            "    def lines(self, arguments):\n"
            '        yield "from lab 3"\n'
            "New()\n",
        ),
    ):
        folder = tmp_path / "labs" / lab / "gdb"
        folder.mkdir(parents=True)
        (folder / "new.py").write_text(text)
    said = talk(["gdb", "-q", "-x", str(tmp_path / "gdb" / "load.py")], ["xen new"], tmp_path)
    assert "labs/lab2-rings/gdb/new.py was not loaded: name 'nonsense' is not defined" in said
    assert "from lab 3" in said


def test_selectors_are_named_as_in_the_header() -> None:
    header = (ROOT / "labs/lab1-boot/include/xen/selectors.h").read_text()
    defined = re.findall(r"#define (\w+)\s+(0xE0\w\w)$", header, re.MULTILINE)
    names: dict[str, object] = {}
    exec((ROOT / "gdb/ring1/selectors.py").read_text(), names)
    assert names["SELECTORS"] == {int(value, 16): name for name, value in defined}
