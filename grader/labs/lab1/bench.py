# SPDX-License-Identifier: MIT
"""What lab 1's stage costs: from the image's first instruction to the end of its set-up."""

from __future__ import annotations

from pathlib import Path

from ...bench import Cost
from ...errors import GraderError
from ...machine.live import Live
from ...machine.spec import Machine

ARTEFACTS = ("ring1.elf",)
MEMORY_SIZES = (128, 1024)


def boot_cost(image: Path, memory: int) -> int:
    """Instructions between `start` and `boot_complete`, in a machine of so many MiB."""
    with Live(Machine(memory=memory, shift=0), image, key="") as machine:
        counts = []
        for place in ("start", "boot_complete"):
            if end := machine.run_until(machine.image.symbols[place].address):
                raise GraderError(f"the machine never gets to {place}: {end.sentence}")
            counts.append(machine.instructions())
    return counts[1] - counts[0]


def measure(folder: Path) -> list[Cost]:
    image = folder / "ring1.elf"
    return [Cost(f"boot, {size} MiB of memory", boot_cost(image, size)) for size in MEMORY_SIZES]
