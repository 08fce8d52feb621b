# SPDX-License-Identifier: MIT
"""This repository keeps the rules of the house."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.catalogue import load_tests
from grader.house import (
    course,
    formatting,
    headers,
    layering,
    licences,
    links,
    shell,
    skeletons,
    words,
)
from grader.house.files import lab_of
from grader.house.make import HOUSE_BUILD, make, variable
from grader.house.tools import compiler, tool, toolchain
from grader.labs import all_labs

ROOT = Path(__file__).resolve().parents[2]


def files_below(folder: Path) -> list[Path]:
    """All files in a folder and the folders in it."""
    return [path for path in folder.rglob("*") if path.is_file()]


def hold(complaints: list[str]) -> None:
    """The rule holds when there are no complaints; otherwise all are shown, and no traceback."""
    if complaints:
        pytest.fail("\n".join(complaints), pytrace=False)


def test_lower_labs_include_no_header_of_a_higher_one() -> None:
    hold(layering.upward_includes(ROOT))


def test_lower_labs_want_no_symbol_of_a_higher_one(tmp_path: Path) -> None:
    last = ["SOLVED=all", f"BUILD={HOUSE_BUILD}/layering"]
    objects = variable(ROOT, "stage_objects", *last) + variable(ROOT, "payload_objects", *last)
    make(ROOT, *last, *objects).check_returncode()
    labs = {ROOT / name: lab_of(Path(name)) or 0 for name in objects}
    hold(layering.upward_symbols(toolchain(ROOT, tmp_path)["NM"], labs))


def test_headers_compile_alone(tmp_path: Path) -> None:
    hold(headers.headers_that_need_another(ROOT, compiler(toolchain(ROOT, tmp_path))))


def test_c_is_formatted() -> None:
    clang_format = tool(f"clang-format-{formatting.CLANG_FORMAT_VERSION}", "clang-format")
    version = formatting.clang_format_version(clang_format)
    if version != formatting.CLANG_FORMAT_VERSION:
        pytest.skip(
            f"clang-format {formatting.CLANG_FORMAT_VERSION} decides, and here is {version}"
        )
    hold(formatting.unformatted_c(ROOT, clang_format, ROOT / ".clang-format"))


def test_python_is_formatted() -> None:
    hold(formatting.unformatted_python(ROOT, tool("black")))


def test_assembly_lines_are_short() -> None:
    hold(formatting.long_lines(ROOT))


def test_shell_scripts_pass_shellcheck() -> None:
    hold(shell.doubtful_scripts(ROOT, tool("shellcheck")))


def test_sources_name_their_licence() -> None:
    hold(licences.unlicensed(ROOT))


def test_skeletons_are_what_sync_writes() -> None:
    hold(skeletons.stale_skeletons(ROOT, tool("unifdef")))


def test_make_sync_writes_what_is_committed(tmp_path: Path) -> None:
    tool("unifdef")
    make(ROOT, "sync", f"SYNC_OUT={tmp_path}").check_returncode()
    written = {path.relative_to(tmp_path): path.read_text() for path in files_below(tmp_path)}
    solved = {path.relative_to(ROOT / "solutions") for path in files_below(ROOT / "solutions")}
    assert set(written) == solved, "solutions/ holds just the files that lab.mk calls edited"
    hold(
        [
            f"labs/{where}: is not what make sync writes"
            for where, content in written.items()
            if (ROOT / "labs" / where).read_text() != content
        ]
    )


def test_labs_hold_no_solution() -> None:
    hold(skeletons.solved_blocks_in_labs(ROOT))


def test_no_path_of_one_machine() -> None:
    hold(words.paths_of_one_machine(ROOT))


def test_links_lead_somewhere() -> None:
    hold(links.broken_links(ROOT))


@pytest.mark.parametrize("number", all_labs())
def test_tests_add_up_to_the_lab(number: int) -> None:
    lab = all_labs()[number]
    hold(course.wrong_points(lab, load_tests(lab)))


@pytest.mark.parametrize("number", all_labs())
def test_tests_name_handout_sections_that_exist(number: int) -> None:
    hold(course.lost_pages(ROOT, load_tests(all_labs()[number])))
