# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of import leases and of datastores, sent to simulated servers."""

from __future__ import annotations

import hashlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import estates
import ovf_packages
import pytest

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.bodies import of_bytes
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.datastore_files import DatastoreFile, NoSuchFile, read_text, size_of, write
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import (
    CertificateRejected,
    InvalidResponse,
    MethodFault,
    SessionExpired,
    TimedOut,
    VsphereError,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.lease_keeper import LeaseKeeper
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.ovf_import import begin_import, look_at, read_descriptor
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import ANY, MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import decode_page
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.transport import Reply
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.upload import LeaseUploads, UploadFailed

DISK = ovf_packages.stream_disk(b"system")
DESCRIPTOR = ovf_packages.descriptor({"a.vmdk": 1 << 30, "b.vmdk": 1 << 30})


@pytest.fixture(scope="module", params=["vcenter", "esxi"])
def server(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("upload")
    with estates.start_simulator(folder, kind=request.param, vms=2, nfc_host=request.param == "vcenter") as simulator:
        yield simulator


@pytest.fixture
def connection(server):
    return Connection(server.host, server.port, server.username, server.password, ca_path=str(server.ca_path), timeout=10)


@pytest.fixture
def session(connection):
    with Session(connection) as opened:
        yield opened


@pytest.fixture
def uploads(connection, session):
    opened = LeaseUploads(connection, session.transport)
    yield opened
    opened.close()


class Places:
    """Where the simulated server can put a VM."""

    def __init__(self, session):
        def read(ref, path):
            reply = session.objects_page([ref], {ref.type: (path,)}, False)
            return decode_page(reply, {ref.type: {path: ANY}}).objects[0].properties[path]

        root = session.invoke(MoRef("ServiceInstance", "ServiceInstance"), "RetrieveContent")["rootFolder"]
        self.datacenter = read(root, "childEntity")[0]
        self.name = read(self.datacenter, "name")
        self.folder = read(self.datacenter, "vmFolder")
        self.datastore = read(self.datacenter, "datastore")[0]
        self.store = read(self.datastore, "name")
        compute = read(read(self.datacenter, "hostFolder"), "childEntity")[0]
        self.pool = read(compute, "resourcePool")
        self.network = read(self.datacenter, "network")[0]


@pytest.fixture
def places(session):
    return Places(session)


@pytest.fixture
def lease(session, places, request):
    """A lease that is ready, as ovf_import sees it, and its reference."""
    made = read_descriptor(session, DESCRIPTOR, places.pool, places.datastore, request.node.name, networks={"lan": places.network})
    assert made.errors == []
    ref = begin_import(session, made.spec, places.pool, places.folder)
    while look_at(session, ref).state == "initializing":
        time.sleep(0.01)
    yield ref, look_at(session, ref), made
    with suppress(VsphereError):
        session.invoke(ref, "Abort", None)


def test_files_reach_their_device(server, session, uploads, lease):
    ref, found, made = lease
    blocks = []
    for file in made.files:
        target = found.targets[file.device]
        uploads.send(target.url, target.thumbprint, of_bytes(DISK), disk=file.is_disk, sent=blocks.append)
    assert blocks == [len(DISK)] * 2
    arrived = [one for one in server.uploads() if one["device"] in found.targets]
    assert {one["device"] for one in arrived[-2:]} == {file.device for file in made.files}
    assert {one["sha256"] for one in arrived} == {hashlib.sha256(DISK).hexdigest()}
    session.invoke(ref, "Complete")
    assert look_at(session, ref).state == "done"


def test_descriptor_that_the_server_refuses(session, places):
    made = read_descriptor(session, "<no", places.pool, places.datastore, "appliance")
    assert made.spec is None and "Could not parse" in made.errors[0]


def test_unmapped_network_is_a_warning(session, places):
    made = read_descriptor(session, DESCRIPTOR, places.pool, places.datastore, "appliance")
    assert len(made.warnings) == 1 and "lan" in made.warnings[0]


def test_upload_that_is_refused(uploads, lease):
    target = next(iter(lease[1].targets.values()))
    with pytest.raises(UploadFailed, match="refused the upload .HTTP status 500"):
        uploads.send(target.url, target.thumbprint, of_bytes(b"no disk"), disk=True)


def test_upload_that_is_cut(server, uploads, lease):
    target = next(iter(lease[1].targets.values()))
    server.set_faults([{"method": "POST /nfc/*", "reset": True}])
    with pytest.raises(UploadFailed, match="the upload to .* failed, connection closed"):
        uploads.send(target.url, target.thumbprint, of_bytes(DISK), disk=True)
    server.set_faults([])


def test_other_host_must_have_the_certificate_that_the_server_named(server, uploads, lease):
    target = next(iter(lease[1].targets.values()))
    if server.kind == "esxi":
        pytest.skip("an ESXi host takes the files itself")
    for thumbprint, reason in ((":".join(["AB"] * 20), "and fingerprint is AB:AB"), ("", "not trusted")):
        with pytest.raises(UploadFailed, match=reason) as caught:
            uploads.send(target.url, thumbprint, of_bytes(DISK), disk=True)
        assert caught.value.kind == "certificate"


@pytest.mark.parametrize("url", ["", "http://127.0.0.1/x", "https://", "https://[::1/x", "https://host:port/x", "https://127.0.0.1/a b", "ftp://x/y"])
def test_url_that_is_none(uploads, url):
    with pytest.raises(InvalidResponse):
        uploads.send(url, "", of_bytes(DISK), disk=True)
    with pytest.raises(InvalidResponse):
        uploads.send("https://127.0.0.1/x", "no thumbprint", of_bytes(DISK), disk=True)


def test_keeper_gives_signs_of_life_and_notices_that_the_lease_is_lost(server, session, lease):
    ref, _found, _made = lease
    server.reset_calls()
    lost = threading.Event()
    server.set_faults([{"method": "HttpNfcLeaseProgress", "call": 2, "status": 503}])
    with LeaseKeeper(session, ref, 0.4, lost.set) as keeper:
        keeper.percent = 200
        while server.calls().get("HttpNfcLeaseProgress", 0) < 4:
            time.sleep(0.02)
        assert not lost.is_set() and keeper.error is None
        session.invoke(ref, "Abort", None)
        assert lost.wait(20)
        assert isinstance(keeper.error, MethodFault)
    server.set_faults([])


def test_lease_lives_while_the_server_stalls(server, session, uploads, lease):
    ref, found, _made = lease
    target = next(iter(found.targets.values()))
    server.reset_calls()
    server.set_faults([{"method": "POST /nfc/*", "hang": True}])
    with ThreadPoolExecutor(1) as pool, LeaseKeeper(session, ref, 0.4, uploads.abort):
        sending = pool.submit(uploads.send, target.url, target.thumbprint, of_bytes(DISK), disk=True)
        while server.calls().get("HttpNfcLeaseProgress", 0) < 4:
            time.sleep(0.02)
        assert not sending.done()
        session.invoke(ref, "Abort", None)
        with pytest.raises(UploadFailed):
            sending.result(5)
    server.set_faults([])


def test_files_of_datastores(session, places):
    file = DatastoreFile(places.name, places.store, "kept.bin")
    assert size_of(session, file) is None
    with pytest.raises(NoSuchFile):
        read_text(session, file)
    write(session, file, of_bytes(b"abc"))
    assert (read_text(session, file), size_of(session, file)) == (b"abc", 3)
    write(session, file, b"abcd")
    assert size_of(session, file) == 4
    with pytest.raises(NoSuchFile, match=r"\[.*\] no/such/folder.*cannot be written"):
        write(session, DatastoreFile(places.name, places.store, "no/such/folder"), b"x")


def test_file_of_a_session_that_has_ended(server, session, places):
    server.end_sessions()
    with pytest.raises(SessionExpired):
        read_text(session, DatastoreFile(places.name, places.store, "kept.bin"))


class Web:
    """A transport that keeps what is sent, and answers with a status or an error."""

    def __init__(self, answer=200):
        self.answer = answer
        self.sent, self.others = [], []

    def to(self, connection):
        other = Web(self.answer)
        self.others.append((connection, other))
        return other

    def request(self, method, path, body, headers):
        if isinstance(self.answer, Exception):
            raise self.answer
        self.sent.append((method, path, b"".join(body.blocks()), headers["Content-Type"]))
        return Reply(self.answer, "a reason", {}, b"")


VCENTER = Connection("vc.example.com", 443, "u", "p", fingerprint="AA:BB")
PIN = ":".join(["AB"] * 20)


def sent_to(url, thumbprint="", **options):
    """The connection that a file goes over, and what is sent."""
    web = Web()
    uploads = LeaseUploads(replace(VCENTER, **options), web)
    uploads.send(url, thumbprint, of_bytes(b"x"), disk=False)
    uploads.send(url, thumbprint, of_bytes(b"y"), disk=True)
    ((connection, other),) = web.others
    assert [(method, body, kind) for method, _path, body, kind in other.sent] == [
        ("PUT", b"x", "application/octet-stream"),
        ("POST", b"y", "application/x-vnd.vmware-streamVmdk"),
    ]
    return connection, other.sent[0][1]


@pytest.mark.parametrize(
    "url", ["https://*/nfc/1/disk-0.vmdk?a=b", "https://VC.example.com/nfc/1/disk-0.vmdk?a=b", "https://vc.example.com:443/nfc/1/disk-0.vmdk?a=b"]
)
def test_file_for_the_server_that_we_are_connected_to(url):
    connection, path = sent_to(url, PIN)
    assert (connection, path) == (VCENTER, "/nfc/1/disk-0.vmdk?a=b"), "with its own certificate"


def test_file_for_another_host_goes_without_account_and_with_its_own_certificate():
    connection, _path = sent_to("https://esx-1.example.com:8443/nfc/1", PIN.lower().replace(":", " "))
    assert (connection.host, connection.port, connection.username, connection.password, connection.fingerprint) == ("esx-1.example.com", 8443, "", "", PIN)
    assert sent_to("https://esx-1.example.com/nfc/1")[0].fingerprint == "", "CAs decide, not the pin of the vCenter"
    assert sent_to("https://esx-1.example.com/nfc/1", PIN, validate_certs=False)[0].fingerprint == ""
    assert sent_to("https://vc.example.com:8443/nfc/1")[0].port == 8443, "another port is another host"


@pytest.mark.parametrize("kind", [TimedOut, CertificateRejected])
def test_upload_that_fails_keeps_the_kind_of_its_error(kind):
    with pytest.raises(UploadFailed, match="the upload to vc.example.com failed, no") as caught:
        LeaseUploads(VCENTER, Web(kind("no"))).send("https://*/nfc/1", "", of_bytes(b"x"), disk=True)
    assert caught.value.kind == kind.kind


def test_lost_lease_is_told_as_it_is():
    with pytest.raises(UploadFailed, match="^the server has ended the import$"):
        LeaseUploads(VCENTER, Web(UploadFailed("the server has ended the import"))).send("https://*/nfc/1", "", of_bytes(b"x"), disk=True)


@pytest.mark.parametrize("status", [302, 403, 507])
def test_refused_upload(status):
    with pytest.raises(UploadFailed, match=f"vc.example.com refused the upload .HTTP status {status} a reason"):
        LeaseUploads(VCENTER, Web(status)).send("https://*/nfc/1", "", of_bytes(b"x"), disk=True)
