# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the benchmark of changes does to VMs: by ours with one task for all of them, by modules of community.vmware in a loop.

The names are those of the simulator's plain estate.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from changing import machines, wait
from estates import Simulator
from goals import CLONES, GUEST_STATE, SNAPSHOTS, Goal, clone_calls, many_calls, unchanged_calls
from plain_pyvmomi import connect
from pyVmomi import vim

_DATACENTER, _CLUSTER, _DATASTORE, _NETWORK = "DC0", "DC0_C0", "LocalDS_0", "VM Network"
_FOLDER = f"/{_DATACENTER}/vm"
_CPUS, _MEMORY_MB = 2, 512
_CLONES = "clone-{n:03d}"
_BASE = "base"
_ON, _OFF = "poweredOn", "poweredOff"


class Named(NamedTuple):
    """VMs that are there, VMs that are made, as many, the VM that these are cloned from, the snapshot that is taken, and the network of clones.

    The peer is spared networks: where it changes one, it stumbles over the simulator.
    """

    vms: list[str]
    clones: list[str]
    source: str
    snapshot: str
    network: str


def named(vms: list[str], source: str, prefix: str = "") -> Named:
    """Those of a play. :param prefix: of the names of clones and of the snapshot."""
    return Named(
        vms,
        [prefix + _CLONES.replace("{n:03d}", f"{number:03d}") for number in range(1, len(vms) + 1)],
        source,
        f"{prefix}snapshot",
        "" if prefix else _NETWORK,
    )


#: Properties of a VM by path; None for one that is not there.
Found = Mapping[str, Any] | None


@dataclass(frozen=True)
class Change:
    """What is done to VMs.

    :ivar ours: module and options of the task. :ivar peer: the same, of a task in a loop over ``item``.
    :ivar makes: it is about VMs that are made. :ivar done: whether a VM is as it should be afterwards.
    :ivar calls: the goal of ours, by VMs and pages. :ivar wall: that of the wall against the peer's; None where there is none.
    :ivar begins: the power state of VMs before; empty for that in which they are.
    """

    title: str
    ours: Callable[[Named], tuple[str, dict[str, Any]]]
    peer: Callable[[Named], tuple[str, dict[str, Any]]]
    done: Callable[[Found, Named], bool]
    calls: Callable[[int, float], Goal]
    wall: Goal | None = None
    begins: str = ""
    makes: bool = False


def _is(state: str) -> Callable[[Found, Named], bool]:
    return lambda found, _these: found is not None and found["runtime.powerState"] == state


def _has_snapshot(found: Found, these: Named) -> bool:
    left = list(found["snapshot"].rootSnapshotList if found and found.get("snapshot") else ())
    while left:
        node = left.pop()
        if node.name == these.snapshot:
            return True
        left += node.childSnapshotList
    return False


def _lacks_snapshot(found: Found, these: Named) -> bool:
    return found is not None and not _has_snapshot(found, these)


def _is_cloned(found: Found, these: Named) -> bool:
    if not found:
        return False
    adapters = [device for device in found["config.hardware.device"] if isinstance(device, vim.vm.device.VirtualEthernetCard)]
    size = (found["config.hardware.numCPU"], found["config.hardware.memoryMB"])
    has_network = not these.network or [getattr(one.backing, "deviceName", "") for one in adapters] == [these.network]
    return _is(_ON)(found, these) and size == (_CPUS, _MEMORY_MB) and has_network


def _is_gone(found: Found, _these: Named) -> bool:
    return found is None


#: Of VMs that are read back.
PATHS = ("runtime.powerState", "snapshot", "config.hardware.numCPU", "config.hardware.memoryMB", "config.hardware.device")


def _power(state: str) -> Callable[[Named], tuple[str, dict[str, Any]]]:
    return lambda these: ("vmware_vm_power", {"state": state, "vms": [{"name": name} for name in these.vms]})


def _take_snapshots(these: Named) -> tuple[str, dict[str, Any]]:
    return "vmware_vm_snapshot", {"state": "present", "common": {"snapshot": {"name": these.snapshot}}, "vms": [{"name": name} for name in these.vms]}


def _prune(these: Named) -> tuple[str, dict[str, Any]]:
    # All of them are on one datastore.
    options = {"state": "pruned", "per_datastore": 16, "common": {"retention": {"keep": 0, "only": [these.snapshot]}}, "at_most": len(these.vms)}
    return "vmware_vm_snapshot", {**options, "vms": [{"name": name} for name in these.vms]}


def _clone(these: Named) -> tuple[str, dict[str, Any]]:
    wanted = {
        "name": _CLONES, "count": len(these.clones), "source": {"vm": these.source}, "cpu": {"count": _CPUS}, "power": "on",
        "placement": {"datacenter": _DATACENTER, "cluster": _CLUSTER, "datastore": _DATASTORE}, "memory": {"size": f"{_MEMORY_MB}MiB"},
        "networks": [{"network": _NETWORK}],
    }  # fmt: skip
    return "vmware_vm", {"vms": [wanted]}


def _delete(these: Named) -> tuple[str, dict[str, Any]]:
    options = {"state": "absent", "common": {"delete": "destroy"}, "at_most": len(these.clones)}
    return "vmware_vm", {**options, "vms": [{"name": name} for name in these.clones]}


def _peer(module: str, **options: Any) -> Callable[[Named], tuple[str, dict[str, Any]]]:
    return lambda these: (module, {"name": "{{ item }}", "datacenter": _DATACENTER, **options})


def _peer_clone(these: Named) -> tuple[str, dict[str, Any]]:
    return _peer(
        "vmware_guest", template=these.source, cluster=_CLUSTER, folder=_FOLDER, datastore=_DATASTORE, state="poweredon",
        hardware={"num_cpus": _CPUS, "memory_mb": _MEMORY_MB},
    )(these)  # fmt: skip


def _peer_snapshots(state: str) -> Callable[[Named], tuple[str, dict[str, Any]]]:
    return lambda these: _peer("vmware_guest_snapshot", folder=_FOLDER, snapshot_name=these.snapshot, state=state)(these)


#: Of VMs among which some are chosen, and whether one may be.
FIND = ("runtime.powerState", "runtime.connectionState", "config.template", "config.instanceUuid", "config.managedBy", "config.ftInfo.role")


def may_be_stopped(found: Mapping[str, Any]) -> bool:
    """Whether a VM of a large estate runs and is nobody's appliance."""
    plain = not found.get("config.template") and not {"config.managedBy", "config.ftInfo.role"} & found.keys() and found.get("config.instanceUuid")
    return bool(plain and found["runtime.powerState"] == _ON and found["runtime.connectionState"] == "connected")


def prepare(simulator: Simulator, these: Named) -> None:
    """Make the estate one that modules of the peer can work on: a snapshot of each VM, and a source that is off."""
    for vm, row in machines(connect(simulator)).items():
        if row["name"] in these.vms:
            wait(vm.CreateSnapshot_Task(_BASE, "", False, False))
        if row["name"] == these.source:
            wait(vm.PowerOff())


def begin(simulator: Simulator, change: Change, names: Collection[str]) -> None:
    """Power VMs as the change finds them."""
    tasks = [
        vm.PowerOn() if change.begins == _ON else vm.PowerOff()
        for vm, row in machines(connect(simulator), "runtime.powerState").items()
        if change.begins and row["name"] in names and row["runtime.powerState"] != change.begins
    ]
    for task in tasks:
        wait(task)


_PEER_POWER = "vmware_guest_powerstate"
_POWERED_ON = (_power("on"), _peer(_PEER_POWER, state="powered-on"), _is(_ON))
#: In this order, which leaves the estate as it was.
CHANGES = (
    Change("power off", _power("off"), _peer(_PEER_POWER, state="powered-off"), _is(_OFF), many_calls, GUEST_STATE, _ON),
    Change("power on", *_POWERED_ON, many_calls, GUEST_STATE, _OFF),
    Change("all on already", *_POWERED_ON, unchanged_calls),
    Change("take a snapshot", _take_snapshots, _peer_snapshots("present"), _has_snapshot, many_calls, SNAPSHOTS),
    Change("prune", _prune, _peer_snapshots("absent"), _lacks_snapshot, many_calls, SNAPSHOTS),
    Change("clone and power on", _clone, _peer_clone, _is_cloned, clone_calls, CLONES, makes=True),
    Change("all cloned already", _clone, _peer_clone, _is_cloned, unchanged_calls, makes=True),
    Change("delete", _delete, _peer("vmware_guest", state="absent", force=True), _is_gone, many_calls, begins=_OFF, makes=True),
)
