# SPDX-License-Identifier: MIT
"""The names of the ABI's selectors, as <xen/selectors.h> has them."""

SELECTORS = {
    0xE008: "HYPERVISOR_CS",
    0xE010: "HYPERVISOR_DS",
    0xE019: "GUEST_KERNEL_CS",
    0xE021: "GUEST_KERNEL_DS",
    0xE02B: "GUEST_USER_CS",
    0xE033: "GUEST_USER_DS",
    0xE040: "TSS_SELECTOR",
    0xE048: "LDT_SELECTOR",
}

_BY_ENTRY = {selector & ~3: name for selector, name in SELECTORS.items()}


def selector_name(selector: int) -> str:
    """The ABI's name of a selector, whatever ring it requests; empty for one without."""
    return _BY_ENTRY.get(selector & 0xFFFC, "")
