# SPDX-License-Identifier: MIT
"""Which kernel runs in which domain, and whose symbols GDB has now.

Kernels are linked at the same addresses, so GDB can have the symbols of one at a time.
"""

from __future__ import annotations

from pathlib import Path

import gdb

from grader.elf import Image, load_image
from grader.errors import GraderError
from rings.breakpoints import Breakpoints, restrict
from rings.domain import current
from rings.hypervisor import VIRT_START


class Kernels:
    """Files by domain, and the one that is loaded."""

    def __init__(self) -> None:
        self.files: dict[int, Path] = {}
        self.loaded: Path | None = None
        self.breakpoints = Breakpoints()

    def name(self, number: int, file: Path) -> None:
        """This is the kernel of that domain."""
        if not file.is_file():
            raise gdb.GdbError(f"there is no file {file}")
        self.files[number] = file

    def use(self, number: int) -> bool:
        """Have the symbols of this domain's kernel, and of no other; False if that is so already.

        A domain whose kernel is not known has no symbols."""
        file = self.files.get(number)
        if file == self.loaded:
            return False
        if self.loaded:
            if image := self.image(self.loaded):
                self.breakpoints.put_away(self.loaded, image)
            gdb.execute(f'remove-symbol-file "{self.loaded}"', to_string=True)
            self.loaded = None
        if file:
            try:
                gdb.execute(f'add-symbol-file "{file}"', to_string=True)
            except gdb.error:
                del self.files[number]  # a kernel in a form that GDB does not read
            else:
                self.loaded = file
        self.breakpoints.stand_in(self.loaded, self.runs)
        return True

    def runs(self, file: Path) -> bool:
        """Is this the kernel of the domain that the processor belongs to?"""
        domain = current()
        return domain is not None and self.files.get(domain.number) == file

    def follow(self, _event: object = None) -> None:
        """At each stop: the symbols of the domain that the processor belongs to."""
        try:
            domain = current()
        except (gdb.error, gdb.GdbError):
            return  # no machine, or no stage of lab 2
        if domain is None or not self.use(domain.number):
            return
        file = self.files.get(domain.number)
        print(f"[domain {domain.number} runs: {file.name if file else 'no symbols of its kernel'}]")
        if gdb.selected_frame().pc() < VIRT_START:
            # GDB has named the place after another domain's kernel.
            self.breakpoints.tell()
            gdb.execute("frame")

    def bind(self, breakpoint: gdb.Breakpoint) -> None:
        """A new breakpoint in a kernel stops only the domains that run this kernel.

        Where all run the same, there is nothing to tell apart."""
        image = self.image(self.loaded)
        if self.loaded is None or image is None:
            return
        if not self.breakpoints.bind(breakpoint, self.loaded, image):
            return
        mine = [number for number, file in sorted(self.files.items()) if file == self.loaded]
        if len(mine) < len(self.files):
            restrict(breakpoint, mine)

    def symbol(self, number: int, address: int) -> str:
        """`greet + 4` in a domain's kernel, loaded or not; empty where nothing is known."""
        image = self.image(self.files.get(number))
        symbol = image.nearest(address) if image else None
        if symbol is None:
            return ""
        offset = address - symbol.address
        return f"{symbol.name} + {offset}" if offset else symbol.name

    @staticmethod
    def image(file: Path | None) -> Image | None:
        try:
            return load_image(file) if file else None
        except (GraderError, OSError):
            return None


KERNELS = Kernels()
gdb.events.stop.connect(KERNELS.follow)
gdb.events.breakpoint_created.connect(KERNELS.bind)
