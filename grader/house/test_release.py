# SPDX-License-Identifier: MIT
"""The student's kit works, and tells nothing."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

import pytest

from grader import release
from grader.house import kit as kit_rules
from grader.house.grading import grade
from grader.house.links import broken_links

ROOT = Path(__file__).resolve().parents[2]
SKELETON_POINTS = 5

# One worker makes the kit for all of these.
pytestmark = pytest.mark.xdist_group("release")


@pytest.fixture(scope="module")
def tarball(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A kit, made from this repository."""
    return release.release(ROOT, tmp_path_factory.mktemp("release"))


@pytest.fixture(scope="module")
def kit(tarball: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kit, unpacked as a student would."""
    folder = tmp_path_factory.mktemp("student")
    with tarfile.open(tarball) as tar:
        tar.extractall(folder)
    return folder / release.NAME


def test_nothing_is_told(kit: Path) -> None:
    assert kit_rules.withheld_files(kit) == []
    assert kit_rules.solutions_told(ROOT, kit) == []
    assert kit_rules.talkative_objects(kit) == []


def test_without_a_reference_there_is_no_kit(tmp_path: Path) -> None:
    with pytest.raises(release.ReleaseError, match="there is no solutions/"):
        release.release(tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_leak_is_seen(kit: Path, tmp_path: Path) -> None:
    leaky = tmp_path / "kit"
    shutil.copytree(kit, leaky)
    solved = next((ROOT / "solutions").glob("lab1-*/xen/page_alloc.c"))
    shutil.copy(solved, leaky / "labs" / "old.txt")
    (leaky / "solutions").mkdir()
    (leaky / "solutions" / "notes").touch()
    assert kit_rules.solutions_told(ROOT, leaky) == [
        f"labs/old.txt: tells much of {solved.relative_to(ROOT)}"
    ]
    assert kit_rules.withheld_files(leaky) == ["solutions/notes: is not for students"]


def test_links_lead_somewhere_in_the_kit(kit: Path) -> None:
    assert broken_links(kit) == []


def test_the_same_tree_gives_the_same_kit(tarball: Path, tmp_path: Path) -> None:
    assert release.release(ROOT, tmp_path).read_bytes() == tarball.read_bytes()


def test_a_kit_replaces_an_older_one_and_nothing_else(tmp_path: Path) -> None:
    mine = tmp_path / release.NAME / "thesis.txt"
    mine.parent.mkdir()
    mine.touch()
    with pytest.raises(release.ReleaseError):
        release.release(ROOT, tmp_path)
    assert mine.exists()


def test_the_skeleton_is_graded(kit: Path) -> None:
    skeleton = grade(kit, "build", "LAB=1")
    assert skeleton.points <= SKELETON_POINTS, skeleton.said


def test_the_reference_is_graded_from_its_objects(kit: Path) -> None:
    reference = grade(kit, "build", "LAB=1", "SOLVED=1")
    assert reference.points == 100, reference.said
