# SPDX-License-Identifier: MIT
"""The handouts say what is so: their tables agree with the tests, and they can be made into web pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.catalogue import Graded, load_tests
from grader.handouts import make_pages, missing_packages
from grader.house.files import text
from grader.house.handouts import wrong_rows
from grader.labs import all_labs
from grader.machine.spec import Machine

ROOT = Path(__file__).resolve().parents[2]
TESTS = [
    Graded(f"lab1/{name}", "1.1", points, "it works", Machine())
    for name, points in (("up", 3), ("down", 4))
]
GOOD = (
    "| test | points | shows |\n|---|---|---|\n| `lab1/up` | 3 | it |\n| `lab1/down` | 4 | it |\n"
)


@pytest.mark.parametrize("lab", all_labs().values(), ids=lambda lab: f"lab{lab.number}")
def test_handout_lists_the_tests(lab) -> None:
    if complaints := wrong_rows(text(ROOT / lab.handout), load_tests(lab)):
        pytest.fail("\n".join(complaints), pytrace=False)


@pytest.mark.parametrize(
    ("good", "bad", "complaint"),
    [
        ("| `lab1/up` | 3 |", "| `lab1/up` | 5 |", "lab1/up: gives 3 points"),
        ("| `lab1/up` | 3 | it |\n", "", "lab1/up: the handout does not list it"),
        ("`lab1/up`", "`lab1/upward`", "lab1/upward: there is no such test"),
    ],
)
def test_a_wrong_table_is_found(good: str, bad: str, complaint: str) -> None:
    assert not wrong_rows(GOOD, TESTS)
    assert any(c.startswith(complaint) for c in wrong_rows(GOOD.replace(good, bad), TESTS))


def test_pages_are_made(tmp_path: Path) -> None:
    if missing := missing_packages():
        pytest.skip(f"the web pages need {' '.join(missing)}")
    assert make_pages(ROOT / "handouts", tmp_path / "pages") == 0
    assert (tmp_path / "pages" / "index.html").exists()


def test_a_dead_link_is_an_error(tmp_path: Path) -> None:
    if missing := missing_packages():
        pytest.skip(f"the web pages need {' '.join(missing)}")
    source = tmp_path / "source"
    source.mkdir()
    (source / "conf.py").write_text('extensions = ["myst_parser"]\n')
    (source / "index.md").write_text("# A page\n\n[gone](nowhere.md)\n")
    assert make_pages(source, tmp_path / "pages") != 0
