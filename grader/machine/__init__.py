# SPDX-License-Identifier: MIT
"""The machine: QEMU, its serial line, its monitor and its GDB stub."""
