# SPDX-License-Identifier: MIT
"""The gate at vector 0x80, and why it may not lead straight to the guest."""

from __future__ import annotations

from rings.domain import Domain

VECTOR = 0x80
#: The entries of the GDT from here on are the hypervisor's.
FIRST_RESERVED_ENTRY = 14 * 512
GUEST_KERNEL_CS = 0xE019


def is_safe(selector: int) -> bool:
    """May a gate to a guest have it? A code segment of the guest's own, or its flat one."""
    return bool(selector & ~3) and (
        selector >> 3 < FIRST_RESERVED_ENTRY or selector == GUEST_KERNEL_CS or bool(selector & 4)
    )


def why_bounced(domain: Domain) -> str:
    trap = domain.trap(VECTOR)
    if trap is None:
        return f"domain {domain.number}'s trap table has no handler for it"
    if trap.masks_events:
        return "its handler wants events masked, which a gate cannot do"
    if not is_safe(trap.selector):
        return f"its handler's selector {trap.selector:04x} is not safe in a gate"
    return "though a direct gate would do: install_fast_trap() has not been here"
