# SPDX-License-Identifier: MIT
"""What lab 2's `xen` commands share: domains, their kernels' symbols, the way back to a guest."""
