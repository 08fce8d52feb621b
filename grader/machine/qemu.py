# SPDX-License-Identifier: MIT
"""QEMU's command line: every machine of the course is composed here and nowhere else."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from ..errors import GraderError
from .spec import Machine

QEMU = "qemu-system-i386"

#: Statuses of an orderly end through isa-debug-exit: QEMU exits with (value << 1) | 1.
STATUS_ORDERLY = 0x10 << 1 | 1
STATUS_PANIC = 0x11 << 1 | 1
STATUS_REBOOT = 0x12 << 1 | 1
STATUS_MISSING = 0x13 << 1 | 1
STATUS_CANNOT_START = 0x14 << 1 | 1
STATUS_DOMAIN0_CRASHED = 0x15 << 1 | 1


def find_qemu() -> Path:
    """QEMU on the PATH."""
    found = shutil.which(QEMU)
    if found is None:
        raise GraderError(f"{QEMU} is not on the PATH; ./setup installs it")
    return Path(found)


def firmware(qemu: Path) -> list[str]:
    """qboot where QEMU brings it (it starts in half the time), else QEMU's default, SeaBIOS."""
    share = qemu.resolve().parent.parent / "share" / "qemu"
    return ["-bios", "qboot.rom"] if (share / "qboot.rom").exists() else []


def board(machine: Machine, image: Path) -> list[str]:
    """The PC itself, without its wiring to the outside and without its clock.

    Module files are taken from the image's folder, unless their names are absolute.

    The processor has no APIC: qboot leaves the local APIC's LINT0 unprogrammed, and with it the
    8259's interrupts would never arrive.
    """
    qemu = find_qemu()
    line = [str(qemu), *firmware(qemu)]
    line += ["-M", "pc", "-accel", "tcg", "-cpu", "qemu32,-apic", "-m", f"{machine.memory}M"]
    line += ["-no-user-config", "-nodefaults", "-vga", "none", "-display", "none"]
    line += ["-device", "isa-debug-exit,iobase=0xf4,iosize=4"]
    line += ["-kernel", str(image)]
    if machine.words:
        line += ["-append", machine.words]
    if machine.modules:
        files = [replace(m, file=str(image.parent / m.file)) for m in machine.modules]
        line += ["-initrd", ",".join(map(str, files))]
    return line + list(machine.extra)


def counting_clock(machine: Machine) -> list[str]:
    """A clock that counts instructions: the same run on every host, however busy."""
    return [
        "-icount",
        f"shift={machine.shift},sleep=off",
        "-rtc",
        "base=2026-01-01,clock=vm",
    ]


def watched() -> list[str]:
    """Stops a machine at its end, so that it can be looked at, and when its time is up.

    The IB700 is an ISA watchdog on the machine's own clock; the grader arms it from outside. Its
    action must be `reset`: turned into a shutdown, and that into a pause, it stops the processor
    at once, at the same instruction every time, where `pause` waits for QEMU's main loop.
    """
    return [
        "-device",
        "ib700",
        "-action",
        "reboot=shutdown,shutdown=pause,watchdog=reset",
    ]


def outside(qmp: int, gdb: int, serial: Path) -> list[str]:
    """Monitor and GDB stub over sockets that QEMU inherits, the serial line into a file.

    A file takes every byte at once; a socket or pipe may be full, and the machine would notice.
    """
    return [
        *("-chardev", f"socket,id=qmp,fd={qmp}", "-mon", "chardev=qmp,mode=control"),
        *("-chardev", f"socket,id=gdb,fd={gdb}", "-gdb", "chardev:gdb"),
        *("-chardev", f"file,id=com1,path={serial}", "-serial", "chardev:com1"),
        "-S",
    ]


def on_terminal() -> list[str]:
    """The serial line on this terminal; Ctrl-A x ends QEMU, Ctrl-A c talks to its monitor."""
    return ["-chardev", "stdio,id=com1,mux=on,signal=off", "-serial", "chardev:com1"] + [
        *("-mon", "chardev=com1,mode=readline", "-no-reboot")
    ]


def gdb_stub(socket: Path) -> list[str]:
    """Stopped before the first instruction, with a GDB stub on a Unix socket."""
    return [
        "-chardev",
        f"socket,id=gdb,path={socket},server=on,wait=off",
        "-gdb",
        "chardev:gdb",
    ] + ["-S"]
