# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure changes of many VMs against modules of community.vmware that are looped over. A part of make bench; options: options.py.

Wall and CPU of a whole ansible-playbook. A loop over a few VMs is scaled to all of them, without the start of Ansible.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from changes import CHANGES, FIND, PATHS, Change, Named, begin, may_be_stopped, named, prepare
from changing import machines
from contenders import HERE, PEER_ENVIRONMENT, PEER_PROGRAMS, Contender, install_peer, peer_versions
from estates import Simulator, start_simulator
from goals import CHANGES_PEAK, ONE_BY_NAME, ONE_BY_UUID, TASK_SECONDS, TASKS, Goal
from job import TIMEOUT
from machine import versions
from options import Options
from page import CHANGES as KIND
from part import circumstances, run, workplace
from plain_pyvmomi import connect
from runs import BenchError, Run, measure
from table import markdown

#: Milliseconds that the simulator takes longer for each call.
_DELAY = 5
_PROGRAMS = Path(sys.executable).parent
_PEER = "community.vmware"
_HEADINGS = ("VMs", "what", "by", "wall s", "CPU s", "peak MB", "calls", "calls a VM", "ours/it wall", "ours/it CPU", "goals")
_TEXT = ("what", "by", "goals")
Row = tuple[str, ...]


def measured(options: Options) -> str:
    """Circumstances and table."""
    if options.change_peers:
        install_peer()
    rows, others = [_HEADINGS], [0.0]
    for number in options.changes:
        with workplace() as folder:
            bench = _Bench(folder, number, options)
            rows += [*bench.many(), *bench.tasks()]
            if options.change_among:
                rows += bench.one(options.change_among)
            others += bench.others
    peer = f". The peer: {peer_versions()}, one round of {options.change_peers} VMs" if options.change_peers else ""
    more = [f"The simulator takes {_DELAY} ms longer for each call"]
    return f"{circumstances(options.rounds, versions(HERE / 'govmomi' / 'go.mod') + peer, others, more)}\n\n{markdown(rows, _TEXT)}"


class _Bench:
    """Changes of one number of VMs."""

    def __init__(self, folder: Path, number: int, options: Options) -> None:
        self.others: list[float] = []
        self._folder = folder
        self._number = number
        self._options = options
        self._ours = Contender(
            "ours",
            (str(_PROGRAMS / "ansible-playbook"), "--inventory", "localhost,"),
            machines=lambda _printed: None,
            environment={"ANSIBLE_HOME": str(folder / "ansible")},
        )
        self._peer = replace(
            self._ours,
            name=_PEER,
            command=(str(PEER_PROGRAMS / "ansible-playbook"), *self._ours.command[1:]),
            environment={**PEER_ENVIRONMENT, "ANSIBLE_HOME": str(folder / "ansible-of-peer")},
        )
        self._module = Contender("the module alone", (sys.executable, str(HERE / "change_ours.py")))

    def many(self) -> Iterator[Row]:
        """Every change, by ours in each round, by the peer in the first one."""
        ours: dict[str, list[Run]] = {change.title: [] for change in CHANGES}
        peers: dict[str, Run] = {}
        with start_simulator(self._folder, plain=True, vms=self._number + 1, delay=_DELAY, timeout=600) as simulator:
            source, *vms = sorted(row["name"] for row in machines(connect(simulator)).values())
            few = vms[: self._options.change_peers]
            prepare(simulator, named(few, source))
            # Nobody times how simulator and Python's caches become warm.
            self._measure(self._ours, simulator, self._play({"ansible.builtin.meta": "noop"}), "nothing")
            for number in range(self._options.rounds):
                for change in CHANGES:
                    ours[change.title].append(self._our_play(simulator, change, named(vms, source)))
                    if few and not number:
                        peers[change.title] = self._peers_play(simulator, change, vms, few, source)
            start = self._measure(self._peer, simulator, self._play({"ansible.builtin.meta": "noop"}), "nothing") if few else None
        for change in CHANGES:
            runs = ours[change.title]
            goal = change.calls(self._number, median(run.pages for run in runs))
            yield self._row(change.title, "ours", runs, goal.judge(_middle(runs, "calls")))
            if start:
                scaled = _scaled(peers[change.title], start, self._number / len(few))
                wall, cpu = (_middle(runs, what) / getattr(scaled, what) for what in ("wall", "cpu"))
                by = f"{_PEER}, {len(few)} scaled"
                yield self._row(change.title, by, [scaled], change.wall.judge(wall) if change.wall else "", (f"{wall:.3g}", f"{cpu:.3g}"))

    def _our_play(self, simulator: Simulator, change: Change, these: Named) -> Run:
        module, options = change.ours(these)
        task = {f"estate.vmware.{module}": {**_connection(simulator), "ca_path": str(simulator.ca_path), "timeout": TIMEOUT, **options}}
        return self._done(self._ours, simulator, change, these, task)

    def _peers_play(self, simulator: Simulator, change: Change, vms: Sequence[str], few: Sequence[str], source: str) -> Run:
        these = named(list(few), source, "peer-")
        module, options = change.peer(these)
        task = {f"community.vmware.{module}": {**_connection(simulator), "validate_certs": False, **options}}
        return self._done(self._peer, simulator, change, these, {**task, "loop": these.clones if change.makes else list(few)})

    def _done(self, contender: Contender, simulator: Simulator, change: Change, these: Named, task: Mapping[str, Any]) -> Run:
        """Run a play of one task, and read back whether all VMs are as they should be.

        :raises BenchError: one is not.
        """
        names = these.clones if change.makes else these.vms
        begin(simulator, change, names)
        taken = self._measure(contender, simulator, self._play(task), f"{change.title} of {len(these.vms)}")
        found = {row["name"]: row for row in machines(connect(simulator), *PATHS).values()}
        if wrong := [name for name in names if not change.done(found.get(name), these)]:
            raise BenchError(f"{change.title} by {contender.name}: {len(wrong)} of {len(names)} VMs are not as they should be, such as {wrong[0]}")
        return taken

    def _measure(self, contender: Contender, simulator: Simulator, job: Path, what: str, number: int = 0) -> Run:
        # Once done it cannot be done again, so there is no second try where others disturbed it.
        taken = measure(contender, job, [simulator], number)
        self.others.append(taken.others)
        told = f"{what} by {contender.name}: {taken.wall:.2f} s wall, {taken.cpu:.2f} s CPU, {taken.calls:.0f} calls"
        print(f"{told}; others used {taken.others:.2f} cores", file=sys.stderr, flush=True)
        return taken

    def _play(self, task: Mapping[str, Any]) -> Path:
        play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [{"name": "The task", **task}]}
        # JSON is YAML.
        return _file(self._folder / "play.yml", [{**play, "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}}])

    def tasks(self) -> Iterator[Row]:
        """What tasks that take time cost, all at once: the module alone."""
        rounds: dict[int, list[Run]] = {0: [], TASK_SECONDS: []}
        with start_simulator(self._folder, plain=True, vms=self._number, delay=_DELAY, timeout=600) as simulator:
            vms = [{"name": row["name"]} for row in machines(connect(simulator)).values()]
            for _number in range(self._options.rounds):
                for seconds, runs in rounds.items():
                    simulator.set_tasks([{"operation": "*", "times": 0, "after_ms": 1000 * seconds}] if seconds else [])
                    runs.append(self._alone(simulator, "vmware_vm_power", state="off", concurrency=self._number, vms=vms))
                    simulator.set_tasks([])
                    self._alone(simulator, "vmware_vm_power", state="on", vms=vms)
        for seconds, runs in rounds.items():
            more = median(run.wall - other.wall for run, other in zip(runs, rounds[0]))
            yield self._row(f"power off, tasks of {seconds} s, all at once", self._module.name, runs, TASKS.judge(more) if seconds else "")

    def one(self, among: int) -> Iterator[Row]:
        """One VM, and all, among many: the module alone."""
        with start_simulator(self._folder, name="large", vms=among, delay=_DELAY, timeout=600) as simulator:
            found = machines(connect(simulator), *FIND)
            # Not all names are unique.
            called = {vm["name"]: vm for vm in found.values()}
            usable = [vm for vm in called.values() if may_be_stopped(vm)]
            rows: list[tuple[str, Goal, str, dict[str, Any]]] = [
                ("one by UUID", ONE_BY_UUID, "calls", {"vms": [{"instance_uuid": usable[0]["config.instanceUuid"]}]}),
                ("one by name", ONE_BY_NAME, "calls", {"vms": [{"name": usable[1]["name"]}]}),
                (f"{self._number} by name", CHANGES_PEAK, "peak", {"vms": [{"name": vm["name"]} for vm in usable[2 : 2 + self._number]]}),
            ]
            for title, goal, what, vms in rows:
                run = self._alone(simulator, "vmware_vm_power", state="off", **vms)
                verdict = goal.judge(getattr(run, what) / (1e6 if what == "peak" else 1))
                yield self._row(f"power off {title}", self._module.name, [run], verdict, among=among, number=len(vms["vms"]))
            run = self._alone(simulator, "vmware_vm", common={"annotation": "changed"}, **vms)
            verdict = CHANGES_PEAK.judge(run.peak / 1e6)
            yield self._row(f"change {title}", self._module.name, [run], verdict, among=among, number=len(vms["vms"]))

    def _alone(self, simulator: Simulator, module: str, **options: Any) -> Run:
        options = {**_connection(simulator), "ca_path": str(simulator.ca_path), "timeout": TIMEOUT, **options}
        job = _file(self._folder / "job.json", {"module": module, "options": options})
        return self._measure(self._module, simulator, job, module, number=len(options["vms"]))

    def _row(self, title: str, by: str, runs: Sequence[Run], verdict: str, ratios: tuple[str, str] = ("", ""), among: int = 0, number: int = 0) -> Row:
        number = number or self._number
        calls = _middle(runs, "calls")
        return (
            f"{number} of {among:,}" if among else f"{number}", title, by, f"{_middle(runs, 'wall'):.2f}", f"{_middle(runs, 'cpu'):.2f}",
            f"{_middle(runs, 'peak') / 1e6:.0f}", f"{calls:,.0f}", f"{calls / number:.2f}", *ratios, verdict,
        )  # fmt: skip


def _middle(runs: Sequence[Run], what: str) -> float:
    return median(getattr(run, what) for run in runs)


def _scaled(few: Run, start: Run, times: float) -> Run:
    """What a loop over more VMs would take: its start but once."""
    wall, cpu = (getattr(start, what) + times * (getattr(few, what) - getattr(start, what)) for what in ("wall", "cpu"))
    return replace(few, wall=wall, cpu=cpu, calls=times * few.calls)


def _connection(simulator: Simulator) -> dict[str, Any]:
    return {"hostname": simulator.host, "port": simulator.port, "username": simulator.username, "password": simulator.password}


def _file(path: Path, content: Any) -> Path:
    path.write_text(json.dumps(content))
    return path


if __name__ == "__main__":
    run(KIND, lambda options: options.changes, measured)
