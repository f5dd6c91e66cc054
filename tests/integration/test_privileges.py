# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What docs say that an account needs for each change: with exactly these privileges it is made, without one of them it is refused by name."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from changing import wait
from estates import Simulator, start_simulator
from plain_pyvmomi import connect
from pyVmomi import vim

from ansible_collections.estate.vmware.plugins.module_utils.machine import operations
from ansible_collections.estate.vmware.plugins.module_utils.machine.operations import OPERATIONS, Operation
from ansible_collections.estate.vmware.plugins.module_utils.machine.places import CLUSTER, DATASTORE, FOLDER, HOST, NETWORK, RESOURCE_POOL, Places
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.settings import SETTINGS
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.tests.integration.changing import connection, machines
from ansible_collections.estate.vmware.tests.integration.running import run_module

ON, OFF = "poweredOn", "poweredOff"
VM, INTERACT, CONFIG, PROVISIONING = "VirtualMachine.", "VirtualMachine.Interact.", "VirtualMachine.Config.", "VirtualMachine.Provisioning."
RUNS = "guest.toolsRunningStatus"
PATHS = ("runtime.powerState", "config.template", "config.managedBy", "runtime.connectionState", "snapshot", RUNS, "parent", "config.guestId", "runtime.host",
         "config.version", "config.hardware.device", "guest.toolsVersionStatus2")  # fmt: skip
VERSION, OLD = "guest.toolsVersionStatus2", ("guestToolsNeedUpgrade", "guestToolsSupportedOld", "guestToolsTooOld")
NO_TOOLS = (None, "guestToolsNotInstalled")
POOL, SPACE, NETWORKED, FILES = "Resource.AssignVMToPool", "Datastore.AllocateSpace", "Network.Assign", "Datastore.FileManagement"
#: In the table they stand for those of settings.
OF_SETTINGS = "VirtualMachine.Config.…"
#: Only done where a copy fails, and to VMs made of OVF packages, which test_vm_ovf.py makes.
ELSEWHERE = (operations.DELETE_DIRECTORY.name, operations.CUSTOMIZE.name, operations.IMPORT.name)


class Estate:
    """The simulated vCenter, and what it has for the rows."""

    def __init__(self, vcenter: Simulator) -> None:
        self.vcenter = vcenter
        self._used: set[str] = set()
        with Session(Connection(vcenter.host, vcenter.port, vcenter.username, vcenter.password, ca_path=str(vcenter.ca_path))) as session:
            places = Places(session)
            cluster = places.all(CLUSTER)[0]
            datacenter = places.datacenter(cluster)
            reach = places.reach([cluster])[cluster]
            self.cluster = places.path(cluster)
            self.datastores = {ref.moid: places.name(ref) for ref in places.all(DATASTORE, datacenter) if ref in reach.datastores}
            self.network = next(places.path(ref) for ref in places.all(NETWORK, datacenter) if ref in reach.networks and "plink" not in places.name(ref))
            self.folders = {ref.moid: places.path(ref) for ref in places.all(FOLDER, datacenter)}
            self.hosts = {ref.moid: places.path(ref) for ref in places.inside(HOST, cluster)}
            self.pools = {ref.moid: places.path(ref) for ref in places.all(RESOURCE_POOL, cluster)}

    def vm(self, state: str = OFF, template: bool = False, fits: Callable[[dict[str, Any]], bool] = bool, old_tools: bool = False) -> str:
        """The id of an ordinary VM of the cluster that no row has used, in this power state. Few have old VMware Tools."""
        for name, row in machines(self.vcenter, *PATHS).items():
            plain = "parent" in row and "config.managedBy" not in row and "snapshot" not in row and row["runtime.connectionState"] == "connected"
            usual = plain and name.isascii() and row["moid"] not in self._used and row["runtime.host"].moid in self.hosts
            if usual and row.get("config.template") == template and (row.get(VERSION) in OLD) == old_tools and fits(row):
                self._used.add(row["moid"])
                if row["runtime.powerState"] != state:
                    self.by_hand(row["moid"], lambda vm: wait(vm.PowerOn() if state == ON else vm.PowerOff()))
                return str(row["moid"])
        raise LookupError(f"no VM is left: {state}")

    def with_tools(self, old_tools: bool = False) -> str:
        """The id of a VM in which VMware Tools run."""
        moid = self.vm(ON, fits=lambda row: row.get(VERSION) not in NO_TOOLS, old_tools=old_tools)
        while machines(self.vcenter, RUNS)[self.name_of(moid)].get(RUNS) != "guestToolsRunning":
            time.sleep(0.05)
        return moid

    def by_hand(self, moid: str, work: Callable[[Any], Any]) -> None:
        """Do something to a VM with the account that may do all."""
        service = connect(self.vcenter)
        work(vim.VirtualMachine(moid, service._stub))
        service.content.sessionManager.Logout()

    def name_of(self, moid: str) -> str:
        return next(name for name, row in machines(self.vcenter).items() if row["moid"] == moid)

    def with_snapshot(self) -> str:
        """The id of a VM with the snapshot ``before``."""
        moid = self.vm(fits=lambda row: "'persistent'" in str(row["config.hardware.device"]))
        self.by_hand(moid, lambda vm: wait(vm.CreateSnapshot("before", "", False, False)))
        return moid

    def unmerged(self) -> str:
        """The id of a VM whose disks an earlier removal has left unmerged."""
        moid = self.with_snapshot()
        self.by_hand(moid, lambda vm: (wait(vm.Rename("unmerged-1")), wait(vm.snapshot.currentSnapshot.Remove(False))))
        return moid

    def lost_disk(self) -> str:
        """The file of a disk that an unregistered VM has left."""
        moid = self.vm()
        row = machines(self.vcenter, "config.hardware.device")[self.name_of(moid)]
        self.by_hand(moid, lambda vm: vm.Unregister())
        return str(next(device["backing"]["fileName"] for device in row["config.hardware.device"] if device["_type"] == "VirtualDisk"))

    @property
    def place(self) -> dict[str, str]:
        return {"cluster": self.cluster, "datastore": next(iter(self.datastores.values()))}


class Row(NamedTuple):
    """A change: the operation that it is, the module and its options, and all that it needs. ``also``: further operations of it."""

    operation: Operation
    module: str
    options: Callable[[Estate], dict[str, Any]]
    needs: tuple[str, ...]
    name: str = ""
    also: tuple[Operation, ...] = ()

    @property
    def id(self) -> str:
        return f"{self.operation.name} {self.name}".strip()


def on_vm(module: str, state: str = OFF, template: bool = False, **options: Any) -> Callable[[Estate], dict[str, Any]]:
    """The module on one VM. Options of the module have an underscore before them."""

    def made(estate: Estate) -> dict[str, Any]:
        asks_guest = options.get("_state") in ("shut_down", "rebooted")
        own = {name: value for name, value in options.items() if not name.startswith("_")}
        return {
            "vms": [{"moid": estate.with_tools() if asks_guest else estate.vm(state, template), **own}],
            **{name[1:]: value for name, value in options.items() if name.startswith("_")},
        }

    return made


def power(operation: Operation, state: str, before: str = ON) -> Row:
    return Row(operation, "vmware_vm_power", on_vm("", before, _state=state), (operation.privilege,))


def reconfigured(needs: tuple[str, ...], name: str, **item: Any) -> Row:
    return Row(operations.RECONFIGURE, "vmware_vm", on_vm("", **item), needs, name)


def snapshot(operation: Operation, state: str, **item: Any) -> Row:
    return Row(operation, "vmware_vm_snapshot", lambda estate: {"state": state, "vms": [{"moid": estate.with_snapshot(), **item}]}, (operation.privilege,))


def service(operation: Operation, **wanted: Any) -> Row:
    def made(estate: Estate) -> dict[str, Any]:
        return {"services": [wanted], "hosts": [{"path": next(iter(estate.hosts.values()))}]}

    return Row(operation, "vmware_host_service", made, (operation.privilege,))


def scratch(name: str, **more: Any) -> Callable[[Estate], dict[str, Any]]:
    def made(estate: Estate) -> dict[str, Any]:
        item = {"name": name, "memory": {"size": "1GiB"}, "hardware": {"guest_id": "ubuntu64Guest"}, "placement": {**estate.place, **more.pop("placement", {})}}
        item["disks"] = [{"at": "scsi0:0", "size": "1GiB"}]
        return {"vms": [{**item, "networks": [{"network": estate.network}], **more}]}

    return made


def attached(estate: Estate) -> dict[str, Any]:
    made = scratch("attached")(estate)
    made["vms"][0].update(disks=[{"at": "scsi0:0", "file": estate.lost_disk()}], networks=[])
    return made


def clone(template: bool = False, **more: Any) -> Callable[[Estate], dict[str, Any]]:
    def made(estate: Estate) -> dict[str, Any]:
        moid = estate.vm(OFF, template, lambda row: "win" not in row["config.guestId"] and row.get(VERSION) not in NO_TOOLS and "[gold]" not in str(row))
        source = {"template" if template else "vm": estate.name_of(moid)}
        return {"vms": [{"name": f"clone-{'-'.join(more) or 'plain'}-{template}", "source": source, "placement": estate.place, **more}]}

    return made


def copied(estate: Estate) -> dict[str, Any]:
    made = clone()(estate)
    made["vms"][0].update(name="copy")
    made["vms"][0]["source"]["method"] = "copy"
    return made


def relocated(kind: str, state: str = OFF) -> Callable[[Estate], dict[str, Any]]:
    """Moved to another place of this kind."""

    def made(estate: Estate) -> dict[str, Any]:
        moid = estate.vm(state)
        row = machines(estate.vcenter, "datastore", "parent", "resourcePool")[estate.name_of(moid)]
        now = {ref.moid for ref in (*row["datastore"], row["parent"], row["resourcePool"])}
        known = {"datastore": estate.datastores, "folder": estate.folders, "resource_pool": estate.pools}[kind]
        return {"vms": [{"moid": moid, "relocate": True, "placement": {kind: next(place for ref, place in known.items() if ref not in now)}}]}

    return made


def another_adapter(estate: Estate) -> dict[str, Any]:
    moid = estate.vm()
    devices = machines(estate.vcenter, "config.hardware.device")[estate.name_of(moid)]["config.hardware.device"]
    number = sum("macAddress" in device for device in devices)
    return {"vms": [{"moid": moid, "networks": [*({} for _number in range(number)), {"network": estate.network}]}]}


def older_hardware(estate: Estate) -> dict[str, Any]:
    return {"vms": [{"moid": estate.vm(fits=lambda row: row["config.version"] < "vmx-19"), "hardware": {"version": "vmx-19"}}]}


def outdated(estate: Estate) -> dict[str, Any]:
    """A VM that runs with old VMware Tools becomes a template."""
    return {"state": "template", "vms": [{"moid": estate.with_tools(old_tools=True), "update_tools": True, "power_off": True}]}


MARKED = CONFIG + "AdvancedConfig"
MAKES = (VM + "Inventory.Create", POOL, SPACE, MARKED, NETWORKED, CONFIG + "AddNewDisk")
CLONES = (PROVISIONING + "Clone", VM + "Inventory.CreateFromExisting", POOL, SPACE, MARKED)
CUSTOMIZED = {"customization": {"linux": {"hostname": "a", "domain": "example.com"}}}
ROWS = [
    power(operations.POWER_ON, "on", OFF),
    power(operations.POWER_OFF, "off"),
    power(operations.SUSPEND, "suspended"),
    power(operations.RESET, "reset"),
    power(operations.SHUT_DOWN, "shut_down"),
    power(operations.REBOOT, "rebooted"),
    Row(operations.CREATE, "vmware_vm", scratch("made"), MAKES),
    Row(operations.CREATE, "vmware_vm", attached, (VM + "Inventory.Create", POOL, SPACE, MARKED, CONFIG + "AddExistingDisk"), "with a disk"),
    Row(operations.CREATE_FOLDER, "vmware_vm", scratch("below", placement={"folder": "New", "create_folder": True}), ("Folder.Create", *MAKES)),
    Row(operations.CLONE, "vmware_vm", clone(), CLONES),
    Row(operations.CLONE, "vmware_vm", clone(True, power="on"), (PROVISIONING + "DeployTemplate", *CLONES[1:], INTERACT + "PowerOn"), "template"),
    Row(operations.CLONE, "vmware_vm", clone(**CUSTOMIZED), (*CLONES, PROVISIONING + "Customize"), "customized"),
    Row(
        operations.CLONE, "vmware_vm", clone(customization={"spec": "vcsim-linux"}, annotation="x"),
        (*CLONES, PROVISIONING + "ReadCustSpecs", PROVISIONING + "Customize", CONFIG + "Annotation"), "by a stored specification",
    ),
    Row(operations.MAKE_DIRECTORY, "vmware_vm", copied, (FILES, VM + "Inventory.Register", POOL), also=(operations.COPY_DISK, operations.REGISTER)),
    reconfigured((CONFIG + "CPUCount",), "CPUs", cpu={"count": 48}),
    reconfigured((CONFIG + "Memory",), "memory", memory={"size": "12GiB"}),
    reconfigured((CONFIG + "Resource",), "shares", cpu={"shares": "high"}),
    reconfigured((CONFIG + "Settings",), "boot", hardware={"boot": {"delay": 77}}),
    reconfigured((CONFIG + "Annotation",), "annotation", annotation="by a test"),
    reconfigured((MARKED,), "extra config", extra_config={"x.y": "z"}),
    reconfigured((CONFIG + "AddNewDisk", SPACE), "new disk", disks=[{"at": "scsi0:9", "size": "1GiB"}]),
    Row(
        operations.RECONFIGURE, "vmware_vm", lambda estate: {"vms": [{"moid": estate.vm(), "disks": [{"at": "scsi0:9", "file": estate.lost_disk()}]}]},
        (CONFIG + "AddExistingDisk",), "attached disk",
    ),
    Row(
        operations.RECONFIGURE, "vmware_vm", another_adapter,
        (CONFIG + "AddRemoveDevice", NETWORKED), "new adapter",
    ),
    reconfigured((CONFIG + "DiskExtend",), "larger disk", disks=[{"at": "scsi0:0", "size": "3TiB"}]),
    reconfigured((CONFIG + "RemoveDisk",), "fewer disks", disks=[], exact=["disks"], destroy_disks=True),
    reconfigured((CONFIG + "AddRemoveDevice",), "fewer adapters", networks=[], exact=["networks"]),
    reconfigured((CONFIG + "EditDevice",), "adapter", networks=[{"start_connected": False}]),
    Row(operations.UPGRADE, "vmware_vm", older_hardware, (operations.UPGRADE.privilege,)),
    Row(operations.RENAME, "vmware_vm", on_vm("", rename="called otherwise"), (operations.RENAME.privilege,)),
    Row(operations.RECONFIGURE, "vmware_vm", on_vm("", _state="retired"), (CONFIG + "Rename", MARKED), "retired"),
    Row(operations.RELOCATE, "vmware_vm", relocated("datastore"), ("Resource.ColdMigrate", SPACE)),
    Row(operations.RELOCATE, "vmware_vm", relocated("resource_pool", ON), ("Resource.HotMigrate", POOL), "while it runs"),
    Row(operations.MOVE, "vmware_vm", relocated("folder"), (operations.MOVE.privilege,)),
    Row(operations.SET_ATTRIBUTE, "vmware_vm", on_vm("", custom_attributes={"Owner": "a test"}), (operations.SET_ATTRIBUTE.privilege,)),
    Row(operations.DESTROY, "vmware_vm", on_vm("", _state="absent", delete="destroy"), (operations.DESTROY.privilege,)),
    Row(operations.UNREGISTER, "vmware_vm", on_vm("", _state="absent", delete="unregister"), (operations.UNREGISTER.privilege,)),
    Row(operations.UPDATE_TOOLS, "vmware_template", outdated, (operations.UPDATE_TOOLS.privilege, INTERACT + "PowerOff", operations.MARK_TEMPLATE.privilege)),
    Row(operations.MARK_TEMPLATE, "vmware_template", on_vm("", _state="template"), (operations.MARK_TEMPLATE.privilege,)),
    Row(operations.MARK_VM, "vmware_template", on_vm("", template=True, _state="vm"), (operations.MARK_VM.privilege, POOL)),
    snapshot(operations.TAKE_SNAPSHOT, "present", snapshot={"name": "new"}),
    snapshot(operations.REMOVE_SNAPSHOT, "absent", snapshot={"name": "before"}),
    snapshot(operations.REVERT_SNAPSHOT, "reverted", snapshot={"name": "before"}),
    Row(
        operations.CONSOLIDATE, "vmware_vm_snapshot",
        lambda estate: {"state": "absent", "vms": [{"moid": estate.unmerged(), "snapshot": {"name": "gone"}}]}, (operations.CONSOLIDATE.privilege,),
    ),
    service(operations.START_SERVICE, name="TSM", running=True),
    service(operations.STOP_SERVICE, name="ntpd", running=False),
    service(operations.SET_SERVICE_POLICY, name="TSM", policy="automatic"),
]  # fmt: skip


def accounts() -> dict[str, list[dict[str, Any]]]:
    """For each row an account with all that it needs, and one more without each of these."""
    found = {}
    for row in ROWS:
        for number in (None, *range(len(row.needs))):
            held = [privilege for index, privilege in enumerate(row.needs) if index != number]
            found[account(row, number)] = [{"on": "/", "role": "read-only", "privileges": held}]
    return found


def account(row: Row, lacking: int | None = None) -> str:
    return row.id if lacking is None else f"{row.id} without {lacking}"


@pytest.fixture(scope="module")
def estate(tmp_path_factory, authority) -> Iterator[Estate]:
    folder = tmp_path_factory.mktemp("privileges")
    with start_simulator(folder, ca=authority, vms=120, datacenters=1, clusters=1, hosts=4, standalone_hosts=1, guest_delay=20, accounts=accounts()) as vcenter:
        yield Estate(vcenter)


def _is_quick(row: Row) -> bool:
    return row is next(other for other in ROWS if other.module == row.module)


@pytest.mark.parametrize("row", [pytest.param(row, id=row.id, marks=[] if _is_quick(row) else [pytest.mark.all_only]) for row in ROWS])
def test_an_account_needs_exactly_what_docs_say(estate, tmp_path, row):
    options = row.options(estate)

    def run(lacking: int | None = None) -> dict[str, Any]:
        return run_module(tmp_path, row.module, **{**connection(estate.vcenter), "username": account(row, lacking)}, **options)

    for number, privilege in enumerate(row.needs):
        refused = run(number)
        assert refused["failed"] and f"lacks {privilege}: give the account a role with it" in refused["msg"], (privilege, refused)
    done = run()
    assert not done["failed"] and done["changed"], done.get("msg", done)


def test_every_privilege_of_the_table_is_tried():
    tried = {(operation.name, privilege) for row in ROWS for operation in (row.operation, *row.also) for privilege in row.needs}
    listed = {
        (operation.name, privilege)
        for operation in OPERATIONS
        for privilege in (operation.privilege, *(privilege for privilege, _purpose in operation.further))
    }
    settings = {("reconfigure", f"{CONFIG}{setting.privilege}") for setting in SETTINGS if not setting.by_upgrade}
    assert {pair for pair in listed | settings if pair[1] != OF_SETTINGS and pair[0] not in ELSEWHERE} - tried == set()
    unlisted = {pair for pair in tried if pair not in listed | settings}
    # What a folder is made for, and what a copy and a clone change of their source.
    assert {name for name, _privilege in unlisted} <= {"update VMware Tools", "create the folder", "make the directory", "copy a disk", "register", "clone"}, (
        unlisted
    )
