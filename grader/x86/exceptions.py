# SPDX-License-Identifier: MIT
"""Exceptions by name, and their error codes in words (Intel SDM volume 3, chapter 6)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ExceptionInfo:
    """One of the processor's own vectors."""

    vector: int
    mnemonic: str
    name: str
    error_code: bool = False

    def __str__(self) -> str:
        return f"{self.name} ({self.mnemonic}, vector {self.vector})"


EXCEPTIONS = {
    info.vector: info
    for info in (
        ExceptionInfo(0, "#DE", "divide error"),
        ExceptionInfo(1, "#DB", "debug exception"),
        ExceptionInfo(2, "NMI", "non-maskable interrupt"),
        ExceptionInfo(3, "#BP", "breakpoint"),
        ExceptionInfo(4, "#OF", "overflow"),
        ExceptionInfo(5, "#BR", "bound range exceeded"),
        ExceptionInfo(6, "#UD", "invalid opcode"),
        ExceptionInfo(7, "#NM", "no floating-point unit"),
        ExceptionInfo(8, "#DF", "double fault", True),
        ExceptionInfo(9, "-", "coprocessor segment overrun"),
        ExceptionInfo(10, "#TS", "invalid TSS", True),
        ExceptionInfo(11, "#NP", "segment not present", True),
        ExceptionInfo(12, "#SS", "stack fault", True),
        ExceptionInfo(13, "#GP", "general protection fault", True),
        ExceptionInfo(14, "#PF", "page fault", True),
        ExceptionInfo(16, "#MF", "floating-point error"),
        ExceptionInfo(17, "#AC", "alignment check", True),
        ExceptionInfo(18, "#MC", "machine check"),
        ExceptionInfo(19, "#XM", "SIMD floating-point error"),
    )
}


def exception_name(vector: int) -> str:
    """`page fault (#PF, vector 14)`, or `interrupt vector 130`."""
    return str(EXCEPTIONS.get(vector, f"interrupt vector {vector}"))


def has_error_code(vector: int) -> bool:
    """The processor pushes an error code for this vector."""
    return vector in EXCEPTIONS and EXCEPTIONS[vector].error_code


def explain_page_fault(error: int) -> str:
    """`writing, page not present, in ring 0-2`."""
    access = "executing" if error & 16 else ("writing" if error & 2 else "reading")
    why = "the page's rights forbid it" if error & 1 else "page not present"
    if error & 8:
        why = "a reserved bit is set in an entry"
    return f"{access}, {why}, from {'ring 3' if error & 4 else 'rings 0-2'}"


def explain_selector_error(error: int) -> str:
    """What a selector-shaped error code points at: `IDT[0xd]`, `GDT[0x1c]`, `no descriptor`."""
    if not error & 0xFFFC and not error & 2:
        return "no descriptor involved" if not error & 1 else "raised by an external event"
    table = "IDT" if error & 2 else ("LDT" if error & 4 else "GDT")
    external = ", raised while delivering another event" if error & 1 else ""
    return f"{table}[{error >> 3:#x}]{external}"


def explain_error(vector: int, error: int) -> str:
    """The error code of `vector` in words; empty for a vector without one."""
    if vector == 14:
        return explain_page_fault(error)
    if vector in (10, 11, 12, 13):
        return explain_selector_error(error)
    return ""
