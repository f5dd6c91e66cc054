# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every fault at every call of everything that changes VMs: what must hold afterwards is in :meth:`Matrix.check`.

A case: three VMs, one fault, a run of the module, a look with another session, and a second run without faults. The modules run in this process.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from estates import Simulator, start_simulator

from ansible_collections.estate.vmware.plugins.module_utils.common.error_kinds import ERROR_KINDS
from ansible_collections.estate.vmware.plugins.module_utils.machine import perform
from ansible_collections.estate.vmware.plugins.module_utils.machine.operations import OPERATIONS
from ansible_collections.estate.vmware.tests.integration.changing import connection
from ansible_collections.estate.vmware.tests.integration.fault_matrix import FAULTS, SCENARIOS, SHARED, Fault, Scenario, Witness
from ansible_collections.estate.vmware.tests.integration.in_process import run_here

#: Scenarios in which faults come also in calls that only read, which all modules make in the same way.
READING = ("clone", "prune")
#: The one of them in which they hang, too, and in which faults come in the last of several calls, too.
HANGING = "clone"
#: Methods that make something, or must not happen twice: carried out late, others are refused or change nothing more.
LATE = ("CreateVM_Task", "CloneVM_Task", "CreateFolder", "ReconfigVM_Task", "ResetVM_Task", "CreateSnapshot_Task", "RevertToSnapshot_Task",
        "MoveIntoFolder_Task", "Destroy_Task")  # fmt: skip
#: Methods that are done when their object is gone. The simulator says so of one that is there.
REMOVING = ("Destroy_Task", "UnregisterVM", "RemoveSnapshot_Task")
#: Seconds that a run may take at most, with one fault and a timeout of two seconds.
LONGEST = 40
#: Only the server can end these sessions: nobody learns of a login whose answer is lost whole, nor can end one in a server that does not answer.
UNKNOWN_SESSIONS = {
    ("Logout", "hang"),
    ("Logout", "NotAuthenticated"),
}
STEPS = {operation.name for operation in OPERATIONS}
#: Whose answer names what goes on: without it the server is left to end it, and what was made is removed.
NOT_HEALED = ("ImportVApp", "POST /nfc/*", "HttpNfcLeaseProgress", "HttpNfcLeaseComplete")
#: Where imports are under way that end with their session, at whatever call it ends.
IMPORTS, ENDS_SESSION = ("import an OVA",), ("session ended", "NotAuthenticated")


@dataclass
class Matrix:
    """The cases of one simulated vCenter."""

    folder: Path
    simulator: Simulator
    witness: Witness
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    clean: dict[str, tuple[dict[str, int], Counter[str]]] = field(default_factory=dict)

    def run(self, scenario: Scenario, names: list[str]) -> dict[str, Any]:
        options = {**connection(self.simulator), "timeout": 2, "deadline": 120, **scenario.options(names, self.witness.place)}
        return run_here(self.folder, scenario.module, **options)

    def steps(self, scenario: Scenario) -> dict[str, int]:
        """How often a run without faults calls each method."""
        if scenario.name not in self.clean:
            names = self.names()
            self.witness.prepare(scenario, names)
            self.simulator.reset_calls()
            done = self.run(scenario, names)
            calls = {**self.simulator.calls(), **self.simulator.rest_calls()}
            assert not done["failed"], done
            rows = self.case(names)
            each = self.witness.done(rows.values())
            self.clean[scenario.name] = calls, max(each.values(), key=lambda tasks: tasks.total(), default=Counter())
            self.witness.remove(rows.values())
        return self.clean[scenario.name][0]

    def names(self) -> list[str]:
        number = next(self.numbers)
        return [f"case-{number:04d}-{letter}" for letter in "abc"]

    def case(self, names: list[str]) -> dict[str, dict[str, Any]]:
        """The VMs of a case by moid."""
        prefix = names[0][:-1]
        return {moid: row for moid, row in self.witness.rows().items() if row["name"].startswith(prefix)}

    def check(self, scenario: Scenario, fault: Fault, method: str, call: int) -> list[str]:
        """Run one case; returns what does not hold."""
        names = self.names()
        self.witness.prepare(scenario, names)
        before = self.witness.rows()
        if fault.task:
            self.simulator.set_tasks([{"operation": method, "call": call, "after_ms": 20, **fault.task}])
        else:
            self.simulator.set_faults([{"method": method, "call": call, **fault.effect}])
        wrong: list[str] = []

        def must(holds: Any, text: str) -> None:
            if not holds:
                wrong.append(text)

        try:
            begun = time.monotonic()
            first = self.run(scenario, names)
            must(time.monotonic() - begun < LONGEST, f"it took {time.monotonic() - begun:.0f} s")
        finally:
            self.simulator.set_faults([])
            self.simulator.set_tasks([])
        self._check_left(must, method, fault)
        if fault.late:
            time.sleep(fault.late)
        after = self.case(names)
        self._check_message(must, scenario, fault, method, first)
        self._check_estate(must, scenario, fault, method, names, before, after, first)

        second = self.run(scenario, names)
        must(not second["failed"], f"the second run fails: {second.get('msg')}")
        rows = self.case(names)
        for name in names:
            found = [row for row in rows.values() if row["name"].startswith(name)]
            must(len(found) <= 1, f"{name} is there {len(found)} times")
            must(scenario.wanted(found[0] if found else None), f"after the second run {name} is {found}")
        self._check_left(must, method, fault)
        self.witness.remove(rows.values())
        return [f"{scenario.name}, {fault.name}, {method} {call}: {text}; {first.get('msg')}" for text in wrong]

    def _check_left(self, must: Any, method: str, fault: Fault) -> None:
        left = self.simulator.left()
        must(left == self.witness.own or (method, fault.name) in UNKNOWN_SESSIONS, f"left: {left}")
        self.witness.own = left

    def _check_message(self, must: Any, scenario: Scenario, fault: Fault, method: str, done: Mapping[str, Any]) -> None:
        """Which VM, at which step, why, and what to do."""
        must("Traceback" not in str(done) and self.simulator.password not in str(done), f"a traceback or password: {done}")
        failed = [vm for vm in done.get("vms", ()) if vm["error"]]
        if not done["failed"]:
            must(not failed, "VMs failed, but not the task")
            return
        message = done["msg"]
        must(": " in message.partition(": ")[2], f"no remedy: {message}")
        if "vms" not in done:
            must("nothing was changed" in message and done.get("error_kind") in ERROR_KINDS, f"no reason: {message}")
        for vm in failed:
            must(vm["error_kind"] in ERROR_KINDS, f"unknown kind {vm['error_kind']}")
            must(vm["name"] in message, f"it does not name {vm['name']}: {message}")
            if method not in SHARED:
                must(any(step in vm["error"] for step in STEPS), f"no step: {vm['error']}")

    def _check_estate(
        self,
        must: Any,
        scenario: Scenario,
        fault: Fault,
        method: str,
        names: list[str],
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        done: Mapping[str, Any],
    ) -> None:
        most = self.clean[scenario.name][1]
        for moid, tasks in self.witness.done(after.values()).items():
            ours = tasks - self._tasks_before(before, moid)
            # Of VMs that are gone nobody knows how often what was done.
            twice = {kind: number for kind, number in ours.items() if number > max(1, most[kind])}
            must(not twice, f"done twice on {after[moid]['name']}: {twice}")
        results = {vm["name"]: vm for vm in done.get("vms", ())}
        failed = [name for name in names if results.get(name, {}).get("error")]
        if method not in SHARED:
            shares = fault.name in ENDS_SESSION and scenario.name in IMPORTS
            must(len(failed) <= 1 or shares, f"{len(failed)} VMs failed: {[results[name]['error'] for name in failed]}")
            may_fail = not fault.heals or method in NOT_HEALED or shares
            must(may_fail or {results[name]["error_kind"] for name in failed} <= {"unknown"}, "it is not healed")
        for name in names:
            found = [row for row in after.values() if row["name"].startswith(name)]
            must(len(found) <= 1, f"{name} is there {len(found)} times")
            if name in failed or not results:
                if scenario.makes and found:
                    moid = found[0]["ref"].moid
                    must(name in failed and (moid in str(results[name]) or fault.late), f"{name} ({moid}) is left half-made and not named")
            elif not (fault.name.startswith("object gone") and method in REMOVING):
                must(scenario.wanted(found[0] if found else None), f"{name} is reported as done, and is {found}")
        if not results and not fault.late:
            must(not scenario.makes or not after, "nothing was changed, it says")

    def _tasks_before(self, before: Mapping[str, Any], moid: str) -> Counter[str]:
        if moid not in before:
            return Counter()
        return self.witness.done([before[moid]]).get(moid, Counter())


@pytest.fixture(scope="module")
def matrix(tmp_path_factory, authority) -> Iterator[Matrix]:
    folder = tmp_path_factory.mktemp("matrix")
    # A hundred cases wait for what does not happen.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(perform, "LOOK_PAUSES", (0.0, 0.1, 0.3))
        patch.setattr(perform, "FURTHER_PAUSES", (1.0, 1.5))
        yield from _matrix(folder, authority)


def _matrix(folder: Path, authority: Any) -> Iterator[Matrix]:
    with start_simulator(folder, ca=authority, vms=40, hosts=2, guest_delay=20) as simulator, Witness(simulator, folder) as witness:
        yield Matrix(folder, simulator, witness)


def cases(scenario: Scenario, fault: Fault, calls: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """Where a fault comes: in the second of several calls that change VMs, in the first and the last of those that read."""
    for method, number in sorted(calls.items()):
        if method not in SHARED:
            if _concerns(fault, method):
                yield method, min(2, number)
        elif fault.at_reads and scenario.name in READING and ("hang" not in fault.name or scenario.name == HANGING):
            yield method, 1
            if number > 1 and scenario.name == HANGING:
                yield method, number


def _concerns(fault: Fault, method: str) -> bool:
    """Whether a fault can come in a call that changes something."""
    if fault.task and not method.endswith("_Task") or fault.late and method not in LATE:
        return False
    # A fault of SOAP is none of a request for a file.
    return " " not in method or not fault.effect.keys() & {"fault", "end_session"}


@pytest.mark.all_only
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_fault(matrix, scenario, fault):
    one, what = SCENARIOS[scenario], FAULTS[fault]
    wrong = [text for method, call in cases(one, what, matrix.steps(one)) for text in matrix.check(one, what, method, call)]
    assert not wrong, "\n".join(wrong)
