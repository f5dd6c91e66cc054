# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook prune_snapshots over a vCenter, an ESXi host and a source that is down: dry run, scans, the real thing, and its report."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from changing import wait
from estates import start_simulator
from plain_pyvmomi import connect, read
from pyVmomi import vim

from ansible_collections.estate.vmware.tests.integration.changing import connection, journal
from ansible_collections.estate.vmware.tests.integration.running import REPOSITORY, run_module, run_playbook, source

PLAYBOOK = REPOSITORY / "playbooks" / "prune_snapshots.yml"
RETENTION = {"keep": 1, "only": ["nightly-*"]}
TREE, TEMPLATE, STATE = "snapshot.rootSnapshotList", "config.template", "runtime.connectionState"
REMOVE = "RemoveSnapshot_Task"


@pytest.fixture(scope="module")
def simulators(tmp_path_factory, authority):
    """A vCenter and an ESXi host, with VMs that have two nightly snapshots and another one."""
    folder = tmp_path_factory.mktemp("prune")
    with (
        start_simulator(folder / "north", name="north", ca=authority, vms=12) as north,
        start_simulator(folder / "lab", name="lab", kind="esxi", ca=authority, vms=4) as lab,
    ):
        yield [north, lab]


def tree(several) -> list[str]:
    return [name for node in several for name in (node.name, *tree(node.childSnapshotList))]


def nightly(simulator) -> dict[str, list[str]]:
    """The nightly snapshots of VMs that have any."""
    found = read(connect(simulator), {vim.VirtualMachine: ["name", TREE]})[vim.VirtualMachine].values()
    return {row["name"]: names for row in found if (names := [name for name in tree(row.get(TREE, ())) if name.startswith("nightly")])}


@pytest.fixture
def prepared(simulators) -> dict[str, list[str]]:
    """Names of two VMs of each source that got snapshots."""
    chosen = {}
    for simulator in simulators:
        service = connect(simulator)
        rows = read(service, {vim.VirtualMachine: ["name", TREE, TEMPLATE, STATE, "config.managedBy"]})[vim.VirtualMachine]
        usable = {
            ref: row["name"] for ref, row in rows.items()
            if not row.get(TEMPLATE) and row.get(STATE) == "connected" and "config.managedBy" not in row and not row["name"].startswith("vCLS")
        }  # fmt: skip
        refs = list(usable)[:2]
        for ref in refs:
            machine = vim.VirtualMachine(ref if isinstance(ref, str) else ref._GetMoId(), service._stub)
            wait(machine.RemoveAllSnapshots())
            for name in ("nightly-1", "by-hand", "nightly-2"):
                wait(machine.CreateSnapshot(name, "", False, False))
        chosen[simulator.name] = [usable[ref] for ref in refs]
        simulator.reset_calls()
    return chosen


def prune(folder: Path, sources: dict[str, Any], **variables: Any):
    variables = {"vmware_prune_retention": RETENTION, **variables}
    return run_playbook(folder, PLAYBOOK, {"vmware_sources": {"hosts": sources}}, "--extra-vars", json.dumps(variables))


def report(folder: Path) -> tuple[list[dict[str, str]], dict[str, Any]]:
    (table,), (document,) = folder.glob("*.csv"), folder.glob("*.json")
    return list(csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines())), json.loads(document.read_text())


def results(rows, source_name: str, name: str) -> dict[str, str]:
    """Snapshot to result, of one VM, but for the snapshots that it came with."""
    ours = ("nightly-1", "by-hand", "nightly-2")
    return {row["snapshot"]: row["result"] for row in rows if (row["source"], row["name"]) == (source_name, name) and row["snapshot"] in ours}


def test_dry_run_reports_and_changes_nothing(tmp_path, simulators, prepared, dead_port):
    dead = {"vmware_hostname": "127.0.0.1", "vmware_port": dead_port, "vmware_username": "u", "vmware_password": "s3cret-of-the-dead"}
    sources = {**{one.name: source(one) for one in simulators}, "dead": dead}
    share = tmp_path / "share"
    share.mkdir()
    done = prune(tmp_path / "job", sources, vmware_deliver_to=[{"type": "copy", "dest": f"{share}/"}], vmware_prune_at_most=1)
    assert done.returncode == 2, done.stdout + done.stderr
    assert not any(REMOVE in one.calls() for one in simulators)
    for folder in (share, tmp_path / "job" / "vmware-changes"):
        rows, document = report(folder)
        for source_name, names in prepared.items():
            for name in names:
                assert results(rows, source_name, name) == {"nightly-1": "to_remove", "by-hand": "kept", "nightly-2": "kept"}
    assert document["dry_run"] and {one["source"]: one["status"] for one in document["sources"]} == {"north": "ok", "lab": "ok", "dead": "failed"}
    assert [row["error"] for row in rows if row["source"] == "dead"] and "dry run" in done.stdout
    assert {row["reason"] for row in rows if row["snapshot"] == "nightly-1"} == {"not one of the newest 1"}
    assert "north: removing these takes vmware_prune_at_most: 2 (1 is the limit now)" in done.stdout
    for password in (*(one.password for one in simulators), dead["vmware_password"]):
        assert password not in done.stdout + done.stderr + json.dumps(document)
    assert (tmp_path / "job" / "vmware-changes").stat().st_mode & 0o777 == 0o700


def test_what_the_scans_have_is_removed_where_it_is_there_still(tmp_path, simulators, prepared):
    """One VM got its snapshots after the scan, and another one is protected."""
    north, lab = simulators
    sources = {one.name: source(one) for one in simulators}
    folder = tmp_path / "job"
    service = connect(lab)
    (late,) = (ref for ref, row in read(service, {vim.VirtualMachine: ["name"]})[vim.VirtualMachine].items() if row["name"] == prepared["lab"][1])
    machine = vim.VirtualMachine(late if isinstance(late, str) else late._GetMoId(), service._stub)
    wait(machine.RemoveAllSnapshots())
    scans = folder / "scans"
    scans.mkdir(parents=True)
    for one in simulators:
        assert not run_module(scans, "vmware_inventory_facts", **connection(one), source=one.name, dest=str(scans))["failed"]
    for name in ("nightly-1", "nightly-2"):
        wait(machine.CreateSnapshot(name, "", False, False))
    spared, left = prepared["north"][1], [one.left() for one in simulators]
    done = prune(
        folder, sources, vmware_prune_remove=True, vmware_prune_scans=["scans"], vmware_journal="journal",
        vmware_protected=[{"name": spared}],
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert [one.left() for one in simulators] == left
    rows, document = report(folder / "vmware-changes")
    assert not document["dry_run"]
    assert results(rows, "north", prepared["north"][0]) == {"nightly-1": "removed", "by-hand": "kept", "nightly-2": "kept"}
    assert [(row["result"], row["reason"]) for row in rows if row["name"] == spared] == [("kept", "the VM is protected")]
    assert nightly(north) == {prepared["north"][0]: ["nightly-2"], spared: ["nightly-1", "nightly-2"]}
    assert nightly(lab) == {prepared["lab"][0]: ["nightly-2"], prepared["lab"][1]: ["nightly-1", "nightly-2"]}
    assert {(line["action"], line["outcome"]) for line in journal(folder / "journal")} == {("remove_snapshot", "intended"), ("remove_snapshot", "done")}


def test_more_than_at_most_fails_its_source_alone(tmp_path, simulators, prepared):
    north, lab = simulators
    sources = {"north": source(north, vmware_prune_at_most=1), "lab": source(lab), "elsewhere": source(lab, vmware_port=0)}
    done = prune(tmp_path / "job", sources, vmware_prune_remove=True)
    assert done.returncode == 2
    assert all(names == ["nightly-1", "nightly-2"] for names in nightly(north).values())
    assert all(names == ["nightly-2"] for names in nightly(lab).values())
    _rows, document = report(tmp_path / "job" / "vmware-changes")
    errors = {one["source"]: one["error"] for one in document["sources"]}
    assert "at_most" in errors["north"] and errors["lab"] == "" and "vmware_port" in errors["elsewhere"]


def test_all_that_is_wrong_is_told_before_anything_is_done(tmp_path, simulators, prepared):
    variables = {"vmware_prune_retention": {"max_age": "soon"}, "vmware_prune_filters": [{"nme": "web-*"}], "vmware_prune_removes": True}
    done = prune(tmp_path / "job", {one.name: source(one) for one in simulators}, **variables)
    assert done.returncode == 2 and not (tmp_path / "job" / "vmware-changes").exists()
    for message in ("vmware_prune_retention.max_age must be", "vmware_prune_filters[0]", "did you mean name?", "did you mean vmware_prune_remove?"):
        assert message in done.stdout + done.stderr
    assert not any(one.calls() for one in simulators)
