# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""make bench: measure a scan against other readers, print one table, and keep it in docs/benchmarks.md. Options: options.py."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import yaml
from ansible_collections.estate.vmware.plugins.modules.vmware_inventory_facts import DOCUMENTATION
from contenders import CONTENDERS, HERE, PEER, QUESTIONS, ROOT, peer_versions
from estates import Simulator, SimulatorError, start_simulator
from job import Job, Question
from machine import cores, describe, revision, today, versions
from options import InvalidOption, Options
from page import SCANS, NoPlace, around_block, keep
from runs import BenchError, Run, measure_quietly, start
from table import Results, table


def main() -> None:
    options = Options.from_environment()
    if not options.sizes:
        return
    if options.results:
        around_block(options.results, SCANS)
    for key in (*options.readers, *([PEER] if options.with_peer else [])):
        if prepare := CONTENDERS[key].prepare:
            prepare()
    results = {size: _at(size, options) for size in options.sizes}
    text = f"{_circumstances(results, options)}\n\n{table(results)}"
    print(text)
    if options.results:
        keep(text, options.results, SCANS)


def _at(size: int, options: Options) -> dict[str, list[Run]]:
    """All rounds at one size, against one simulator."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="estate-bench-", dir=memory) as folder, start_simulator(folder, vms=size, timeout=600) as simulator:
        job = _job(Path(folder), simulator)
        runs: dict[str, list[Run]] = {key: [] for key in options.readers}
        if size in options.peer_sizes:
            runs[PEER] = []
        for number in range(options.rounds):
            for key in _order(runs, number):
                run = measure_quietly(CONTENDERS[key], job, simulator, size, options.patience)
                runs[key].append(run)
                print(f"{size:,} VMs, round {number + 1} of {options.rounds}, {CONTENDERS[key].name}: {run.wall:.2f} s wall, {run.cpu:.2f} s CPU, "
                      f"{run.peak / 1e6:.0f} MB; others used {run.others:.2f} cores", file=sys.stderr, flush=True)
        return runs


def _order(runs: dict[str, list[Run]], number: int) -> Iterator[str]:
    """The readers in another order each round; the peer only once, and last."""
    keys = [key for key in runs if key != PEER]
    turn = number % len(keys)
    yield from keys[turn:] + keys[:turn]
    if number == 0 and PEER in runs:
        yield PEER


def _job(folder: Path, simulator: Simulator) -> Path:
    """What the readers are told. Finding out the questions warms the simulator and Python's caches up."""
    path = folder / "job"
    page_size = yaml.safe_load(DOCUMENTATION)["options"]["page_size"]["default"]
    job = Job(
        simulator.host, simulator.port, simulator.username, simulator.password, str(simulator.ca_path), page_size, str(folder / "scan.sqlite")
    )
    job.save(path)
    questions = start(QUESTIONS, path)
    replace(job, questions=[Question(**question) for question in questions]).save(path)
    return path


def _circumstances(results: Results, options: Options) -> str:
    others = [run.others for readers in results.values() for runs in readers.values() for run in runs]
    lines = [
        f"* {today()}, {revision(ROOT)}, {'medians of ' * (options.rounds > 1)}{options.rounds} round{'s' * (options.rounds > 1)}.",
        f"* Machine: {describe()}.",
        f"* Versions: {versions(HERE / 'govmomi' / 'go.mod')}."
        + (f" The peer: {peer_versions()}, one round." if options.with_peer else ""),
        f"* Other processes of the machine used {sum(others) / len(others):.2f} of {cores()} cores on average, {max(others):.2f} at most.",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    # Whoever ends it must not leave simulators and scans behind.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit("Stopped."))
    try:
        main()
    except (BenchError, InvalidOption, NoPlace, SimulatorError, subprocess.CalledProcessError) as error:
        sys.exit(f"The benchmark cannot be run: {error}")
    except KeyboardInterrupt:
        sys.exit("Stopped.")
