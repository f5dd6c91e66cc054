# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""make bench: measure a scan against other readers, print one table, and keep it in docs/benchmarks.md. Options: options.py."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median

import yaml
from contenders import CONTENDERS, HERE, OURS, PEER, QUESTIONS, peer_versions
from estates import Simulator, start_simulator
from goals import AGAINST, GROWTH, NORM, PEAK, calls
from job import Job, Question
from machine import versions
from options import Options
from page import SCANS
from part import circumstances, run, workplace
from runs import Run, all_rounds, start
from table import Results, peak, table

from ansible_collections.estate.vmware.plugins.modules.vmware_inventory_facts import DOCUMENTATION


def measured(options: Options) -> str:
    """Circumstances and table."""
    for key in (*options.readers, *([PEER] if options.with_peer else [])):
        if prepare := CONTENDERS[key].prepare:
            prepare()
    results = {size: _at(size, options) for size in options.sizes}
    peer = f". The peer: {peer_versions()}, one round" if options.with_peer else ""
    others = (run.others for readers in results.values() for runs in readers.values() for run in runs)
    told = circumstances(options.rounds, versions(HERE / "govmomi" / "go.mod") + peer, others)
    return f"{told}\n\n{table(results, CONTENDERS, partial(_verdicts, results))}"


def _at(size: int, options: Options) -> dict[str, list[Run]]:
    """All rounds at one size, against one simulator."""
    with workplace() as folder, start_simulator(folder, vms=size, timeout=600) as simulator:
        job = _job(folder, simulator)
        readers = [*options.readers, *([PEER] if size in options.peer_sizes else [])]
        return all_rounds(CONTENDERS, dict.fromkeys(readers, job), [simulator], size, options.rounds, options.patience)


def _job(folder: Path, simulator: Simulator) -> Path:
    """What the readers are told. Finding out the questions warms the simulator and Python's caches up."""
    path = folder / "job"
    page_size = yaml.safe_load(DOCUMENTATION)["options"]["page_size"]["default"]
    job = Job(simulator.host, simulator.port, simulator.username, simulator.password, str(simulator.ca_path), page_size, str(folder / "scan.sqlite"))
    job.save(path)
    questions = json.loads(start(QUESTIONS, path))
    replace(job, questions=[Question(**question) for question in questions]).save(path)
    return path


def _verdicts(results: Results, size: int, key: str, wall: float, cpu: float) -> list[str]:
    if key != OURS:
        return [goal.judge({"wall": wall, "CPU": cpu}[goal.what]) for goal in AGAINST.get(key, ()) if size >= NORM]
    runs = results[size][OURS]
    verdicts = [calls(median(run.pages for run in runs)).judge(median(run.calls for run in runs))]
    if size == NORM:
        verdicts.append(PEAK.judge(peak(runs)))
    if size > NORM and NORM in results:
        verdicts.append(GROWTH.judge(peak(runs) / peak(results[NORM][OURS])))
    return verdicts


if __name__ == "__main__":
    run(SCANS, lambda options: options.sizes, measured)
