# SPDX-License-Identifier: MIT
"""Whole grades, of a small course: verdicts, exit statuses, files, and what is said."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from .conftest import Course

EVERY_END = """
test_pass = boots("pass", 10)
test_fail = boots("fail")
test_forge = boots("forge")
test_babble = boots("babble")
test_give_up = boots("give-up")
test_hang = boots("hang")
test_fail_and_hang = boots("fail-and-hang")
test_flood = boots("flood")
test_triple_fault = boots("triple-fault", exercise="1.2")
test_panic = boots("panic", exercise="1.2")
test_missing = boots("missing", exercise="1.2")
"""

#: Without the one that takes long.
MOST_ENDS = EVERY_END.replace('test_flood = boots("flood")\n', "")


def results(course: Course) -> dict[str, Any]:
    """results.json without what may differ between two grades."""
    data: dict[str, Any] = json.loads((course.build / "grade" / "results.json").read_text())
    del data["execution_time"]
    return data


def outputs(course: Course) -> dict[str, str]:
    return {test["name"]: test["output"] for test in results(course)["tests"]}


def test_full_score(course: Course) -> None:
    course.tests('test_a = boots("pass", 5)\n')
    outcome = course.run("grade", "--lab", "1")
    assert outcome.status == 0, outcome
    assert "score: 5/5, 1 of 1 tests passed" in outcome.out
    assert results(course)["score"] == 5


def test_every_failure_explains_itself(course: Course) -> None:
    course.tests(EVERY_END)
    outcome = course.run("grade")
    assert outcome.status == 1, outcome
    assert "score: 10/20, 1 of 11 tests passed" in outcome.out
    assert "Traceback" not in outcome.out + outcome.err
    said = outputs(course)
    assert "expected 3, saw 4" in said["lab1/fail"] and "`second` failed" in said["lab1/fail"]
    assert "the test payload never got to run" in said["lab1/forge"]
    assert "KTAP is malformed" in said["lab1/babble"]
    assert "did not get to its end" in said["lab1/give-up"]
    assert "still running after 2 s of machine time" in said["lab1/hang"]
    assert "| about to hang" in said["lab1/hang"]
    assert "`first` failed" in said["lab1/fail-and-hang"]
    assert "and then: still running" in said["lab1/fail-and-hang"]
    assert "more than 128 KiB" in said["lab1/flood"]
    assert "triple fault, which began with: invalid opcode" in said["lab1/triple-fault"]
    assert "PANIC: out of cheese" in said["lab1/panic"]
    assert "exercise 1.3: descriptors_init() is to be written" in said["lab1/missing"]
    for name, text in said.items():
        if name != "lab1/pass":
            assert f"make qemu-gdb LAB=1 TEST={name}" in text and "lab1-boot.md" in text


def test_two_grades_are_equal_and_so_is_a_regrade_without_machines(course: Course) -> None:
    course.tests(MOST_ENDS)
    course.run("grade")
    first = results(course)
    course.run("grade", "--jobs", "1")
    assert results(course) == first
    outcome = course.run("regrade", path="/nonexistent")
    assert outcome.status == 1, outcome
    assert results(course) == first


def test_a_regrade_keeps_the_times(course: Course) -> None:
    course.tests('test_a = boots("pass")\n').run("grade")

    def time_taken() -> str | None:
        case = ElementTree.parse(course.build / "grade" / "junit.xml").getroot().find(".//testcase")
        return None if case is None else case.get("time")

    first = time_taken()
    course.run("regrade")
    assert time_taken() == first not in (None, "0.00")


def test_after_a_build_that_fails_there_is_nothing_to_judge_again(course: Course) -> None:
    course.tests('test_a = boots("pass")\n').run("grade")
    (course.folder / "Makefile").write_text("artefacts: ; $(error No compiler here)\n")
    assert course.run("grade").status == 2
    outcome = course.run("regrade")
    assert (outcome.status, outcome.err.count("\n")) == (2, 1), outcome
    assert "run make grade first" in outcome.err


def test_an_object_that_may_not_be_linked_costs_its_tests(course: Course) -> None:
    course.tests('test_a = boots("pass")\n')
    folder = course.folder / "labs" / "lab1-boot" / "xen"
    folder.mkdir(parents=True)
    (folder / "idt.c").write_text("__attribute__((constructor)) void cheat(void) {}\n")
    made = ["$(CC) -c labs/lab1-boot/xen/idt.c -o labs/lab1-boot/xen/idt.o"]
    with (course.folder / "Makefile").open("a") as makefile:
        makefile.write("artefacts: idt\nidt: ; " + made[0] + "\n")
        makefile.write("written: ; @echo machine student: labs/lab1-boot/xen/idt.o\n")
    outcome = course.run("grade")
    assert outcome.status == 1, outcome
    assert "labs/lab1-boot/xen/idt.c has code that runs by itself" in outcome.out


def test_the_logs_are_kept(course: Course) -> None:
    course.tests(MOST_ENDS).run("grade")
    logs = course.build / "grade" / "logs" / "lab1"
    assert "about to hang" in (logs / "hang.serial").read_text()
    assert json.loads((logs / "hang.json").read_text())


def test_the_junit_file(course: Course) -> None:
    course.tests(MOST_ENDS).run("grade")
    root = ElementTree.parse(course.build / "grade" / "junit.xml").getroot()
    suite = root.find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("10", "9", "0")


def test_a_part_of_the_tests(course: Course) -> None:
    course.tests(MOST_ENDS)
    assert "1 of 1 tests passed" in course.run("grade", "--test", "lab1/pass").out
    assert "0 of 3 tests passed" in course.run("grade", "--test", "1.2").out
    assert course.run("regrade", "--test", "pan*").status == 1
    outcome = course.run("regrade", "--test", "pass")
    assert outcome.status == 2 and "the last grade ran none of these" in outcome.err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["grade", "--lab", "7"], "there is no lab 7 here; labs: 1"),
        (["grade", "--test", "nosuch"], "nosuch"),
        (["grade", "--lab", "one"], "LAB=one"),
        (["grade", "--solved", "some"], "SOLVED=some"),
        (["regrade"], "make grade first"),
        (["boot", "--lab", "7"], "there is no lab 7 here"),
        (["boot", "--test", "*"], "fits several tests"),
        (["boot", "--image", "none.elf"], "none.elf"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(
    course: Course, words: list[str], sentence: str
) -> None:
    course.tests('test_a = boots("pass")\ntest_b = boots("fail")\n')
    outcome = course.run(*words)
    assert outcome.status == 2
    assert sentence in outcome.err and outcome.err.count("\n") == 1
    assert "Traceback" not in outcome.err


def without_qemu(folder: Path) -> str:
    """A PATH with make and a compiler, but no QEMU."""
    folder.mkdir()
    for tool in ("make", "mkdir", "cp", "gcc", "cc", "as", "ld", "sh"):
        if found := shutil.which(tool):
            (folder / tool).symlink_to(found)
    return str(folder)


def test_no_qemu(course: Course, tmp_path: Path) -> None:
    outcome = course.tests('test_a = boots("pass")\n').run(
        "grade", path=without_qemu(tmp_path / "bin")
    )
    assert outcome.status == 2
    assert "qemu-system-i386 is not on the PATH" in outcome.err


def test_no_make(course: Course, tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "qemu-system-i386").symlink_to(str(shutil.which("qemu-system-i386")))
    outcome = course.tests('test_a = boots("pass")\n').run("grade", path=str(folder))
    assert outcome.status == 2
    assert "make is not on the PATH" in outcome.err


def test_results_that_cant_be_written(course: Course) -> None:
    course.tests('test_a = boots("pass")\n')
    results_file = course.build / "grade" / "results.json"
    results_file.mkdir(parents=True)
    outcome = course.run("grade")
    assert outcome.status == 2
    assert "can't write" in outcome.err and "results.json" in outcome.err
    assert outcome.err.count("\n") == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cant_be_written(course: Course) -> None:
    course.tests('test_a = boots("pass")\n')
    course.build.mkdir()
    course.build.chmod(stat.S_IRUSR | stat.S_IXUSR)
    assert course.run("grade").status == 2


def test_a_syntax_error_fails_the_tests_with_the_compilers_message(course: Course) -> None:
    course.tests(MOST_ENDS)
    assert course.run("grade").status == 1
    (course.folder / "code.c").write_text("int answer = ;\n")
    outcome = course.run("grade")
    assert outcome.status == 1, outcome
    assert "score: 0/19" in outcome.out
    assert outcome.out.count("expected expression") == 1
    assert outcome.out.count("the compiler's message: see lab1/pass") == 9
    assert all("expected expression" in text for text in outputs(course).values())


def test_a_deleted_source_is_a_failure(course: Course) -> None:
    course.tests(MOST_ENDS)
    (course.folder / "code.c").unlink()
    outcome = course.run("grade", "--test", "pass")
    assert outcome.status == 1, outcome
    assert "No rule to make target 'code.c'" in outcome.out


@pytest.mark.parametrize(
    ("makefile", "says"),
    [
        ("artefacts: ; $(error No compiler here: run ./setup)\n", "No compiler here"),
        ("artefacts: ; nosuchcompiler -c code.c\n%.elf: ; nosuchcompiler $@\n", "nosuchcompiler"),
        ("other:\n", "No rule to make target"),
    ],
)
def test_a_build_that_fails_over_the_host_is_no_fault_of_the_student(
    course: Course, makefile: str, says: str
) -> None:
    course.tests('test_a = boots("pass")\n')
    (course.folder / "Makefile").write_text(makefile)
    outcome = course.run("grade")
    assert outcome.status == 2, outcome
    assert says in outcome.err


def test_a_bug_of_a_test_is_an_error_and_no_failure(course: Course) -> None:
    course.tests(
        """
test_pass = boots("pass")

@graded("lab1/buggy", exercise="1.1", points=3, shows="nothing")
def test_buggy(run):
    run.run_until("start")
    raise KeyError("grader")
"""
    )
    outcome = course.run("grade")
    assert outcome.status == 2, outcome
    assert "ERROR  lab1/buggy" in outcome.out
    assert "could not be graded, which is no fault of the tested code" in outcome.out
    tests = {test["name"]: test for test in results(course)["tests"]}
    assert tests["lab1/buggy"]["tags"] == ["exercise-1.1", "error"]
    assert tests["lab1/pass"]["status"] == "passed"


def test_a_qemu_that_dies_is_an_error(course: Course, tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    fake = folder / "qemu-system-i386"
    fake.write_text("#!/bin/sh\necho it hurts >&2\nexit 1\n")
    fake.chmod(0o755)
    course.tests('test_a = boots("pass")\n')
    outcome = course.run("grade", path=f"{folder}:{os.environ['PATH']}")
    assert outcome.status == 2, outcome
    assert "it hurts" in outcome.out


KEYED = """
from grader.errors import fail

@graded("lab1/keyed", exercise="1.1", points=2, shows="a failure that shows its key",
        machine=Machine(payload="pass", memory=16))
def test_keyed(run):
    run.passes()
    fail("the key is " + " ".join(run.key))

@graded("lab1/fickle", exercise="1.1", points=2, shows="a failure with every other key",
        machine=Machine(payload="pass", memory=16))
def test_fickle(run):
    run.passes()
    if run.tells_differently_each_time and not hasattr(Machine, "seen"):
        Machine.seen = True
        fail("this key is bad")
"""


def test_what_a_failure_tells_does_not_depend_on_a_fresh_key(course: Course) -> None:
    course.tests(KEYED)
    assert course.run("grade").status == 1
    first = outputs(course)
    assert "the key is" in first["lab1/keyed"] and "this key is bad" in first["lab1/fickle"]
    course.run("grade")
    assert outputs(course) == first


def test_keys_are_fresh(course: Course) -> None:
    course.tests('test_a = boots("pass")\n')
    tape = course.build / "grade" / "logs" / "lab1" / "pass.json"
    keys = set()
    for _ in range(2):
        course.run("grade")
        keys.add(json.loads(tape.read_text())[0][1])
    assert len(keys) == 2


LOOKING = """
from grader.errors import expect

@graded("lab1/looks", exercise="1.1", points=2, shows="looking works",
        machine=Machine(payload="tell-scratch", memory=16))
def test_looks(run):
    run.start()
    expect(run.registers().eax, 0x2BADB002, "the boot loader's magic number")
    run.run_until("kernel_main")
    run.write_physical(run.physical("scratch"), b"....")
    expect(run.read_virtual(run.symbol("scratch"), 4), b"....", "scratch")
    expect("scratch was changed" in run.finish().serial, True, "what the kernel saw")

@graded("lab1/never", exercise="1.1", points=2, shows="a place that is never reached",
        machine=Machine(payload="pass", memory=16))
def test_never(run):
    run.run_until("spin_for_ever")

@graded("lab1/nosymbol", exercise="1.1", points=2, shows="a symbol that is not there",
        machine=Machine(payload="pass", memory=16))
def test_nosymbol(run):
    run.run_until("nosuch_function")
"""


def test_looking_from_outside(course: Course) -> None:
    course.tests(LOOKING)
    outcome = course.run("grade")
    assert outcome.status == 1, outcome
    assert "2/2" in outcome.out
    said = outputs(course)
    assert "the machine never gets to spin_for_ever" in said["lab1/never"]
    assert "seen:     the machine shut down in order" in said["lab1/never"]
    assert "the image has no symbol `nosuch_function`" in said["lab1/nosymbol"]
    first = results(course)
    course.run("regrade")
    assert results(course) == first


def test_an_interrupted_grade_says_so_and_leaves_nothing(course: Course, tmp_path: Path) -> None:
    course.tests(
        "".join(
            f"""
@graded("lab1/slow{n}", exercise="1.1", points=1, shows="a machine that takes long",
        machine=Machine(payload="hang", memory=16, seconds=30))
def test_slow{n}(run):
    run.passes()
"""
            for n in range(14)
        )
    )
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    grade = subprocess.Popen(
        [sys.executable, "-m", "grader", "grade", "--jobs", "2"],
        cwd=course.folder,
        env={**os.environ, "TMPDIR": str(scratch)},
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not list(scratch.glob("ring1-grade-*/ring1-*/serial")):
        assert time.monotonic() < deadline and grade.poll() is None
        time.sleep(0.05)
    os.killpg(grade.pid, signal.SIGINT)
    _, complaint = grade.communicate(timeout=60)
    assert (grade.returncode, complaint) == (2, "ring1: interrupted\n")
    assert list(scratch.iterdir()) == []


def test_booting_on_a_terminal(course: Course) -> None:
    course.tests(MOST_ENDS).run("grade", "--test", "pass")
    outcome = course.run("boot", "--test", "lab1/pass")
    assert outcome.status == 0, outcome
    assert "ordinary output" in outcome.out and "shut down in order" in outcome.err
    outcome = course.run("boot", "--test", "lab1/triple-fault")
    assert outcome.status == 1 and "triple fault" in outcome.err
    outcome = course.run("boot", "--test", "lab1/panic")
    assert outcome.status == 1 and "panicked" in outcome.err
