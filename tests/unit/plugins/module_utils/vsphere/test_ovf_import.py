# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What servers make of descriptors, and what they say of leases; test_upload.py has simulated servers."""

from __future__ import annotations

import pytest
from pyVmomi import vim

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import InvalidResponse, MethodFault, ObjectGone
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.ovf_import import ImportFile, Lease, LeaseTarget, begin_import, look_at, read_descriptor
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import TYPE, MoRef
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.vsphere.soap_server import SoapServer

POOL, STORE, LEASE, VM = MoRef("ResourcePool", "pool-1"), MoRef("Datastore", "store-1"), MoRef("HttpNfcLease", "lease-1"), MoRef("VirtualMachine", "vm-1")
FOLDER, HOST, LAN = MoRef("Folder", "group-v1"), MoRef("HostSystem", "host-1"), MoRef("Network", "network-1")
MADE = vim.vm.VmImportSpec(configSpec=vim.vm.ConfigSpec(name="web"))
SPEC = {TYPE: "VirtualMachineImportSpec", "configSpec": {TYPE: "VirtualMachineConfigSpec", "name": "web"}}
DISK = {TYPE: "OvfFileItem", "deviceId": "/web/VirtualLsiLogicController0:0", "path": "a.vmdk", "size": 7, "cimType": 17, "create": False}


def local(kind, message=""):
    return {TYPE: "LocalizedMethodFault", "fault": {TYPE: kind}, **({"localizedMessage": message} if message else {})}


@pytest.fixture
def server():
    return SoapServer()


@pytest.fixture
def described(server, open_session):
    """A function that lets a server read a descriptor; it answers with these parts."""

    def reads(*, options=None, **answer):
        server.answers["CreateImportSpec"] = lambda asked: {TYPE: "OvfCreateImportSpecResult", **answer}
        return read_descriptor(open_session(server), "<Envelope/>", POOL, STORE, "web", **(options or {}))

    return reads


def test_files_of_a_descriptor(described):
    iso = {TYPE: "OvfFileItem", "deviceId": "/web/cdrom", "path": "b.iso", "size": -1, "cimType": 15, "create": True}
    found = described(importSpec=SPEC, fileItem=[DISK, iso, {TYPE: "OvfFileItem", "path": "without a device", "cimType": 17, "create": True}])
    assert found.files == [ImportFile(DISK["deviceId"], "a.vmdk", 7, True), ImportFile("/web/cdrom", "b.iso", 0, False)]
    assert found.spec.configSpec.name == "web" and (found.errors, found.warnings) == ([], [])


def test_what_is_asked_for(described, server):
    options = {"host": HOST, "networks": {"VM Network": LAN}, "properties": {"ip": "192.0.2.1"}, "provisioning": "thin", "deployment_option": "small"}
    described(importSpec=SPEC, options=options)
    asked = server.asked[-1]
    assert (asked.text("ovfDescriptor"), asked.refs("resourcePool"), asked.refs("datastore")) == ("<Envelope/>", [POOL], [STORE])
    assert [asked.text(f"cisp/{path}") for path in ("entityName", "deploymentOption", "diskProvisioning")] == ["web", "small", "thin"]
    assert [asked.text(f"cisp/networkMapping/{path}") for path in ("name", "network")] == ["VM Network", "network-1"]
    assert [asked.text(f"cisp/propertyMapping/{path}") for path in ("key", "value")] == ["ip", "192.0.2.1"]
    assert asked.refs("cisp/hostSystem") == [HOST]
    described(importSpec=SPEC)
    assert server.asked[-1].arguments.find("cisp/diskProvisioning") is None and server.asked[-1].refs("cisp/hostSystem") == []


def test_errors_and_warnings_are_in_the_words_of_the_server(described):
    found = described(
        importSpec=SPEC, error=[local("OvfInvalidPackage", "line\n7"), local("OvfNoHostNic")], warning=[local("OvfNetworkMappingNotSupported", "no map")]
    )
    assert (found.errors, found.warnings, found.spec) == (["line 7", "OvfNoHostNic"], ["no map"], None)
    assert described(importSpec=SPEC, error=[{TYPE: "LocalizedMethodFault"}]).errors == ["the server does not say what"]


@pytest.mark.parametrize("part", [{"compressionMethod": "gzip"}, {"chunkSize": 1024}])
def test_files_that_are_split_or_compressed_are_an_error(described, part):
    found = described(importSpec=SPEC, fileItem=[{**DISK, **part}])
    assert (found.errors, found.spec) == (["a.vmdk is split or compressed"], None)
    assert described(importSpec=SPEC, fileItem=[{**DISK, "chunkSize": 0}]).errors == []


def test_server_that_makes_nothing_of_it(described, server, open_session):
    assert described().errors == ["the server made nothing of the descriptor"]
    server.answers["CreateImportSpec"] = lambda asked: None
    assert read_descriptor(open_session(server), "", POOL, STORE, "web").errors == ["the server made nothing of the descriptor"]


def test_begin(server, open_session):
    session = open_session(server)
    server.answers["ImportVApp"] = lambda asked: LEASE
    assert begin_import(session, MADE, POOL, FOLDER, HOST) == LEASE
    asked = server.asked[-1]
    assert asked.text("spec/configSpec/name") == "web"
    assert (asked.ref, asked.refs("folder"), asked.refs("host")) == (POOL, [FOLDER], [HOST])
    begin_import(session, MADE, POOL, None)
    assert server.asked[-1].refs("folder") == server.asked[-1].refs("host") == []
    server.answers["ImportVApp"] = lambda asked: None
    with pytest.raises(InvalidResponse, match="named no lease: look for a half-made VM"):
        begin_import(session, MADE, POOL, FOLDER)


INFO = {"lease": LEASE, "entity": VM, "leaseTimeout": 300, "deviceUrl": [{"key": "k", "importKey": "/web/0", "url": "https://*/nfc/0", "sslThumbprint": "AA"}]}


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"state": "ready", "info": INFO}, Lease("ready", VM, 300, {"/web/0": LeaseTarget("https://*/nfc/0", "AA")})),
        ({"state": "initializing"}, Lease("initializing", None, 300, {})),
        ({"state": "ready", "info": {**INFO, "leaseTimeout": 0, "deviceUrl": [{"key": "k", "url": "u"}]}}, Lease("ready", VM, 1, {})),
        ({"state": "ready", "info": {**INFO, "deviceUrl": [{"importKey": "/web/0", "url": "u"}]}}, Lease("ready", VM, 300, {"/web/0": LeaseTarget("u", "")})),
        ({}, Lease("", None, 300, {})),
    ],
)
def test_lease_as_it_is(server, open_session, properties, expected):
    server.objects[LEASE] = properties
    assert look_at(open_session(server), LEASE) == expected


def test_lease_that_has_failed_says_why(server, open_session):
    error = {**local("NoDiskSpace", "full"), "fault": {TYPE: "NoDiskSpace", "datastore": "store-1"}}
    server.objects[LEASE] = {"state": "error", "error": error}
    with pytest.raises(MethodFault, match="store-1 has too little space left"):
        look_at(open_session(server), LEASE)


def test_lease_that_is_gone(server, open_session):
    with pytest.raises(ObjectGone, match="does not know the import any more"):
        look_at(open_session(server), LEASE)
