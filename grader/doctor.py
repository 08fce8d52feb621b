# SPDX-License-Identifier: MIT
"""`make doctor`: what the course finds on this machine, what is missing, and what each lack costs.

It has to run where the grader cannot, so it needs nothing but Python's standard library. What is missing, and which
package has it, is ./setup's to know; this asks it.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
QEMU = "qemu-system-i386"
LIMIT_SECONDS = 20


@dataclass
class Lack:
    """Something that ./setup misses."""

    name: str
    optional: bool
    costs: str


def said(*command: str | Path, cwd: Path = ROOT) -> str:
    """What a command prints; nothing when it is not there, fails to start or hangs."""
    try:
        run = subprocess.run(
            command,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=LIMIT_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return run.stdout.strip() if run.returncode == 0 else ""


def first_line(*command: str) -> str:
    """The first line of what a command prints, mostly its name and version."""
    return (said(*command).splitlines() or [""])[0]


def host() -> str:
    """The machine and its system."""
    system = f"{platform.system()} {platform.machine()}"
    release = Path("/etc/os-release")
    if release.is_file():
        match = re.search(r'^PRETTY_NAME="?([^"\n]*)', release.read_text(), re.MULTILINE)
        system = f"{match[1]}, {system}" if match else system
    return f"{system}, {os.cpu_count()} processors"


def compiler() -> str:
    """The compiler for the machine, and how it was found."""
    with tempfile.TemporaryDirectory() as scratch:
        found = Path(scratch) / "toolchain.mk"
        said(ROOT / "mk" / "find-toolchain", found)
        words = dict(re.findall(r"^(\w+) := (.*)$", found.read_text(), re.MULTILINE))
    if "CC" not in words:
        return ""
    chosen = [name for name in ("CC", "CROSS_COMPILE", "LD") if os.environ.get(name)]
    how = f"chosen by {' and '.join(chosen)}" if chosen else "found by probing"
    return f"{words['TOOLCHAIN']}, {how}"


def host_compiler() -> str:
    """The compiler of the unit tests, and whether it has the sanitizers' libraries."""
    hostcc = os.environ.get("HOSTCC", "cc")
    version = first_line(hostcc, "--version")
    sanitizer = said(hostcc, "-print-file-name=libasan.so")
    clang = "clang" in version
    lacks = "" if clang or Path(sanitizer).is_absolute() else ", without libasan"
    return f"{hostcc} ({version}){lacks}" if version else ""


def firmware() -> list[str]:
    """Which of the two firmwares QEMU has, the faster first."""
    folders = [Path(line) for line in said(QEMU, "-L", "help").splitlines()]
    names = {"qboot.rom": "qboot", "bios-256k.bin": "SeaBIOS"}
    return [word for file, word in names.items() if any((f / file).exists() for f in folders)]


def qemu() -> str:
    """QEMU's version and firmware."""
    version = re.search(r"version (\S+)", said(QEMU, "--version"))
    if not version:
        return ""
    roms = firmware()
    remark = f"firmware {' and '.join(roms)}" if roms else "no firmware"
    if roms and "qboot" not in roms:
        remark += "; without qboot each boot takes some 25 ms more"
    return f"{version[1]}, {remark}"


def gdb() -> str:
    """GDB's version, and the Python inside it, which the course's commands are written in."""
    version = re.search(r"(\d+\.\d+\S*)$", first_line("gdb", "--version"))
    if not version:
        return ""
    inside = said(
        "gdb", "-nx", "-batch", "-ex", "python print(__import__('platform').python_version())"
    )
    return (
        f"{version[1]}, {f'with Python {inside}' if inside else 'WITHOUT Python: no xen commands'}"
    )


def versions_of(python: str, modules: tuple[str, ...]) -> str:
    """Which of these packages an interpreter sees, with their versions."""
    program = """
import sys
from importlib.metadata import version, PackageNotFoundError
for name in sys.argv[1:]:
    try:
        print(name, version(name), end=", ")
    except PackageNotFoundError:
        pass
"""
    return said(python, "-c", program, *modules).rstrip(", ")


def python() -> str:
    """The grader's interpreter and its packages."""
    with tempfile.TemporaryDirectory() as scratch:
        chosen = said(ROOT / "mk" / "find-python", Path(scratch) / "python").splitlines()
    if not chosen:
        return ""
    version = said(chosen[-1], "-c", "import platform; print(platform.python_version())")
    packages = versions_of(chosen[-1], ("pytest", "pytest-xdist", "rich", "pyelftools"))
    first = shutil.which("python3")
    remark = "" if first in (None, chosen[-1]) else f"; not {first}, which is first on PATH"
    return f"{chosen[-1]} {version}, {packages}{remark}"


def command(name: str, *options: str) -> str:
    """A tool of which only the version matters."""
    return first_line(name, *options) if shutil.which(name) else ""


def bochs() -> str:
    """Bochs, which tells its version in its help, among much else."""
    match = re.search(r"Bochs x86 Emulator (\S+)", said("bochs", "--help"))
    return match[1] if match else (shutil.which("bochs") or "")


def findings() -> dict[str, str]:
    """What is there, by name; an empty text is what is not."""
    return {
        "host": host(),
        "compiler": compiler(),
        "host compiler": host_compiler(),
        "QEMU": qemu(),
        "GDB": gdb(),
        "Python": python(),
        "Check": said("pkg-config", "--modversion", "check"),
        "make": command("make", "--version"),
        "unifdef": command("unifdef", "-V"),
        "clang": command("clang", "--version"),
        "clang-format": command("clang-format", "--version"),
        "Bochs": bochs(),
        "grub-mkrescue": command("grub-mkrescue", "--version"),
    }


def lacks() -> list[Lack]:
    """What ./setup misses, in the words of its table."""
    found = []
    for line in said(ROOT / "setup", "--missing").splitlines():
        group, name, *_, costs = line.split(None, 6)
        found.append(Lack(name.partition(":")[2] or name, group == "more", costs))
    return found


def main(_arguments: Sequence[str] = ()) -> int:
    """Prints it all. The status is 0 whatever was found: a report is not a failure."""
    missing = lacks()
    for name, what in findings().items():
        print(f"{name:<14} {what or '-'}")
    if not missing:
        print("\nNothing is missing.")
        return 0
    print("\nMissing:")
    for lack in missing:
        print(f"  {lack.name:<18} {lack.costs}{' (optional)' if lack.optional else ''}")
    how = said(ROOT / "setup", "--dry-run")
    print(
        f"\n{'./setup installs it, or:' if how else 'No package manager that ./setup knows has it.'}"
    )
    for line in how.splitlines():
        print(f"  {line}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
