# SPDX-License-Identifier: MIT
"""The hypercalls' error numbers, by the names that <public/errno.h> gives them."""

from __future__ import annotations

import re
from functools import lru_cache

from .paths import ROOT

HEADER = ROOT / "labs" / "lab1-boot" / "include" / "public" / "errno.h"
_DEFINE = re.compile(r"^#define (E\w+)\s+(\d+)\s*$", re.MULTILINE)
_WORD = re.compile(r"\b0x[0-9a-f]{8}\b")
#: All bits set is more often a mask than -EPERM.
_MASK = 0xFFFFFFFF


@lru_cache(maxsize=None)
def names() -> dict[int, str]:
    """Each number's name, as in the header."""
    text = HEADER.read_text() if HEADER.exists() else ""
    return {int(number): name for name, number in _DEFINE.findall(text)}


def name_error(value: int) -> str:
    """`-14 (-EFAULT)` for 0xfffffff2 or -14; empty for what is no error number."""
    number = -value if value < 0 else (1 << 32) - value
    if value == _MASK or number not in names():
        return ""
    return f"-{number} (-{names()[number]})"


def name_errors(text: str) -> str:
    """The same for each 32-bit value in a text."""
    return _WORD.sub(lambda match: name_error(int(match[0], 16)) or match[0], text)
