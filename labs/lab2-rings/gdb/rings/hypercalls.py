# SPDX-License-Identifier: MIT
"""Hypercalls by number: the ABI's names, from its header."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

HEADER = Path(__file__).parents[2] / "include" / "public" / "xen.h"
#: The interrupt vector that hypercalls come by.
VECTOR = 0x82
PREFIX = "__HYPERVISOR_"


@lru_cache(maxsize=None)
def names() -> dict[int, str]:
    found = re.findall(rf"^#define {PREFIX}(\w+)\s+(\d+)$", HEADER.read_text(), re.MULTILINE)
    return {int(number): name for name, number in found}


def hypercall_name(number: int) -> str:
    return names().get(number, "no hypercall of the ABI")
