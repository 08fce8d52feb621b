# SPDX-License-Identifier: MIT
"""The report on a terminal: a table of all tests, then each failure explained."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from .labs import Lab
from .verdict import ERROR, FAILED, PASSED, Verdict

STYLE = {PASSED: "green", FAILED: "red", ERROR: "bold yellow"}
WORD = {PASSED: "ok", FAILED: "FAIL", ERROR: "ERROR"}
MAX_BUILD_LINES = 40


def make_console() -> Console:
    """Standard output: coloured on a terminal, plain and not folded in a file."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=120)


def print_report(
    console: Console, labs: list[Lab], verdicts: list[Verdict], seconds: float
) -> None:
    """Everything that a student needs to read, the summary last."""
    for lab in labs:
        mine = [v for v in verdicts if v.name.startswith(f"lab{lab.number}/")]
        if mine:
            console.print(lab_table(lab, mine))
    explain_failures(console, verdicts)
    console.print(score_line(verdicts, seconds))


def lab_table(lab: Lab, verdicts: list[Verdict]) -> Table:
    """One row for each test, with the exercise's name and points in its first row."""
    table = Table(
        title=f"Lab {lab.number} · {lab.title}", title_justify="left", box=None, pad_edge=False
    )
    table.add_column("exercise", no_wrap=True)
    table.add_column("test", no_wrap=True)
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("shows")
    previous = ""
    for verdict in verdicts:
        title = lab.exercises[verdict.exercise].title
        table.add_row(
            f"{verdict.exercise} {title}" if verdict.exercise != previous else "",
            verdict.name,
            f"{verdict.score}/{verdict.points}",
            Text(WORD[verdict.status], style=STYLE[verdict.status]),
            escape(verdict.shows),
        )
        previous = verdict.exercise
    return table


def explain_failures(console: Console, verdicts: list[Verdict]) -> None:
    """Each failure by itself; a build's output in full only where it first appears."""
    told: dict[str, str] = {}
    for verdict in verdicts:
        if verdict.status == PASSED:
            continue
        console.print()
        console.rule(
            Text(f"{WORD[verdict.status]}  {verdict.name}", style=STYLE[verdict.status]),
            align="left",
            characters="-",
        )
        first = told.setdefault(verdict.build_output, verdict.name)
        repeated = bool(verdict.build_output) and first != verdict.name
        for line in verdict.explanation(with_build_output=not repeated):
            console.print(Text("  " + line), soft_wrap=True)
        if repeated:
            console.print(Text(f"  the compiler's message: see {first}"))


def score_line(verdicts: list[Verdict], seconds: float) -> Text:
    """`score: 95/100, 24 of 25 tests passed, 2.1 s`."""
    score = sum(verdict.score for verdict in verdicts)
    total = sum(verdict.points for verdict in verdicts)
    passed = sum(verdict.status == PASSED for verdict in verdicts)
    errors = sum(verdict.status == ERROR for verdict in verdicts)
    line = f"\nscore: {score}/{total}, {passed} of {len(verdicts)} tests passed, {seconds:.1f} s"
    if errors:
        line += f"; {errors} could not be graded, which is no fault of the tested code"
    style = "bold yellow" if errors else ("bold green" if score == total else "bold red")
    return Text(line, style=style)
