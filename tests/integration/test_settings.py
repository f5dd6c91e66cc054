# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings and devices of VMs of a simulated vCenter: what was sent is read back, and then nothing differs any more."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import pytest
from estates import start_simulator

from ansible_collections.estate.vmware.plugins.module_utils.machine import operations
from ansible_collections.estate.vmware.plugins.module_utils.machine.changes import before_and_after, refusals
from ansible_collections.estate.vmware.plugins.module_utils.machine.config_spec import config_spec, later
from ansible_collections.estate.vmware.plugins.module_utils.machine.current import read_current
from ansible_collections.estate.vmware.plugins.module_utils.machine.current_state import NEW, PROPERTIES, current_state
from ansible_collections.estate.vmware.plugins.module_utils.machine.customization import specification, wanted_customization
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.devices import NetworkBacking
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.networks import in_order, with_backings
from ansible_collections.estate.vmware.plugins.module_utils.machine.differences import differences
from ansible_collections.estate.vmware.plugins.module_utils.machine.items import checked_items
from ansible_collections.estate.vmware.plugins.module_utils.machine.network_backings import backing_of, read_backings
from ansible_collections.estate.vmware.plugins.module_utils.machine.perform import perform
from ansible_collections.estate.vmware.plugins.module_utils.machine.reconfigure import reconfigure_steps
from ansible_collections.estate.vmware.plugins.module_utils.machine.scheduler import Job, Scheduler
from ansible_collections.estate.vmware.plugins.module_utils.machine.wanted import settings_argument_spec, wanted_state
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.retrieve import retrieve
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_requests import managed_type


class Vcenter:
    """A simulated vCenter, with what a module would look up."""

    def __init__(self, session: Session) -> None:
        self.session = session
        wanted = {kind: ["name"] for kind in ("VirtualMachine", "Network", "DistributedVirtualPortgroup", "Folder", "ResourcePool", "Datastore")}
        self.objects = {item.ref: item.properties for page in retrieve(session, wanted, {}, 500) for item in page}

    def first(self, kind: str, name: str | None = None) -> MoRef:
        return next(ref for ref, found in sorted(self.objects.items()) if ref.type == kind and name in (None, found["name"]))

    def network(self, option: str, kind: str) -> NetworkBacking:
        ref = self.first(kind)
        return backing_of(option, ref, read_backings(self.session, [ref]))

    def wanted(self, options):
        problems = []
        (item,) = checked_items({"options": settings_argument_spec()}, None, [options])
        made = wanted_state(item.where, item.options, problems)
        assert problems == []
        return replace(made, networks=with_backings(made.networks, self.network))

    def current(self, vm: MoRef):
        return current_state(read_current(self.session, [vm], PROPERTIES)[vm].properties)

    def run(self, work):
        job = Job(work)
        Scheduler(self.session, 1).run([job])
        assert job.error is None, job.error
        return job.result

    def change(self, vm: MoRef, options) -> dict:
        """Make a VM as it is wanted; returns what differed. Then nothing does."""
        wanted, current = self.wanted(options), self.current(vm)
        changes = differences(wanted, current, self.session.version)
        assert refusals(changes, current.is_on) == []
        for step in reconfigure_steps(changes, current.change_version, partial(differences, wanted, api=self.session.version)):
            self.run(step.run(vm))
        assert differences(wanted, self.current(vm), self.session.version) == []
        before, after = before_and_after(changes)
        return {path: (before[path], after[path]) for path in before}

    def clone(self, source: MoRef, options, name: str, specs=None) -> MoRef:
        """A clone that is made as wanted in one call."""
        wanted, current = self.wanted(options), self.current(source)
        changes = differences(wanted, current.as_clone(), self.session.version)
        assert refusals(changes, is_on=False) == [] and later(changes) == []
        spec = managed_type("VirtualMachineCloneSpec")(
            location=managed_type("VirtualMachineRelocateSpec")(), powerOn=False, template=False, config=config_spec(changes)
        )
        if specs:
            spec.customization = specs(in_order(wanted.networks, current.nics, "networks" in wanted.exact))
        return self.run(perform(operations.CLONE, source, self.session.object(self.first("Folder", "vm")), name, spec))

    def create(self, options, name: str) -> MoRef:
        spec = config_spec(differences(self.wanted(options), NEW, self.session.version))
        spec.name, spec.files = name, managed_type("VirtualMachineFileInfo")(vmPathName=f"[{self.objects[self.first('Datastore')]['name']}]")
        return self.run(perform(operations.CREATE, self.first("Folder", "vm"), spec, self.session.object(self.first("ResourcePool")), None))


@contextmanager
def started(folder, authority, **options):
    with start_simulator(folder, ca=authority, **options) as simulator:
        connection = Connection(simulator.host, simulator.port, simulator.username, simulator.password, ca_path=str(simulator.ca_path))
        with Session(connection) as session:
            yield Vcenter(session)


@pytest.fixture(scope="module")
def vcenter(tmp_path_factory, authority):
    with started(tmp_path_factory.mktemp("settings"), authority, plain=True, vms=2) as vcenter:
        yield vcenter


NEW_VM = {
    "cpu": {"count": 2, "cores_per_socket": 2, "hot_add": True}, "memory": {"size": "2GiB", "hot_add": True, "reservation": "512MiB"},
    "hardware": {"guest_id": "ubuntu64Guest", "version": "vmx-19", "firmware": "efi", "secure_boot": True, "time_sync": True, "boot": {"delay": 500}},
    "annotation": "made", "extra_config": {"disk.EnableUUID": True}, "user_data": "#cloud-config", "meta_data": "local-hostname: a",
    "controllers": [{"at": "scsi1", "type": "lsilogic_sas"}],
    "disks": [
        {"at": "scsi0:0", "size": "10GiB", "provisioning": "thin"}, {"at": "scsi0:8", "size": "1GiB"}, {"at": "scsi1:0", "size": "1GiB"},
        {"at": "sata0:2", "size": "1GiB", "provisioning": "eager_zeroed", "mode": "independent_persistent"},
    ],
    "cdroms": [{"at": "ide0:0"}],
    "networks": [{"network": "Network"}, {"network": "DistributedVirtualPortgroup", "adapter": "e1000e", "mac": "00:50:56:3f:00:01"}],
}  # fmt: skip


def test_a_vm_from_scratch_is_as_wanted(vcenter):
    vm = vcenter.create(NEW_VM, "made")
    assert vcenter.change(vm, NEW_VM) == {}
    current = vcenter.current(vm)
    assert list(map(str, sorted(current.disks))) == ["sata0:2", "scsi0:0", "scsi0:8", "scsi1:0"]
    assert [nic.adapter for nic in current.nics] == ["VirtualVmxnet3", "VirtualE1000e"]
    assert {str(place): found.type for place, found in current.controllers.items() if place.bus != "ide"} == {
        "scsi0": "pvscsi", "scsi1": "lsilogic_sas", "sata0": "sata",
    }  # fmt: skip


#: Items, and of what each changes on the VM of NEW_VM, after those before it, before and after by path.
ONE_AFTER_THE_OTHER = [
    ({"cpu": {"count": 4, "cores_per_socket": 1, "reservation_mhz": 100, "limit_mhz": "5000", "shares": "high", "nested": True, "hot_remove": True}},
     {"cpu.count": (2, 4), "cpu.cores_per_socket": (2, 1), "cpu.limit_mhz": ("unlimited", 5000)}),
    ({"cpu": {"limit_mhz": "unlimited", "shares": "3000", "reservation_mhz": 0, "nested": False}}, {"cpu.shares": ("high", "3000")}),
    ({"memory": {"size": "4GiB", "reservation": "1GiB", "limit": "4GiB", "shares": "low", "hot_add": False}}, {"memory.size": ("2GiB", "4GiB")}),
    ({"memory": {"reserve_all": True, "limit": "unlimited"}}, {"memory.reserve_all": (False, True)}),
    ({"memory": {"reserve_all": False, "reservation": "0MB", "shares": "500"}}, {"memory.shares": ("low", "500")}),
    ({"hardware": {"secure_boot": False, "boot": {"retry": True, "retry_delay": 2000, "order": ["network", "scsi0:8", "cdrom"]}, "time_sync": False}},
     {"hardware.boot.order": ([], ["network 0", "network 1", "scsi0:8", "cdrom"])}),
    ({"hardware": {"guest_id": "rhel9_64Guest"}, "annotation": ""}, {"annotation": ("made", ""), "hardware.guest_id": ("ubuntu64Guest", "rhel9_64Guest")}),
    ({"extra_config": {"disk.EnableUUID": None, "b": 1}, "user_data": "#cloud-config 2"}, {"extra_config.disk.EnableUUID": ("TRUE", None)}),
    ({"disks": [{"at": "scsi0:0", "size": "20GiB"}, {"at": "scsi0:1", "size": "1GiB", "provisioning": "thin"}]},
     {"disks.scsi0:0.size": ("10GiB", "20GiB")}),
    ({"disks": [{"at": "scsi0:8", "mode": "independent_persistent", "sharing": "multi_writer"}]}, {"disks.scsi0:8.sharing": ("none", "multi_writer")}),
    ({"hardware": {"version": "vmx-20", "boot": {"order": ["scsi0:2"]}}, "disks": [{"at": "scsi0:2", "size": "1GiB"}]},
     {"hardware.version": ("vmx-19", "vmx-20"), "hardware.boot.order": (["network 0", "network 1", "scsi0:8", "cdrom"], ["scsi0:2"])}),
    ({"cdroms": [{"at": "sata0:0", "client": True}]}, {"cdroms.sata0:0": (None, "client")}),
    ({"networks": [{"network": "DistributedVirtualPortgroup"}, {"network": "Network"}, {"network": "Network", "start_connected": False}]}, None),
    ({"networks": [{"start_connected": False}, {"mac": "00:50:56:3f:00:02"}]}, {"networks.0.start_connected": (True, False)}),
    ({"networks": [{"mac": "00:50:56:3f:00:02"}], "exact": ["networks"]}, None),
    ({"disks": [{"at": "scsi0:0"}, {"at": "scsi0:1", "keep": True}], "exact": ["disks"]}, None),
    ({"disks": [{"at": "scsi0:0"}], "cdroms": [], "exact": ["disks", "cdroms"], "destroy_disks": True}, {"disks.scsi0:1": ({"size": "1GiB"}, None)}),
]  # fmt: skip


def test_an_existing_vm_becomes_as_wanted(vcenter):
    vm = vcenter.create(NEW_VM, "changing")
    for item, changed in ONE_AFTER_THE_OTHER:
        found = vcenter.change(vm, item)
        assert found, item
        for path, (before, after) in (changed or {}).items():
            shown = {key: found[path][0].get(key) for key in before} if isinstance(before, dict) else found[path][0]
            assert (shown, found[path][1]) == (before, after), item
        assert vcenter.change(vm, item) == {}, item
    current = vcenter.current(vm)
    assert list(map(str, current.disks)) == ["scsi0:0"] and not current.cdroms
    assert [nic.mac for nic in current.nics] == ["00:50:56:3f:00:02"]


def test_somebody_else_changes_the_vm_meanwhile(vcenter):
    vm = vcenter.create(NEW_VM, "raced")
    wanted, current = vcenter.wanted({"annotation": "ours", "extra_config": {"ours": 1}}), vcenter.current(vm)
    compare = partial(differences, wanted, api=vcenter.session.version)
    (step,) = reconfigure_steps(compare(current), current.change_version, compare)
    vcenter.change(vm, {"annotation": "theirs", "cpu": {"shares": "low"}})
    vcenter.run(step.run(vm))
    assert compare(vcenter.current(vm)) == []
    assert vcenter.change(vm, {"cpu": {"shares": "low"}}) == {}


def test_a_running_vm_changes_hot(vcenter):
    vm = vcenter.create({**NEW_VM, "networks": [{"network": "Network"}]}, "running")
    vcenter.run(perform(operations.POWER_ON, vm, None))
    item = {
        "cpu": {"count": 4}, "disks": [{"at": "scsi0:0", "size": "12GiB"}, {"at": "scsi2:3", "size": "1GiB"}], "annotation": "runs",
        "networks": [{"connected": False, "start_connected": True}, {"network": "DistributedVirtualPortgroup"}],
    }  # fmt: skip
    found = vcenter.change(vm, item)
    assert set(found) == {"cpu.count", "annotation", "controllers.scsi2", "disks.scsi0:0.size", "disks.scsi2:3", "networks.0.connected", "networks.1"}


CLONED = {
    "cpu": {"count": 4}, "memory": {"size": "3GiB"}, "annotation": "cloned", "extra_config": {"mark": "x"}, "user_data": "#cloud-config clone",
    "disks": [{"at": "scsi0:0", "size": "20GiB"}, {"at": "scsi3:0", "size": "1GiB"}],
    "networks": [{"network": "DistributedVirtualPortgroup"}, {"network": "Network"}, {"network": "Network"}],
}  # fmt: skip


def test_a_clone_is_made_as_wanted_with_addresses_of_its_own(vcenter):
    source = vcenter.create({**NEW_VM, "networks": [{"network": "Network", "mac": "00:50:56:3f:00:09"}, {"network": "Network"}]}, "source")
    clone = vcenter.clone(source, CLONED, "clone")
    assert vcenter.change(clone, CLONED) == {}
    of_source, of_clone = vcenter.current(source), vcenter.current(clone)
    assert len(of_clone.nics) == 3 and not {nic.mac for nic in of_source.nics} & {nic.mac for nic in of_clone.nics}
    assert not {disk.files for disk in of_source.disks.values()} & {disk.files for disk in of_clone.disks.values()}
    # What is not said is that of the source.
    assert of_clone.settings["config.cpuHotAddEnabled"] is True and of_clone.disks.keys() > of_source.disks.keys()
    assert vcenter.change(source, NEW_VM | {"networks": []}) == {}


def test_a_guest_is_customized_with_one_entry_an_adapter(tmp_path, authority):
    with started(tmp_path, authority, vms=12) as vcenter:
        paths = ["config.guestId", "config.template", "guest.toolsRunningStatus", "config.hardware.device"]
        vms = read_current(vcenter.session, [ref for ref in vcenter.objects if ref.type == "VirtualMachine"], [*paths, *PROPERTIES])
        source = next(
            ref for ref, found in sorted(vms.items())
            if found.properties["guest.toolsRunningStatus"] == "guestToolsRunning" and "win" not in found.properties["config.guestId"]
            and current_state(found.properties).nics
        )  # fmt: skip
        nics, problems = vcenter.current(source).nics, []
        linux = wanted_customization("vms[0]", {"customization": {"linux": {"domain": "example.com"}}}, "web1", problems)
        item = {"networks": [{"address": ["10.0.0.5/24"], "gateway": ["10.0.0.1"]}, *({"address": ["dhcp"]} for _nic in nics[1:])]}
        clone = vcenter.clone(source, item, "web1", partial(specification, linux))
        assert problems == [] and vcenter.change(clone, item) == {}
        vcenter.run(perform(operations.POWER_ON, clone, None))
        for _attempt in range(100):
            found = read_current(vcenter.session, [clone], ["guest.hostName", "guest.ipAddress"])[clone].properties
            if found.get("guest.ipAddress"):
                break
            time.sleep(0.1)
        assert found == {"guest.hostName": "web1.example.com", "guest.ipAddress": "10.0.0.5"}
