# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples of modules that change VMs, run one after the other in an estate that has what they name under other names."""

from __future__ import annotations

import time
from typing import Any

import pytest
import yaml
from estates import start_simulator

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.datastore_files import DatastoreFile, write
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.modules import (
    vmware_host_service,
    vmware_template,
    vmware_vm,
    vmware_vm_info,
    vmware_vm_power,
    vmware_vm_snapshot,
)
from ansible_collections.estate.vmware.tests.integration.changing import change, machines

TODAY = time.strftime("%Y-%m-%d")
#: What stands in examples, and what it is here. Longer texts come first.
NAMES = {
    "{{ now().strftime('%Y-%m-%d') }}": TODAY,
    "503c1b0e-6c2f-4d2b-9a0f-0b1d6b7e4a11": "UUID",
    "before-patch-2026-02-20": f"before-patch-{TODAY}",
    "/Madrid/Prod/web-2": "/Lyon/Prod/Web/web-02",
    "/Madrid/Prod/db-1": "/Lyon/db-1",
    "[iso] rhel-9.4.iso": "[lyo-nfs-general-01] rhel-9.4.iso",
    "ubuntu-24.04": "tpl-linux-01",
    "Production": "LYO-Production",
    "nvme-01": "lyo-vmfs-db-01",
    "VLAN120": "LYO-Web-110",
    "VLAN130": "LYO-DB-130",
    "web-1": "web-01",
    "Gold": "lyo-datastores-01",
    "gold": "LYO-Production",
}
CONNECTION = ("hostname", "username", "password")


def here(value: Any, uuid: str) -> Any:
    if isinstance(value, dict):
        return {key: here(one, uuid) for key, one in value.items()}
    if isinstance(value, list):
        return [here(one, uuid) for one in value]
    for name, ours in NAMES.items() if isinstance(value, str) else ():
        if value == name or (name.startswith("{{") and name in value):
            value = value.replace(name, ours)
    return uuid if value == "UUID" else value


#: Module, name of the example, and how many VMs or hosts it changes, in the order in which they are run; None to run it in check mode.
ORDER = (
    (vmware_vm, "Twelve web servers from a template, each with its name and address", 12),
    (vmware_vm, "A VM from scratch, with an image to install from", 1),
    (vmware_vm, "More memory for VMs that match, shutting guests down where that is needed", 12),
    (vmware_vm_info, "Read power state and address of two VMs", None),
    (vmware_vm_info, "Read the disks and snapshots of VMs with old hardware", None),
    (vmware_vm_snapshot, "Take a snapshot before patching, and keep the newest three of this kind", 13),
    (vmware_vm_snapshot, "Show what pruning would remove of all VMs", None),
    (vmware_vm_snapshot, "Remove large old snapshots", None),
    (vmware_vm_snapshot, "Go back to the state before the patches, and power on", 1),
    (vmware_vm_power, "Shut down what a maintenance window needs off, databases last", 12),
    (vmware_vm_power, "Power on VMs of a list, ten at a time", 2),
    (vmware_template, "Make a template of a VM that was prepared", 1),
    (vmware_template, "Make it a VM again, to patch it", 1),
    (vmware_host_service, "Switch SSH and the shell off on all hosts of a cluster", 1),
    (vmware_vm, "Take VMs out of service", 2),
    (vmware_vm, "Delete those that were retired a week ago, with their files", 0),
    (vmware_vm, "Delete a VM, but keep its second disk", 1),
)
#: Examples of ESXi hosts.
ELSEWHERE = {"Start NTP with the host"}


def examples() -> dict[tuple[Any, str], dict[str, Any]]:
    """Module and name to the task of each example."""
    modules = {module for module, _name, _changed in ORDER}
    return {(module, task["name"]): task for module in modules for task in yaml.safe_load(module.EXAMPLES)}


@pytest.fixture(scope="module")
def vcenter(tmp_path_factory, authority):
    with start_simulator(tmp_path_factory.mktemp("examples"), ca=authority, vms=60, hosts=4, pods=1, guest_delay=40, newer_rest=True) as simulator:
        with Session(Connection(simulator.host, simulator.port, simulator.username, simulator.password, ca_path=str(simulator.ca_path))) as session:
            write(session, DatastoreFile("Lyon", "lyo-nfs-general-01", "rhel-9.4.iso"), b"image")
        yield simulator


def test_examples(tmp_path, vcenter):
    placement = {"cluster": "LYO-Production", "datastore": "lyo-nfs-general-01", "create_folder": True}
    machine = {"memory": {"size": "1GiB"}, "hardware": {"guest_id": "otherGuest64"}}
    disks = [{"at": f"scsi0:{unit}", "size": "1GiB"} for unit in (0, 1)]
    prepared = {"build-rhel9": "Templates/Linux", "two-disks": "Retired"}
    wanted = [{"name": name, **machine, "disks": disks, "placement": {**placement, "folder": folder}} for name, folder in prepared.items()]
    made = change(tmp_path, vcenter, "vmware_vm", vms=wanted)
    assert not made["failed"], made
    uuid = made["vms"][1]["instance_uuid"]

    tasks = {key: task for key, task in examples().items() if key[1] not in ELSEWHERE}
    assert tasks.keys() == {(module, name) for module, name, _changed in ORDER}
    for module, name, changed in ORDER:
        task, called = tasks[module, name], module.__name__.rpartition(".")[2]
        options = here(task[f"estate.vmware.{called}"], uuid)
        options = {key: value for key, value in options.items() if key not in ("hostname", "username", "password", "journal")}
        if isinstance(options["vms" if "vms" in options else "hosts"], str):
            options["vms"] = [{"name": "web-03"}, {"name": "web-04"}]
        done = change(tmp_path, vcenter, called, **options, _ansible_check_mode=changed is None)
        assert not done["failed"], (name, done.get("msg"))
        assert changed in (None, done.get("counts", {}).get("changed")), (name, done)
    remaining = machines(vcenter)
    assert {"web-12", "db-1", "tpl-rhel9"} <= remaining.keys() and "two-disks" not in remaining
    assert len([name for name in remaining if "-retired-" in name]) == 2
