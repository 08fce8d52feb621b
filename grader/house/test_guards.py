# SPDX-License-Identifier: MIT
"""Each guard complains about a bad tree, in words that name the place, and is content with a good one."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from grader.catalogue import Graded
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
from grader.house.files import project_files
from grader.house.tools import compiler, tool, toolchain
from grader.labs import Exercise, Lab
from grader.machine.spec import Machine

ROOT = Path(__file__).resolve().parents[2]
LAB1 = "labs/lab1-boot"
LAB2 = "labs/lab2-rings"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """An empty tree, apart from what tests write beside it."""
    root = tmp_path / "tree"
    root.mkdir()
    return root


def write(root: Path, name: str, content: str) -> Path:
    """A file of the tree, with its folders."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def test_files_leave_out_what_is_built_and_ignored(tree: Path) -> None:
    for name in ("kept.c", "build/built.c", "__pycache__/left.pyc"):
        write(tree, name, "")
    assert project_files(tree) == [tree / "kept.c"]

    subprocess.run(["git", "init", "-q"], cwd=tree, check=True)
    write(tree, ".gitignore", "/build/\n__pycache__/\n")
    assert project_files(tree) == [tree / ".gitignore", tree / "kept.c"]

    (tree / ".git" / "HEAD").write_text("no repository that git would trust\n")
    assert project_files(tree) == [tree / ".gitignore", tree / "kept.c"]


def test_upward_include(tree: Path) -> None:
    write(tree, f"{LAB2}/include/xen/domain.h", "")
    write(tree, f"{LAB2}/xen/domain.c", "#include <xen/domain.h>\n#include <xen/traps.h>\n")
    write(tree, f"{LAB1}/include/xen/traps.h", "")
    assert layering.upward_includes(tree) == []

    write(tree, f"{LAB1}/xen/traps.c", "#  include <xen/domain.h>\n")
    assert layering.upward_includes(tree) == [
        f"{LAB1}/xen/traps.c: lab 1 includes xen/domain.h, a header of lab 2"
    ]


def test_upward_include_in_a_solution(tree: Path) -> None:
    write(tree, f"{LAB2}/include/xen/domain.h", "")
    write(tree, "solutions/lab1-boot/xen/idt.c", '#include "xen/domain.h"\n')
    assert len(layering.upward_includes(tree)) == 1


def test_upward_symbol(tree: Path) -> None:
    tools = toolchain(ROOT, tree)
    low = write(tree, "low.c", "void high(void);\nvoid low(void);\nvoid low(void) { high(); }\n")
    high = write(tree, "high.c", "void low(void);\nvoid high(void);\nvoid high(void) { low(); }\n")
    objects = {}
    for lab, source in enumerate((low, high), 1):
        target = source.with_suffix(".o")
        subprocess.run([*compiler(tools), "-c", source, "-o", target], check=True)
        objects[target] = lab

    complaints = layering.upward_symbols(tools["NM"], objects)
    assert complaints == [f"{tree}/low.o: lab 1 wants high, which only lab 2 defines"]
    # The higher lab may want the lower one's.
    assert layering.upward_symbols(tools["NM"], {low.with_suffix(".o"): 2}) == []


def test_header_that_needs_another(tree: Path) -> None:
    command = compiler(toolchain(ROOT, tree))
    write(tree, f"{LAB1}/include/xen/types.h", "#pragma once\ntypedef unsigned int mfn_t;\n")
    write(
        tree, f"{LAB1}/include/xen/good.h", "#pragma once\n#include <xen/types.h>\nmfn_t a(void);\n"
    )
    assert headers.headers_that_need_another(tree, command) == []

    write(tree, f"{LAB1}/include/xen/bad.h", "mfn_t b(void);\n")
    write(tree, f"{LAB1}/include/xen/twice.h", "struct twice {};\n")
    complaints = headers.headers_that_need_another(tree, command)
    assert [line.split(":")[0] for line in complaints] == [
        f"{LAB1}/include/xen/bad.h",
        f"{LAB1}/include/xen/twice.h",
    ]


def test_header_that_warns(tree: Path) -> None:
    command = compiler(toolchain(ROOT, tree))
    write(tree, f"{LAB1}/include/xen/warns.h", "static inline int f(int unused) { return 0; }\n")
    assert "unused" in headers.headers_that_need_another(tree, command)[0]


def test_header_of_a_higher_lab_is_not_found(tree: Path) -> None:
    command = compiler(toolchain(ROOT, tree))
    write(tree, f"{LAB2}/include/xen/domain.h", "#pragma once\n")
    write(tree, f"{LAB1}/include/xen/traps.h", "#pragma once\n#include <xen/domain.h>\n")
    assert len(headers.headers_that_need_another(tree, command)) == 1


def test_unformatted_c(tree: Path) -> None:
    clang_format = tool("clang-format-14", "clang-format")
    write(tree, "good.c", "int f(void)\n{\n\treturn 0;\n}\n")
    style = ROOT / ".clang-format"
    assert formatting.unformatted_c(tree, clang_format, style) == []

    write(tree, "bad.c", "int f(void) {\n  return 0;\n}\n")
    complaints = formatting.unformatted_c(tree, clang_format, style)
    assert complaints == ["bad.c:1: clang-format would write this otherwise (make format)"]


def test_clang_format_tells_its_version() -> None:
    assert formatting.clang_format_version(tool("clang-format-14", "clang-format")) > 0


def test_unformatted_python(tree: Path) -> None:
    black = tool("black")
    write(tree, "good.py", "x = 1\n")
    assert formatting.unformatted_python(tree, black) == []

    write(tree, "bad.py", "x=1\n")
    write(tree, "worse.py", "x = = 1\n")
    complaints = formatting.unformatted_python(tree, black)
    assert len(complaints) == 2
    assert complaints[0].startswith("bad.py: ")


def test_long_assembly_line(tree: Path) -> None:
    write(tree, "good.S", "\tnop\n")
    assert formatting.long_lines(tree) == []

    write(tree, "bad.S", "\tnop /* " + "x" * 100 + " */\n\tnop \n")
    assert formatting.long_lines(tree) == ["bad.S:1: over 100 columns", "bad.S:2: ends in spaces"]


def test_doubtful_script(tree: Path) -> None:
    shellcheck = tool("shellcheck")
    write(tree, "good", '#!/bin/sh\necho "$1"\n')
    write(tree, "not-a-script", "echo $1\n")
    assert shell.doubtful_scripts(tree, shellcheck) == []

    write(tree, "bad", "#!/usr/bin/env bash\nrm $1\n")
    assert any("SC2086" in line for line in shell.doubtful_scripts(tree, shellcheck))


def test_missing_licence(tree: Path) -> None:
    write(tree, "good.c", "/* SPDX-License-Identifier: MIT */\n")
    write(tree, "handouts/good.md", "<!-- SPDX-License-Identifier: CC-BY-4.0 -->\n")
    write(tree, "README.md", "# Title\n")
    assert licences.unlicensed(tree) == []

    write(tree, "bad.c", "int x;\n")
    write(tree, "handouts/bad.md", "<!-- SPDX-License-Identifier: MIT -->\n")
    write(tree, "Makefile", "all:\n")
    assert licences.unlicensed(tree) == [
        "Makefile: no SPDX line in its first 6 lines",
        "bad.c: no SPDX line in its first 6 lines",
        "handouts/bad.md: says MIT, should say CC-BY-4.0",
    ]


SOLVED = "int f(void)\n{\n#ifdef SOLVED\n\treturn answer_to_everything();\n#else\n\treturn 0;\n#endif\n}\n"
SKELETON = "int f(void)\n{\n\treturn 0;\n}\n"


def test_stale_skeleton(tree: Path) -> None:
    unifdef = tool("unifdef")
    write(tree, "solutions/lab1-boot/xen/f.c", SOLVED)
    given = write(tree, f"{LAB1}/xen/f.c", SKELETON)
    assert skeletons.stale_skeletons(tree, unifdef) == []

    given.write_text(SKELETON.replace("0", "1"))
    assert skeletons.stale_skeletons(tree, unifdef) == [
        f"{LAB1}/xen/f.c: is not what solutions/lab1-boot/xen/f.c gives (make sync)"
    ]
    given.unlink()
    assert skeletons.stale_skeletons(tree, unifdef) == [f"{LAB1}/xen/f.c: is missing (make sync)"]


def test_solution_without_a_block(tree: Path) -> None:
    write(tree, "solutions/lab1-boot/xen/f.c", SKELETON)
    write(tree, f"{LAB1}/xen/f.c", SKELETON)
    assert "no SOLVED block" in skeletons.stale_skeletons(tree, tool("unifdef"))[0]


def test_solution_in_a_lab(tree: Path) -> None:
    write(tree, f"{LAB1}/xen/f.c", SKELETON)
    assert skeletons.solved_blocks_in_labs(tree) == []

    write(tree, f"{LAB1}/xen/f.c", SOLVED)
    assert skeletons.solved_blocks_in_labs(tree) == [f"{LAB1}/xen/f.c: has a SOLVED block"]


def test_solved_lines_are_those_a_skeleton_lacks(tree: Path) -> None:
    write(tree, "solutions/lab1-boot/xen/f.c", SOLVED)
    write(tree, f"{LAB1}/xen/f.c", SKELETON)
    assert skeletons.solved_lines(tree) == {
        Path("solutions/lab1-boot/xen/f.c"): {"return answer_to_everything();"}
    }


@pytest.mark.parametrize("folder", ["work/main", "home/me", "root/x", "Users/me"])
def test_path_of_one_machine(tree: Path, folder: str) -> None:
    write(
        tree, "good.md", "a network/working part, $(HOME)/work/x, /usr/bin/python3, /home alone\n"
    )
    assert words.paths_of_one_machine(tree) == []

    write(tree, "bad.md", f"fine\nsee /{folder}/notes\n")
    assert words.paths_of_one_machine(tree)[0].startswith("bad.md:2: ")


def test_broken_links(tree: Path) -> None:
    write(tree, "other.md", '# A `title`, with words\n## Twice\n## Twice\n<a id="here"></a>\n')
    write(
        tree,
        "good.md",
        "# Top\n[a](other.md) [b](other.md#a-title-with-words) [c](other.md#twice-1) [d](#top)\n"
        "[e](https://example.org/x#y) [f](other.md#here) `[g](nowhere.md)`\n"
        "```\n# not a heading\n[h](nowhere.md)\n```\n",
    )
    assert links.broken_links(tree) == []

    write(
        tree,
        "bad.md",
        "[a](nowhere.md) [b](other.md#no) ![c](no.svg) [d](#not-a-heading)\n"
        '<img src="no.png">\n\n[e]: gone.md\n\n```\n# not a heading\n```\n',
    )
    assert [line.split(": ")[1] for line in links.broken_links(tree)] == [
        "nowhere.md",
        "other.md#no",
        "no.svg",
        "#not-a-heading",
        "gone.md",
        "no.png",
    ]


def graded(exercise: str, points: int, handout: str = "lab1-boot.md") -> Graded:
    """A graded test, as far as the course's guards look at it."""
    return Graded(f"lab1/{exercise}", exercise, points, "", Machine(), handout=handout)


def test_wrong_points() -> None:
    lab = Lab(1, "lab1-boot", "Boot", {"1.1": Exercise("", 60), "1.2": Exercise("", 40)})
    good = [graded("1.1", 30), graded("1.1", 30), graded("1.2", 10), graded("1.2", 30)]
    assert course.wrong_points(lab, good) == []
    assert course.wrong_points(lab, good[:3]) == [
        "exercise 1.2: its tests give 10 of 40 points",
        "exercise 1.2: has 1 tests",
    ]
    assert course.wrong_points(lab, [*good, graded("1.3", 1)]) == [
        "lab1/1.3: there is no exercise 1.3"
    ]
    small = Lab(1, "lab1-boot", "Boot", {})
    assert course.wrong_points(small, []) == ["lab 1: its exercises have 0 points"]


def test_lost_pages(tree: Path) -> None:
    write(tree, "handouts/lab1-boot.md", "# Lab 1\n## Descriptors\n")
    assert course.lost_pages(tree, [graded("1.1", 1, "lab1-boot.md#descriptors")]) == []
    assert course.lost_pages(
        tree, [graded("1.1", 1, "lab1-boot.md#discriptors"), graded("1.2", 1, "")]
    ) == [
        "lab1/1.1: lab1-boot.md#discriptors: there is no such heading",
        "lab1/1.2: nowhere.md: there is no such file",
    ]
