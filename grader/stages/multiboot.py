# SPDX-License-Identifier: MIT
"""The boot loader's information, changed in memory before the machine's first instruction."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from grader.machine.live import Live

FLAG_MEMORY = 1 << 0
FLAG_MODULES = 1 << 3
FLAG_MEMORY_MAP = 1 << 6

# Offsets in the information (Multiboot Specification, 3.3).
FLAGS = 0
COMMAND_LINE = 16
MODULES_COUNT = 20
MODULES_ADDRESS = 24
MAP_LENGTH = 44
MAP_ADDRESS = 48

#: Memory that nobody uses before the hypervisor does.
SCRATCH = 0x80000


@dataclass(frozen=True)
class Region:
    """An entry of the memory map; type 1 is memory that can be used."""

    base: int
    length: int
    kind: int = 1
    #: Bytes after this field, as the entry itself claims.
    size: int = 20

    def pack(self) -> bytes:
        return struct.pack("<IQQI", self.size, self.base, self.length, self.kind)


class Loader:
    """Stops a machine at its first instruction, and has its say there."""

    def __init__(self, machine: Live) -> None:
        self._machine = machine
        ended = machine.run_until(machine.image.entry)
        assert ended is None, ended
        self._info = machine.registers().ebx

    def word(self, offset: int) -> int:
        raw = self._machine.read(self._info + offset, 4, physical=True)
        assert raw is not None
        return int(struct.unpack("<I", raw)[0])

    def set_word(self, offset: int, value: int) -> None:
        self._machine.write(self._info + offset, struct.pack("<I", value), physical=True)

    def clear_flags(self, flags: int) -> None:
        self.set_word(FLAGS, self.word(FLAGS) & ~flags)

    def set_memory_map(self, raw: bytes) -> None:
        self._machine.write(SCRATCH, raw, physical=True)
        self.set_word(MAP_ADDRESS, SCRATCH)
        self.set_word(MAP_LENGTH, len(raw))

    def set_modules(self, *modules: tuple[int, int]) -> None:
        """Their first bytes and those past their last ones; no command lines."""
        raw = b"".join(struct.pack("<4I", start, end, 0, 0) for start, end in modules)
        self._machine.write(SCRATCH, raw, physical=True)
        self.set_word(FLAGS, self.word(FLAGS) | FLAG_MODULES)
        self.set_word(MODULES_ADDRESS, SCRATCH)
        self.set_word(MODULES_COUNT, len(modules))
