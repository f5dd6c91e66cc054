# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.estate.vmware.plugins.module_utils.estate.derive import hosts
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.decode import MoRef
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.estate.derive.small_source import HOST, LOOKUP


def test_management_address_is_the_selected_one():
    def nic(key, address):
        return {"key": key, "spec": {"ip": {"ipAddress": address}}}

    configs = [
        {"nicType": "vmotion", "selectedVnic": ["vmotion.vmk1"], "candidateVnic": [nic("vmotion.vmk1", "10.0.9.1")]},
        {
            "nicType": "management",
            "selectedVnic": ["management.vmk2"],
            "candidateVnic": [nic("management.vmk0", "10.0.0.1"), nic("management.vmk2", "10.0.0.3")],
        },
    ]
    assert hosts.management_ip(LOOKUP, configs) == "10.0.0.3"
    assert hosts.management_ip(LOOKUP, configs[:1]) is None
    assert hosts.management_ip(LOOKUP, None) is None


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        ({"serialNumber": "ABC123 ", "otherIdentifyingInfo": []}, "ABC123"),
        ({"otherIdentifyingInfo": [{"identifierValue": "TAG9", "identifierType": {"key": "ServiceTag"}}]}, "TAG9"),
        (
            {
                "serialNumber": "",
                "otherIdentifyingInfo": [
                    {"identifierValue": "unknown", "identifierType": {"key": "AssetTag"}},
                    {"identifierValue": " ENC1", "identifierType": {"key": "EnclosureSerialNumberTag"}},
                ],
            },
            "ENC1",
        ),
        ({}, None),
        (None, None),
    ],
)
def test_serial(system, expected):
    assert hosts.serial(LOOKUP, system) == expected


def test_hosts_of_mounts():
    assert hosts.mount_hosts(LOOKUP, [{"key": HOST}, {"key": MoRef("HostSystem", "gone")}]) == ["esx1"]


def test_volumes():
    vmfs = {"_type": "VmfsDatastoreInfo", "vmfs": {"version": "6.82", "uuid": "u", "ssd": False}}
    nas = {"nas": {"remoteHost": "nas1", "remotePath": "/v"}}
    assert (hosts.vmfs_version(LOOKUP, vmfs), hosts.vmfs_uuid(LOOKUP, vmfs), hosts.ssd(LOOKUP, vmfs)) == ("6.82", "u", False)
    assert hosts.nfs_server(LOOKUP, vmfs) is None
    assert (hosts.nfs_server(LOOKUP, nas), hosts.nfs_path(LOOKUP, nas), hosts.ssd(LOOKUP, nas)) == ("nas1", "/v", None)
    assert hosts.vmfs_version(LOOKUP, None) is None
