# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""make bench: measure a scan against other readers, print one table, and keep it in docs/benchmarks.md.

Options are environment variables:

* ``SIZES``: numbers of virtual machines (1000 10000 50000). ``RUNS``: rounds at each size (3).
* ``READERS``: who is measured beside ours (raw pyvmomi govmomi). ``PEER``: sizes at which community.vmware has one round (1000).
* ``PATIENCE``: how often a reading is measured again while others use the machine (3).
* ``RESULTS``: the file whose block of results is written anew (docs/benchmarks.md); empty for none.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import yaml
from ansible_collections.estate.vmware.plugins.modules.vmware_inventory_facts import DOCUMENTATION
from contenders import CONTENDERS, HERE, OURS, PEER, QUESTIONS, ROOT, peer_versions
from estates import Simulator, SimulatorError, start_simulator
from job import Job, Question
from machine import cores, describe, revision, today, versions
from runs import BenchError, Run, measure_quietly, start
from table import Results, table

_BEGIN, _END = "<!-- made by make bench -->", "<!-- end of what make bench made -->"


@dataclass(frozen=True)
class Options:
    sizes: tuple[int, ...]
    rounds: int
    patience: int
    readers: tuple[str, ...]
    peer_sizes: tuple[int, ...]
    results: Path | None

    @classmethod
    def from_environment(cls) -> Options:
        """:raises BenchError: a value cannot be used."""

        def words(name: str, default: str) -> list[str]:
            return os.environ.get(name, default).replace(",", " ").split()

        try:
            sizes, peer_sizes = (tuple(map(int, words(*option))) for option in (("SIZES", "1000 10000 50000"), ("PEER", "1000")))
            rounds, patience = (int(os.environ.get(*option)) for option in (("RUNS", "3"), ("PATIENCE", "3")))
        except ValueError as error:
            raise BenchError(f"SIZES and PEER are lists of numbers, RUNS and PATIENCE are one each: {error}") from error
        wanted = {OURS, *words("READERS", "raw pyvmomi govmomi")}
        if not sizes or min(sizes) < 1 or rounds < 1 or wanted - CONTENDERS.keys():
            raise BenchError(f"give SIZES and RUNS of 1 or more, and READERS out of {', '.join(CONTENDERS)}")
        named = os.environ.get("RESULTS", str(ROOT / "docs" / "benchmarks.md"))
        results = Path(named) if named else None
        if results:
            _around_block(results)
        return cls(sizes, rounds, patience, tuple(key for key in CONTENDERS if key in wanted), peer_sizes, results)


def main() -> None:
    options = Options.from_environment()
    with_peer = PEER in options.readers or any(size in options.peer_sizes for size in options.sizes)
    for key in (*options.readers, *([PEER] if with_peer else [])):
        if prepare := CONTENDERS[key].prepare:
            prepare()
    results = {size: _at(size, options) for size in options.sizes}
    text = f"{_circumstances(results, options, with_peer)}\n\n{table(results)}"
    print(text)
    if options.results:
        _keep(text, options.results)


def _at(size: int, options: Options) -> dict[str, list[Run]]:
    """All rounds at one size, against one simulator."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="estate-bench-", dir=memory) as folder, start_simulator(folder, vms=size, timeout=600) as simulator:
        job = _job(Path(folder), simulator)
        runs: dict[str, list[Run]] = {key: [] for key in options.readers}
        if size in options.peer_sizes:
            runs.setdefault(PEER, [])
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


def _circumstances(results: Results, options: Options, with_peer: bool) -> str:
    others = [run.others for readers in results.values() for runs in readers.values() for run in runs]
    lines = [
        f"* {today()}, {revision(ROOT)}, {'medians of ' * (options.rounds > 1)}{options.rounds} round{'s' * (options.rounds > 1)}.",
        f"* Machine: {describe()}.",
        f"* Versions: {versions(HERE / 'govmomi' / 'go.mod')}."
        + (f" The peer: {peer_versions()}, one round." if with_peer else ""),
        f"* Other processes of the machine used {sum(others) / len(others):.2f} of {cores()} cores on average, {max(others):.2f} at most.",
    ]
    return "\n".join(lines)


def _around_block(path: Path) -> tuple[str, str]:
    """What stands before and after the block of results.

    :raises BenchError: there is none.
    """
    try:
        before, begin, rest = path.read_text().partition(_BEGIN)
    except OSError as error:
        raise BenchError(f"RESULTS: {path} cannot be read: {error.strerror}") from error
    _old, end, after = rest.partition(_END)
    if not begin or not end:
        raise BenchError(f"RESULTS: {path} has no place for results: a line {_BEGIN} and a line {_END}")
    return before, after


def _keep(text: str, path: Path) -> None:
    """Replace the block of results."""
    before, after = _around_block(path)
    path.write_text(f"{before}{_BEGIN}\n\n{text}\n\n{_END}{after}")


if __name__ == "__main__":
    try:
        main()
    except (BenchError, SimulatorError, subprocess.CalledProcessError) as error:
        sys.exit(f"The benchmark cannot be run: {error}")
    except KeyboardInterrupt:
        sys.exit("Stopped.")
