# SPDX-License-Identifier: MIT
"""Lab 2: a guest kernel runs in ring 1 and cannot get out."""

from __future__ import annotations

from .. import Exercise, Lab

LAB = Lab(
    number=2,
    folder="lab2-rings",
    title="Rings",
    exercises={
        "2.1": Exercise("A kernel in memory", 15),
        "2.2": Exercise("Into ring 1", 15),
        "2.3": Exercise("Hypercalls", 20),
        "2.4": Exercise("Bounced exceptions", 20),
        "2.5": Exercise("Direct system calls", 15),
        "2.6": Exercise("Descriptor tables", 15),
    },
)
