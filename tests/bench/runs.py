# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One reader against one simulator: start it as a process of its own, and see what it took."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from contenders import HERE, Contender
from estates import Simulator
from machine import busy_seconds, process_seconds

#: Cores that others may use without disturbing.
QUIET = 0.2
_PAGES = ("RetrievePropertiesEx", "ContinueRetrievePropertiesEx")
_TAGGING = "/tagging/"


class BenchError(Exception):
    """A reader cannot be measured; the message is for people."""


@dataclass(frozen=True)
class Run:
    """What one reading took.

    :ivar wall: seconds on the clock. :ivar cpu: seconds of user and system time of the reader alone. :ivar peak: bytes of resident memory.
    :ivar pages: those of its calls that brought properties or tags. :ivar others: cores that neither reader nor simulator used, but others.
    """

    wall: float
    cpu: float
    peak: float
    calls: float
    pages: float
    others: float


def start(contender: Contender, job: Path, before: tuple[str, ...] = ()) -> object:
    """Run a reader to its end; what it told.

    :raises BenchError: it failed.
    """
    environment = {**os.environ, **contender.environment}
    with subprocess.Popen([*before, *contender.command, str(job)], stdout=subprocess.PIPE, env=environment, start_new_session=True) as process:
        try:
            told = process.communicate()[0]
        except BaseException:
            # The reader is a child of measure.py, which would leave it behind.
            os.killpg(process.pid, signal.SIGKILL)
            raise
    if process.returncode:
        raise BenchError(f"{contender.name} ended with code {process.returncode}")
    return json.loads(told) if told.strip() else None


def measure_quietly(contender: Contender, job: Path, simulator: Simulator, machines: int, patience: int) -> Run:
    """Measure, and again where others used the machine meanwhile, so many times at most; the least disturbed run.

    :raises BenchError: it failed or read less.
    """
    runs: list[Run] = []
    while not runs or (runs[-1].others > QUIET and len(runs) <= patience):
        runs.append(measure(contender, job, simulator, machines))
    return min(runs, key=lambda run: run.others)


def measure(contender: Contender, job: Path, simulator: Simulator, machines: int) -> Run:
    """Run a reader, and check that it read all of so many virtual machines.

    :raises BenchError: it failed or read less.
    """
    file = job.with_suffix(".measured")
    simulator.reset_calls()
    busy, served = busy_seconds(), process_seconds(simulator.process.pid)
    told = start(contender, job, (sys.executable, "-I", "-S", str(HERE / "measure.py"), str(file)))
    busy, served = busy_seconds() - busy, process_seconds(simulator.process.pid) - served
    if isinstance(told, dict) and told["machines"] != machines:
        raise BenchError(f"{contender.name} read {told['machines']} of {machines} virtual machines")
    taken = json.loads(file.read_text())
    counted = simulator.calls() | simulator.rest_calls()
    pages = sum(count for method, count in counted.items() if method in _PAGES or _TAGGING in method)
    return Run(**taken, calls=sum(counted.values()), pages=pages, others=max(0.0, busy - served - taken["cpu"]) / taken["wall"])
