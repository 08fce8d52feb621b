# SPDX-License-Identifier: MIT
"""A machine that runs: QEMU under the grader's control, from before its first instruction."""

from __future__ import annotations

import ctypes
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..elf import Image, load_image
from ..errors import Failure, GraderError
from . import qemu
from .end import End, ended_by_itself, flooded, gave_up
from .explain import explain_hang, explain_power_off, explain_reset
from .gdbstub import GdbStub, Unreadable
from .modules import KEY_SYMBOL, by_domain, prepared, test_guest
from .qmp import MachineGone, Qmp
from .registers import Registers, parse_registers
from .serial import FLOOD_LIMIT, SerialLine
from .spec import Machine

#: The last resort: seconds on the wall clock for one wait. The host's time never decides a verdict.
WALL_CLOCK_LIMIT = 60.0
#: How often the serial line is looked at for a flood, in seconds.
FLOOD_POLL = 0.05

WATCHDOG_TIMER_PORT = 0x443
#: Everything below is a guest's.
HYPERVISOR_VIRT_START = 0xFC000000

ANSWER_PORT = 0x3FD  # the 16550's line status: bit 0 says that a byte has arrived


def watchdog_value(seconds: int) -> int:
    """What to write to the IB700's timer port: 0x0f is 0 seconds, each step down 2 more."""
    if not 2 <= seconds <= 30 or seconds % 2:
        raise GraderError(f"a machine's limit is an even number of seconds, 2 to 30: {seconds}")
    return 15 - seconds // 2


def die_with_parent() -> None:
    """Runs in QEMU's process before QEMU: if the grader is killed, the kernel ends QEMU too."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


@dataclass(frozen=True)
class Action:
    """Something done to a machine, to be done again when a run is repeated."""

    name: str
    arguments: tuple[object, ...]


class Live:
    """One QEMU process, stopped whenever no method of this class is running."""

    def __init__(self, machine: Machine, image: Path, key: str, extra: Sequence[str] = ()) -> None:
        self.machine = machine
        self.image: Image = load_image(image)
        self.key = key
        self.history: list[Action] = []
        self._extra = list(extra)
        self._folder = tempfile.TemporaryDirectory(prefix="ring1-")
        self.serial = SerialLine(Path(self._folder.name))
        self._process: subprocess.Popen[bytes] | None = None
        self.end: End | None = None
        self._time_is_up = False
        #: A repeated run's end is known, and must not be explained by yet another run.
        self.is_repetition = bool(extra)
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    def _start(self) -> None:
        folder = Path(self._folder.name)
        kernel = self.image.path
        machine = prepared(self.machine, kernel.parent, folder, self.key)
        if self.key and KEY_SYMBOL in self.image.symbols:
            kernel = folder / "image.elf"
            kernel.write_bytes(self.image.patched(KEY_SYMBOL, self.key.encode()))
        ours_qmp, its_qmp = socket.socketpair()
        ours_gdb, its_gdb = socket.socketpair()
        with its_qmp, its_gdb:
            line = qemu.board(machine, kernel)
            line += qemu.counting_clock(self.machine) + qemu.watched()
            line += qemu.outside(its_qmp.fileno(), its_gdb.fileno(), self.serial.output)
            self._qmp = Qmp(ours_qmp, WALL_CLOCK_LIMIT)
            self._gdb = GdbStub(ours_gdb, WALL_CLOCK_LIMIT)
            self._complaints = folder / "stderr"
            with self._complaints.open("wb") as complaints:
                self._process = subprocess.Popen(
                    line + self._extra,
                    pass_fds=(its_qmp.fileno(), its_gdb.fileno()),
                    stdin=subprocess.DEVNULL,
                    stdout=complaints,
                    stderr=complaints,
                    # Ctrl-C on the terminal is for us, who then end QEMU.
                    start_new_session=True,
                    preexec_fn=die_with_parent if sys.platform == "linux" else None,
                )
        try:
            self._qmp.greet()
        except MachineGone as problem:
            raise self._died() from problem
        value = watchdog_value(self.machine.seconds)
        self._qmp.human(f"o /b {WATCHDOG_TIMER_PORT:#x} {value:#x}")

    def _died(self) -> GraderError:
        assert self._process is not None
        self._process.kill()
        status = self._process.wait()
        complaint = self._complaint() or "it said nothing"
        return GraderError(f"QEMU ended with status {status}: {complaint}")

    def _complaint(self) -> str:
        """What QEMU has to say for itself."""
        return self._complaints.read_text(errors="replace").strip()

    def __enter__(self) -> "Live":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End QEMU, reap it, and remove its folder. May be called again."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
            self._qmp.close()
            self._gdb.close()
        self.serial.close()
        self._folder.cleanup()

    # What makes it run.

    def run_until(self, address: int) -> End | None:
        """Run to `address` (as the processor's EIP has it); the machine's end if it ends before."""
        self.history.append(Action("run_until", (address,)))
        if self.end is None and self.registers().eip == address:
            self._step()
        if self.end is None:
            self._gdb.set_breakpoint(address)
            self._go(self._gdb.resume)
        if self.end is None:
            self._gdb.clear_breakpoint(address)
        return self.end

    def step(self, count: int) -> End | None:
        """Run `count` instructions."""
        self.history.append(Action("step", (count,)))
        for _ in range(count):
            if self.end is None:
                self._step()
        return self.end

    def _step(self) -> None:
        self._go(self._gdb.step)

    def finish(self) -> End:
        """Run to the machine's end."""
        if self.end is None:
            self._go(lambda: self._qmp.execute("cont"))
        assert self.end is not None
        return self.end

    def send(self, text: str) -> None:
        """Type on the serial line. The first byte has arrived when this returns."""
        self.history.append(Action("send", (text,)))
        if not self.serial.has_keyboard:
            self._qmp.execute("chardev-change", id="com1", backend=self.serial.open_keyboard())
        self.serial.type(text)
        deadline = time.monotonic() + 1
        while not int(self._qmp.human(f"i /b {ANSWER_PORT:#x}").split("=")[1], 16) & 1:
            if time.monotonic() > deadline:
                raise GraderError("QEMU does not take what is typed on the serial line")

    # What looks at it.

    def registers_text(self) -> str:
        return self._qmp.human("info registers")

    def registers(self) -> Registers:
        return parse_registers(self.registers_text())

    def instructions(self) -> int:
        """Guest instructions since power-on."""
        return int(self._qmp.execute("query-replay")["icount"])

    def read(self, address: int, length: int, physical: bool) -> bytes | None:
        """Memory, or None where the address is not mapped."""
        try:
            return self._gdb.read(address, length, physical)
        except Unreadable:
            return None

    def save_memory(self, path: Path) -> bytes:
        """All of the machine's memory, by way of a file."""
        size = self.machine.memory << 20
        self._qmp.execute("pmemsave", val=0, size=size, filename=str(path))
        return path.read_bytes()

    def write(self, address: int, data: bytes, physical: bool) -> None:
        self.history.append(Action("write", (address, data, physical)))
        try:
            self._gdb.write(address, data, physical)
        except Unreadable as problem:
            raise Failure(f"{address:#010x} is not mapped, so nothing can be written") from problem

    # Which code an address is.

    def current_domain(self) -> int | None:
        """The number of the domain whose address space is loaded; None without one."""
        current = self.image.symbols.get("current")
        try:
            pointer = self.read(current.address, 4, physical=False) if current else None
            domain = int.from_bytes(pointer, "little") if pointer else 0
            number = self.read(domain, 2, physical=False) if domain else None
        except MachineGone:
            return None
        return int.from_bytes(number, "little") if number else None

    def image_at(self, address: int) -> Image:
        """The image that a virtual address belongs to: the hypervisor's, or the running guest's.

        Where no guest runs, it is the first one that has the address.
        """
        if address >= HYPERVISOR_VIRT_START:
            return self.image
        kernels = by_domain(self.machine.modules)
        number = self.current_domain() if kernels else None
        running = [kernels[number]] if number in kernels else list(kernels.values())
        guests = (test_guest(self.image.path.parent / module.file) for module in running)
        return next((guest for guest in guests if guest and guest.nearest(address)), self.image)

    def where(self, address: int) -> str:
        """`guest_main+0x12 (guest_hello.c:20)`."""
        return self.image_at(address).where(address)

    # How a wait ends.

    def _go(self, resume: Callable[[], object]) -> None:
        """Until the machine stops at a breakpoint or step, or ends (then `self.end` is set)."""
        try:
            resume()
            self._wait_for_stop()
        except MachineGone:
            self.end = self._ended_by_itself()

    def _wait_for_stop(self) -> None:
        deadline = time.monotonic() + WALL_CLOCK_LIMIT
        with selectors.DefaultSelector() as selector:
            selector.register(self._qmp, selectors.EVENT_READ)
            selector.register(self._gdb, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select(FLOOD_POLL)}
                if self._gdb in ready:
                    if self._gdb.wait_stopped() and self._is_at_breakpoint():
                        return
                elif self._qmp in ready:
                    self._qmp.read_events()
                if self._end_from_events():
                    return
                if self.serial.flooded:
                    self.end = flooded(self.serial.text(), FLOOD_LIMIT)
                    return
                if time.monotonic() > deadline:
                    raise GraderError(
                        f"the machine ran for {WALL_CLOCK_LIMIT:.0f} s of the host's time without an "
                        f"end, the last resort; its own limit is {self.machine.seconds} s"
                    )

    def _is_at_breakpoint(self) -> bool:
        return bool(self._qmp.execute("query-status")["status"] == "debug")

    def _ended_by_itself(self) -> End:
        """QEMU went away: through isa-debug-exit, or because something is wrong with it."""
        assert self._process is not None
        try:
            status = self._process.wait(timeout=WALL_CLOCK_LIMIT)
        except subprocess.TimeoutExpired as problem:
            raise self._died() from problem
        if status == -signal.SIGABRT:
            return gave_up(self.serial.text(), self._complaint())
        # isa-debug-exit's statuses are odd; 1 is also what QEMU gives for its own errors.
        if status < 0 or status % 2 == 0 or status == 1:
            raise self._died()
        if self.serial.flooded:
            return flooded(self.serial.text(), FLOOD_LIMIT)
        return ended_by_itself(status, self.serial.text())

    def _end_from_events(self) -> bool:
        while self._qmp.events:
            event = self._qmp.events.popleft()
            if event["event"] == "WATCHDOG":
                self._time_is_up = True
            elif event["event"] == "SHUTDOWN":
                self.end = self._classify(event["data"]["reason"])
                return True
        return False

    def _unless_exited(self, end: End) -> End:
        """This end; or, with a QEMU of 2024 or later, the exit by isa-debug-exit that came before it.

        There that is a shutdown like others, at which the machine takes some more steps. The status that
        was written is QEMU's, when it is told to quit.
        """
        assert self._process is not None
        try:
            self._qmp.execute("quit")
        except MachineGone:
            pass
        status = self._process.wait(timeout=WALL_CLOCK_LIMIT)
        return ended_by_itself(status, self.serial.text()) if status else end

    def _classify(self, reason: str) -> End:
        if self.serial.flooded:
            return flooded(self.serial.text(), FLOOD_LIMIT)
        if self._time_is_up:
            return explain_hang(self)
        if reason == "guest-reset":
            return self._unless_exited(explain_reset(self))
        if reason == "guest-shutdown":
            return self._unless_exited(explain_power_off(self))
        raise GraderError(f"QEMU shut down for a reason of its own: {reason}")

    def repeated(self, extra: Sequence[str]) -> None:
        """Do everything that was done to this machine again, in a new one with more arguments."""
        with Live(self.machine, self.image.path, self.key, extra) as again:
            for action in self.history:
                getattr(again, action.name)(*action.arguments)
            again.finish()
