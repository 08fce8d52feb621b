# SPDX-License-Identifier: MIT
"""Makes GDB's own `bt` go through the hypercall entry and the guest library's trap entry."""

import rings.unwind  # noqa: F401
