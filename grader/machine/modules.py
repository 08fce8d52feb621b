# SPDX-License-Identifier: MIT
"""A machine's modules, made ready: edited as the test says, with the run's key, and told by domain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..elf import Image, load_image
from .spec import Machine, Module

#: The symbol that holds the key which marks the lines of the payload and of test guests.
KEY_SYMBOL = "ktap_key"
ELF_MAGIC = b"\x7fELF\x01\x01"
#: The first word of a module that is an unprivileged domain of its own.
DOMU = "domu"


def prepared(machine: Machine, source: Path, folder: Path, key: str = "") -> Machine:
    """The machine with its module files, which lie in `source`, ready to boot in `folder`.

    They are links where a file is used as it is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    modules = []
    for number, module in enumerate(machine.modules):
        original = source / module.file
        # A name of its own for each: one file may be two modules, edited differently.
        target = folder / f"{number}-{original.name}"
        data = contents(module, original, key)
        if data is None:
            target.symlink_to(original.resolve())
        else:
            target.write_bytes(data)
        modules.append(Module(str(target), module.arguments))
    return replace(machine, modules=tuple(modules))


def contents(module: Module, path: Path, key: str) -> bytes | None:
    """What the module's file holds when it differs from the file at `path`."""
    if not path.exists():
        return None  # QEMU says so, in its own words
    image = test_guest(path)
    if not module.is_edited and not (key and image):
        return None
    data = image.patched(KEY_SYMBOL, key.encode()) if key and image else path.read_bytes()
    return module.edited(data)


def test_guest(path: Path) -> Image | None:
    """The file as an ELF image, when it is one that reports in KTAP."""
    with path.open("rb") as file:
        if file.read(len(ELF_MAGIC)) != ELF_MAGIC:
            return None
    image = load_image(path)
    return image if KEY_SYMBOL in image.symbols else None


def by_domain(modules: Sequence[Module]) -> dict[int, Module]:
    """Which module is the kernel of which domain, as stage 2 numbers them."""
    found: dict[int, Module] = {}
    next_number = 1
    for module in modules:
        if module.arguments.split(" ")[0] == DOMU:
            found[next_number] = module
            next_number += 1
        else:
            found.setdefault(0, module)
    return found
