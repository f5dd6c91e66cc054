# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import datastores
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.inventory.computed.small_source import APPLIANCE, CONTEXT, HOST

GONE = MoRef("HostSystem", "gone")


def mount(host, **info):
    return {"key": host, "mountInfo": {"accessMode": "readWrite", "mounted": True, "accessible": True, **info}}


def nfs(server, path):
    return {"nas": {"remoteHost": server, "remotePath": path}}


def test_hosts_by_the_state_of_their_mounts():
    mounts = [mount(HOST), mount(GONE), mount(APPLIANCE, accessible=False)]
    assert datastores.hosts(CONTEXT, mounts) == ["esx1", "hcx1"]
    assert datastores.hosts_without_access(CONTEXT, mounts) == ["hcx1"]
    assert datastores.hosts_without_access(CONTEXT, [mount(HOST, mounted=False, accessMode="readOnly")]) == ["esx1"]
    assert datastores.hosts_read_only(CONTEXT, [mount(HOST, mounted=False, accessMode="readOnly"), mount(APPLIANCE, accessMode="readOnly")]) == ["hcx1"]


@pytest.mark.parametrize("of_mounts", [datastores.hosts, datastores.hosts_without_access, datastores.hosts_read_only])
def test_mounts_without_details(of_mounts):
    assert of_mounts(CONTEXT, None) is None
    assert of_mounts(CONTEXT, []) == []
    assert of_mounts(CONTEXT, [{"key": HOST}, {}]) == (["esx1"] if of_mounts is datastores.hosts else [])


@pytest.mark.parametrize(
    ("name", "mounts", "expected"),
    [
        ("ds1", [mount(APPLIANCE)], True),
        ("ds1", [mount(APPLIANCE), mount(HOST)], False),
        ("ma-ds-1f2e", [mount(HOST)], False),
        ("ma-ds-1f2e", [mount(GONE)], True),
        ("ma-ds-1f2e", None, True),
        ("ds1", [], False),
        (None, None, False),
    ],
)
def test_datastores_of_migration_appliances(name, mounts, expected):
    assert datastores.migration_appliance(CONTEXT, name, mounts) is expected


@pytest.mark.parametrize(
    ("url", "info", "expected"),
    [
        ("ds:///vmfs/volumes/1f-2e/", {"vmfs": {"uuid": "1f-2e"}}, "1f-2e"),
        ("/vmfs/volumes/1f-2e", {}, "1f-2e"),
        (None, {"vmfs": {"uuid": "1f-2e"}}, "1f-2e"),
        ("ds:///vmfs/volumes/vsan:52-f3/", {}, "52-f3"),
        ("ds:///vmfs/volumes/vsan:da-95/", {"aliasOf": "52-f3"}, "52-f3"),
        ("ds:///vmfs/volumes/aa-bb/", nfs("NAS1.corp.example.", "/export/a/"), "nas1.corp.example:/export/a"),
        ("ds:///vmfs/volumes/cc-dd/", nfs("10.0.0.2, 10.0.0.1", "/"), "10.0.0.1,10.0.0.2:/"),
        ("ds:///vmfs/volumes/cc-dd/", nfs("nas1", ""), "cc-dd"),
        ("", None, None),
        (None, None, None),
    ],
)
def test_store_id(url, info, expected):
    assert datastores.store_id(url, info) == expected


def test_volumes():
    vmfs = {"_type": "VmfsDatastoreInfo", "vmfs": {"version": "6.82", "uuid": "u", "ssd": False}}
    nas = nfs("nas1", "/v")
    assert (datastores.vmfs_version(vmfs), datastores.vmfs_uuid(vmfs), datastores.ssd(vmfs)) == ("6.82", "u", False)
    assert datastores.nfs_server(vmfs) is None
    assert (datastores.nfs_server(nas), datastores.nfs_path(nas), datastores.ssd(nas)) == ("nas1", "/v", None)
    assert datastores.vmfs_version(None) is None
