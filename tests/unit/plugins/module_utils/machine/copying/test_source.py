# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.machine.copying.source import CopySource, as_copy, check_source, load_source, read_source
from ansible_collections.estate.vmware.plugins.module_utils.machine.copying.vmx import Vmx
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.buses import parse_place
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import NotPossible
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.datastore_files import DatastoreFile, NoSuchFile
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.transport import Reply
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.example_vm import DEVICES, GIB, PROPERTIES, read
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.vsphere.soap_server import SoapServer

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


VM, DATACENTER = MoRef("VirtualMachine", "vm-1"), MoRef("Datacenter", "dc-1")
VMX = b"""scsi0:0.present = "TRUE"
scsi0:0.fileName = "web.vmdk"
scsi0:1.present = "TRUE"
scsi0:1.fileName = "web_1.vmdk"
"""
FOUND = {**PROPERTIES, "config.files.vmPathName": "[store 1] web #1/web.vmx", "summary.storage.committed": 3 * GIB}


@pytest.fixture
def session(open_session):
    server = SoapServer({VM: FOUND})
    server.asked_files = []

    def files(method, path, _body, _headers):
        server.asked_files.append((method, path))
        return Reply(200, "OK", {}, VMX) if "web%20%231/web.vmx" in path else Reply(404, "Not Found", {}, b"")

    server.files = files
    made = open_session(server)
    made.server = server
    return made


def test_what_copies_are_made_of(session):
    source = read_source(session, FOUND, DATACENTER, "Madrid/DC")
    assert source.vmx_file == DatastoreFile("Madrid/DC", "store 1", "web #1/web.vmx")
    assert [str(disk.place) for disk in source.disks] == ["scsi0:0", "scsi0:1"] and source.used == 3 * GIB
    assert session.server.asked_files == [("GET", source.vmx_file.url_path)]


def test_vm_that_is_read_before(session):
    session.server.objects[VM] = {path: value for path, value in FOUND.items() if path != "config.hardware.device"}
    session.server.objects[VM]["config.hardware.device"] = []
    with pytest.raises(NotPossible, match=r"do not say the same of its disks \(scsi0:0, scsi0:1\)"):
        load_source(session, VM, DATACENTER, "DC")
    del session.server.objects[VM]
    with pytest.raises(NotPossible, match="it was removed while the module ran"):
        load_source(session, VM, DATACENTER, "DC")


def test_configuration_file_that_is_not_there(session):
    with pytest.raises(NoSuchFile):
        read_source(session, {**FOUND, "config.files.vmPathName": "[store 1] old/web.vmx"}, DATACENTER, "DC")
