# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of vmware_vm over TLS, read back from the server: those that no other test gives."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from estates import Simulator, start_simulator
from plain_pyvmomi import connect
from pyVmomi import vim

from ansible_collections.estate.vmware.plugins.module_utils.machine.places import CLUSTER, DATASTORE, HOST, NETWORK, RESOURCE_POOL, Places
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.datastore_files import DatastoreFile, write
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.tests.integration.changing import change, machines

ON, DEVICES, EXTRA = "poweredOn", "config.hardware.device", "config.extraConfig"


@pytest.fixture(scope="module")
def vcenter(tmp_path_factory, authority) -> Iterator[Simulator]:
    sizes = {"vms": 40, "datacenters": 1, "clusters": 1, "hosts": 4, "standalone_hosts": 1, "pools": 2}
    with start_simulator(tmp_path_factory.mktemp("options"), ca=authority, guest_delay=20, **sizes) as simulator:
        yield simulator


@pytest.fixture
def run(vcenter, tmp_path) -> Any:
    return partial(change, tmp_path, vcenter, "vmware_vm")


@pytest.fixture(scope="module")
def place(vcenter) -> dict[str, Any]:
    """The only cluster, and what its hosts reach."""
    with Session(Connection(vcenter.host, vcenter.port, vcenter.username, vcenter.password, ca_path=str(vcenter.ca_path))) as session:
        places = Places(session)
        cluster = places.all(CLUSTER)[0]
        reach = places.reach([cluster])[cluster]
        hosts = {places.path(ref): ref.moid for ref in places.inside(HOST, cluster)}
        return {
            "cluster": places.path(cluster),
            "datacenter": places.path(places.datacenter(cluster)),
            "datastore": next(places.name(ref) for ref in places.all(DATASTORE) if ref in reach.datastores),
            "networks": [places.path(ref) for ref in places.all(NETWORK) if ref in reach.networks and "plink" not in places.name(ref)],
            "hosts": {path: moid for path, moid in hosts.items() if places.reach([ref_of(places, path)])[ref_of(places, path)].datastores},
            "pools": {places.path(ref): ref.moid for ref in places.all(RESOURCE_POOL, cluster)},
        }


def ref_of(places: Places, path: str) -> Any:
    return places.find("host", HOST, path)


def done(run, sent: set[str], **item: Any) -> dict[str, Any]:
    """Make a VM as wanted, twice: the second time nothing is changed."""
    first = run(vms=[item])
    assert not first["failed"] and set(first["sent"]) == sent, first.get("msg", first)
    again = run(vms=[item], _ansible_diff=True)
    assert (again["failed"], again["changed"], again["sent"]) == (False, False, {}), again.get("diff", again)
    return first


def kind(row: dict[str, Any], *types: str) -> list[dict[str, Any]]:
    return [device for device in row[DEVICES] if device["_type"] in types]


FIRST = {
    "cpu": {
        "count": 4, "cores_per_socket": 2, "hot_add": True, "hot_remove": False, "reservation_mhz": 500, "limit_mhz": 4000, "shares": "high", "nested": True,
    },
    "memory": {"size": "4GiB", "hot_add": True, "reservation": "1GiB", "limit": "4GiB", "shares": 30000, "reserve_all": False},
    "hardware": {
        "guest_id": "ubuntu64Guest", "version": "vmx-19", "firmware": "efi", "secure_boot": True, "time_sync": True,
        "boot": {"delay": 700, "retry": True, "retry_delay": 20000},
    },
    "annotation": "the first",
}  # fmt: skip
SECOND = {
    "cpu": {
        "count": 6, "cores_per_socket": 3, "hot_add": False, "hot_remove": True, "reservation_mhz": 0, "limit_mhz": "unlimited", "shares": 1234,
        "nested": False,
    },
    "memory": {"size": "8GiB", "hot_add": False, "limit": "unlimited", "shares": "low", "reserve_all": True},
    "hardware": {
        "guest_id": "debian11_64Guest", "version": "vmx-20", "firmware": "efi", "secure_boot": False, "time_sync": False,
        "boot": {"delay": 1, "retry": False, "retry_delay": 30000},
    },
    "annotation": "the second",
}  # fmt: skip
#: Property to what it is after the first and after the second.
SETTINGS = {
    "config.hardware.numCPU": (4, 6),
    "config.hardware.numCoresPerSocket": (2, 3),
    "config.cpuHotAddEnabled": (True, False),
    "config.cpuHotRemoveEnabled": (False, True),
    "config.cpuAllocation.reservation": (500, 0),
    "config.cpuAllocation.limit": (4000, -1),
    "config.cpuAllocation.shares.level": ("high", "custom"),
    "config.nestedHVEnabled": (True, False),
    "config.hardware.memoryMB": (4096, 8192),
    "config.memoryHotAddEnabled": (True, False),
    "config.memoryAllocation.reservation": (1024, 8192),
    "config.memoryAllocation.limit": (4096, -1),
    "config.memoryAllocation.shares.level": ("custom", "low"),
    "config.memoryReservationLockedToMax": (False, True),
    "config.guestId": ("ubuntu64Guest", "debian11_64Guest"),
    "config.version": ("vmx-19", "vmx-20"),
    "config.firmware": ("efi", "efi"),
    "config.bootOptions.efiSecureBootEnabled": (True, False),
    "config.bootOptions.bootDelay": (700, 1),
    "config.bootOptions.bootRetryEnabled": (True, False),
    "config.bootOptions.bootRetryDelay": (20000, 30000),
    "config.tools.syncTimeWithHost": (True, False),
    "config.annotation": ("the first", "the second"),
}


def plain(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.lstrip("-").isdigit() else value


def test_all_settings_of_a_new_vm_and_of_one_that_is_there(vcenter, run, place):
    placement = {"cluster": place["cluster"], "datastore": place["datastore"]}
    done(run, {"CreateVM_Task"}, name="set", placement=placement, **FIRST)
    row = machines(vcenter, *SETTINGS)["set"]
    assert {path: plain(row.get(path)) for path in SETTINGS} == {path: first for path, (first, _second) in SETTINGS.items()}
    done(run, {"ReconfigVM_Task", "UpgradeVM_Task"}, name="set", **SECOND)
    row = machines(vcenter, *SETTINGS)["set"]
    assert {path: plain(row.get(path)) for path in SETTINGS} == {path: second for path, (_first, second) in SETTINGS.items()}


def test_devices(vcenter, run, place):
    lan, other = place["networks"][:2]
    item = {
        "name": "devices",
        "placement": {"cluster": place["cluster"], "datastore": place["datastore"]},
        "memory": {"size": "1GiB"},
        "hardware": {"guest_id": "ubuntu64Guest", "boot": {"order": ["cdrom", "scsi1:0"]}},
        "controllers": [{"at": "scsi1", "type": "lsilogic_sas"}, {"at": "sata0", "type": "sata"}],
        "disks": [{"at": "scsi1:0", "size": "1GiB", "provisioning": "eager_zeroed", "sharing": "multi_writer", "mode": "independent_persistent"}],
        "cdroms": [{"at": "sata0:1", "client": True, "connected": False}],
        "networks": [
            {"network": lan, "adapter": "e1000e", "mac": "00:50:56:11:22:33", "connected": False, "start_connected": False},
            {"network": other, "adapter": "vmxnet3", "start_connected": True},
        ],
        "meta_data": "local-hostname: devices",
    }
    # Devices have their keys for the boot order once they are there.
    done(run, {"CreateVM_Task", "ReconfigVM_Task"}, **item)
    row = machines(vcenter, DEVICES, EXTRA)["devices"]
    (scsi,) = kind(row, "VirtualLsiLogicSASController")
    (disk,), (drive,) = kind(row, "VirtualDisk"), kind(row, "VirtualCdrom")
    backing = disk["backing"]
    assert (disk["controllerKey"], disk["unitNumber"]) == (scsi["key"], "0")
    assert (backing["diskMode"], backing["sharing"], backing["eagerlyScrub"]) == ("independent_persistent", "sharingMultiWriter", "true")
    assert drive["connectable"]["startConnected"] == "false"
    assert drive["backing"]["_type"] in ("VirtualCdromRemotePassthroughBackingInfo", "VirtualCdromRemoteAtapiBackingInfo")
    (first,), (second,) = kind(row, "VirtualE1000e"), kind(row, "VirtualVmxnet3")
    assert (first["macAddress"], first["connectable"]["startConnected"], second["connectable"]["startConnected"]) == ("00:50:56:11:22:33", "false", "true")
    extra = {entry["key"]: entry["value"] for entry in row[EXTRA]}
    assert extra["guestinfo.metadata"]
    service = connect(vcenter)
    order = vim.VirtualMachine(row["moid"], service._stub).config.bootOptions.bootOrder
    service.content.sessionManager.Logout()
    assert [type(entry).__name__.rpartition(".")[2] for entry in order] == ["BootableCdromDevice", "BootableDiskDevice"]
    assert str(order[1].deviceKey) == disk["key"]


def test_image_in_a_drive(vcenter, run, place):
    image = f"[{place['datastore']}] a b.iso"
    with Session(Connection(vcenter.host, vcenter.port, vcenter.username, vcenter.password, ca_path=str(vcenter.ca_path))) as session:
        write(session, DatastoreFile(place["datacenter"].strip("/"), place["datastore"], "a b.iso"), b"an image")
    new = {"placement": {"cluster": place["cluster"], "datastore": place["datastore"]}, "memory": {"size": "1GiB"}, "hardware": {"guest_id": "ubuntu64Guest"}}
    done(run, {"CreateVM_Task"}, name="drives", cdroms=[{"at": "ide0:0", "iso": image, "connected": True}], **new)
    (drive,) = kind(machines(vcenter, DEVICES)["drives"], "VirtualCdrom")
    assert (drive["backing"]["fileName"], drive["connectable"]["startConnected"]) == (image, "true")
    done(run, {"ReconfigVM_Task"}, name="drives", cdroms=[{"at": "ide0:0", "client": True}])
    (drive,) = kind(machines(vcenter, DEVICES)["drives"], "VirtualCdrom")
    assert "fileName" not in drive["backing"]


def test_place_of_a_new_vm_and_of_one_that_is_there(vcenter, run, place):
    (pool, pool_id) = next((path, moid) for path, moid in place["pools"].items() if not path.endswith("Resources"))
    (one, one_id), (two, two_id) = list(place["hosts"].items())[:2]
    new = {"memory": {"size": "1GiB"}, "hardware": {"guest_id": "ubuntu64Guest"}}
    done(
        run,
        {"CreateVM_Task"},
        name="placed",
        placement={"datacenter": place["datacenter"], "host": one, "resource_pool": pool, "datastore": place["datastore"]},
        **new,
    )
    row = machines(vcenter, "runtime.host", "resourcePool")["placed"]
    assert (row["runtime.host"].moid, row["resourcePool"].moid) == (one_id, pool_id)
    done(run, {"RelocateVM_Task"}, name="placed", relocate=True, placement={"host": two})
    assert machines(vcenter, "runtime.host")["placed"]["runtime.host"].moid == two_id


def _source(vcenter, windows: bool) -> str:
    paths = ("config.guestId", "config.template", "runtime.connectionState", "guest.toolsVersionStatus2", "parent", "snapshot")
    for name, row in machines(vcenter, *paths).items():
        fits = ("win" in row["config.guestId"]) == windows and row["runtime.connectionState"] == "connected" and "parent" in row and name.isascii()
        if fits and row.get("guest.toolsVersionStatus2") not in (None, "guestToolsNotInstalled") and not row.get("config.template") and "snapshot" not in row:
            return name
    raise LookupError("no VM can be customized")


def test_network_of_a_customized_guest(vcenter, run, place):
    nic = {"network": place["networks"][0], "address": ["10.9.8.7/24"], "gateway": ["10.9.8.1"], "dns": ["10.9.8.2"], "search": ["corp.example"]}
    custom = {"linux": {"hostname": "tuned", "domain": "corp.example", "time_zone": "Europe/Berlin"}}
    placement = {"cluster": place["cluster"], "datastore": place["datastore"]}
    item = {"name": "tuned", "source": {"vm": _source(vcenter, False)}, "placement": placement, "customization": custom, "networks": [nic]}
    done(run, {"CloneVM_Task"}, **item, power="on", wait_for={"ip": "30s", "customization": "30s"})
    row = machines(vcenter, "guest.hostName", "guest.net")["tuned"]
    config = row["guest.net"][0]["dnsConfig"]
    assert row["guest.hostName"].startswith("tuned") and "10.9.8.7" in row["guest.net"][0]["ipAddress"]
    assert (config["ipAddress"], config["searchDomain"]) == ("10.9.8.2", "corp.example")


def test_windows_guest(vcenter, run, place):
    custom = {
        "windows": {
            "computer_name": "WINTUNED", "workgroup": "LAB", "admin_password": "s3cret-of-windows", "time_zone": 110, "product_key": "AAAAA-BBBBB",
            "full_name": "A", "organization": "B", "run_once": ["cmd /c dir"],
        }
    }  # fmt: skip
    placement = {"cluster": place["cluster"], "datastore": place["datastore"]}
    item = {"name": "wintuned", "source": {"vm": _source(vcenter, True)}, "placement": placement, "customization": custom, "power": "on"}
    first = done(run, {"CloneVM_Task"}, **item, wait_for={"customization": "30s"})
    assert machines(vcenter, "guest.hostName")["wintuned"]["guest.hostName"].upper().startswith("WINTUNED")
    assert "s3cret" not in str(first) and "AAAAA" not in str(first)
    joined = {"computer_name": "WINJOINED", "domain": "corp.example", "domain_admin": "admin", "domain_password": "s3cret-of-domain"}
    done(run, {"CloneVM_Task"}, **{**item, "name": "winjoined", "customization": {"windows": joined}}, wait_for={"customization": "30s"})
    assert machines(vcenter, "guest.hostName")["winjoined"]["guest.hostName"].upper().startswith("WINJOINED")


def test_grace_of_a_guest_that_does_not_shut_down(vcenter, run, place):
    placement = {"cluster": place["cluster"], "datastore": place["datastore"]}
    done(run, {"CloneVM_Task"}, name="stubborn-1", source={"vm": _source(vcenter, False)}, placement=placement, power="on", wait_for={"tools": "30s"})
    result = run(vms=[{"name": "stubborn-1", "cpu": {"nested": True}, "power_cycle": "guest", "grace": "1s"}])
    assert result["failed"] and "has not shut down within 1 s" in result["msg"]
    assert machines(vcenter, "runtime.powerState")["stubborn-1"]["runtime.powerState"] == ON
