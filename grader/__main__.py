# SPDX-License-Identifier: MIT
"""The front door: `python -m grader COMMAND`, which the Makefile calls."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from .errors import Failure, GraderError, UsageError
from .progress import clear_progress

USAGE_ERROR = 2

#: Runs a command: its options, and the words that it parses by itself.
Command = Callable[[argparse.Namespace, list[str]], int]


def natural(text: str) -> int | None:
    """A lab's number; empty means all."""
    if not text:
        return None
    if not text.isdigit():
        raise UsageError(f"LAB={text}: give a lab's number")
    return int(text)


def add_stage_options(parser: argparse.ArgumentParser) -> None:
    """Which stage, whose labs, and where it is built: as make's variables LAB, SOLVED, BUILD."""
    parser.add_argument("--lab", default="", help="the lab's number; all when absent")
    parser.add_argument("--solved", default="", help='labs to take from the reference: "1 2", all')
    parser.add_argument("--test", default="", help="a test's name, or a pattern")
    parser.add_argument("--build", default="build", type=Path, help="the build folder")


def run_grade(options: argparse.Namespace, rest: list[str], again: bool = False) -> int:
    from .grade import Request, grade

    lab = natural(options.lab)
    return grade(Request(lab, options.solved, options.test, options.build, options.jobs, again))


def run_regrade(options: argparse.Namespace, rest: list[str]) -> int:
    return run_grade(options, rest, again=True)


def run_boot(options: argparse.Namespace, rest: list[str]) -> int:
    from .boot import Boot, boot

    image = options.image
    lab = natural(options.lab)
    request = Boot(lab, options.solved, options.test, options.build, image, options.gdb)
    return boot(replace(request, guests=options.guest))


def run_check(options: argparse.Namespace, rest: list[str]) -> int:
    from .check import check

    return check(rest)


def run_other(module: str) -> Command:
    """A command whose module does its own parsing, in its function `main`."""

    def run(options: argparse.Namespace, rest: list[str]) -> int:
        return int(import_module(f"{__package__}.{module}").main(rest) or 0)

    return run


#: Commands that live whole in a module of their own.
OTHERS = ("doctor", "release", "gdb", "record", "replay", "bochs", "bench", "demo", "handouts")


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m grader", allow_abbrev=False)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, function, help_text in (
        ("grade", run_grade, "grade a lab, or all"),
        ("regrade", run_regrade, "grade the last grade's logs again, without a machine"),
    ):
        command = commands.add_parser(name, help=help_text, allow_abbrev=False)
        add_stage_options(command)
        command.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
        command.set_defaults(run=function)
    command = commands.add_parser("boot", help="boot a stage on this terminal", allow_abbrev=False)
    add_stage_options(command)
    command.add_argument("--image", type=Path, help="boot this image instead of the stage's")
    command.add_argument("--gdb", action="store_true", help="stop first, and wait for GDB")
    command.add_argument("--guest", default="", help='kernels to run: "a.elf,words b.elf,domu"')
    command.set_defaults(run=run_boot)
    command = commands.add_parser("check", help="the project's own tests", add_help=False)
    command.set_defaults(run=run_check)
    for name in OTHERS:
        command = commands.add_parser(name, add_help=False)
        command.set_defaults(run=run_other(name))
    return parser


def main(arguments: Sequence[str]) -> int:
    """Run one command; a problem is one sentence, never a traceback."""
    parser = make_parser()
    try:
        options, rest = parser.parse_known_args(arguments)
        if rest and options.run in (run_grade, run_regrade, run_boot):
            parser.error(f"unknown: {' '.join(rest)}")
        return int(options.run(options, rest))
    except (UsageError, GraderError, Failure) as problem:
        clear_progress()
        print(f"ring1: {problem}", file=sys.stderr)
        return USAGE_ERROR
    except ImportError as problem:
        print(f"ring1: {problem}; `make doctor` says what is missing", file=sys.stderr)
        return USAGE_ERROR
    except KeyboardInterrupt:
        print("ring1: interrupted", file=sys.stderr)
        return USAGE_ERROR


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
