# SPDX-License-Identifier: MIT
"""What machine a test boots, said once and statically.

A test declares its machine instead of building it, so that `make qemu TEST=...` can boot the very
same one on a terminal, and `make qemu-gdb` can stop it before its first instruction.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Module:
    """A multiboot module: a file, relative to the stage's build folder, and its command line.

    The file may be changed on its way into the machine.
    """

    file: str
    arguments: str = ""
    #: Bytes to put over the file's own: (offset, bytes).
    patches: tuple[tuple[int, bytes], ...] = ()
    #: Cut to so many bytes, or filled up to them with zeros.
    size: int | None = None

    @property
    def is_edited(self) -> bool:
        return bool(self.patches) or self.size is not None

    def edited(self, data: bytes) -> bytes:
        """The file's contents as the machine gets them."""
        for offset, patch in self.patches:
            data = data[:offset] + patch + data[offset + len(patch) :]
        return data if self.size is None else data[: self.size].ljust(self.size, b"\0")

    def __str__(self) -> str:
        # QEMU splits -initrd at commas; a doubled comma stands for one.
        return f"{self.file} {self.arguments}".rstrip().replace(",", ",,")


@dataclass(frozen=True)
class Machine:
    """A PC that boots a stage of the hypervisor."""

    #: The stage's test payload to run (`test=NAME` on the command line), none when empty.
    payload: str = ""
    #: More words for the hypervisor's command line.
    command_line: str = ""
    #: Memory in MiB.
    memory: int = 64
    modules: tuple[Module, ...] = ()
    #: The limit, in seconds of the machine's own time (2 to 30, even).
    seconds: int = 2
    #: One instruction takes 2**shift nanoseconds of the machine's time.
    shift: int = 6
    #: Further QEMU arguments, e.g. drives.
    extra: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The hypervisor's whole command line."""
        test = f"test={self.payload}" if self.payload else ""
        return " ".join(part for part in (test, self.command_line) if part)

    @property
    def image(self) -> str:
        """The image's name in the stage's build folder."""
        return "ring1-test.elf" if self.payload else "ring1.elf"
