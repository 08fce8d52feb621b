# SPDX-License-Identifier: MIT
"""A boot image with GRUB and a stage: for Bochs, for a real PC, and for QEMU's own BIOS path."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from .errors import GraderError
from .machine.spec import Machine

MAKERS = ("grub-mkrescue", "grub2-mkrescue", "i686-elf-grub-mkrescue")
#: All that GRUB needs: fewer modules, faster boots.
GRUB_MODULES = "multiboot normal iso9660 biosdisk"
#: What grub-mkrescue calls.
HELPERS = {"xorriso": "xorriso", "mformat": "mtools"}


def missing() -> str:
    """The first tool that is not there; empty when an image can be made."""
    if not any(map(shutil.which, MAKERS)):
        return MAKERS[0]
    for program, package in HELPERS.items():
        if shutil.which(program) is None:
            return f"{program} (of {package})"
    return ""


def configuration(machine: Machine, image: Path) -> str:
    """GRUB's script: boots at once, without a menu."""
    lines = ["set timeout=0", f"multiboot /boot/{image.name} {machine.words}".rstrip()]
    # A module's words begin with its file's name, as QEMU has it; GRUB by itself leaves that out.
    lines += [
        f"module /boot/{module.file} {module.file} {module.arguments}".rstrip()
        for module in machine.modules
    ]
    return "\n".join([*lines, "boot", ""])


def make_iso(machine: Machine, image: Path, target: Path) -> None:
    """Write a bootable ISO image, which is a bootable disk image as well."""
    if lacking := missing():
        raise GraderError(f"{lacking} is not on the PATH; ./setup installs it")
    maker = next(found for name in MAKERS if (found := shutil.which(name)))
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ring1-iso-") as folder:
        boot = Path(folder, "boot")
        (boot / "grub").mkdir(parents=True)
        for file in (image, *(image.parent / module.file for module in machine.modules)):
            copy = boot / file.relative_to(image.parent)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, copy)
        (boot / "grub" / "grub.cfg").write_text(configuration(machine, image))
        line = [maker, "-o", str(target), f"--install-modules={GRUB_MODULES}"]
        line += ["--fonts=", "--themes=", "--locales=", folder]
        done = subprocess.run(line, capture_output=True, text=True, check=False)
    if done.returncode:
        raise GraderError(f"grub-mkrescue failed: {done.stderr.strip().splitlines()[-1]}")
