# SPDX-License-Identifier: MIT
"""A look into a student's object files, before anything of them runs.

A test's program holds the test and the student's code side by side. Code that runs by itself before
main(), that calls the host's C library, or that reads the payload's key could report anything; so
what is linked into a graded program may do none of these. The sentences say how honest code got
there, where it can.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from .errors import GraderError
from .paths import ROOT

#: What `make written` calls all that runs in the machine; a unit test goes by its program's name.
MACHINE = "machine"

_WRITTEN = re.compile(r"(machine|check_\w+) (student|given): ?(.*)")
_RUNS_BY_ITSELF = re.compile(
    r"\.(preinit_array|init_array|fini_array|ctors|dtors|init|fini)(\.\d+)?"
)
#: The address sanitizer's own constructor and destructor, of GCC and of Clang.
_SANITIZER_SECTION = re.compile(r"\.(init|fini)_array\.(00099|1)")
_SANITIZER_FUNCTION = re.compile(r"_sub_[ID]_00099_\d+|asan\.module_[cd]tor")
#: What the compiler and its sanitizers call of their own accord.
_COMPILER = re.compile(r"__asan_|__ubsan_handle_|__stack_chk_fail|_GLOBAL_OFFSET_TABLE_$")
#: What <xen/string.h> declares.
_STRING = frozenset("memset memcpy memmove memcmp strlen strcmp strncmp".split())
#: STT_GNU_IFUNC, as pyelftools calls it: a function whose address is asked of code that runs at load time.
IFUNC = "STT_LOOS"


@dataclass(frozen=True)
class Object:
    """What an object file has and wants."""

    path: Path
    defined: frozenset[str]
    undefined: tuple[str, ...]
    #: Sections of pointers to functions that run before or after main(), without a sanitizer's own.
    run_by_itself: tuple[str, ...]

    @property
    def source(self) -> str:
        """`labs/lab1-boot/xen/idt.c`"""
        parts = self.path.with_suffix("").parts
        stem = Path(*parts[len(parts) - 1 - parts[::-1].index("labs") :])
        found = [end for end in (".c", ".S") if (ROOT / f"{stem}{end}").exists()]
        return f"{stem}{found[0] if found else '.o'}"


def read_object(path: Path) -> Object:
    """An object file's symbols and sections, read once for as long as it does not change."""
    return _load(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=None)
def _load(path: Path, _mtime: int) -> Object:
    try:
        with path.open("rb") as file:
            return _read(path, ELFFile(file))
    except (ELFError, OSError) as problem:
        raise GraderError(f"can't look into {path}: {problem}") from problem


def _read(path: Path, elf: ELFFile) -> Object:
    defined: set[str] = set()
    undefined: list[str] = []
    functions: set[str] = set()
    by_itself: list[str] = []
    table = elf.get_section_by_name(".symtab")
    for symbol in table.iter_symbols() if table else ():
        kind, local = symbol["st_info"]["type"], symbol["st_info"]["bind"] == "STB_LOCAL"
        if kind == "STT_FUNC":
            functions.add(symbol.name)
        elif kind == IFUNC:
            by_itself.append(symbol.name)
        if not local and symbol.name:
            if symbol["st_shndx"] == "SHN_UNDEF":
                undefined.append(symbol.name)
            else:
                defined.add(symbol.name)
    of_sanitizer = sum(bool(_SANITIZER_FUNCTION.fullmatch(name)) for name in functions)
    spent: set[str] = set()
    for section in elf.iter_sections():
        if not section["sh_size"] or not _RUNS_BY_ITSELF.fullmatch(section.name):
            continue
        kind = section.name.split(".")[1]
        one = section["sh_size"] == elf.elfclass // 8 and kind not in spent
        if of_sanitizer and one and _SANITIZER_SECTION.fullmatch(section.name):
            spent.add(kind)
        else:
            by_itself.append(section.name)
    return Object(path, frozenset(defined), tuple(undefined), tuple(by_itself))


@dataclass
class Parts:
    """What one program is linked of."""

    student: list[Path]
    given: list[Path]


def parse_written(output: str) -> dict[str, Parts]:
    """What `make written` says."""
    found: dict[str, Parts] = {}
    for line in output.splitlines():
        if match := _WRITTEN.fullmatch(line):
            name, whose, words = match.groups()
            parts = found.setdefault(name, Parts([], []))
            setattr(parts, whose, [ROOT / word for word in words.split()])
    return found


def complaint(name: str, parts: Parts) -> str:
    """Why the program (MACHINE or a unit test) is not run; empty when nothing is against it."""
    objects = [read_object(path) for path in parts.student if path.exists()]
    if not objects:
        return ""
    given = [read_object(path) for path in parts.given if path.exists()]
    look = look_into_machine if name == MACHINE else look_into_unit
    return "\n".join(look(objects, given))


def look_into_unit(objects: list[Object], given: list[Object]) -> Iterator[str]:
    """A unit test's objects want only what the course's own files have."""
    allowed = _STRING.union(*(one.defined for one in given))
    for one in objects:
        yield from _by_itself(one)
        for name in one.undefined:
            if name not in allowed and not _COMPILER.match(name):
                yield (
                    f"{one.source} uses `{name}`, which is none of the hypervisor's: "
                    "the host's library is not there in the machine"
                )


def look_into_machine(objects: list[Object], given: list[Object]) -> Iterator[str]:
    """The hypervisor wants nothing of the tests that are linked beside it, nor too early."""
    tests = [one for one in given if "tests" in one.path.parts]
    own = frozenset[str]().union(*(one.defined for one in given if one not in tests))
    theirs = frozenset[str]().union(*(one.defined for one in tests)) - own
    for one in objects:
        yield from _by_itself(one)
        if one.path.name == "boot_map.o":
            yield from _too_early(one)
        for name in one.undefined:
            if name in theirs:
                yield f"{one.source} uses `{name}`, which is the test payload's own"


def _by_itself(one: Object) -> Iterator[str]:
    for place in one.run_by_itself:
        yield f"{one.source} has code that runs by itself ({place}): no constructors, no destructors"


def _too_early(one: Object) -> Iterator[str]:
    for name in one.undefined:
        yield (
            f"{one.source} uses `{name}`, which lies at its high address, "
            "where nothing is before paging is on"
        )
