# SPDX-License-Identifier: MIT
"""What the grader's own tests share: a kernel that misbehaves on demand, and a small course."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.paths import ROOT

SOURCES = Path(__file__).parent / "kernel"


@dataclass(frozen=True)
class Toolchain:
    """The compiler and linker that the Makefile would take."""

    cc: list[str]
    ld: list[str]


@pytest.fixture(scope="session")
def toolchain(tmp_path_factory: pytest.TempPathFactory) -> Toolchain:
    """What mk/find-toolchain finds, as the Makefile asks it."""
    answer = tmp_path_factory.mktemp("toolchain") / "toolchain.mk"
    subprocess.run([str(ROOT / "mk" / "find-toolchain"), str(answer)], check=True)
    said = dict(re.findall(r"^(\w+) := (.*)$", answer.read_text(), re.MULTILINE))
    if "TOOLCHAIN_ERROR" in said:
        pytest.skip(said["TOOLCHAIN_ERROR"])
    cc = [*said["CC"].split(), *said["TARGET_ARCH_FLAGS"].split()]
    return Toolchain(cc, [*said["LD"].split(), *said["TARGET_LD_FLAGS"].split()])


FLAGS = "-ffreestanding -fno-pie -fno-pic -fno-stack-protector -fcf-protection=none -O1 -gdwarf-4".split()
FLAGS += "-fno-omit-frame-pointer -fno-optimize-sibling-calls -mgeneral-regs-only -Wall".split()
FLAGS += "-fno-asynchronous-unwind-tables".split()


@pytest.fixture(scope="session")
def kernel(toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """kernel/ compiled and linked: a multiboot image."""
    folder = tmp_path_factory.mktemp("kernel")
    objects = []
    for source in (SOURCES / "start.S", SOURCES / "kernel.c"):
        target = folder / f"{source.name}.o"
        subprocess.run(
            [*toolchain.cc, *FLAGS, "-c", str(source), "-o", str(target)], cwd=folder, check=True
        )
        objects.append(str(target))
    image = folder / "kernel.elf"
    script = str(SOURCES / "kernel.ld")
    line = [*toolchain.ld, "-nostdlib", "-z", "noexecstack", "-T", script, "-o", str(image)]
    subprocess.run(line + objects, check=True)
    return image


TESTS = """
from grader.catalogue import graded, graded_payload, graded_unit
from grader.machine.spec import Machine


def boots(name, points=1, exercise="1.1"):
    return graded_payload(
        f"lab1/{name}", exercise=exercise, points=points, shows=f"the kernel can {name}",
        machine=Machine(payload=name, memory=16), handout="lab1-boot.md",
    )

"""

LAB = """
from .. import Exercise, Lab

LAB = Lab(1, "lab1-boot", "Boot", {"1.1": Exercise("One", 60), "1.2": Exercise("Two", 40)})
"""

MAKEFILE = """
images := $(BUILD)/stage1/student/ring1.elf $(BUILD)/stage1/student/ring1-test.elf
artefacts: $(images)
$(images): kernel.elf code.c
	mkdir -p $(@D)
	$(CC) -fsyntax-only code.c
	cp kernel.elf $@
written: ;
"""


@dataclass(frozen=True)
class Outcome:
    status: int
    out: str
    err: str


class Course:
    """A repository as small as can be: the grader, one lab, and a kernel that needs no building."""

    def __init__(self, folder: Path, kernel: Path) -> None:
        self.folder = folder
        self.build = folder / "build"
        skip = shutil.ignore_patterns("lab[0-9]*", "selftest", "house", "mutants", "__pycache__")
        shutil.copytree(ROOT / "grader", folder / "grader", ignore=skip)
        (folder / "grader" / "labs" / "lab1").mkdir()
        (folder / "grader" / "labs" / "lab1" / "__init__.py").write_text(LAB)
        (folder / "Makefile").write_text(MAKEFILE)
        (folder / "code.c").write_text("int answer = 42;\n")
        shutil.copy(kernel, folder / "kernel.elf")

    def tests(self, text: str) -> "Course":
        """The lab's tests: Python text, for which `boots(NAME)` makes a payload's test."""
        (self.folder / "grader" / "labs" / "lab1" / "test_it.py").write_text(TESTS + text)
        return self

    def run(self, *words: str, path: str | None = None) -> Outcome:
        """`python -m grader WORDS` in the course's folder."""
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "120"}
        environment.pop("MAKEFLAGS", None)
        if path is not None:
            environment["PATH"] = path
        done = subprocess.run(
            [sys.executable, "-m", "grader", *words],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def course(tmp_path: Path, kernel: Path) -> Course:
    """A fresh small course."""
    return Course(tmp_path / "course", kernel)
