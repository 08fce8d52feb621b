# SPDX-License-Identifier: MIT
"""`make gdb` with guests: their symbols, backtraces through the rings, lab 2's `xen` commands."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.boot import is_kernel
from grader.paths import ROOT

from .debugging import GRADER, Machine, needs_gdb, needs_qemu_img, talk

Debug = Callable[..., str]
pytestmark = needs_gdb


def boot_line(stage: Path, build: Path, *guests: str) -> list[str]:
    """`make qemu-gdb` of this stage with these of its guests, as created domains."""
    words = " ".join(f"{stage / f'guest_{name}.elf'},domu" for name in guests)
    line = [*GRADER, "boot", "--gdb", "--lab", "2", "--image", str(stage / "ring1.elf")]
    return [*line, "--guest", words, "--build", str(build)]


@pytest.fixture
def debug(stage: Callable[[int], Path], tmp_path: Path) -> Debug:
    """Give commands to a GDB before the first instruction of a stage with these two guests."""

    def run(*commands: str, guests: tuple[str, ...] = ("debugged", "hello")) -> str:
        with Machine(boot_line(stage(2), tmp_path, *guests), tmp_path) as machine:
            machine.await_stub()
            line = [*GRADER, "gdb", "--build", str(tmp_path)]
            return talk(line, [*commands, "kill"], tmp_path)

    return run


def section(text: str, name: str) -> str:
    """What a command between marked() commands printed."""
    return text.split(f"<{name}>", 1)[1].split(f"</{name}>", 1)[0]


def marked(name: str, *commands: str) -> list[str]:
    return [f"echo <{name}>", *commands, f"echo </{name}>"]


def functions(backtrace: str) -> list[str]:
    """A backtrace in short: its functions, and a word for each ring."""
    found = re.findall(
        r"^(?:\(gdb\) )?(?:#\d+ +(?:\w+ in )?(\w+)|--- guest, (ring \d) ---)",
        backtrace,
        re.MULTILINE,
    )
    return [function or ring for function, ring in found]


def test_a_backtrace_goes_through_all_rings(debug: Debug) -> None:
    said = debug(
        *("break do_exception", "c", *marked("bt", "xen bt"), "delete"),
        *("break do_console_io if $domain() == 1", "c", *marked("call", "xen bt"), "delete"),
        *("tbreak *hypercall_entry", "c", *marked("entry", "xen bt")),
        *("stepi 4", *marked("pushing", "xen bt")),
        *("tbreak exception_exit", "c", *marked("exit", "xen bt")),
        *("stepi 6", *marked("iret", "xen bt"), "stepi", *marked("guest", "xen bt", "bt")),
    )
    program = ["ring 3", "program", "ring3_begin"]
    served = ["guest_trap", "guest_trap_entry", *program]
    assert functions(section(said, "bt")) == [
        *("do_exception", "exception_entry"),
        *("ring 1", "serve", "on_system_call", *served),
    ]
    assert "--- guest, ring 1 --- invalid opcode (#UD, vector 6)" in section(said, "bt")
    assert "--- guest, ring 3 --- int 0x80" in section(said, "bt")
    assert re.search(r"in serve at labs/lab2-rings/tests/guest_debugged.c:\d+", section(said, "bt"))
    kernel = ["ring 1", "printf", "on_invalid_opcode", "guest_trap", "guest_trap_entry"]
    kernel += ["serve", "on_system_call", *served]
    assert functions(section(said, "call")) == [
        *("do_console_io", "do_hypercall", "hypercall_entry"),
        *kernel,
    ]
    assert "--- guest, ring 1 --- hypercall 18, console_io" in section(said, "call")
    # From the first instruction in the hypervisor to the last, where GDB itself is lost.
    inside = ["ring 1", "printf", "on_bounced_call", *served]
    assert functions(section(said, "entry")) == ["hypercall_entry", *inside]
    assert functions(section(said, "pushing")) == ["hypercall_entry", *inside]
    assert functions(section(said, "exit")) == ["exception_exit", *inside]
    assert functions(section(said, "iret")) == ["exception_exit", *inside]
    own = functions(section(said, "guest"))
    assert own[: len(inside)] == inside
    # In a guest GDB's own backtrace goes on into ring 3, too.
    assert own[-2:] == ["program", "ring3_begin"]


def test_symbols_and_breakpoints_follow_the_domains(debug: Debug) -> None:
    said = debug(
        *marked("start", "xen symbols"),
        # Two kernels, linked at one address; each has a function at the other's breakpoints.
        *("break on_bounced_call", "xen symbols 2", "break guest_main", "break greet"),
        *marked("break", "info breakpoints"),
        *("c", *marked("first", "xen symbols", "bt"), "c", "p eax", "c", *marked("last", "bt")),
        *marked("names", "xen symbols", "p $domain()"),
    )
    start = section(said, "start")
    assert re.search(r"domain 1 runs \S+guest_debugged.elf: symbols loaded", start)
    assert re.search(r"domain 2 runs \S+guest_hello.elf$", start, re.MULTILINE)
    conditions = re.findall(r"stop only if (.*)", section(said, "break"))
    assert conditions == ["$domain() == 1", "$domain() == 2", "$domain() == 2"]
    stops = re.findall(r"^(?:\(gdb\) )*(?:Breakpoint \d+, |#0  )(\w+) \(", said, re.MULTILINE)
    assert "guest_main" in section(said, "first")
    assert "$1 = 7" in said and "greet (eax=7, ebx=42)" in said
    assert "[domain 1 runs: guest_debugged.elf]" in said and "Breakpoint 1" in said
    assert "on_bounced_call" in section(said, "last") and "program" in section(said, "last")
    assert stops[-1] == "on_bounced_call"
    assert re.search(r"guest_debugged.elf: symbols loaded", section(said, "names"))
    assert "$2 = 1" in section(said, "names")
    assert "Error" not in said and "Traceback" not in said


def test_one_kernel_in_two_domains_needs_no_condition(debug: Debug) -> None:
    said = debug(
        *("break greet", "c", "p $domain()", "c", "p $domain()", "info breakpoints"),
        guests=("hello", "hello"),
    )
    assert "$1 = 1" in said and "$2 = 2" in said
    assert "stop only" not in said and "runs: " not in said


def test_domains(debug: Debug) -> None:
    said = debug(
        *marked("none", "xen domains", "xen domain 1"),
        *("xen symbols 2", "break greet", "c"),
        *marked("two", "xen domains"),
        *marked("one", "xen domain 1"),
        *("xen domain 7",),
    )
    assert "there is no domain yet" in section(said, "none")
    assert "there is no domain 1; there are: none" in section(said, "none")
    two = section(said, "two")
    place = r"  runnable      2048/2048  [0-9a-f]{8}  ring 1 at c000[0-9a-f]{4} "
    assert re.search(rf"^        1{place}guest_main \+ \d+, esp ", two, re.MULTILINE)
    assert re.search(rf"^->      2{place}greet, esp ", two, re.MULTILINE)
    for line in (
        r"domain 1: runnable, not privileged",
        r"  memory         2048 pages of at most 2048, from frame \w+ on to \w+",
        r"  eip            c000\w+ guest_main \+ \d+, ring 1",
        r"  cs e019  ss e021  ds e021  es e021  fs e021  gs e021",
        r"  events         masked, 0 pending",
        r"  trap table     2 of 256 entries:",
        r"      6 0x06  e019:c000\w+ guest_stub6, INT from ring 1",
        r"    129 0x81  e019:c000\w+ guest_stub129, INT from ring 1 and 3",
        r"  gate at 0x80   the hypervisor's own: int 0x80 is bounced",
        r"  GDT            8 entries in frames \w+",
    ):
        assert re.search(rf"(?:^|\(gdb\) ){line}$", said, re.MULTILINE), (line, said)
    assert "there is no domain 7; there are: 1, 2" in said


def test_tables_with_a_guest_in_them(debug: Debug) -> None:
    said = debug(
        *("break serve", "tbreak do_set_trap_table", "c", *marked("early", "xen idt 0x80")),
        *("c", *marked("gdt", "xen gdt"), *marked("idt", "xen idt"), "xen gdt 0x20"),
    )
    assert "int 0x80 is not direct" in section(said, "early")
    assert "domain 1's trap table has no handler for it" in section(said, "early")
    gdt = section(said, "gdt")
    assert re.search(r"^0020 .* ring 1, base 00000000, limit fc3fffff$", gdt, re.MULTILINE)
    assert re.search(r"page 0, .*:  frame \w+, the guest's; it sees it at c0\w+, read-only", gdt)
    assert re.search(r"pages 1 to 13, selectors 1000 to dfff: .* empty", gdt)
    assert re.search(r"page 14, selectors e000 to efff: .* the hypervisor's", gdt)
    idt = section(said, "idt")
    assert re.search(r"^128 +32-bit trap gate, GUEST_KERNEL_CS, DPL 3", idt, re.MULTILINE)
    assert re.search(r"int 0x80 goes straight to domain 1's kernel, at e019:c0\w+ guest_stub", idt)
    assert "int 0x82 is the hypercall" in idt


def test_traps_and_hypercalls_are_explained(debug: Debug) -> None:
    said = debug(
        *marked("empty", "xen hypercalls", "xen trap"),
        *("tbreak serve", "c", *marked("quiet", "xen trap"), "tbreak do_exception", "c"),
        *marked("ud", "xen trap", "xen trap &hypervisor_stack_top-19"),
        *("tbreak do_hypercall", "c", *marked("call", "xen trap", "xen hypercalls 18")),
        *("tbreak do_exception", "c", *marked("int", "xen trap"), *marked("all", "xen hypercalls")),
    )
    assert "the table is empty" in section(said, "empty")
    assert "no domain has run yet" in section(said, "empty")
    assert "no trap is being handled: domain 1 itself runs" in section(said, "quiet")
    undefined = section(said, "ud")
    assert re.search(r"#UD, vector 6\) of domain 1 in ring 1, eip c0\w+ serve \+ \d+", undefined)
    assert re.search(r"handler for .*: c0\w+ guest_stub6, in e019 GUEST_KERNEL_CS", undefined)
    assert "stack e021, the one in use" in undefined
    call = section(said, "call")
    assert "hypercall of domain 1 in ring 1" in call and "number 18, console_io" in call
    assert re.search(r"do_console_io: ebx 00000000, ecx 000000\w\w, edx c0", call)
    software = section(said, "int")
    assert "error code 040a: IDT[0x81]" in software
    assert "the guest's table opens int 0x81 to ring 3" in software
    assert "EIP, CS and event mask, EFLAGS, ESP, SS" in software
    everything = section(said, "all")
    assert re.search(r"  0  set_trap_table +fed\w+ do_set_trap_table  \S+:\d+", everything)
    assert re.search(r"-ENOSYS: 1 mmu_update, ", everything)


def test_mistakes_are_answered_in_one_sentence(debug: Debug) -> None:
    said = debug(
        *("xen symbols 9", "xen symbols 9 /no/such/file", "xen domain", "xen bt 1", "xen bt"),
        *("xen trap nosuch", "xen hypercalls nosuch", "break start_xen", "c", "xen bt"),
    )
    assert "which file is domain 9's kernel?" in said
    assert "there is no file /no/such/file" in said
    assert "there is no domain" in said
    assert "usage: xen bt" in said
    assert "#0  start_xen (" in said and "guest, ring" not in said
    assert "Traceback" not in said and "Python Exception" not in said


def test_modules_that_are_no_kernels_are_left_out(tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("a module")
    assert not is_kernel(text) and not is_kernel(tmp_path / "nosuch")


def test_make_gdb_works_from_a_lab_that_has_a_folder_of_that_name() -> None:
    line = ["make", "-n", "-C", "labs/lab2-rings", "gdb"]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "-m grader gdb" in done.stdout


def test_without_a_machine_there_is_nothing_to_show(
    stage: Callable[[int], Path], tmp_path: Path
) -> None:
    line = ["gdb", "-q", str(stage(2) / "ring1.elf"), "-x", str(ROOT / "gdb" / "load.py")]
    commands = ["xen domains", "xen bt", "xen trap", "xen hypercalls", "xen gdt", "xen idt"]
    said = talk(line, [*commands, "xen symbols"], tmp_path)
    assert said.count("no machine is connected") == len(commands)
    assert "no kernel is known" in said


@needs_qemu_img
def test_a_replay_knows_the_guests_too(stage: Callable[[int], Path], tmp_path: Path) -> None:
    folder = stage(2)
    guest = f"{folder / 'guest_hello.elf'},domu"
    options = ["--lab", "2", "--build", str(tmp_path)]
    image = ["--image", str(folder / "ring1.elf"), "--guest", guest]
    done = subprocess.run(
        [*GRADER, "record", *options, *image],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "ring 3 returned 49" in done.stdout, done.stderr
    said = talk(
        [*GRADER, "replay", "--build", str(tmp_path)],
        ["break greet", "c", "xen bt", "kill"],
        tmp_path,
    )
    assert "greet (eax=7, ebx=42)" in said
    assert functions(said)[-3:] == ["ring 3", "program", "ring3_begin"]


def test_a_stage_before_lab_2_has_none_of_its_commands(
    stage: Callable[[int], Path], tmp_path: Path
) -> None:
    image = str(stage(1) / "ring1.elf")
    line = [*GRADER, "boot", "--gdb", "--lab", "1", "--image", image, "--build", str(tmp_path)]
    with Machine(line, tmp_path) as machine:
        machine.await_stub()
        said = talk(
            [*GRADER, "gdb", "--build", str(tmp_path)],
            ["break start_xen", "c", "xen domains", "xen gdt", "xen idt", "kill"],
            tmp_path,
        )
    assert "has no variable" not in said
    assert "of domain" not in said
    assert "Traceback" not in said and "Python Exception" not in said


def test_the_files_of_a_lab_are_loaded_in_any_order() -> None:
    """Every command is a file of its own; what they share lies in a package below them."""
    folder = ROOT / "labs" / "lab2-rings" / "gdb"
    names = {file.stem for file in folder.glob("*.py")}
    for file in folder.rglob("*.py"):
        imported = re.findall(r"^(?:from|import) (\w+)", file.read_text(), re.MULTILINE)
        assert not names.intersection(imported) - {"gdb"}, file
