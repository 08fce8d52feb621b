# SPDX-License-Identifier: MIT
"""How a machine ended, told so that a student can act on it."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import Any

from ..errors import Failure
from .qemu import (
    STATUS_CANNOT_START,
    STATUS_DOMAIN0_CRASHED,
    STATUS_MISSING,
    STATUS_ORDERLY,
    STATUS_PANIC,
    STATUS_REBOOT,
)

ORDERLY = "orderly"
PANIC = "panic"
REBOOT = "reboot"
MISSING = "missing"
CANNOT_START = "cannot-start"
DOMAIN0_CRASHED = "domain0-crashed"
POWER_OFF = "power-off"
UNKNOWN_EXIT = "exit"
TRIPLE_FAULT = "triple-fault"
RESET = "reset"
HANG = "hang"
FLOOD = "flood"
ABORT = "abort"

BY_STATUS = {
    STATUS_ORDERLY: ORDERLY,
    STATUS_PANIC: PANIC,
    STATUS_REBOOT: REBOOT,
    STATUS_MISSING: MISSING,
    STATUS_CANNOT_START: CANNOT_START,
    STATUS_DOMAIN0_CRASHED: DOMAIN0_CRASHED,
}

SENTENCE = {
    ORDERLY: "the machine shut down in order",
    PANIC: "the hypervisor panicked",
    REBOOT: "the hypervisor asked for a reboot",
    MISSING: "the hypervisor stopped at an exercise that is still to be done",
    CANNOT_START: "the hypervisor refuses to start on this machine",
    DOMAIN0_CRASHED: "domain 0 crashed, and the machine ended with it",
    POWER_OFF: "the hypervisor turned the machine's power off",
    UNKNOWN_EXIT: "the hypervisor ended the machine with a status that means nothing",
    TRIPLE_FAULT: "triple fault: an exception whose handler can't be reached resets the machine",
    RESET: "the hypervisor reset the machine",
    HANG: "still running when the machine's time was up",
    FLOOD: "the serial line was flooded",
    ABORT: "the machine did what QEMU can't do, and QEMU gave up",
}

#: The prefix of the hypervisor's own lines.
_SAYS = r"^(?:\(XEN\) )?"
STOPPED = re.compile(_SAYS + r"(ring1: stopped:.*)$", re.MULTILINE)
PANIC_LINE = re.compile(_SAYS + r"(PANIC:.*)$", re.MULTILINE)
CANNOT_START_LINE = re.compile(_SAYS + r"(cannot start:.*)$", re.MULTILINE)
NOT_STARTED = re.compile(_SAYS + r"(domain \d+ is not started:.*)$", re.MULTILINE)
CRASHES = re.compile(_SAYS + r"(domain 0 crashes:.*)$", re.MULTILINE)
BACKTRACE = re.compile(_SAYS + r"backtrace:\s*\n((?:.*\[<.*(?:\n|$))*)", re.MULTILINE)


@dataclass
class End:
    """The end of one run."""

    kind: str
    #: QEMU's exit status, where it exited by itself.
    status: int | None = None
    #: What came over the serial line, all of it.
    serial: str = ""
    #: One sentence: what happened.
    sentence: str = ""
    #: More lines: where, with which registers, how it came about.
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "End":
        return cls(**data)

    def must_be(self, kind: str, what: str = "") -> "End":
        """Fail the test, with this end's own explanation, unless it is of `kind`."""
        if self.kind != kind:
            raise Failure(
                what or f"the run must end so: {SENTENCE[kind]}",
                expected=SENTENCE[kind],
                seen=self.sentence,
                notes=self.notes,
            )
        return self


def ended_by_itself(status: int, serial: str) -> End:
    """The end of a machine that went away with an exit status, in its own words."""
    end = End(BY_STATUS.get(status, UNKNOWN_EXIT), status, serial)
    end.sentence = SENTENCE[end.kind]
    if end.kind == UNKNOWN_EXIT:
        end.sentence += f" ({status})"
    if end.kind == MISSING and (stopped := STOPPED.search(serial)):
        end.sentence = stopped[1]
    if end.kind == ORDERLY and (line := NOT_STARTED.search(serial)):
        end.sentence += f", but {line[1]}"
    if end.kind == CANNOT_START and (line := CANNOT_START_LINE.search(serial)):
        end.sentence = f"{end.sentence}: {line[1]}"
    if end.kind == DOMAIN0_CRASHED and (line := CRASHES.search(serial)):
        end.sentence = line[1]
    if end.kind == PANIC:
        if line := PANIC_LINE.search(serial):
            end.sentence = f"the hypervisor panicked: {line[1]}"
        if trace := BACKTRACE.search(serial):
            end.notes = ["backtrace:", *trace[1].splitlines()]
    return end


def flooded(serial: str, limit: int) -> End:
    """The end of a machine that talked too much."""
    sentence = f"{SENTENCE[FLOOD]}: more than {limit >> 10} KiB of output (the run was cut short)"
    return End(FLOOD, None, serial, sentence)


def gave_up(serial: str, complaint: str) -> End:
    """The end of a machine that made QEMU abort: code that runs away into devices can do that."""
    lines = complaint.splitlines() or ["it said nothing"]
    return End(ABORT, None, serial, f"{SENTENCE[ABORT]}: {lines[0]}")
