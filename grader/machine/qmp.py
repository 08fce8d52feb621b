# SPDX-License-Identifier: MIT
"""QEMU's machine protocol: JSON commands, answers and events over one socket."""

from __future__ import annotations

import json
import socket
from collections import deque
from typing import Any

from ..errors import GraderError


class MachineGone(Exception):
    """QEMU has closed its end: the machine has ended."""


class Qmp:
    """A QMP session. Events that arrive while an answer is awaited are kept for later."""

    def __init__(self, connection: socket.socket, patience: float) -> None:
        self._socket = connection
        self._socket.settimeout(patience)
        self._buffer = b""
        self.events: deque[dict[str, Any]] = deque()

    def greet(self) -> None:
        """The handshake. Unanswered commands run ahead of it, to save a round trip."""
        self._receive()
        self.execute("qmp_capabilities")

    def fileno(self) -> int:
        return self._socket.fileno()

    def execute(self, command: str, **arguments: object) -> Any:
        """Run one command and return its answer."""
        message: dict[str, object] = {"execute": command}
        if arguments:
            message["arguments"] = arguments
        try:
            self._socket.sendall(json.dumps(message).encode())
        except (BrokenPipeError, ConnectionResetError) as problem:
            raise MachineGone from problem
        while True:
            answer = self._receive()
            if "return" in answer:
                self._take_in_whole_lines()
                return answer["return"]
            if "error" in answer:
                raise GraderError(f"QEMU refused {command}: {answer['error'].get('desc')}")
            self.events.append(answer)

    def human(self, line: str) -> str:
        """Run a line of the human monitor."""
        return str(self.execute("human-monitor-command", **{"command-line": line}))

    def read_events(self) -> None:
        """Take in what has arrived; call when the socket is readable. Only events may have."""
        self.events.append(self._receive())
        self._take_in_whole_lines()

    def _take_in_whole_lines(self) -> None:
        """Events that came in one piece with what was read: the socket won't be readable for them."""
        while b"\n" in self._buffer:
            self.events.append(self._receive())

    def _receive(self) -> dict[str, Any]:
        while b"\n" not in self._buffer:
            try:
                data = self._socket.recv(65536)
            except ConnectionResetError as problem:
                raise MachineGone from problem
            except socket.timeout as problem:
                raise GraderError("QEMU does not answer on its monitor") from problem
            if not data:
                raise MachineGone
            self._buffer += data
        line, self._buffer = self._buffer.split(b"\n", 1)
        message: dict[str, Any] = json.loads(line)
        return message

    def close(self) -> None:
        self._socket.close()
