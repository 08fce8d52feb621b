# SPDX-License-Identifier: MIT
"""The GDB extension: `xen` commands that explain the machine's own tables in words.

`machine` reads the stopped machine, `command` is what a command is made of, `commands/` holds one
file for each. A lab brings its own in labs/labN-*/gdb/, made of the same two.
"""
