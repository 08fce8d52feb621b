# SPDX-License-Identifier: MIT
"""What the grader knows of lab 1's test payload (labs/lab1-boot/tests/)."""

from __future__ import annotations

REGISTERS = ("eax", "ebx", "ecx", "edx", "esi", "edi", "ebp")


def random_number(key: str, n: int) -> int:
    """The n-th number that a boot's key stands for: `ktap_random()` in ktap.c, FNV-1a."""
    value = 2166136261
    for byte in key.encode() + n.to_bytes(4, "little"):
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value


def wanted_registers(key: str) -> dict[str, int]:
    """What the payload loads before it provokes an exception."""
    return {name: random_number(key, n) for n, name in enumerate(REGISTERS)}
