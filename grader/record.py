# SPDX-License-Identifier: MIT
"""`make record`: a run on this terminal, written down so that it can be had again, and backwards."""

from __future__ import annotations

import argparse
import json
import select
import shutil
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from .__main__ import add_stage_options, natural
from .boot import Boot, Target, choose, default_interrupt, describe_end
from .errors import UsageError
from .machine import qemu
from .machine.end import BY_STATUS
from .machine.modules import prepared
from .machine.qmp import MachineGone, Qmp
from .machine.replay import Recording
from .machine.spec import Machine, Module
from .paths import ROOT
from .plan import shorten

#: How often the instruction count is asked for, in seconds, and how long an answer may take.
POLL, PATIENCE = 0.05, 10.0
#: What to say of an end that was not the machine's own, by QEMU's word for it.
ENDS = {
    "guest-reset": "the processor was reset, as a triple fault does it",
    "guest-shutdown": "the hypervisor turned the machine's power off",
    "host-signal": "you ended the run",
}


@dataclass(frozen=True)
class Notes:
    """What a replay must know of the recorded run."""

    image: str
    machine: Machine
    #: Where a replay must stop, in instructions: the end, or shortly before it when someone ended
    #: the run from outside. 0 when the machine ended itself, in a function that can be named.
    instructions: int

    def save(self, recording: Recording) -> None:
        recording.notes.write_text(json.dumps(asdict(self), indent=1))

    @classmethod
    def load(cls, recording: Recording) -> "Notes":
        try:
            data = json.loads(recording.notes.read_text())
        except FileNotFoundError:
            raise UsageError("nothing is recorded: run `make record` first") from None
        machine = data.pop("machine")
        # What was recorded are copies, edited already.
        machine["modules"] = tuple(Module(m["file"], m["arguments"]) for m in machine["modules"])
        machine["extra"] = tuple(machine["extra"])
        return cls(machine=Machine(**machine), **data)


def recording_in(build: Path) -> Recording:
    return Recording(ROOT / build / "record")


def keep_files(recording: Recording, target: Target) -> Target:
    """A copy of the image and its modules: the recording must outlive the next build."""
    shutil.rmtree(recording.folder, ignore_errors=True)
    recording.folder.mkdir(parents=True)
    image = Path(shutil.copy(target.image, recording.folder))
    machine = prepared(target.machine, target.image.parent, recording.folder)
    for module in machine.modules:
        if (link := Path(module.file)).is_symlink():
            original = link.readlink()
            link.unlink()
            shutil.copy(original, link)
    return replace(target, image=image, machine=machine)


def record(target: Target, recording: Recording) -> int:
    """Boot, write the run down, and say how it ended; 0 for an orderly end, else 1."""
    if not target.image.exists():
        raise UsageError(f"there is no image {target.image}; `make image` builds it")
    print(f"ring1: recording {shorten(target.image)}; Ctrl-C ends it", file=sys.stderr)
    target = keep_files(recording, target)
    recording.make_snapshot_disk()
    line = qemu.board(target.machine, target.image)
    status, end, reason = run(line, target.machine, recording)
    if status in BY_STATUS:
        end = 0
    Notes(target.image.name, target.machine, end).save(recording)
    print(f"\nring1: {ENDS.get(reason) or describe_end(status, False)}", file=sys.stderr)
    print("ring1: `make replay-gdb` shows it again, forwards and backwards", file=sys.stderr)
    return 0 if status == qemu.STATUS_ORDERLY else 1


def run(line: list[str], machine: Machine, recording: Recording) -> tuple[int, int, str]:
    """QEMU's exit status, and what `follow` has found out. Ctrl-C is for QEMU alone."""
    ours, its = socket.socketpair()
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process = subprocess.Popen(
            line + recording.recording(machine, its.fileno()),
            pass_fds=(its.fileno(),),
            preexec_fn=default_interrupt,
        )
        its.close()
        try:
            found = follow(Qmp(ours, PATIENCE))
            return process.wait(PATIENCE), *found
        finally:
            process.kill()
            process.wait()
    finally:
        ours.close()
        signal.signal(signal.SIGINT, previous)


def follow(qmp: Qmp) -> tuple[int, str]:
    """Until the end. QEMU's word for it ("" for a machine that ended itself), and a count of
    instructions that is before it: the last, if it was an instruction that ended the run; else,
    since QEMU tells of that too late, as many as there were a moment ago.
    """
    counts: deque[int] = deque([0], maxlen=2)
    try:
        qmp.greet()
        qmp.execute("cont")  # not before: an event that comes before the greeting is lost
        while True:
            counts.append(instructions(qmp))
            if select.select([qmp], [], [], POLL)[0]:
                qmp.read_events()
            for event in qmp.events:
                if event["event"] == "SHUTDOWN":
                    reason = str(event["data"]["reason"])
                    end = instructions(qmp) - 1 if reason.startswith("guest-") else counts[0]
                    qmp.execute("quit")
                    return end, reason
            qmp.events.clear()
    except MachineGone:
        return counts[0], ""


def instructions(qmp: Qmp) -> int:
    return int(qmp.execute("query-replay")["icount"])


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m grader record", allow_abbrev=False)
    add_stage_options(parser)
    parser.add_argument("--image", type=Path, help="record this image instead of the stage's")
    parser.add_argument("--guest", default="", help='kernels to run: "a.elf,words b.elf,domu"')
    options = parser.parse_args(arguments)
    lab = natural(options.lab)
    request = Boot(lab, options.solved, options.test, options.build, options.image, gdb=False)
    request = replace(request, guests=options.guest)
    return record(choose(request), recording_in(options.build))
