# SPDX-License-Identifier: MIT
"""One line on the terminal that says how far a grade has come; nothing where there is no terminal."""

from __future__ import annotations

import sys

ERASE_LINE = "\r\x1b[K"


def show_progress(text: str) -> None:
    """Replace the line."""
    if sys.stderr.isatty():
        sys.stderr.write(ERASE_LINE + text)
        sys.stderr.flush()


def clear_progress() -> None:
    """Leave no trace of it."""
    show_progress("")
