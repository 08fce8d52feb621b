# SPDX-License-Identifier: MIT
"""What a student's object file may not do: run by itself, call the host, or know the test's key."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from grader import objects
from grader.objects import MACHINE, Parts, complaint, parse_written
from grader.paths import ROOT

from .conftest import FLAGS, Toolchain

Compile = Callable[[str, str], Path]
HOST = ["-c", "-O1", "-g", "-fsanitize=address,undefined", "-w"]


def host_compilers() -> list[str]:
    return [name for name in ("gcc", "clang") if shutil.which(name)]


@pytest.fixture(params=host_compilers())
def for_host(request: pytest.FixtureRequest, tmp_path: Path) -> Compile:
    """Compile a text for the host as the unit tests are."""
    return lambda name, text: compiled([request.param, *HOST], tmp_path / name, text)


@pytest.fixture
def for_machine(toolchain: Toolchain, tmp_path: Path) -> Compile:
    """Compile a text for the machine."""
    line = [*toolchain.cc, *FLAGS, "-fno-builtin", "-w", "-c"]
    return lambda name, text: compiled(line, tmp_path / name, text)


def compiled(line: list[str], place: Path, text: str) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    source = place.with_suffix(".c")
    source.write_text(text)
    subprocess.run([*line, str(source), "-o", str(place)], check=True)
    return place


HONEST = """
void *memset(void *, int, unsigned long);
unsigned given(const char *); static char room[64]; int table[4] = {1};
unsigned work(int n) { char own[32]; memset(own, n, sizeof own); return given(own) + room[n] + table[n]; }
"""
MODEL = "unsigned given(const char *s) { return s[0]; } void _exit(int n);"


def unit(for_host: Compile, text: str) -> str:
    student = for_host("labs/lab1-boot/xen/idt.o", text)
    return complaint("check_idt", Parts([student], [for_host("model.o", MODEL)]))


def test_honest_code_is_not_refused(for_host: Compile) -> None:
    assert unit(for_host, HONEST) == ""


@pytest.mark.parametrize("priority", ["", "(99)", "(101)", "(1)"])
@pytest.mark.parametrize("kind", ["constructor", "destructor"])
def test_code_that_runs_by_itself(for_host: Compile, kind: str, priority: str) -> None:
    text = f"{HONEST} __attribute__(({kind}{priority})) static void cheat(void) {{ table[0]++; }}"
    said = unit(for_host, text)
    assert "labs/lab1-boot/xen/idt.c has code that runs by itself" in said


def test_a_constructor_that_calls_itself_the_sanitizers(for_host: Compile) -> None:
    text = "__attribute__((used)) void _sub_I_00099_9(void) {} typedef void f(void);"
    text += '__attribute__((section(".init_array"), used)) f *const p = _sub_I_00099_9;'
    assert "runs by itself" in unit(for_host, HONEST + text)


def test_code_that_chooses_a_function_at_load_time(for_host: Compile) -> None:
    text = "static int a(void) { return 1; } static int (*pick(void))(void) { return a; }"
    text += 'int b(void) __attribute__((ifunc("pick")));'
    assert "runs by itself (b)" in unit(for_host, HONEST + text)


def test_the_hosts_library_is_not_there(for_host: Compile) -> None:
    text = 'void _exit(int); char *getenv(const char *); void work(void) { _exit(!getenv("A")); }'
    said = unit(for_host, text).splitlines()
    assert len(said) == 2
    assert (
        "labs/lab1-boot/xen/idt.c uses `_exit`, which is none of the hypervisor's"
        in said[0] + said[1]
    )


def machine(for_machine: Compile, name: str, text: str) -> str:
    given = [
        for_machine("labs/lab1-boot/xen/string.o", "void *memset(char *p) { return p; }"),
        for_machine("labs/lab1-boot/tests/ktap.o", "char ktap_key[33] = {1}; int early_stop;"),
        for_machine("labs/lab1-boot/xen/stop.o", "int early_stop;"),
    ]
    student = for_machine(f"labs/lab1-boot/xen/{name}.o", text)
    return complaint(MACHINE, Parts([student], given))


def test_the_payloads_key_is_not_the_students(for_machine: Compile) -> None:
    for weak in ("", "__attribute__((weak))"):
        text = f"extern char ktap_key[] {weak}; char *work(void) {{ return ktap_key; }}"
        said = machine(for_machine, "probe", text)
        assert said == "labs/lab1-boot/xen/probe.c uses `ktap_key`, which is the test payload's own"


def test_what_the_hypervisor_has_too_may_be_used(for_machine: Compile) -> None:
    text = "extern int early_stop; void *memset(char *); int w(char *p) { memset(p); return early_stop; }"
    assert machine(for_machine, "probe", text) == ""


def test_boot_map_calls_nothing(for_machine: Compile) -> None:
    text = "void *memset(char *); void boot_map(char *p) { memset(p); }"
    said = machine(for_machine, "boot_map", text)
    assert said.startswith("labs/lab1-boot/xen/boot_map.c uses `memset`, which lies at its high")
    assert machine(for_machine, "boot_map", "void boot_map(char *p) { *p = 1; }") == ""


def test_a_constructor_in_the_machine(for_machine: Compile) -> None:
    text = "int seen; __attribute__((constructor)) void cheat(void) { seen++; }"
    assert "runs by itself" in machine(for_machine, "probe", text)


def test_what_make_says_is_read() -> None:
    said = "make: a warning\nmachine student: a.o b.o\nmachine given: \ncheck_idt student: c.o\n"
    found = parse_written(said)
    assert found["machine"] == Parts([ROOT / "a.o", ROOT / "b.o"], [])
    assert found["check_idt"].student == [ROOT / "c.o"]


def test_make_tells_whose_the_objects_are() -> None:
    if not (ROOT / "mk").is_dir():
        pytest.skip("no Makefile")
    from grader.build import run_make

    for words, own in ((["LAB=1"], True), (["LAB=1", "SOLVED=all"], False)):
        status, output = run_make(["written", "BUILD=build", *words])
        assert status == 0, output
        parts = parse_written(output)
        assert bool(parts[objects.MACHINE].student) == own
        assert bool(parts["check_idt"].student) == own
        assert parts[objects.MACHINE].given and parts["check_idt"].given
