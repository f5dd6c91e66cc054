# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure the main job against its parts, its scans and its report, and what Ansible itself takes for a source. Options: options.py."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import yaml
from contenders import HERE, ROOT
from estates import Simulator, start_simulator
from goals import SOURCE_CPU, WHOLE
from job import Job
from machine import busy_seconds, process_seconds, versions
from options import Options
from page import JOBS
from part import circumstances, run, workplace
from runs import BenchError, least_disturbed
from table import markdown

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan

_SOURCES = 4
#: Of the jobs that measure Ansible itself.
_FORKS = 10
_PLAYBOOK = ROOT / "playbooks" / "collect_inventory.yml"
_HEADINGS = ("sources × VMs", "what", "wall s", "CPU s", "job/parts wall", "goals")
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
    ansible = _ansible(options) if options.job_sources else []
    others = [run.others for found in results.values() for runs in found.values() for run in runs] + [run.others for pair in ansible for run in pair]
    told = circumstances(options.rounds, versions(HERE / "govmomi" / "go.mod"), others)
    return f"{told}\n\n{markdown([_HEADINGS, *_rows(results), *_ansible_rows(ansible, options.job_sources)], _TEXT)}"


def _at(size: int, options: Options) -> dict[str, list[Took]]:
    with workplace() as folder, ExitStack() as running:
        simulators = [running.enter_context(start_simulator(folder, name=f"vcenter-{number}", vms=size, timeout=600)) for number in range(_SOURCES)]
        scans = [_scan(folder, simulator) for simulator in simulators]
        report = _report(folder, simulators)
        whole = _whole(folder, {simulator.name: simulator for simulator in simulators}, _SOURCES)
        for scan in scans:
            # Nobody times how simulators and Python's caches become warm.
            _measure(scan, folder, simulators)
        found: dict[str, list[Took]] = {_PARTS: [], _REPORT: [], _JOB: []}
        for number in range(options.rounds):
            found[_PARTS].append(_together([_quietly(scan, folder, simulators, options.patience) for scan in scans]))
            found[_REPORT].append(_quietly(report, folder, simulators, options.patience))
            found[_JOB].append(_quietly(whole, folder, simulators, options.patience))
            _check(folder, [size] * _SOURCES)
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


def _whole(folder: Path, sources: Mapping[str, Simulator], forks: int) -> list[str]:
    hosts = {
        name: {
            "vmware_hostname": simulator.host,
            "vmware_port": simulator.port,
            "vmware_username": simulator.username,
            "vmware_password": simulator.password,
            "vmware_ca_path": str(simulator.ca_path),
        }
        for name, simulator in sources.items()
    }
    inventory = folder / "sources.yml"
    inventory.write_text(yaml.safe_dump({"vmware_sources": {"hosts": hosts}}))
    playbook = str(Path(sys.executable).with_name("ansible-playbook"))
    dests = {"vmware_collect_dest": str(folder / "scans"), "vmware_report_dest": str(folder)}
    return [playbook, "--inventory", str(inventory), "--forks", str(forks), "--extra-vars", json.dumps(dests), str(_PLAYBOOK)]


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


def _check(folder: Path, expected: list[int]) -> None:
    """:raises BenchError: the job read less than there is."""
    read = [Scan.open(str(path)).counts["vms"] for path in (folder / "scans").glob("*.sqlite")]
    if read != expected:
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


def _ansible(options: Options) -> list[tuple[Took, ...]]:
    """A job of few sources and one of many, once a round. All are one simulator, so that the report has the rows of one source."""
    with workplace() as folder, start_simulator(folder, vms=1) as simulator:
        jobs = {}
        for number in options.job_sources:
            (folder / str(number)).mkdir()
            jobs[number] = _whole(folder / str(number), {f"source-{index:03}": simulator for index in range(number)}, _FORKS)
        _measure(jobs[options.job_sources[0]], folder, [simulator])
        rounds = []
        for number in range(options.rounds):
            rounds.append(tuple(_quietly(job, folder, [simulator], options.patience) for job in jobs.values()))
            for sources in jobs:
                _check(folder / str(sources), [1] * sources)
            print(f"{options.job_sources} sources of 1 VM, round {number + 1} of {options.rounds}", file=sys.stderr, flush=True)
        return rounds


def _ansible_rows(rounds: list[tuple[Took, ...]], sources: tuple[int, ...]) -> Iterator[tuple[str, ...]]:
    if rounds:
        few, many = sources
        cpu = median((more.cpu - less.cpu) / (many - few) for less, more in rounds)
        yield f"{many} × 1", f"CPU of Ansible itself a source, {many} sources against {few}", "", f"{cpu:.2f}", "", SOURCE_CPU.judge(cpu)


if __name__ == "__main__":
    run(JOBS, lambda options: options.jobs or options.job_sources, measured)
