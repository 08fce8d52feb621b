# SPDX-License-Identifier: MIT
"""Registers and formats that are a word of named bits."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Bit:
    """One named bit, and what it says when it is set and when it is clear."""

    position: int
    name: str
    when_set: str
    when_clear: str = ""

    @property
    def mask(self) -> int:
        return 1 << self.position

    def explain(self, value: int) -> str:
        """One line on this bit of `value`, e.g. `WP=1 ring 0 obeys read-only pages`."""
        is_set = bool(value & self.mask)
        meaning = self.when_set if is_set else self.when_clear
        return f"{self.name}={int(is_set)} {meaning}".rstrip()


def names(value: int, bits: tuple[Bit, ...]) -> str:
    """The names of the bits that are set, highest first: `PG WP PE`."""
    present = [bit.name for bit in sorted(bits, key=lambda b: -b.position) if value & bit.mask]
    return " ".join(present) or "none"


def field(value: int, low: int, width: int) -> int:
    """The unsigned number in `width` bits of `value`, from bit `low` up."""
    return value >> low & (1 << width) - 1
