# SPDX-License-Identifier: MIT
"""`xen symbols`: whose symbols GDB has; and the function $domain(), for conditions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import gdb

from ring1.command import XenCommand
from ring1.machine import evaluate
from rings.domain import current
from rings.kernels import KERNELS


class Symbols(XenCommand):
    """Symbols of the domains' kernels: which there are, and have those of domain NUMBER's.

    xen symbols                 which file each domain's kernel is, and whose symbols GDB has
    xen symbols NUMBER          have this domain's, to set breakpoints in its kernel
    xen symbols NUMBER FILE     says which file the kernel is, where `make gdb` did not know

    Kernels lie at the same addresses, so GDB has the symbols of one at a time: from each stop on,
    those of the domain that the processor belongs to. Breakpoints stay with the kernel in which
    they were set: where domains run different ones, they get a condition on $domain(), the number
    of the domain that the processor belongs to. It is there for your own conditions, too."""

    usage = "symbols [NUMBER [FILE]]"

    def lines(self, arguments: list[str]) -> Iterator[str]:
        if not arguments:
            yield from overview()
            return
        number = evaluate(arguments[0])
        if len(arguments) == 2:
            file = Path(arguments[1]).expanduser().absolute()
            news = file not in KERNELS.files.values()
            KERNELS.name(number, file)
            running = current()
            if KERNELS.loaded and not (running and running.number == number):
                if news:
                    yield f"domain {number} runs {shorten(file)}"
                return
        if number not in KERNELS.files:
            raise gdb.GdbError(f"which file is domain {number}'s kernel? xen symbols {number} FILE")
        KERNELS.use(number)
        if KERNELS.loaded is None:
            yield f"domain {number}: its kernel has no symbols that GDB can read"
        else:
            yield f"domain {number} runs {shorten(KERNELS.loaded)}: symbols loaded"


def overview() -> Iterator[str]:
    if not KERNELS.files:
        yield "no kernel is known; name one by xen symbols NUMBER FILE"
    for number, file in sorted(KERNELS.files.items()):
        mark = ": symbols loaded" if file == KERNELS.loaded else ""
        yield f"domain {number} runs {shorten(file)}{mark}"


def shorten(file: Path) -> Path:
    here = Path.cwd()
    return file.relative_to(here) if here in file.parents else file


class DomainNumber(gdb.Function):
    """The number of the domain that the processor belongs to; -1 before the first."""

    def __init__(self) -> None:
        super().__init__("domain")

    def invoke(self) -> int:
        domain = current()
        return -1 if domain is None else domain.number


Symbols()
DomainNumber()
