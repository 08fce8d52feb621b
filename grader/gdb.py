# SPDX-License-Identifier: MIT
"""`make gdb`: connects GDB to what `make qemu-gdb` started, with symbols and the `xen` commands."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from .boot import GDB_FOLDER, kernels_in
from .errors import GraderError, UsageError
from .paths import ROOT

EXTENSION = ROOT / "gdb" / "load.py"
X86_HOSTS = ("x86_64", "amd64", "i386", "i686")


def find_gdb() -> Path:
    """A GDB that knows the 32-bit x86: $GDB, the host's own on an x86 host, else a cross GDB."""
    names = ["gdb-multiarch", "i386-elf-gdb", "i686-elf-gdb", "x86_64-elf-gdb", "gdb"]
    if platform.machine().lower() in X86_HOSTS:
        names.insert(0, "gdb")
    if os.environ.get("GDB"):
        names = [os.environ["GDB"]]
    for name in names:
        if found := shutil.which(name):
            return Path(found)
    raise GraderError(f"{names[0]} is not on the PATH; ./setup installs GDB")


def has_python(gdb: Path) -> bool:
    """Its configuration names the Python that was linked in."""
    said = subprocess.run([gdb, "--configuration"], capture_output=True, text=True, check=False)
    return "--with-python" in said.stdout


def command_line(image: Path, socket: Path, commands: Sequence[str] = ()) -> list[str]:
    """GDB with the image's symbols, told the given commands, then connected.

    What we want is passed on the command line, so that GDB has no reason to warn, and the user's
    own configuration is read as ever.
    """
    gdb = find_gdb()
    line = [str(gdb), "-q", f"--directory={ROOT}", str(image)]
    if has_python(gdb):
        line += ["-x", str(EXTENSION)]
    else:
        print(f"ring1: {gdb} was built without Python: no `xen` commands", file=sys.stderr)
        commands = [command for command in commands if not command.startswith("xen ")]
    for command in (*commands, f"target remote {socket}"):
        line += ["-ex", command]
    return line


def environment() -> dict[str, str]:
    """Ours, without what makes GDB ask whether to fetch debug information from the network."""
    return {name: value for name, value in os.environ.items() if name != "DEBUGINFOD_URLS"}


def symbol_commands(kernels: Mapping[int, Path]) -> list[str]:
    """Tells the extension which file is which domain's kernel."""
    return [f'xen symbols {number} "{file}"' for number, file in sorted(kernels.items())]


def waiting(build: Path) -> tuple[Path, Path]:
    """The image and the socket of the machine that waits for GDB."""
    folder = ROOT / build / GDB_FOLDER
    try:
        image, socket = (Path((folder / name).read_text().strip()) for name in ("image", "socket"))
    except FileNotFoundError:
        image = socket = Path()
    if not socket.is_socket():
        raise UsageError("no machine waits for GDB: run `make qemu-gdb` in another terminal first")
    return image, socket


def main(arguments: Sequence[str]) -> int:
    """Becomes GDB; does not come back."""
    parser = argparse.ArgumentParser(prog="python -m grader gdb", allow_abbrev=False)
    parser.add_argument("--build", default=Path("build"), type=Path, help="the build folder")
    options, _ = parser.parse_known_args(arguments)  # the stage is the one that waits
    kernels = kernels_in(ROOT / options.build / GDB_FOLDER)
    line = command_line(*waiting(options.build), symbol_commands(kernels))
    os.execvpe(line[0], line, environment())
