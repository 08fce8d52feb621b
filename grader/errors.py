# SPDX-License-Identifier: MIT
"""The three ways in which things go wrong, kept apart.

A `Failure` is the student's and costs points. A `GraderError` is ours (or the host's) and never
does. A `UsageError` is a command that makes no sense.
"""

from __future__ import annotations

from collections.abc import Sequence

from .error_numbers import name_error

DECIMAL_MAX = 4095


def show(value: object) -> str:
    """A value as a failure prints it: large numbers in hexadecimal, error numbers by name."""
    if isinstance(value, int) and not isinstance(value, bool):
        if name := name_error(value):
            return name
        return str(value) if 0 <= value <= DECIMAL_MAX else hex(value)
    return value if isinstance(value, str) else repr(value)


class Failure(AssertionError):
    """What the student's machine did is not what it must do."""

    def __init__(
        self, what: str, *, expected: str = "", seen: str = "", notes: Sequence[str] = ()
    ) -> None:
        super().__init__(what)
        self.what = what
        self.expected = expected
        self.seen = seen
        self.notes = list(notes)


class GraderError(RuntimeError):
    """The grader could not do its work: no verdict on the student."""


class UsageError(RuntimeError):
    """The command names something that does not exist, or can't be done here."""


def fail(what: str, *, expected: str = "", seen: str = "", notes: Sequence[str] = ()) -> None:
    """Fail the test: `what` was checked, and what was expected and seen, where that helps."""
    raise Failure(what, expected=expected, seen=seen, notes=notes)


def expect(seen: object, expected: object, what: str, notes: Sequence[str] = ()) -> None:
    """Fail the test unless `seen` equals `expected`; `what` names the thing that was looked at."""
    if seen != expected:
        raise Failure(what, expected=show(expected), seen=show(seen), notes=notes)


def expect_true(holds: object, what: str, seen: str = "", notes: Sequence[str] = ()) -> None:
    """Fail the test unless the sentence `what` holds."""
    if not holds:
        raise Failure(what, seen=seen, notes=notes)
