# SPDX-License-Identifier: MIT
"""The 32-bit x86 processor's formats, decoded from bytes.

Nothing here reads a machine or needs a library, so that the grader (on QEMU's monitor) and the GDB
extension (inside GDB's own Python) explain the same bits in the same words.
"""
