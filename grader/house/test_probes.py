# SPDX-License-Identifier: MIT
"""What looks for tools finds what is there, refuses what will not do, and says so in one sentence."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COREUTILS = "awk cat cmp cp cut dirname env find grep head id mkdir mktemp mv rm sed sh sort tr uname".split()


def fake_command(folder: Path, name: str, script: str) -> None:
    """A command that does what the script says, in the place of the real one."""
    path = folder / name
    # The real one may be a link here: write beside it, never through it.
    path.unlink(missing_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.fixture
def bare_path(tmp_path: Path) -> Path:
    """A folder for PATH with what any Unix has, and nothing that builds, boots or grades."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in COREUTILS:
        (folder / name).symlink_to(str(shutil.which(name)))
    return folder


def environment(path: Path | None = None, **variables: str) -> dict[str, str]:
    """The environment of a student who set just these variables."""
    ours = {"CC", "LD", "CROSS_COMPILE", "PYTHON", "HOSTCC", "MAKEFLAGS"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | ({"PATH": str(path)} if path else {}) | variables


def toolchain(tmp_path: Path, env: dict[str, str]) -> str:
    """What mk/find-toolchain writes."""
    out = tmp_path / "toolchain.mk"
    subprocess.run([ROOT / "mk" / "find-toolchain", out], cwd=ROOT, env=env, check=True)
    return out.read_text()


def test_no_compiler(tmp_path: Path, bare_path: Path) -> None:
    said = toolchain(tmp_path, environment(bare_path))
    assert "TOOLCHAIN_ERROR := No compiler for 32-bit x86 here" in said
    assert "./setup" in said


def test_compiler_for_another_processor_is_refused(tmp_path: Path, bare_path: Path) -> None:
    fake_command(bare_path, "gcc", "echo \"error: unrecognized option '-m32'\" >&2; exit 1")
    fake_command(bare_path, "ld", "exit 0")
    assert "TOOLCHAIN_ERROR" in toolchain(tmp_path, environment(bare_path))


def test_cross_compiler_goes_first(tmp_path: Path, bare_path: Path) -> None:
    for prefix in ("", "x86_64-elf-", "i686-linux-gnu-"):
        for name in ("gcc", "ld", "nm"):
            fake_command(bare_path, prefix + name, "exit 0")
    said = toolchain(tmp_path, environment(bare_path))
    assert "CC := i686-linux-gnu-gcc\n" in said
    assert "NM := i686-linux-gnu-nm\n" in said
    assert "OBJCOPY := i686-linux-gnu-objcopy\n" in said


def test_the_users_choice_is_the_only_one(tmp_path: Path) -> None:
    said = toolchain(tmp_path, environment(CC="no-such-compiler"))
    assert "no-such-compiler, chosen by CC or CROSS_COMPILE, is not installed" in said
    said = toolchain(tmp_path, environment(CROSS_COMPILE="no-such-"))
    assert "no-such-gcc" in said
    said = toolchain(tmp_path, environment(CC="false"))
    assert "makes no 32-bit x86 code" in said


def test_the_same_answer_leaves_the_file_alone(tmp_path: Path) -> None:
    toolchain(tmp_path, environment())
    before = (tmp_path / "toolchain.mk").stat().st_mtime_ns
    toolchain(tmp_path, environment())
    toolchain(tmp_path, environment(PATH=f"{tmp_path}:{os.environ['PATH']}"))
    assert (tmp_path / "toolchain.mk").stat().st_mtime_ns == before


def python(env: dict[str, str], question: str | Path) -> subprocess.CompletedProcess[str]:
    """What mk/find-python answers."""
    return subprocess.run(
        [ROOT / "mk" / "find-python", question], cwd=ROOT, env=env, capture_output=True, text=True
    )


def test_python_without_the_packages_is_passed_over(tmp_path: Path) -> None:
    fake_command(tmp_path, "python3", "exec /bin/false")
    path = f"{tmp_path}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    found = python(environment(PATH=path, PYTHON=str(tmp_path / "python3")), tmp_path / "answer")
    assert found.returncode == 0
    assert Path(found.stdout.strip()).name.startswith("python3")
    assert found.stdout.strip() != str(tmp_path / "python3")
    assert "will not do" in found.stderr or "no Python 3.9" in found.stderr


def test_python_answer_is_kept_and_doubted(tmp_path: Path) -> None:
    answer = tmp_path / "answer"
    first = python(environment(), answer)
    assert answer.read_text().splitlines()[0] == first.stdout.strip()
    # An answer that has become wrong is not believed.
    answer.write_text(answer.read_text().replace(first.stdout.strip(), "/no/such/python3", 1))
    assert python(environment(), answer).stdout == first.stdout


def doctor(env: dict[str, str]) -> str:
    """What the doctor says on a Python that sees no package at all."""
    run = subprocess.run(
        [sys.executable, "-I", "-S", ROOT / "grader" / "doctor.py"],
        env=env,
        check=True,
        capture_output=True,
        text=True,
    )
    assert run.stderr == ""
    return run.stdout


def test_doctor_needs_no_packages() -> None:
    said = doctor(environment())
    assert said.startswith("host ")
    assert "\ncompiler " in said


def test_doctor_on_a_bare_machine(bare_path: Path) -> None:
    fake_command(bare_path, "dnf", "exit 1")
    said = doctor(environment(bare_path))
    assert "32-bit-compiler" in said
    assert "no stage can be built" in said
    assert "dnf install" in said
    assert "qemu-system-x86-core" in said


@pytest.mark.parametrize(
    "manager, command",
    [
        ("dnf", "dnf install "),
        ("pacman", "pacman -S --needed "),
        ("brew", "brew install "),
    ],
)
def test_setup_prints_the_command(bare_path: Path, manager: str, command: str) -> None:
    fake_command(bare_path, manager, "echo must not run; exit 1")
    run = subprocess.run(
        [ROOT / "setup"], env=environment(bare_path), capture_output=True, text=True
    )
    assert run.returncode == 1
    assert command in run.stdout
    assert "must not run" not in run.stdout


def test_setup_without_a_terminal_asks_no_password(bare_path: Path) -> None:
    fake_command(bare_path, "id", "echo 1000")
    fake_command(bare_path, "apt-get", "echo must not run; exit 1")
    fake_command(bare_path, "apt-cache", "exit 0")
    fake_command(bare_path, "sudo", '[ "$1" = -n ] && exit 1; echo must not run')
    run = subprocess.run(
        [ROOT / "setup"],
        env=environment(bare_path),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert run.returncode == 1
    assert "sudo apt-get install --yes --no-install-recommends" in run.stdout
    assert "must not run" not in run.stdout


def test_setup_refuses_what_it_does_not_know() -> None:
    run = subprocess.run([ROOT / "setup", "--no-such"], capture_output=True, text=True)
    assert run.returncode == 2
    assert "usage:" in run.stderr
