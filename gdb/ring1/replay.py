# SPDX-License-Identifier: MIT
"""Keeps a replay from running over its end, from where QEMU has no way back.

`make replay-gdb` sets $recording_end to the instruction count of the end, if that needs watching.
Whenever the machine stops before it, QEMU is told to stop there, unless something does so earlier.
"""

from __future__ import annotations

import re

import gdb

from ring1.machine import monitor

#: `info replay` says `... instruction count = 66946`.
COUNT = re.compile(r"Replaying.*instruction count = (\d+)")


def guard_end(_event: object = None) -> None:
    end = gdb.convenience_variable("recording_end")
    if not end:
        return
    at = COUNT.search(monitor("info replay"))
    if at is None:
        return
    if int(at[1]) < int(end):
        monitor(f"replay_break {int(end)}")
    elif int(at[1]) == int(end):
        print("This is the recording's last instruction. Only backwards from here.")


gdb.events.stop.connect(guard_end)
