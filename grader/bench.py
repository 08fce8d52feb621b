# SPDX-License-Identifier: MIT
"""`make bench`: what things cost, in guest instructions, which repeat exactly."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console
from rich.table import Table

from .build import build
from .catalogue import select_labs
from .errors import GraderError, UsageError
from .labs import Lab
from .paths import ROOT
from .variant import Variant

#: Columns of text where the output is no terminal.
WIDTH = 100


@dataclass(frozen=True)
class Cost:
    """One row: an operation, and the instructions from its first to the first after it."""

    operation: str
    instructions: int
    note: str = ""
    #: What it may cost at most, where that was decided; nobody fails over it here.
    limit: int | None = None
    #: What it costs elsewhere: a name, and instructions or a dash.
    elsewhere: dict[str, str] = field(default_factory=dict)


def measure(lab: Lab, variant: Variant, build_folder: Path) -> list[Cost]:
    """Builds a lab's stage, and runs the lab's own `bench.py`."""
    name = f"{Lab.__module__}.lab{lab.number}.bench"
    if not find_spec(name):
        raise UsageError(f"lab {lab.number} has no benchmark")
    module = import_module(name)
    built = build(lab.number, variant, build_folder, set(module.ARTEFACTS))
    for artefact, said in built.failures.items():
        raise GraderError(f"{artefact} does not build:\n{said}")
    folder = ROOT / variant.folder(build_folder, lab.number)
    costs: list[Cost] = module.measure(folder)
    return costs


def show(lab: Lab, costs: list[Cost]) -> None:
    table = Table(title=f"Lab {lab.number} · {lab.title}", title_justify="left", box=None)
    table.add_column("operation")
    table.add_column("instructions", justify="right")
    limited = any(cost.limit is not None for cost in costs)
    if limited:
        table.add_column("limit", justify="right")
    others = list(dict.fromkeys(name for cost in costs for name in cost.elsewhere))
    for name in others:
        table.add_column(name, justify="right")
    table.add_column("")
    for cost in costs:
        row = [cost.operation, f"{cost.instructions:,}"]
        if limited:
            row.append("" if cost.limit is None else str(cost.limit))
        row += [cost.elsewhere.get(name, "") for name in others]
        table.add_row(*row, cost.note)
    Console(width=None if sys.stdout.isatty() else WIDTH).print(table)


def main(arguments: Sequence[str]) -> int:
    """Prints a table a lab, and writes the same to BUILD/bench/labN.json."""
    parser = argparse.ArgumentParser(prog="python -m grader bench", allow_abbrev=False)
    parser.add_argument("--lab", type=int, default=None)
    parser.add_argument("--solved", default="")
    parser.add_argument("--test", default="", help="not used")
    parser.add_argument("--build", type=Path, default=Path("build"))
    options = parser.parse_args(arguments)

    for lab in select_labs(options.lab):
        costs = measure(lab, Variant(options.solved), options.build)
        show(lab, costs)
        file = ROOT / options.build / "bench" / f"lab{lab.number}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps([asdict(cost) for cost in costs], indent=1) + "\n")
    return 0
