# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is measured on: the machine, the versions, and how much of it others used meanwhile."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from datetime import date
from importlib.metadata import version
from pathlib import Path

from simulator_build import run_go

_TICK = 1 / os.sysconf("SC_CLK_TCK")


def busy_seconds() -> float:
    """Processor time that the whole machine has spent working."""
    fields = [int(number) for number in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    idle, waiting = fields[3:5]
    return (sum(fields) - idle - waiting) * _TICK


def process_seconds(pid: int) -> float:
    """Processor time that a running process has spent."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * _TICK


def cores() -> int:
    return os.cpu_count() or 1


def describe() -> str:
    """The machine in one line."""
    model = re.search(r"^model name\s*:\s*(.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{cores()} cores ({model[1] if model else platform.machine()}), {memory:.0f} GiB memory, {platform.system()} {platform.release()}"


def versions(go_module: Path) -> str:
    """What takes part, in one line."""
    govmomi = re.search(r"govmomi v(\S+)", go_module.read_text())
    go = re.search(r"go(\d\S*)", run_go("version"))
    named = {"Python": platform.python_version(), "ansible-core": version("ansible-core"), "pyVmomi": version("pyvmomi")}
    named |= {"govmomi": govmomi[1] if govmomi else "?", "Go": go[1] if go else "?"}
    return ", ".join(f"{name} {number}" for name, number in named.items())


def revision(repository: Path) -> str:
    """The commit that the measured code is of, and whether files differ from it; nothing outside git."""

    def git(*arguments: str) -> str:
        try:
            return subprocess.run(["git", "-C", repository, *arguments, "--", "plugins"], capture_output=True, text=True, check=True).stdout.strip()
        except (OSError, subprocess.CalledProcessError):
            return ""

    return f"plugins of commit {git('log', '-1', '--format=%h') or 'unknown'}" + (" with changes" if git("status", "--porcelain") else "")


def today() -> str:
    return date.today().isoformat()
