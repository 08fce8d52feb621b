# SPDX-License-Identifier: MIT
"""What mutants and variants share."""

from __future__ import annotations

from pathlib import Path

import pytest

from .judge import build_reference


@pytest.fixture(scope="session")
def reference() -> Path:
    """The build folder of the unpatched solution, up to date."""
    return build_reference()
