# SPDX-License-Identifier: MIT
"""What mutants and variants share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ..catalogue import Graded
from ..errors import Failure, GraderError
from . import judge
from .patches import Patch

Judge = Callable[[Patch, list[Graded]], dict[str, Failure]]


@pytest.fixture(scope="session")
def reference() -> Path:
    """The build folder of the unpatched solution, up to date."""
    return judge.build_reference()


@pytest.fixture
def failures(reference: Path) -> Judge:
    """Says which tests a patch fails; one that can't be judged fails the check in a sentence."""

    def of(patch: Patch, tests: list[Graded]) -> dict[str, Failure]:
        try:
            return judge.failures(patch, reference, tests)
        except GraderError as problem:
            pytest.fail(str(problem), pytrace=False)

    return of
