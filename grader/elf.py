# SPDX-License-Identifier: MIT
"""A stage's image: its symbols by name and by address, source lines, and where a symbol's bytes lie.

The symbol table is read by hand, since every boot needs it; pyelftools, which is slower, only when
a failure wants a source line.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from .errors import Failure, GraderError

SHT_SYMTAB = 2
PT_LOAD = 1
SHN_UNDEF = 0
SHF_EXECINSTR = 4
STT_SECTION, STT_FILE = 3, 4


@dataclass(frozen=True)
class Symbol:
    name: str
    address: int
    size: int
    section: int


@dataclass(frozen=True)
class Segment:
    """What the boot loader copies: `filesz` bytes of the file at `offset`, to `paddr`."""

    offset: int
    vaddr: int
    paddr: int
    filesz: int
    memsz: int


class Image:
    """A 32-bit little-endian ELF file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.raw = path.read_bytes()
        if self.raw[:6] != b"\x7fELF\x01\x01":
            raise GraderError(f"{path} is not a 32-bit ELF image")
        header = struct.unpack_from("<HHIIIIIHHHHHH", self.raw, 16)
        self.entry, self._phoff, self._shoff = header[3:6]
        self._phnum, self._shnum = header[9], header[11]

    def _sections(self) -> list[tuple[int, ...]]:
        return [
            struct.unpack_from("<10I", self.raw, self._shoff + 40 * n) for n in range(self._shnum)
        ]

    @cached_property
    def segments(self) -> list[Segment]:
        found = []
        for number in range(self._phnum):
            kind, *fields = struct.unpack_from("<6I", self.raw, self._phoff + 32 * number)
            if kind == PT_LOAD:
                found.append(Segment(*fields))
        return found

    def _read_symbols(self) -> Iterator[Symbol]:
        sections = self._sections()
        for section in sections:
            if section[1] != SHT_SYMTAB:
                continue
            offset, size, names = section[4], section[5], sections[section[6]][4]
            for name, value, length, info, _, index in struct.iter_unpack(
                "<IIIBBH", self.raw[offset : offset + size]
            ):
                if name and index != SHN_UNDEF and info & 0xF not in (STT_SECTION, STT_FILE):
                    end = self.raw.index(b"\0", names + name)
                    text = self.raw[names + name : end].decode(errors="replace")
                    yield Symbol(text, value, length, index)

    @cached_property
    def symbols(self) -> dict[str, Symbol]:
        return {symbol.name: symbol for symbol in self._read_symbols()}

    def symbol(self, name: str) -> Symbol:
        """The symbol `name`; a stage without it fails the test that asked."""
        if name not in self.symbols:
            raise Failure(f"the image has no symbol `{name}`", seen=f"{self.path.name} without it")
        return self.symbols[name]

    def physical(self, vaddr: int) -> int:
        """Where the boot loader puts a linked address (itself, outside of all segments)."""
        for segment in self.segments:
            if segment.vaddr <= vaddr < segment.vaddr + segment.memsz:
                return vaddr - segment.vaddr + segment.paddr
        return vaddr

    def linked(self, address: int) -> int:
        """The linked address of code that runs at its load address, before paging is on."""
        for segment in self.segments:
            if segment.paddr <= address < segment.paddr + segment.memsz:
                return address - segment.paddr + segment.vaddr
        return address

    def file_offset(self, name: str) -> int:
        """Where in the file the initial bytes of `name` lie."""
        address = self.symbol(name).address
        for segment in self.segments:
            if segment.vaddr <= address < segment.vaddr + segment.filesz:
                return address - segment.vaddr + segment.offset
        raise GraderError(f"`{name}` has no bytes in {self.path.name}")

    def patched(self, name: str, data: bytes) -> bytes:
        """The file's bytes with `data` at the symbol `name`."""
        at = self.file_offset(name)
        return self.raw[:at] + data + self.raw[at + len(data) :]

    @cached_property
    def _code(self) -> tuple[list[int], list[Symbol]]:
        """Symbols inside loaded segments, by address; of several at one, the one with a size."""
        inside = [
            symbol
            for symbol in self._read_symbols()
            if any(s.vaddr <= symbol.address < s.vaddr + s.memsz for s in self.segments)
        ]
        inside.sort(key=lambda symbol: (symbol.address, symbol.size))
        return [symbol.address for symbol in inside], inside

    def nearest(self, address: int) -> Symbol | None:
        """The symbol that holds `address`, a linked one."""
        if not any(s.vaddr <= address < s.vaddr + s.memsz for s in self.segments):
            return None
        addresses, symbols = self._code
        at = bisect_right(addresses, address) - 1
        return symbols[at] if at >= 0 else None

    def holds_code(self, address: int) -> bool:
        """Is the symbol that holds `address`, a linked one, a function's or a label's in code?"""
        symbol = self.nearest(address)
        sections = self._sections()
        if symbol is None or symbol.section >= len(sections):
            return False
        return bool(sections[symbol.section][2] & SHF_EXECINSTR)

    def where(self, address: int) -> str:
        """`page_alloc_init+0x12 (page_alloc.c:40)`, or just the address where nothing is known."""
        linked = self.linked(address)
        symbol = self.nearest(linked)
        if symbol is None:
            return f"{address:#010x}, outside of the image"
        text = f"{symbol.name}+{linked - symbol.address:#x}"
        line = self.line(linked)
        return f"{text} ({line})" if line else text

    def line(self, address: int) -> str:
        """`page_alloc.c:40` from the debug information; empty without any."""
        starts, rows = self._lines
        at = bisect_right(starts, address) - 1
        return rows[at] if at >= 0 else ""

    @cached_property
    def _lines(self) -> tuple[list[int], list[str]]:
        from elftools.common.exceptions import ELFError
        from elftools.elf.elffile import ELFFile

        rows: list[tuple[int, str]] = []
        try:
            with self.path.open("rb") as file:
                elf = ELFFile(file)
                if elf.has_dwarf_info():
                    rows = sorted(_line_rows(elf.get_dwarf_info()), key=lambda row: row[0])
        except (ELFError, KeyError, ValueError, NotImplementedError):
            rows = []  # debug information newer than pyelftools: names must do
        return [row[0] for row in rows], [row[1] for row in rows]


def _line_rows(dwarf: object) -> Iterator[tuple[int, str]]:
    """(address, `file:line`) of each row of each unit's line table; an empty text ends a run."""
    for unit in dwarf.iter_CUs():  # type: ignore[attr-defined]
        program = dwarf.line_program_for_CU(unit)  # type: ignore[attr-defined]
        if program is None:
            continue
        files = program.header["file_entry"]
        first = 0 if program.header["version"] >= 5 else 1
        for entry in program.get_entries():
            state = entry.state
            if state is None:
                continue
            if state.end_sequence:
                yield state.address, ""
            elif 0 <= state.file - first < len(files):
                name = files[state.file - first].name.decode(errors="replace")
                yield state.address, f"{Path(name).name}:{state.line}"


@lru_cache(maxsize=8)
def _load(path: Path, _mtime: int) -> Image:
    return Image(path)


def load_image(path: Path) -> Image:
    """The image at `path`, read once for as long as it does not change."""
    return _load(path, path.stat().st_mtime_ns)
