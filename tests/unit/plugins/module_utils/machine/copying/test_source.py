# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.machine.copying.source import CopySource, as_copy, check_source
from ansible_collections.estate.vmware.plugins.module_utils.machine.copying.vmx import Vmx
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.buses import parse_place
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import NotPossible
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.datastore_files import DatastoreFile
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.example_vm import DEVICES, GIB, PROPERTIES, read

LAST = {"_type": "VirtualDisk", "key": 2009, "controllerKey": 1000, "unitNumber": 9, "capacityInKB": 1 << 20}


def disk(kind, **changes):
    return {**LAST, "backing": {"_type": kind, "fileName": "[ds1] web/last.vmdk"}, **changes}


@pytest.mark.parametrize(
    "changes, text",
    [
        ({"runtime.powerState": "poweredOn"}, "it is on, and its files change: power it off, or set source.method to clone"),
        ({"runtime.powerState": "suspended"}, "it is suspended"),
        ({"runtime.connectionState": "inaccessible"}, "it is inaccessible"),
        ({"config.keyId": {"keyId": "k"}}, "it is encrypted"),
        ({"config.ftInfo": {"role": 1}}, "it has Fault Tolerance"),
        ({"disk": disk("VirtualDiskRawDiskMappingVer1BackingInfo")}, "its disk scsi0:9 is a raw device mapping"),
        ({"disk": disk("VirtualDiskRawDiskVer2BackingInfo")}, "its disk scsi0:9 is a raw device mapping"),
        ({"disk": disk("VirtualDiskLocalPMemBackingInfo")}, "its disk scsi0:9 is of a kind that cannot be copied"),
        ({"disk": disk("VirtualDiskFlatVer2BackingInfo", backing={"_type": "VirtualDiskFlatVer2BackingInfo"})}, "of a kind that cannot be copied"),
        ({"disk": disk("VirtualDiskFlatVer2BackingInfo", controllerKey=77)}, "disks on controllers that are not known here"),
    ],
)
def test_what_cannot_be_copied_is_refused(changes, text):
    devices = [*DEVICES, *([changes.pop("disk")] if "disk" in changes else ())]
    with pytest.raises(NotPossible, match=text):
        check_source({**PROPERTIES, "config.hardware.device": devices, **changes})


def test_vm_that_is_off_can_be_copied_also_below_snapshots():
    delta = disk("VirtualDiskSparseVer2BackingInfo")
    delta["backing"]["parent"] = {"fileName": "[ds1] web/base.vmdk"}
    check_source({**PROPERTIES, "config.hardware.device": [*DEVICES, delta], "snapshot.rootSnapshotList": [{}]})


def test_thin_disks_need_what_they_use_where_they_stay_thin():
    source = CopySource(MoRef("Datacenter", "dc"), DatastoreFile("DC", "ds1", "web/web.vmx"), Vmx(()), read(), 10 * GIB)
    # 40 GiB are thin, 8 GiB are of a kind that is not known.
    assert (source.needs(keeps_format=True), source.needs(keeps_format=False)) == (18 * GIB, 48 * GIB)


def test_copy_has_new_files_addresses_and_no_snapshots():
    copy = as_copy(read(snapshot__rootSnapshotList=[{"snapshot": 1}]), {"scsi0:0": "[ds2] a/a.vmdk"})
    assert not copy.has_snapshots and not copy.is_clone and not any(nic.mac or nic.is_copied for nic in copy.nics)
    assert [copy.disks[parse_place("", place)].files for place in ("scsi0:0", "scsi0:1")] == [("[ds2] a/a.vmdk",), ()]
