# SPDX-License-Identifier: MIT
"""`make qemu` and `make qemu-gdb`: a stage, or the very machine of one test, on this terminal."""

from __future__ import annotations

import signal
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from .catalogue import Graded, select_labs, select_tests
from .elf import load_image
from .errors import GraderError, UsageError
from .labs import all_labs
from .machine import qemu
from .machine.end import BY_STATUS, SENTENCE, TRIPLE_FAULT
from .machine.qemu import STATUS_ORDERLY
from .machine.modules import by_domain, prepared
from .machine.spec import Machine, Module
from .paths import ROOT
from .plan import shorten
from .variant import Variant

#: Where `make qemu-gdb` leaves what `make gdb` needs: the stub's socket and the image.
GDB_FOLDER = "gdb"
#: And in it, line by line, the domains' numbers and the files of their kernels.
KERNELS = "kernels"
HYPERVISOR_VIRT_START = 0xFC000000
#: In QEMU's log of resets when one came from a triple fault.
TRIPLE_LOGGED = "Triple fault"


@dataclass(frozen=True)
class Boot:
    """What was asked for on the command line."""

    lab: int | None
    solved: str
    test: str
    build: Path
    image: Path | None
    gdb: bool
    #: Kernels of the user's own, as the make variable GUEST has them.
    guests: str = ""


@dataclass(frozen=True)
class Target:
    """The machine to boot, and the image that it boots."""

    machine: Machine
    image: Path
    #: A test's machine counts instructions; one for a person follows the host's clock.
    counting: bool


def boot(request: Boot) -> int:
    """Boot, wait for the end, and say how it came; the status is 0 for an orderly end."""
    target = choose(request)
    if not target.image.exists():
        raise UsageError(f"there is no image {target.image}; `make image` builds it")
    with tempfile.TemporaryDirectory(prefix="ring1-") as folder:
        machine = prepared(target.machine, target.image.parent, Path(folder))
        line = qemu.board(machine, target.image) + qemu.on_terminal()
        if target.counting:
            line += qemu.counting_clock(machine)
        if request.gdb:
            return run_with_gdb(line, ROOT / request.build / GDB_FOLDER, target)
        print(f"ring1: booting {shorten(target.image)}; Ctrl-A x ends QEMU", file=sys.stderr)
        return run(line)


def choose(request: Boot) -> Target:
    """The test's machine when one is named, else a plain machine for the stage."""
    number = request.lab
    if request.test:
        test = the_test(request)
        if test.unit is not None:
            raise UsageError(
                f"{test.name} is a unit test, which runs on this host: {test.unit.program}"
            )
        number, machine = test.lab, test.machine
    else:
        number = select_labs(number or max(all_labs()))[0].number
        machine = Machine(memory=128)
    folder = Variant(request.solved).folder(ROOT / request.build, number)
    if request.guests:
        machine = replace(machine, modules=tuple(guest_modules(request.guests, folder)))
    return Target(machine, request.image or folder / machine.image, bool(request.test))


def guest_modules(text: str, folder: Path) -> Iterator[Module]:
    """`GUEST="a.elf,words b.elf,domu"`: files with their words, all as modules, in this order.

    A file that is not there is looked for among the stage's own guests.
    """
    for item in text.split():
        name, *words = item.split(",")
        found = [path for path in (Path(name).resolve(), folder / name) if path.is_file()]
        if not found:
            raise UsageError(f"GUEST={text}: there is no file {name}")
        yield Module(str(found[0]), " ".join(words))


def the_test(request: Boot) -> Graded:
    """The one test that the name or pattern fits; several make no machine."""
    found = select_tests(select_labs(request.lab), request.test)
    if len(found) > 1:
        names = ", ".join(test.name for test in found)
        raise UsageError(f"TEST={request.test} fits several tests: {names}")
    return found[0]


def run(line: list[str]) -> int:
    """Run QEMU in the foreground and say how it ended; 0 for an orderly end, else 1.

    Ctrl-C is for QEMU alone: we outlive it, to say how it ended.
    """
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    with tempfile.TemporaryDirectory(prefix="ring1-") as folder:
        resets = Path(folder) / "resets"
        try:
            line = [*line, "-d", "cpu_reset", "-D", str(resets)]
            with subprocess.Popen(line, preexec_fn=default_interrupt) as process:
                status = process.wait()
        finally:
            signal.signal(signal.SIGINT, previous)
        tripled = resets.exists() and TRIPLE_LOGGED in resets.read_text(errors="replace")
    sentence = describe_end(status, tripled)
    print(f"\nring1: {sentence}", file=sys.stderr)
    return 0 if status in (0, STATUS_ORDERLY) and not tripled else 1


def default_interrupt() -> None:
    """Runs in QEMU's process before QEMU, which must not inherit our deafness."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def describe_end(status: int, tripled: bool) -> str:
    """One sentence on how the machine ended."""
    if tripled:
        return SENTENCE[TRIPLE_FAULT] + "; make grade tells which"
    if status == 0:
        # A power-off, a wish to reset, and a user's Ctrl-A x look the same from here.
        return "QEMU ended: by you, or by a power-off or reset that the hypervisor asked for"
    if status < 0:
        return f"QEMU was ended by signal {-status}"
    kind = BY_STATUS.get(status)
    return SENTENCE[kind] if kind else f"QEMU ended with status {status}"


def kernels_of(machine: Machine, image: Path) -> dict[int, Path]:
    """The files of the domains' kernels. The modules' own are as good as edited ones."""
    modules = by_domain(machine.modules).items()
    files = {number: image.parent / module.file for number, module in modules}
    return {number: file for number, file in files.items() if is_kernel(file)}


def is_kernel(file: Path) -> bool:
    """Is it an ELF file, linked where guests are? A module may be anything."""
    try:
        segments = load_image(file).segments
    except (GraderError, OSError, struct.error):
        return False
    return all(s.vaddr + s.memsz <= HYPERVISOR_VIRT_START for s in segments)


def kernels_in(folder: Path) -> dict[int, Path]:
    """The same, as run_with_gdb() left word of them."""
    file = folder / KERNELS
    lines = file.read_text().splitlines() if file.exists() else []
    words = (line.split(" ", 1) for line in lines)
    return {int(number): Path(name) for number, name in words}


def run_with_gdb(line: list[str], folder: Path, target: Target) -> int:
    """Boot stopped before the first instruction, with GDB's stub on a private socket."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ring1-gdb-") as private:
        # A socket's path must be short, which a build folder's need not be.
        socket = Path(private) / "socket"
        (folder / "socket").write_text(f"{socket}\n")
        kernels = kernels_of(target.machine, target.image)
        lines = [f"{number} {file}\n" for number, file in kernels.items()]
        (folder / KERNELS).write_text("".join(lines))
        (folder / "image").write_text(f"{target.image}\n")
        print(
            "ring1: stopped before the first instruction; in another terminal: make gdb",
            file=sys.stderr,
        )
        try:
            return run(line + qemu.gdb_stub(socket))
        finally:
            for name in ("socket", "image", KERNELS):
                (folder / name).unlink(missing_ok=True)
