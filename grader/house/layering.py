# SPDX-License-Identifier: MIT
"""A lower lab knows nothing of a higher one: neither its headers nor its symbols (DESIGN.md's layers)."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from grader.house.files import lab_of, sources, text

INCLUDE = re.compile(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', re.MULTILINE)
NM_LINE = re.compile(r"^(.*): (\S+) (\S)", re.MULTILINE)


def upward_includes(root: Path) -> list[str]:
    """A source or header that includes a header which only a higher lab has."""
    lowest: dict[str, int] = {}
    for header in sources(root, ".h"):
        lab = lab_of(header.relative_to(root))
        if lab and "include" in header.parts:
            name = "/".join(header.parts[header.parts.index("include") + 1 :])
            lowest[name] = min(lab, lowest.get(name, lab))

    complaints = []
    for source in sources(root, ".c", ".h", ".S"):
        where = source.relative_to(root)
        lab = lab_of(where)
        for name in INCLUDE.findall(text(source)):
            if lab and lab < lowest.get(name, 0):
                complaints.append(
                    f"{where}: lab {lab} includes {name}, a header of lab {lowest[name]}"
                )
    return complaints


@dataclass
class Symbols:
    """What one object file gives to others, and what it wants of them."""

    defines: set[str]
    wants: set[str]


def symbols_of(nm: str, objects: list[Path]) -> dict[Path, Symbols]:
    """The global symbols of each object file, as `nm` lists them."""
    found = {path: Symbols(set(), set()) for path in objects}
    if not objects:
        return found
    listing = subprocess.run(
        [nm, "-A", "-P", "-g", *map(str, objects)], check=True, capture_output=True, text=True
    )
    for name, symbol, kind in NM_LINE.findall(listing.stdout):
        symbols = found[Path(name)]
        (symbols.wants if kind in "Uwv" else symbols.defines).add(symbol)
    return found


def upward_symbols(nm: str, objects: dict[Path, int]) -> list[str]:
    """An object of a lower lab (`objects` says which lab each is of) that wants a symbol only a higher lab defines."""
    symbols = symbols_of(nm, sorted(objects))
    lowest: dict[str, int] = {}
    for path, of in symbols.items():
        for name in of.defines:
            lowest[name] = min(objects[path], lowest.get(name, objects[path]))
    return [
        f"{path}: lab {objects[path]} wants {name}, which only lab {lowest[name]} defines"
        for path, of in symbols.items()
        for name in sorted(of.wants)
        if objects[path] < lowest.get(name, 0)
    ]
