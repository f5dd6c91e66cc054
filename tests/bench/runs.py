# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Readers against simulators: start each as a process of its own, and see what it took."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from contenders import HERE, PEER, Contender
from estates import Simulator
from machine import busy_seconds, process_seconds

#: Cores that others may use without disturbing.
QUIET = 0.2
_PAGES = ("RetrievePropertiesEx", "ContinueRetrievePropertiesEx")
_TAGGING = "/tagging/"

#: Anything with ``others``, see Run.
Measured = TypeVar("Measured", bound=Any)


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


def start(contender: Contender, job: Path, before: tuple[str, ...] = ()) -> str:
    """Run a reader to its end; what it printed.

    :raises BenchError: it failed.
    """
    # What Python has compiled is there the second time, as everywhere.
    environment = {name: value for name, value in {**os.environ, **contender.environment}.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [*before, *contender.command, str(job)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, start_new_session=True) as process:
        try:
            told, complaints = process.communicate()
        except BaseException:
            # The reader is a child of measure.py, which would leave it behind.
            os.killpg(process.pid, signal.SIGKILL)
            raise
    if process.returncode:
        raise BenchError(f"{contender.name} ended with code {process.returncode}: {(complaints or told).decode()[-1000:]}")
    return told.decode()


def all_rounds(
    contenders: Mapping[str, Contender], jobs: Mapping[str, Path], simulators: Sequence[Simulator], machines: int, rounds: int, patience: int
) -> dict[str, list[Run]]:
    """The runs of those that have a job, in another order each round; of the peer one, and last.

    :raises BenchError: one failed or read less.
    """
    runs: dict[str, list[Run]] = {key: [] for key in jobs}
    for number in range(rounds):
        for key in _order([key for key in jobs if key != PEER], number, PEER in jobs):
            run = measure_quietly(contenders[key], jobs[key], simulators, machines, patience)
            runs[key].append(run)
            print(
                f"{machines:,} VMs, round {number + 1} of {rounds}, {contenders[key].name}: {run.wall:.2f} s wall, {run.cpu:.2f} s CPU, "
                f"{run.peak / 1e6:.0f} MB; others used {run.others:.2f} cores",
                file=sys.stderr,
                flush=True,
            )
    return runs


def _order(keys: list[str], number: int, with_peer: bool) -> Iterator[str]:
    turn = number % len(keys)
    yield from keys[turn:] + keys[:turn]
    if number == 0 and with_peer:
        yield PEER


def measure_quietly(contender: Contender, job: Path, simulators: Sequence[Simulator], machines: int, patience: int) -> Run:
    """Measure, and again where others used the machine meanwhile, so many times at most; the least disturbed run.

    :raises BenchError: it failed or read less.
    """
    return least_disturbed(lambda: measure(contender, job, simulators, machines), patience)


def least_disturbed(measured: Callable[[], Measured], patience: int) -> Measured:
    """What is measured until others leave the machine alone, so many times more at most; of these the least disturbed."""
    runs: list[Measured] = []
    while not runs or (runs[-1].others > QUIET and len(runs) <= patience):
        runs.append(measured())
    return min(runs, key=lambda run: run.others)


def measure(contender: Contender, job: Path, simulators: Sequence[Simulator], machines: int) -> Run:
    """Run a reader, and check that it read all of so many virtual machines.

    :raises BenchError: it failed or read less.
    """
    file = job.with_suffix(".measured")
    for simulator in simulators:
        simulator.reset_calls()
    busy, served = busy_seconds(), _served(simulators)
    read = contender.machines(start(contender, job, (sys.executable, "-I", "-S", str(HERE / "measure.py"), str(file))))
    busy, served = busy_seconds() - busy, _served(simulators) - served
    if read not in (None, machines):
        raise BenchError(f"{contender.name} read {read} of {machines} virtual machines")
    taken = json.loads(file.read_text())
    counted = [call for simulator in simulators for call in (*simulator.calls().items(), *simulator.rest_calls().items())]
    pages = sum(count for method, count in counted if method in _PAGES or _TAGGING in method)
    calls = sum(count for _method, count in counted)
    return Run(**taken, calls=calls, pages=pages, others=max(0.0, busy - served - taken["cpu"]) / taken["wall"])


def _served(simulators: Sequence[Simulator]) -> float:
    return sum(process_seconds(simulator.process.pid) for simulator in simulators)
