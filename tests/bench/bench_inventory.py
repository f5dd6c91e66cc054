# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure how hosts of an inventory are listed against other plugins. A part of make bench; options: options.py."""

from __future__ import annotations

import json
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from contenders import BARE, CACHE, CONTENDERS, FIVE, GRAPH, HERE, KEYED, LESSON, LISTERS, OURS, PEER, RAW, SCANS, Contender, peer_versions
from estates import Simulator, start_simulator
from goals import INVENTORY, NORM
from job import TIMEOUT, Job, Question
from machine import versions
from options import Options
from page import INVENTORIES
from part import circumstances, run, workplace
from runs import Run, all_rounds, start
from table import Results, table

_PLUGIN = "estate.vmware.vmware_inventory"
_VCENTERS = 5
_PAGE_SIZE = 500
#: What is asked of Jinja, for information.
_EXPRESSIONS = {
    "keyed_groups": [{"key": "vmware.power_state", "prefix": "power"}, {"key": "vmware.os_name", "prefix": "os"}],
    "compose": {"ansible_user": "'Administrator' if 'Windows' in (vmware.os_name or '') else 'ansible'"},
}
#: The bare plugin and the fetch of the same pages together.
_BOTH = "both"
_READERS = {**LISTERS, _BOTH: Contender("the two above together", ())}
_READERS[PEER] = _READERS.pop(PEER)


def measured(options: Options) -> str:
    """Circumstances and table."""
    for key in options.listers:
        if prepare := LISTERS[key].prepare:
            prepare()
    results = {size: _at(size, options) for size in options.inventories}
    peer = f". The peer: {peer_versions()}, one round" if PEER in options.listers else ""
    others = (run.others for readers in results.values() for runs in readers.values() for run in runs)
    told = circumstances(options.rounds, versions(HERE / "govmomi" / "go.mod") + peer, others)
    return f"{told}\n\n{table(results, _READERS, partial(_verdicts, results))}"


def _at(size: int, options: Options) -> dict[str, list[Run]]:
    """All rounds at one size: one vCenter of this size, and five that have as many together."""
    with workplace() as folder, ExitStack() as running:
        one, *several = (
            running.enter_context(start_simulator(folder, name=f"vcenter-{number}", seed=number, vms=vms, timeout=600))
            for number, vms in enumerate([size, *(_parts(size) if {FIVE, GRAPH} & set(options.listers) else [])])
        )
        jobs = _jobs(folder, one, several, options.listers)
        runs = all_rounds(LISTERS, jobs, [one, *several], size, options.rounds, options.patience)
    if BARE in runs:
        runs[_BOTH] = list(map(_together, runs[RAW], runs[BARE]))
    return {key: runs[key] for key in _READERS if key in runs}


def _parts(size: int) -> list[int]:
    return [size // _VCENTERS + (number < size % _VCENTERS) for number in range(_VCENTERS)]


def _jobs(folder: Path, one: Simulator, several: list[Simulator], listers: tuple[str, ...]) -> dict[str, Path]:
    """What each of them is told. Simulators, Python's caches and that of the inventory are warm afterwards."""
    kept = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(folder / "cache"), "cache_timeout": 0}
    five = {"plugin": _PLUGIN, "sources": [{"source": each.name, **_connection(each)} for each in several]}
    files: dict[str, dict[str, Any]] = {
        OURS: {"plugin": _PLUGIN, **_connection(one)},
        FIVE: five,
        CACHE: {"plugin": _PLUGIN, **_connection(one), **kept},
        SCANS: {"plugin": _PLUGIN, "scans": ["scans"]},
        KEYED: {"plugin": _PLUGIN, **_connection(one), **_EXPRESSIONS},
        GRAPH: five,
        BARE: {"plugin": "bare_inventory", "hosts": str(folder / "hosts.json")},
        PEER: {"plugin": "community.vmware.vmware_vm_inventory", **_connection(one, validate_certs=False)},
    }
    jobs = {key: _file(folder / f"{key}.vmware.yml", files[key]) for key in listers}
    lesson = json.loads(start(LESSON, jobs[OURS]))
    told = Job(
        one.host, one.port, one.username, one.password, str(one.ca_path), _PAGE_SIZE, str(folder / "scans" / "vcenter.sqlite"),
        [Question(**question) for question in lesson["questions"]],
    )  # fmt: skip
    if BARE in jobs:
        _file(folder / "hosts.json", lesson["hosts"])
        jobs[RAW] = folder / "raw.job"
        told.save(jobs[RAW])
    if SCANS in jobs:
        (folder / "scans").mkdir()
        told.save(folder / "scan.job")
        start(CONTENDERS[OURS], folder / "scan.job")
    for key in {FIVE, CACHE} & jobs.keys():
        start(LISTERS[key], jobs[key])
    return jobs


def _connection(simulator: Simulator, **others: Any) -> dict[str, Any]:
    """The options that say how to reach it; it is told by its CA unless others say otherwise."""
    reached = {"hostname": simulator.host, "port": simulator.port, "username": simulator.username, "password": simulator.password}
    return {**reached, **(others or {"ca_path": str(simulator.ca_path), "timeout": TIMEOUT})}


def _file(path: Path, content: dict[str, Any]) -> Path:
    """JSON is YAML, and read faster."""
    path.write_text(json.dumps(content))
    return path


def _together(one: Run, other: Run) -> Run:
    return Run(
        one.wall + other.wall, one.cpu + other.cpu, max(one.peak, other.peak),
        one.calls + other.calls, one.pages + other.pages, max(one.others, other.others),
    )  # fmt: skip


def _verdicts(results: Results, size: int, key: str, wall: float, cpu: float) -> list[str]:
    return [INVENTORY[key].judge(wall)] if key in INVENTORY and size >= NORM else []


if __name__ == "__main__":
    run(INVENTORIES, lambda options: options.inventories, measured)
