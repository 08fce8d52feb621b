# SPDX-License-Identifier: MIT
"""What a `xen` command is made of."""

from __future__ import annotations

from collections.abc import Iterable

import gdb


class Xen(gdb.Command):
    """Look into the machine: page tables, descriptor tables, registers. `xen` alone lists what.

    Each command explains what it finds in words; `help xen NAME` says what it takes."""

    def __init__(self) -> None:
        super().__init__("xen", gdb.COMMAND_DATA, gdb.COMPLETE_NONE, prefix=True)

    def invoke(self, argument: str, from_tty: bool) -> None:
        if argument:
            raise gdb.GdbError(
                f"there is no `xen {argument.split()[0]}`; `xen` lists what there is"
            )
        width = max(len(command.usage) for command in XenCommand.known.values())
        for _, command in sorted(XenCommand.known.items()):
            print(f"xen {command.usage:<{width}}  {command.summary()}")


class XenCommand(gdb.Command):
    """Base of all: a subclass sets `usage`, yields lines, and its docstring is what `help` prints.

    The docstring's first sentence stands in the list that `xen` prints."""

    #: `pt [ADDRESS]`: its name after `xen `, and what it takes.
    usage = ""
    known: dict[str, "XenCommand"] = {}

    def __init__(self) -> None:
        name = self.usage.split()[0]
        super().__init__(f"xen {name}", gdb.COMMAND_DATA, gdb.COMPLETE_EXPRESSION)
        self.known[name] = self

    def summary(self) -> str:
        return (self.__doc__ or "").strip().splitlines()[0]

    def lines(self, arguments: list[str]) -> Iterable[str]:
        """What the command prints."""
        raise NotImplementedError

    def invoke(self, argument: str, from_tty: bool) -> None:
        arguments = gdb.string_to_argv(argument)
        if len(arguments) > len(self.usage.split()) - 1:
            raise gdb.GdbError(f"usage: xen {self.usage}")
        try:
            for line in self.lines(arguments):
                print(line)
        except gdb.error as problem:
            # A sentence of GDB's own (no such symbol, ...): without Python's traceback.
            raise gdb.GdbError(str(problem)) from None


Xen()
