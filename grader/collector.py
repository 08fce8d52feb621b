# SPDX-License-Identifier: MIT
"""The controller's side of pytest: collects the verdicts, from this process and from workers."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from .progress import show_progress
from .verdict import Verdict


class Collector:
    """A pytest plugin, made for one session."""

    def __init__(self, total: int) -> None:
        self.verdicts: dict[str, Verdict] = {}
        #: Why pytest itself failed, if it did.
        self.problems: list[str] = []
        self._total = total

    @pytest.hookimpl(hookwrapper=True)
    def pytest_sessionstart(self) -> Iterator[None]:
        """Workers begin with Ctrl-C blocked, since a Python that is starting takes it badly."""
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})

    def pytest_runtest_logreport(self, report: object) -> None:
        if (data := getattr(report, "verdict", None)) is not None:
            # A tear-down that breaks after the call turns its verdict into an error.
            verdict = Verdict.from_json(data)
            self.verdicts[verdict.name] = verdict
            show_progress(f"{len(self.verdicts)} of {self._total} tests")

    def pytest_collectreport(self, report: object) -> None:
        if getattr(report, "failed", False):
            self.problems.append(last_line(getattr(report, "longrepr", "")))

    def pytest_internalerror(self, excrepr: object) -> None:
        self.problems.append(last_line(excrepr))


def last_line(text: object) -> str:
    """Where a traceback says what it is about."""
    return (str(text).strip().splitlines() or ["no message"])[-1]
