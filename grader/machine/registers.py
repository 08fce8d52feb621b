# SPDX-License-Identifier: MIT
"""The processor's state as QEMU's monitor prints it (`info registers`)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import GraderError
from ..x86.descriptors import Descriptor, Selector

DEBUG = ("dr0", "dr1", "dr2", "dr3", "dr6", "dr7")
GENERAL = ("eax", "ebx", "ecx", "edx", "esi", "edi", "ebp", "esp")


@dataclass(frozen=True)
class Segment:
    """A segment register with what the processor keeps of its descriptor."""

    selector: int
    base: int
    limit: int
    #: The descriptor's upper word without its base and limit: type, S, DPL, P, AVL, D/B, G.
    attributes: int

    @property
    def loaded(self) -> Descriptor:
        """The descriptor as it was loaded (its limit: see `limit`)."""
        raw = self.limit >> 12 if self.attributes & 1 << 23 else self.limit
        low = raw & 0xFFFF | (self.base & 0xFFFF) << 16
        high = self.attributes & 0xF0FF00 | raw & 0xF0000
        return Descriptor(low, high | self.base & 0xFF000000 | self.base >> 16 & 0xFF)

    @property
    def rpl(self) -> int:
        return Selector(self.selector).rpl


@dataclass(frozen=True)
class Table:
    """GDTR or IDTR."""

    base: int
    limit: int


@dataclass(frozen=True)
class Registers:
    """Every register that the grader looks at, at one moment."""

    eip: int
    eflags: int
    cpl: int
    halted: bool
    general: dict[str, int]
    control: dict[str, int]
    segments: dict[str, Segment]
    gdt: Table
    idt: Table
    #: DR0 to DR3, DR6 and DR7.
    debug: dict[str, int]

    eax = property(lambda self: self.general["eax"])
    ebx = property(lambda self: self.general["ebx"])
    ecx = property(lambda self: self.general["ecx"])
    edx = property(lambda self: self.general["edx"])
    esi = property(lambda self: self.general["esi"])
    edi = property(lambda self: self.general["edi"])
    ebp = property(lambda self: self.general["ebp"])
    esp = property(lambda self: self.general["esp"])
    cr0 = property(lambda self: self.control["cr0"])
    cr2 = property(lambda self: self.control["cr2"])
    cr3 = property(lambda self: self.control["cr3"])
    cr4 = property(lambda self: self.control["cr4"])
    cs = property(lambda self: self.segments["cs"])
    ss = property(lambda self: self.segments["ss"])
    ds = property(lambda self: self.segments["ds"])
    es = property(lambda self: self.segments["es"])
    fs = property(lambda self: self.segments["fs"])
    gs = property(lambda self: self.segments["gs"])
    ldt = property(lambda self: self.segments["ldt"])
    tr = property(lambda self: self.segments["tr"])

    def lines(self) -> list[str]:
        """A short register dump for a report."""
        general = [f"{name}={value:08x}" for name, value in self.general.items()]
        control = [f"{name}={value:08x}" for name, value in self.control.items()]
        return [
            " ".join(general[:4]),
            " ".join(general[4:]),
            f"eip={self.eip:08x} eflags={self.eflags:08x} cpl={self.cpl}",
            " ".join(control),
        ]


_WORD = re.compile(r"\b([A-Z0-9]{2,3})=([0-9a-f]{8})\b")
_SEGMENT = re.compile(
    r"^([A-Z]{2,3}) ?=([0-9a-f]{4}) ([0-9a-f]{8}) ([0-9a-f]{8}) ([0-9a-f]{8})", re.MULTILINE
)
_TABLE = re.compile(r"^([GI]DT)= +([0-9a-f]{8}) ([0-9a-f]{8})", re.MULTILINE)
_FLAG = re.compile(r"\b(CPL|HLT)=(\d)")


_FPU = re.compile(r"\b(FCW|FSW|FTW|MXCSR|FPR\d|XMM\d\d)=([0-9a-f]+(?: [0-9a-f]{4}\b)?)")


def parse_fpu(text: str) -> dict[str, str]:
    """The floating-point and vector registers of `info registers`, as hexadecimal digits."""
    return {name.lower(): value for name, value in _FPU.findall(text)}


def parse_registers(text: str) -> Registers:
    """`info registers` of qemu-system-i386, in words that can be asked for."""
    words = {name.lower(): int(value, 16) for name, value in _WORD.findall(text)}
    flags = dict(_FLAG.findall(text))
    segments = {
        name.lower(): Segment(*(int(part, 16) for part in rest))
        for name, *rest in _SEGMENT.findall(text)
    }
    tables = {name: Table(int(b, 16), int(l, 16)) for name, b, l in _TABLE.findall(text)}
    try:
        return Registers(
            eip=words["eip"],
            eflags=words["efl"],
            cpl=int(flags["CPL"]),
            halted=flags["HLT"] == "1",
            general={name: words[name] for name in GENERAL},
            control={name: words[name] for name in ("cr0", "cr2", "cr3", "cr4")},
            segments={"ldt": segments["ldt"], **segments},
            gdt=tables["GDT"],
            idt=tables["IDT"],
            debug={name: words[name] for name in DEBUG},
        )
    except KeyError as missing:
        raise GraderError(f"QEMU's `info registers` lacks {missing}") from missing
