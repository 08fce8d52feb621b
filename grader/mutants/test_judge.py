# SPDX-License-Identifier: MIT
"""The judge itself: a patch that changes nothing survives, one that can't be judged is an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..catalogue import load_tests
from ..errors import GraderError
from ..labs import all_labs
from .judge import failures
from .patches import Patch, check_head, read_patch

FILE = "solutions/lab1-boot/xen/extable.c"
HEAD = f"""\
What the mistake
is.
Exercise: 1.6
Caught-by: lab1/extable-*

--- a/{FILE}
+++ b/{FILE}
"""


def patch_of(folder: Path, old: str, new: str) -> Patch:
    """A patch of the file's second line."""
    file = folder / "lab1" / "example.patch"
    file.parent.mkdir()
    line = "/* SPDX-License-Identifier: MIT */"
    file.write_text(f"{HEAD}@@ -1,2 +1,2 @@\n {line}\n-{old}\n+{new}\n")
    return read_patch(file)


INCLUDE = "#include <xen/extable.h>"


def test_reads_the_head(tmp_path: Path) -> None:
    patch = patch_of(tmp_path, INCLUDE, INCLUDE)
    assert (patch.name, patch.lab) == ("lab1/example", 1)
    assert (patch.says, patch.exercise) == ("What the mistake is.", "1.6")
    assert [test.name for test in patch.catchers()] == ["lab1/extable-search"]
    assert patch.changes == (FILE,)
    check_head(patch, all_labs()[1])


def test_a_comment_survives_all_tests(tmp_path: Path, reference: Path) -> None:
    patch = patch_of(tmp_path, INCLUDE, f"{INCLUDE} /* no mistake */")
    assert failures(patch, reference, load_tests(all_labs()[1])) == {}


def test_a_patch_that_does_not_apply_is_an_error(tmp_path: Path, reference: Path) -> None:
    patch = patch_of(tmp_path, "int never_there;", INCLUDE)
    with pytest.raises(GraderError, match="lab1/example does not apply"):
        failures(patch, reference, patch.catchers())


def test_a_patch_that_does_not_build_is_an_error(tmp_path: Path, reference: Path) -> None:
    patch = patch_of(tmp_path, INCLUDE, "int 1;")
    with pytest.raises(GraderError, match="lab1/example does not build"):
        failures(patch, reference, patch.catchers())
