# SPDX-License-Identifier: MIT
"""`xen frame`: what an exception left on the stack."""

from __future__ import annotations

from collections.abc import Iterator

from grader.x86.exceptions import exception_name, explain_error, has_error_code
from grader.x86.registers import explain_eflags
from ring1.command import XenCommand
from ring1.machine import evaluate, registers, symbol
from ring1.selectors import selector_name
from ring1.trap_frame import TrapFrame, current

GENERAL = (("eax", "ebx", "ecx", "edx"), ("esi", "edi", "ebp"))
SEGMENTS = ("ds", "es", "fs", "gs")
PAGE_FAULT = 14


class ShowFrame(XenCommand):
    """Trap frame at ADDRESS, or of the exception that is being handled.

    Works in do_exception() and everything that it calls, and at `exception_entry`, where only
    the part that the processor and the stub pushed is there yet."""

    usage = "frame [ADDRESS]"

    def lines(self, arguments: list[str]) -> Iterator[str]:
        frame = TrapFrame(evaluate(arguments[0])) if arguments else current()
        yield f"trap frame at {frame.address:08x}: {exception_name(frame['vector'])}"
        yield from explain_cause(frame)
        yield f"    eip {frame['eip']:08x}  {symbol(frame['eip'])}".rstrip()
        yield f"    cs  {named(frame['cs'])}, ring {frame['cs'] & 3}"
        yield f"    eflags {frame['eflags']:08x}  {explain_eflags(frame['eflags'])}"
        if frame.from_guest:
            yield f"    ss:esp {named(frame['ss'])}:{frame.esp:08x}"
        else:
            yield f"    esp {frame.esp:08x}  (the ring did not change: ss and esp were not pushed)"
        if not frame.complete:
            yield "    exception_entry has not pushed the other registers yet"
            return
        for names in GENERAL:
            yield "    " + "  ".join(f"{name} {frame[name]:08x}" for name in names)
        yield "    " + "  ".join(f"{name} {frame[name] & 0xFFFF:04x}" for name in SEGMENTS)


def explain_cause(frame: TrapFrame) -> Iterator[str]:
    vector, error = frame["vector"], frame["error_code"]
    if not has_error_code(vector):
        return
    yield f"    error code {error:04x}: {explain_error(vector, error)}".rstrip(": ")
    if vector == PAGE_FAULT:
        yield f"    CR2 {registers().cr2:08x}: the address of the last page fault"


def named(selector: int) -> str:
    return f"{selector & 0xFFFF:04x} {selector_name(selector)}".rstrip()


ShowFrame()
