# SPDX-License-Identifier: MIT
"""The serial line: what the machine said, and what is typed to it."""

from __future__ import annotations

import os
import re
from pathlib import Path

#: More output than this ends a run.
FLOOD_LIMIT = 128 << 10


class SerialLine:
    """The file that QEMU writes the line's bytes into, and a FIFO for the other direction."""

    def __init__(self, folder: Path) -> None:
        self.output = folder / "serial"
        self.input = folder / "typed"
        self._keyboard: int | None = None

    @property
    def flooded(self) -> bool:
        return self.output.exists() and self.output.stat().st_size > FLOOD_LIMIT

    def text(self) -> str:
        """All output so far, cut at the flood limit so that a flood reads the same every time."""
        if not self.output.exists():
            return ""
        with self.output.open("rb") as file:
            raw = file.read(FLOOD_LIMIT)
        return raw.decode("utf-8", errors="replace").replace("\r\n", "\n")

    def open_keyboard(self) -> dict[str, object]:
        """Make the FIFO, and the description of it for QMP's `chardev-change`."""
        os.mkfifo(self.input)
        # Open for both directions, so that neither we nor QEMU wait for the other.
        self._keyboard = os.open(self.input, os.O_RDWR)
        files = {"in": str(self.input), "out": str(self.output), "append": True}
        return {"type": "file", "data": files}

    @property
    def has_keyboard(self) -> bool:
        return self._keyboard is not None

    def type(self, text: str) -> None:
        assert self._keyboard is not None
        os.write(self._keyboard, text.encode())

    def close(self) -> None:
        if self._keyboard is not None:
            os.close(self._keyboard)
            self._keyboard = None


#: Who says it: a domain's or the hypervisor's prefix.
_PREFIX = re.compile(r"\((d\d+|XEN)\) ")


def last_lines(text: str, key: str = "", count: int = 12, width: int = 200) -> list[str]:
    """The end of the output, for a report: printable, and no line too long to read.

    A test's own words, which follow its key, are told elsewhere.
    """
    spoken = (line.partition(key + " ")[0] if key else line for line in text.splitlines())
    lines = [line for line in spoken if _PREFIX.sub("", line, count=1).strip()][-count:]
    clean = ("".join(c if c.isprintable() or c == "\t" else "." for c in line) for line in lines)
    return [line if len(line) <= width else line[:width] + " ..." for line in clean]
