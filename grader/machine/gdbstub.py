# SPDX-License-Identifier: MIT
"""A client of QEMU's GDB stub: the remote serial protocol, as far as the grader needs it."""

from __future__ import annotations

import socket

from ..errors import GraderError
from .qmp import MachineGone

#: The stub's packets hold 4096 characters, two for each byte.
CHUNK = 1024


class Unreadable(Exception):
    """The address is not mapped."""


def checksum(payload: bytes) -> bytes:
    return b"%02x" % (sum(payload) & 0xFF)


class GdbStub:
    """One connection to the stub. The machine must be stopped, except in `wait_stopped`."""

    def __init__(self, connection: socket.socket, patience: float) -> None:
        self._socket = connection
        self._socket.settimeout(patience)
        self._buffer = b""
        self._physical = False

    def fileno(self) -> int:
        return self._socket.fileno()

    def _send(self, payload: bytes) -> None:
        try:
            self._socket.sendall(b"$" + payload + b"#" + checksum(payload))
        except (BrokenPipeError, ConnectionResetError) as problem:
            raise MachineGone from problem

    def _receive(self) -> bytes:
        while True:
            start = self._buffer.find(b"$")
            end = self._buffer.find(b"#", start)
            if start >= 0 and 0 <= end <= len(self._buffer) - 3:
                packet = self._buffer[start + 1 : end]
                self._buffer = self._buffer[end + 3 :]
                self._socket.sendall(b"+")
                return packet
            try:
                data = self._socket.recv(65536)
            except ConnectionResetError as problem:
                raise MachineGone from problem
            except socket.timeout as problem:
                raise GraderError("QEMU does not answer on its GDB stub") from problem
            if not data:
                raise MachineGone
            self._buffer += data

    def _ask(self, payload: bytes) -> bytes:
        """A request and its answer; stop replies (`T05...`) that are still queued are stale."""
        self._send(payload)
        while True:
            answer = self._receive()
            if not answer.startswith((b"T", b"W", b"X")):
                return answer

    def _demand(self, payload: bytes) -> None:
        answer = self._ask(payload)
        if answer != b"OK":
            raise GraderError(f"QEMU's GDB stub answers {answer!r} to {payload[:20]!r}")

    def _address_physical(self, physical: bool) -> None:
        if physical != self._physical:
            self._demand(b"Qqemu.PhyMemMode:%d" % physical)
            self._physical = physical

    def read(self, address: int, length: int, physical: bool = False) -> bytes:
        """Memory, through the current page tables or physical. Raises Unreadable."""
        self._address_physical(physical)
        data = b""
        while len(data) < length:
            count = min(CHUNK, length - len(data))
            answer = self._ask(b"m%x,%x" % (address + len(data), count))
            if len(answer) != 2 * count:
                raise Unreadable
            data += bytes.fromhex(answer.decode())
        return data

    def write(self, address: int, data: bytes, physical: bool = False) -> None:
        """Write memory. Raises Unreadable where nothing is mapped."""
        self._address_physical(physical)
        for at in range(0, len(data), CHUNK):
            part = data[at : at + CHUNK]
            request = b"M%x,%x:%s" % (address + at, len(part), part.hex().encode())
            if self._ask(request) != b"OK":
                raise Unreadable

    def set_breakpoint(self, address: int) -> None:
        """A hardware breakpoint: it changes no memory, and the code need not be loaded yet."""
        self._demand(b"Z1,%x,1" % address)

    def clear_breakpoint(self, address: int) -> None:
        self._demand(b"z1,%x,1" % address)

    def resume(self) -> None:
        self._send(b"c")

    def step(self) -> None:
        self._send(b"s")

    def wait_stopped(self) -> bool:
        """Read what has arrived; True when it says that the machine has stopped."""
        return self._receive().startswith(b"T")

    def close(self) -> None:
        self._socket.close()
