# SPDX-License-Identifier: MIT
"""Lab 1: from power-on to a hypervisor that survives its own faults."""

from __future__ import annotations

from .. import Exercise, Lab

LAB = Lab(
    number=1,
    folder="lab1-boot",
    title="Boot",
    exercises={
        "1.1": Exercise("Paging on", 15),
        "1.2": Exercise("A voice", 15),
        "1.3": Exercise("Descriptors", 15),
        "1.4": Exercise("Traps", 20),
        "1.5": Exercise("Buddies", 20),
        "1.6": Exercise("Fix-ups", 15),
    },
)
