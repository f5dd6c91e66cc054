# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""VMs of OVF packages on simulated servers: what is made, and that nothing is left of what fails."""

from __future__ import annotations

import hashlib
import time

import estates
import ovf_packages
import pytest
from plain_pyvmomi import connect
from pyVmomi import vim

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError
from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.importer import import_vm
from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.package import open_ova
from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.sources import FileSource
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.bodies import Body
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.ovf_import import read_descriptor
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.upload import LeaseUploads

FILES = {"a.vmdk": ovf_packages.stream_disk(b"one"), "b.vmdk": ovf_packages.stream_disk(b"two")}
DESCRIPTOR = ovf_packages.descriptor(dict.fromkeys(FILES, 1 << 30), cpus=4).encode()


@pytest.fixture(scope="module", params=["vcenter", "esxi"])
def server(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("import")
    with estates.start_simulator(folder, kind=request.param, vms=2, nfc_host=request.param == "vcenter") as simulator:
        yield simulator


@pytest.fixture(scope="module")
def content(server):
    return connect(server).content


@pytest.fixture
def run(server, content, tmp_path, request):
    """A function that imports a package under the test's name, with its progress; the new VM."""
    path = ovf_packages.write_ova(tmp_path / "a.ova", [*FILES.items(), ("a.ovf", DESCRIPTOR)])
    package = open_ova(FileSource(str(path)))
    datacenter = content.rootFolder.childEntity[0]
    pool = content.viewManager.CreateContainerView(content.rootFolder, [vim.ResourcePool], True).view[0]
    connection = Connection(server.host, server.port, server.username, server.password, ca_path=str(server.ca_path), timeout=3, retries=1)

    def ref(of):
        return MoRef(of._wsdlName, of._GetMoId())

    def imported(change=lambda body: body, sent=None):
        with Session(connection) as session:
            made = read_descriptor(session, package.descriptor, ref(pool), ref(datacenter.datastore[0]), request.node.name)
            assert made.errors == []
            uploads = LeaseUploads(connection, session.transport)
            files = {file: change(package.file(file.path)) for file in made.files}
            try:
                return import_vm(session, uploads, made.spec, files, (ref(pool), ref(datacenter.vmFolder), None), sent)
            finally:
                uploads.close()

    yield imported
    server.set_faults([])
    server.set_tasks([])
    assert server.left()["leases"] == 0


def names(content):
    return {vm.name for vm in content.viewManager.CreateContainerView(content.rootFolder, [vim.VirtualMachine], True).view}


def test_vm_with_its_files(server, content, run, request):
    blocks = []
    moid = run(sent=blocks.append).moid
    vm = vim.VirtualMachine(moid, content.propertyCollector._stub)
    assert (vm.name, vm.config.hardware.numCPU) == (request.node.name, 4)
    assert sum(blocks) == sum(map(len, FILES.values()))
    arrived = {one["device"].rpartition(":")[2]: one["sha256"] for one in server.uploads() if one["vm"] == vm.name}
    assert arrived == {str(number): hashlib.sha256(text).hexdigest() for number, text in enumerate(FILES.values())}


def test_answer_to_complete_is_lost(server, run, content, request):
    server.set_faults([{"method": "HttpNfcLeaseComplete", "reset_after": True}])
    run()
    assert request.node.name in names(content)


@pytest.mark.parametrize("server", ["vcenter"], indirect=True)
@pytest.mark.parametrize(
    ("faults", "reason"),
    [
        ([{"method": "POST /nfc/*", "call": 2, "reset": True}], "closed"),
        ([{"method": "POST /nfc/*", "status": 503}], "refused the upload"),
        ([{"method": "POST /nfc/*", "hang": True}], "no answer within 3 s"),
        ([{"method": "HttpNfcLeaseComplete", "reset": True}], "could not be completed"),
        ([{"method": "HttpNfcLeaseComplete", "fault": "Timedout"}], "Timedout"),
        ([{"method": "HttpNfcLeaseProgress", "fault": "Timedout", "times": 0}, {"method": "POST /nfc/*", "delay_ms": 500, "times": 0}], "has ended the import"),
        ([{"method": "ImportVApp", "fault": "NoPermission"}], "lacks"),
    ],
)
def test_nothing_is_left_of_what_fails(server, run, content, request, faults, reason):
    server.set_faults(faults)
    with pytest.raises(EstateError, match=reason):
        run()
    assert request.node.name not in names(content)


def test_import_task_that_fails(server, run, content, request):
    server.set_tasks([{"operation": "ImportVApp", "fault": "NoDiskSpace", "parts": {"datastore": "nfs", "file": "x"}}])
    with pytest.raises(EstateError, match="nfs"):
        run()
    assert request.node.name not in names(content)


def test_package_that_ends_early_and_a_job_that_is_stopped(run, content, request):
    with pytest.raises(EstateError, match="announced"):
        run(lambda body: Body(body.length + 1, body.open))

    def stop(_length):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(sent=stop)
    # A VM that was being made when its import was aborted goes once it is made.
    until = time.monotonic() + 10
    while request.node.name in names(content):
        assert time.monotonic() < until, "the VM was left behind"
