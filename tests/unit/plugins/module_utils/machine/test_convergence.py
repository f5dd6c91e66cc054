# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever is wanted of whatever VM: once the changes are made, nothing differs any more."""

from __future__ import annotations

from hypothesis import assume, given, strategies as st

from ansible_collections.estate.vmware.plugins.module_utils.machine.config_spec import config_spec
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.buses import BUSES
from ansible_collections.estate.vmware.plugins.module_utils.machine.differences import differences
from ansible_collections.estate.vmware.plugins.module_utils.machine.wanted import wanted_state
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_requests import SoapRequests
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.example_vm import API, NETWORKS, NEW, applied, options, read, wanted

SIZES = st.sampled_from(["1GiB", "8GiB", "40GiB", "64GiB"])
FLAGS = st.booleans()
PLACES = st.builds(
    lambda bus, number, unit: f"{bus}{number % BUSES[bus].controllers}:{unit % BUSES[bus].units}",
    st.sampled_from(list(BUSES)), st.integers(0, 1), st.sampled_from([0, 1, 2, 5, 15]),
).filter(lambda place: place != "scsi0:7")  # fmt: skip
SLOW_PLACES = PLACES.filter(lambda place: place.startswith(("ide", "sata")))


def some(**parts):
    return st.fixed_dictionaries({}, optional=parts)


def unique(items):
    return st.lists(items, max_size=3, unique_by=lambda item: item["at"])


DISKS = st.builds(lambda place, rest: {"at": place, **rest}, PLACES, some(
    size=SIZES, mode=st.sampled_from(["persistent", "independent_persistent"]), sharing=st.sampled_from(["none", "multi_writer"]),
    provisioning=st.sampled_from(["thin", "thick", "eager_zeroed"]), datastore=st.sampled_from(["ds1", "ds2"]),
)) | PLACES.flatmap(lambda place: st.sampled_from([{"at": place, "file": f"[ds2] x/{place[-1]}.vmdk"}, {"at": place, "keep": True}]))  # fmt: skip
CDROMS = st.builds(
    lambda place, medium, rest: {"at": place, **medium, **rest},
    SLOW_PLACES, st.sampled_from([{}, {"client": True}, {"iso": "[ds1] iso/a.iso"}, {"iso": "[ds1]/b.iso"}]), some(connected=FLAGS),
)  # fmt: skip
NICS = some(
    network=st.sampled_from(list(NETWORKS)), adapter=st.sampled_from(["vmxnet3", "e1000e"]), connected=FLAGS, start_connected=FLAGS,
    mac=st.sampled_from(["00:50:56:00:00:01", "00:50:56:00:00:02", "00:50:56:00:00:07"]),
)  # fmt: skip
ITEMS = some(
    cpu=some(count=st.sampled_from([1, 2, 4, 8]), cores_per_socket=st.sampled_from([1, 2]), hot_add=FLAGS, shares=st.sampled_from(["low", "normal", "99"]),
             limit_mhz=st.sampled_from(["unlimited", "5000"]), nested=FLAGS),
    memory=some(size=SIZES, reserve_all=FLAGS, limit=st.sampled_from(["unlimited", "80GiB"]), shares=st.sampled_from(["high", "100"])),
    hardware=some(version=st.sampled_from(["vmx-13", "vmx-19"]), firmware=st.sampled_from(["bios", "efi"]), secure_boot=FLAGS, time_sync=FLAGS,
                  guest_id=st.just("rhel9_64Guest"),
                  boot=some(delay=st.integers(0, 9), order=st.lists(st.sampled_from(["disk", "network", "cdrom", "scsi0:1"]), unique=True))),
    annotation=st.sampled_from(["", "made by hand", "other"]),
    controllers=unique(st.fixed_dictionaries({"at": st.sampled_from(["scsi0", "scsi1"]), "type": st.sampled_from(["pvscsi", "lsilogic"])})),
    disks=unique(DISKS),
    cdroms=unique(CDROMS),
    networks=st.lists(NICS, max_size=3),
    extra_config=st.dictionaries(st.sampled_from(["disk.EnableUUID", "b"]), st.sampled_from([True, False, None, "x"])),
    user_data=st.sampled_from(["", "a: b"]),
    properties=st.dictionaries(st.sampled_from(["hostname", "admin_password", "missing"]), st.sampled_from(["old", "new", True])),
    exact=st.lists(st.sampled_from(["disks", "networks", "cdroms"]), unique=True),
    destroy_disks=FLAGS,
).map(lambda item: {**item, "exact": [name for name in item.get("exact", ()) if name in item]})  # fmt: skip
SNAPSHOT = {"snapshot__rootSnapshotList": [{"snapshot": MoRef("VirtualMachineSnapshot", "snapshot-1")}]}
CURRENT = st.sampled_from([
    NEW, read(), read(runtime__powerState="poweredOn"), read(**SNAPSHOT), read().as_clone(), read(config__version="vmx-19"), read().as_clone(linked=True),
])  # fmt: skip


@given(ITEMS, CURRENT)
def test_nothing_differs_after_the_changes(item, current):
    problems = []
    wanted_state("vms[3]", options(item), problems)
    assume(not problems)
    made = wanted(item)
    changes = differences(made, current, API)
    assert changes == differences(made, current, API)
    SoapRequests().serialize(SoapRequests().managed_object(MoRef("VirtualMachine", "vm-1")), "Reconfigure", [config_spec(changes)])
    # One change that is refused stops all others of its VM.
    if not any(change.refused for change in changes):
        assert differences(made, applied(current, changes), API) == []
