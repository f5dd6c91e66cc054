# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a command and write down what it took: seconds on the clock and of the processor, peak memory in bytes.

usage: python -I -S measure.py FILE COMMAND...

A program of its own, and a small one: the kernel counts the memory of the process that starts a command as the command's.
"""

from __future__ import annotations

import os
import sys
import time


def main(file: str, command: list[str]) -> int:
    began = time.monotonic()
    child = os.posix_spawn(command[0], command, os.environ)
    _child, status, used = os.wait4(child, 0)
    wall = time.monotonic() - began
    with open(file, "w") as stream:
        stream.write(f'{{"wall": {wall}, "cpu": {used.ru_utime + used.ru_stime}, "peak": {used.ru_maxrss * 1024}}}')
    return abs(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
