# SPDX-License-Identifier: MIT
"""Breakpoints in kernels that lie at the same addresses.

GDB gives up a breakpoint's addresses together with the symbols that they come from. As long as
another kernel's symbols are in the way, a stand-in waits at each of these addresses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import gdb

from grader.elf import Image

#: The words of the condition that tells domains apart, and that a user may have said already.
CONDITION = "$domain()"


class StandIn(gdb.Breakpoint):
    """Stops where the user's breakpoint would, in the domain that the kernel is of."""

    def __init__(self, number: int, address: int, in_its_domain: Callable[[], bool]) -> None:
        super().__init__(f"*{address:#x}", internal=True)
        self.silent = True
        self.stands_for = number
        self.in_its_domain = in_its_domain
        self.was_hit = False

    def stop(self) -> bool:
        self.was_hit = self.in_its_domain()
        return self.was_hit


class Breakpoints:
    """The user's breakpoints in kernels whose symbols GDB does not have at the moment."""

    def __init__(self) -> None:
        #: The kernel that a breakpoint, by its number, was set in.
        self.kernel_of: dict[int, Path] = {}
        #: Where those stop whose kernel's symbols are not there.
        self.away: dict[int, list[int]] = {}
        self.stand_ins: list[StandIn] = []
        self.told = 0

    def bind(self, breakpoint: gdb.Breakpoint, file: Path, image: Image) -> bool:
        """A new breakpoint: is it one in this kernel?"""
        if breakpoint.number < 0 or not addresses_in(breakpoint, image):
            return False
        self.kernel_of[breakpoint.number] = file
        return True

    def put_away(self, file: Path, image: Image) -> None:
        """The symbols of this kernel are about to go."""
        for breakpoint in gdb.breakpoints():
            if self.kernel_of.get(breakpoint.number) == file:
                self.away[breakpoint.number] = addresses_in(breakpoint, image)

    def stand_in(self, loaded: Path | None, runs: Callable[[Path], bool]) -> None:
        """Other symbols have come: stand in for the breakpoints of all other kernels."""
        self.told = next((s.stands_for for s in self.stand_ins if s.was_hit), 0)
        for old in self.stand_ins:
            old.delete()
        enabled = {b.number for b in gdb.breakpoints() if b.enabled}
        self.away = {
            number: addresses
            for number, addresses in self.away.items()
            if number in enabled and self.kernel_of[number] != loaded
        }
        self.stand_ins = [
            StandIn(number, address, lambda file=self.kernel_of[number]: runs(file))
            for number, addresses in self.away.items()
            for address in addresses
        ]

    def tell(self) -> None:
        """Which breakpoint it was that a stand-in stopped at."""
        if self.told:
            print(f"Breakpoint {self.told}")
        self.told = 0


def restrict(breakpoint: gdb.Breakpoint, domains: Sequence[int]) -> None:
    """Let a breakpoint stop these domains only, unless the user has said which."""
    condition = breakpoint.condition or ""
    if CONDITION not in condition:
        ours = " || ".join(f"{CONDITION} == {number}" for number in domains)
        breakpoint.condition = f"({ours}) && ({condition})" if condition else ours


def addresses_in(breakpoint: gdb.Breakpoint, image: Image) -> list[int]:
    """Where in this kernel it stops. GDB tells from version 13 on."""
    return [
        location.address
        for location in getattr(breakpoint, "locations", ())
        if any(s.vaddr <= location.address < s.vaddr + s.memsz for s in image.segments)
    ]
