# SPDX-License-Identifier: MIT
"""What `make gdb` loads: the `xen` commands, and what each lab adds to them in labs/*/gdb/*.py."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import gdb

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = ROOT / "gdb" / "ring1" / "commands"


def load_module(file: Path) -> None:
    """Run one file as a module of its own; if it does not load, that costs only itself."""
    name = "_".join(("ring1", *file.relative_to(ROOT).with_suffix("").parts)).replace("-", "_")
    spec = spec_from_file_location(name, file)
    try:
        spec.loader.exec_module(module_from_spec(spec))
    except Exception as problem:  # a lab's file may be anything
        print(f"ring1: {file.relative_to(ROOT)} was not loaded: {problem}")


def lab_folders() -> list[Path]:
    """What labs bring along: those that the stage is made of, all where it does not say."""
    folders = sorted(ROOT.glob("labs/lab[0-9]*/gdb"))
    try:
        stage = int(gdb.parse_and_eval("(unsigned) &stage_number"))
    except gdb.error:
        return folders
    return [folder for folder in folders if int(folder.parent.name[3:].split("-")[0]) <= stage]


def load() -> None:
    """Load the prefix `xen`, then what stands below it."""
    sys.dont_write_bytecode = True
    sys.path[:0] = [str(ROOT), str(ROOT / "gdb")]  # the decoders in grader/x86/, and ring1/
    labs = lab_folders()
    sys.path += map(str, labs)  # their packages
    from ring1 import command, replay, unwind  # noqa: F401

    for folder in (COMMANDS, *labs):
        for file in sorted(folder.glob("[!_]*.py")):
            load_module(file)


load()
