# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure the main job against its parts: its scans, each alone, and the report. A part of make bench; options: options.py."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import yaml
from contenders import HERE, ROOT
from estates import Simulator, start_simulator
from goals import WHOLE
from job import Job
from machine import busy_seconds, process_seconds, versions
from options import Options
from page import JOBS
from part import circumstances, run, workplace
from runs import BenchError, least_disturbed
from table import markdown

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import Scan

_SOURCES = 4
_PLAYBOOK = ROOT / "playbooks" / "collect_inventory.yml"
_HEADINGS = ("VMs", "what", "wall s", "CPU s", "job/parts wall", "goals")
_TEXT = ("what", "goals")
_PARTS, _REPORT, _JOB = f"its {_SOURCES} scans, one after another", "its report alone", f"collect_inventory.yml with {_SOURCES} forks"


@dataclass(frozen=True)
class Took:
    """Seconds on the clock and of processors, simulators left out; ``others`` is cores that neither these nor we used."""

    wall: float
    cpu: float
    others: float


#: Virtual machines of each source to what took how long, once a round.
Results = dict[int, dict[str, list[Took]]]


def measured(options: Options) -> str:
    """Circumstances and table."""
    results: Results = {size: _at(size, options) for size in options.jobs}
    others = (run.others for found in results.values() for runs in found.values() for run in runs)
    told = circumstances(options.rounds, versions(HERE / "govmomi" / "go.mod"), others)
    return f"{told}\n\n{markdown([_HEADINGS, *_rows(results)], _TEXT)}"


def _at(size: int, options: Options) -> dict[str, list[Took]]:
    with workplace() as folder, ExitStack() as running:
        simulators = [running.enter_context(start_simulator(folder, name=f"vcenter-{number}", vms=size, timeout=600)) for number in range(_SOURCES)]
        scans = [_scan(folder, simulator) for simulator in simulators]
        report = _report(folder, simulators)
        whole = _whole(folder, simulators)
        for scan in scans:
            # Nobody times how simulators and Python's caches become warm.
            _measure(scan, folder, simulators)
        found: dict[str, list[Took]] = {_PARTS: [], _REPORT: [], _JOB: []}
        for number in range(options.rounds):
            found[_PARTS].append(_together([_quietly(scan, folder, simulators, options.patience) for scan in scans]))
            found[_REPORT].append(_quietly(report, folder, simulators, options.patience))
            found[_JOB].append(_quietly(whole, folder, simulators, options.patience))
            _check(folder, size)
            told = ", ".join(f"{what} {runs[-1].wall:.2f} s" for what, runs in found.items())
            print(f"{_SOURCES} sources of {size:,} VMs, round {number + 1} of {options.rounds}: {told}", file=sys.stderr, flush=True)
        return found


def _scan(folder: Path, simulator: Simulator) -> list[str]:
    job = folder / f"{simulator.name}.job"
    scan_file = folder / f"{simulator.name}.sqlite"
    Job(simulator.host, simulator.port, simulator.username, simulator.password, str(simulator.ca_path), 500, str(scan_file)).save(job)
    return [sys.executable, str(HERE / "read_ours.py"), str(job)]


def _report(folder: Path, simulators: list[Simulator]) -> list[str]:
    job = folder / "report.job"
    job.write_text(json.dumps({"scans": [str(folder / f"{simulator.name}.sqlite") for simulator in simulators], "dest": str(folder / "alone.xlsx")}))
    return [sys.executable, str(HERE / "write_ours.py"), str(job)]


def _whole(folder: Path, simulators: list[Simulator]) -> list[str]:
    hosts = {
        simulator.name: {
            "vmware_hostname": simulator.host,
            "vmware_port": simulator.port,
            "vmware_username": simulator.username,
            "vmware_password": simulator.password,
            "vmware_ca_path": str(simulator.ca_path),
        }
        for simulator in simulators
    }
    inventory = folder / "sources.yml"
    inventory.write_text(yaml.safe_dump({"vmware_sources": {"hosts": hosts}}))
    playbook = str(Path(sys.executable).with_name("ansible-playbook"))
    dests = {"vmware_collect_dest": str(folder / "scans"), "vmware_report_dest": str(folder)}
    return [playbook, "--inventory", str(inventory), "--forks", str(_SOURCES), "--extra-vars", json.dumps(dests), str(_PLAYBOOK)]


def _quietly(command: list[str], folder: Path, simulators: list[Simulator], patience: int) -> Took:
    return least_disturbed(lambda: _measure(command, folder, simulators), patience)


def _measure(command: list[str], folder: Path, simulators: list[Simulator]) -> Took:
    """:raises BenchError: it failed."""
    file, output = folder / "measured", folder / "output"
    before = _spent(simulators)
    with output.open("wb") as stream:
        meter = [sys.executable, "-I", "-S", str(HERE / "measure.py"), str(file), *command]
        environment = {**os.environ, "ANSIBLE_HOME": str(folder / "ansible")}
        done = subprocess.run(meter, env=environment, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, check=False)
    if done.returncode:
        raise BenchError(f"{Path(command[0]).name} ended with code {done.returncode}: {output.read_text()[-500:]}")
    busy, served = (now - was for now, was in zip(_spent(simulators), before))
    taken = json.loads(file.read_text())
    return Took(taken["wall"], taken["cpu"], max(0.0, busy - served - taken["cpu"]) / taken["wall"])


def _spent(simulators: list[Simulator]) -> tuple[float, float]:
    return busy_seconds(), sum(process_seconds(simulator.process.pid) for simulator in simulators)


def _together(runs: list[Took]) -> Took:
    return Took(sum(run.wall for run in runs), sum(run.cpu for run in runs), max(run.others for run in runs))


def _check(folder: Path, size: int) -> None:
    """:raises BenchError: the job read less than there is."""
    read = [Scan.open(str(path)).counts["vms"] for path in (folder / "scans").glob("*.sqlite")]
    if read != [size] * _SOURCES:
        raise BenchError(f"the job read {read} virtual machines")


def _rows(results: Results) -> list[tuple[str, ...]]:
    rows = []
    for size, found in results.items():
        ratio = median(job.wall / (scans.wall + report.wall) for scans, report, job in zip(found[_PARTS], found[_REPORT], found[_JOB]))
        for what, runs in found.items():
            verdict = (f"{ratio:.3g}", WHOLE.judge(ratio)) if what == _JOB else ("", "")
            wall, cpu = (f"{median(numbers):.2f}" for numbers in ((run.wall for run in runs), (run.cpu for run in runs)))
            rows.append((f"{_SOURCES} × {size:,}", what, wall, cpu, *verdict))
    return rows


if __name__ == "__main__":
    run(JOBS, lambda options: options.jobs, measured)
