# SPDX-License-Identifier: MIT
"""Domains as they lie in the hypervisor's memory, read from outside before the first one runs.

Nothing here goes through what a student writes in lab 2: a domain's frames are those that the frame
table lists, in their order, and its pages are read at their machine addresses.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ...errors import GraderError
from ...run import Run

PAGE = 4096
FRAME_TABLE = 0xFC400000
PAGE_INFO_SIZE = 24
NO_FRAME = 0xFFFFFFFF

#: Where the test guests are linked.
GUEST_START = 0xC0000000

#: struct start_info (ABI, section 3).
_START_INFO = struct.Struct("<32s12I1024s")


@dataclass(frozen=True)
class StartInfo:
    """What a domain finds at the address in ESI."""

    magic: str
    nr_pages: int
    shared_info: int
    flags: int
    store_mfn: int
    store_evtchn: int
    console_mfn: int
    console_evtchn: int
    pt_base: int
    nr_pt_frames: int
    mfn_list: int
    mod_start: int
    mod_len: int
    command_line: str

    @classmethod
    def decode(cls, raw: bytes) -> "StartInfo":
        fields: list[Any] = list(_START_INFO.unpack(raw))
        fields[0], fields[-1] = text(fields[0]), text(fields[-1])
        return cls(*fields)


def text(raw: bytes) -> str:
    return raw.split(b"\0")[0].decode(errors="replace")


@dataclass(frozen=True)
class Domain:
    """A struct domain of the hypervisor's, in the fields that stage_int3.c shows us."""

    run: Run
    address: int
    number: int
    first_frame: int
    nr_frames: int
    cr3: int
    eip: int
    esi: int
    shared_info: int

    @cached_property
    def frames(self) -> list[int]:
        """Its machine frames in the order of its own page numbers."""
        table = self.run.walk(FRAME_TABLE).physical
        if table is None:
            raise GraderError("the frame table is not mapped")
        found: list[int] = []
        frame = self.first_frame
        while frame != NO_FRAME and len(found) < self.nr_frames:
            found.append(frame)
            info = self.run.read_physical(table + PAGE_INFO_SIZE * frame, 4)
            (frame,) = struct.unpack("<I", info)
        return found

    def read(self, address: int, length: int) -> bytes:
        """Bytes at an address that the initial layout gives it."""
        data = b""
        while length:
            page, offset = divmod(address - GUEST_START, PAGE)
            part = min(length, PAGE - offset)
            data += self.run.read_physical(self.frames[page] * PAGE + offset, part)
            address, length = address + part, length - part
        return data

    def machine_address(self, address: int) -> int:
        page, offset = divmod(address - GUEST_START, PAGE)
        return self.frames[page] * PAGE + offset

    @cached_property
    def start_info(self) -> StartInfo:
        return StartInfo.decode(self.read(self.esi, _START_INFO.size))

    @property
    def page_tables(self) -> int:
        """The page number of its directory; the page tables follow."""
        return (self.start_info.pt_base - GUEST_START) // PAGE

    @property
    def nr_mapped(self) -> int:
        """How many pages the initial tables are to map."""
        return (self.start_info.nr_pt_frames - 1) * 1024


def domains(run: Run) -> Iterator[Domain]:
    """All domains, in the order in which they were made."""
    layout = struct.unpack("<8I", run.read_virtual(run.symbol("domain_layout"), 32))
    at_id, at_next, *at_fields = layout
    address = run.read_u32(run.symbol("domain_list"))
    while address:
        number = run.read_u32(address + at_id) & 0xFFFF
        yield Domain(run, address, number, *(run.read_u32(address + at) for at in at_fields))
        address = run.read_u32(address + at_next)
