# SPDX-License-Identifier: MIT
"""Exercise 1.2: what the hypervisor prints comes out of the serial line."""

from __future__ import annotations

import struct

from ...catalogue import graded, graded_unit
from ...errors import expect, expect_true
from ...machine.spec import Machine
from ...run import Run
from .payload import random_number

HANDOUT = "lab1-boot.md#exercise-1-2-a-voice"

test_vsnprintf_numbers = graded_unit(
    "lab1/vsnprintf-numbers",
    exercise="1.2",
    points=3,
    shows="vsnprintf() prints every number as C does",
    program="check_vsnprintf",
    case="numbers",
    handout=HANDOUT,
)

test_vsnprintf_padding = graded_unit(
    "lab1/vsnprintf-padding",
    exercise="1.2",
    points=2,
    shows="vsnprintf() pads to the width, with spaces or zeros, left or right",
    program="check_vsnprintf",
    case="padding",
    handout=HANDOUT,
)

test_vsnprintf_bounds = graded_unit(
    "lab1/vsnprintf-bounds",
    exercise="1.2",
    points=3,
    shows="vsnprintf() never writes past the buffer, and returns the full length",
    program="check_vsnprintf",
    case="bounds",
    handout=HANDOUT,
)

test_vsnprintf_strings = graded_unit(
    "lab1/vsnprintf-strings",
    exercise="1.2",
    points=2,
    shows="vsnprintf() prints strings and characters, and copies what it does not know",
    program="check_vsnprintf",
    case="strings-and-chars",
    handout=HANDOUT,
)

test_putc_waits = graded_unit(
    "lab1/putc-waits",
    exercise="1.2",
    points=2,
    shows="ns16550_putc() waits until the transmitter has room for the byte",
    program="check_ns16550",
    handout=HANDOUT,
)


@graded(
    "lab1/banner",
    exercise="1.2",
    points=1,
    shows="the hypervisor's first line reaches the serial port",
    handout=HANDOUT,
)
def test_banner(run: Run) -> None:
    run.run_until("descriptors_init")
    lines = run.serial.splitlines()
    banner = "(XEN) ring1 stage 1"
    expect_true(
        any(line.startswith(banner) for line in lines),
        "the banner must have been printed when descriptors_init() is called",
        seen=f"{len(run.serial)} characters on the serial line",
    )


def set_command_line(run: Run, text: str) -> None:
    """Changes the boot loader's command line, at the machine's first instruction."""
    info = run.start().registers().ebx
    (address,) = struct.unpack("<I", run.read_physical(info + 16, 4))
    run.write_physical(address, text.encode() + b"\0")


@graded(
    "lab1/printk",
    exercise="1.2",
    points=2,
    shows="words and numbers that nobody can know before come out right",
    machine=Machine(command_line="com1=4294967295 word-to-be-replaced"),
    handout=HANDOUT,
)
def test_printk(run: Run) -> None:
    baud = 115201 + random_number(run.key, 0) % (1 << 31)
    word = f"word-{random_number(run.key, 1):08x}"
    set_command_line(run, f"com1={baud} {word}")
    run.run_until("descriptors_init")
    lines = run.serial.splitlines()
    for expected in (
        f"(XEN) com1={baud}: not a baud rate from 1 to 115200; using 115200",
        f"(XEN) command line: {word}: there is no such option; ignored",
    ):
        start = expected.split("=")[0] if "com1" in expected else expected[:19]
        seen = next((line for line in lines if line.startswith(start)), "no such line")
        expect(seen, expected, "a line that printk() makes of the command line")
