# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a session makes of versions and of everything that goes wrong; real servers are in tests/integration."""

from __future__ import annotations

import gzip
import http.client
import io
import socket
import ssl
import time
import zlib

import pytest
from ansible_collections.estate.vmware.plugins.module_utils.vsphere import session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.decode import DecodeError, Fault, SoapFault
from pyVmomi import VmomiSupport, vim

CONNECTION = Connection("vc.example.com", 443, "reader", "s3cret", timeout=7)


def _untrusted() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = "self-signed certificate"
    error.verify_code = 18
    return error


@pytest.mark.parametrize(
    ("raised", "kind", "message"),
    [
        (_untrusted(), "certificate", "its certificate is not trusted (self-signed certificate): give the certificate of its CA as ca_path"),
        (ssl.SSLError(1, "wrong version number"), "not_vsphere", "does not speak TLS"),
        (ssl.SSLEOFError(8, "EOF occurred in violation of protocol"), "unreachable", "the connection was cut in the middle"),
        (socket.gaierror(-2, "Name or service not known"), "unreachable", "cannot be resolved (Name or service not known)"),
        (TimeoutError("timed out"), "timeout", "no answer within 7 s"),
        (ConnectionRefusedError(111, "Connection refused"), "unreachable", "no connection (Connection refused)"),
        (http.client.RemoteDisconnected("Remote end closed connection"), "unreachable", "the connection was cut in the middle"),
        (OSError(113, "No route to host"), "unreachable", "no connection (No route to host)"),
        (http.client.BadStatusLine("SSH-2.0-OpenSSH"), "not_vsphere", "no vCenter and no ESXi host (BadStatusLine: SSH-2.0-OpenSSH)"),
        (http.client.IncompleteRead(b"", 9), "unreachable", "the connection was cut in the middle of a conversation"),
        (EOFError("compressed file ended"), "unreachable", "the connection was cut in the middle of a conversation"),
        (zlib.error("incorrect header check"), "not_vsphere", "cannot be unzipped"),
    ],
)
def test_everything_that_goes_wrong_has_its_kind_and_a_remedy(raised, kind, message):
    with pytest.raises(session.VsphereError) as caught, session._plain_errors(CONNECTION):
        raise raised
    assert caught.value.kind == kind
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(("code", "remedy"), [(62, "give as hostname a name"), (64, "give as hostname a name"), (10, "have it renewed"), (20, "as ca_path")])
def test_remedy_for_a_certificate_fits_what_is_wrong_with_it(code, remedy):
    error = _untrusted()
    error.verify_code = code
    with pytest.raises(session.VsphereError, match=remedy), session._plain_errors(CONNECTION):
        raise error


@pytest.mark.parametrize(
    ("raised", "kind", "message"),
    [
        (SoapFault(Fault("InvalidLogin", "Cannot complete login")), "authentication", "the login of reader is refused"),
        (SoapFault(Fault("NoPermission", "Permission denied")), "permission", "reader may not do this (NoPermission: Permission denied)"),
        (SoapFault(Fault("NotAuthenticated", "")), "session", "has ended the session of reader (NotAuthenticated)"),
        (SoapFault(Fault("ManagedObjectNotFound", "gone")), "session", "(ManagedObjectNotFound: gone)"),
        (SoapFault(Fault("InvalidProperty", "token", "token")), "session", "(InvalidProperty: token)"),
        (SoapFault(Fault("InvalidProperty", "config.x", "config.x")), "fault", "the server does not know the property config.x"),
        (SoapFault(Fault("SystemError", "out of\nmemory")), "fault", "the server refuses (SystemError: out of memory)"),
        (DecodeError("it is no SOAP envelope"), "fault", "cannot be used, it is no SOAP envelope"),
    ],
)
def test_faults_of_the_server_have_their_kind_and_a_remedy(raised, kind, message):
    with pytest.raises(session.VsphereError) as caught, session.Session(CONNECTION).readable_answer():
        raise raised
    assert caught.value.kind == kind
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


class FakeWire:
    """An HTTP connection that answers one thing and remembers what was asked."""

    def __init__(self, status=200, body=b"", **headers):
        self.status, self.reason, self.body = status, "a reason", io.BytesIO(body)
        self.sock = None
        self.length = len(body)
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.closed = False

    def request(self, method, path, body, headers):
        self.asked = headers

    def getresponse(self):
        return self

    def read(self, size):
        return self.body.read(size)

    def getheader(self, name, default=None):
        return self.headers.get(name, default)

    def close(self):
        self.closed = True


@pytest.fixture
def ask(monkeypatch):
    """A function that asks through a wire, and returns the reply."""

    def through(wire, left=60.0):
        opened = session.Session(CONNECTION)
        opened._end = time.monotonic() + left
        opened._stub = session.SoapStubAdapter(host="vc.example.com", version=VmomiSupport.versionMap["vim25/6.5"])
        monkeypatch.setattr(opened._stub, "GetConnection", lambda: wire)
        return opened._ask(vim.ServiceInstance("ServiceInstance", opened._stub), "RetrieveContent", ())

    return through


def test_zipped_replies_are_asked_for_and_unzipped(ask):
    wire = FakeWire(body=gzip.compress(b"<reply/>"), Content_Encoding="gzip")
    assert ask(wire) == b"<reply/>"
    assert wire.asked["Accept-Encoding"] == "gzip"


@pytest.mark.parametrize(
    ("wire", "kind"),
    [
        (FakeWire(404), "not_vsphere"),
        (FakeWire(302), "not_vsphere"),
        (FakeWire(503), "fault"),
        (FakeWire(body=b"garbage", Content_Encoding="gzip"), "not_vsphere"),
        (FakeWire(body=gzip.compress(b"x" * 999)[:20], Content_Encoding="gzip"), "unreachable"),
    ],
)
def test_replies_that_are_none(ask, wire, kind):
    with pytest.raises(session.VsphereError) as caught:
        ask(wire)
    assert caught.value.kind == kind


def test_reply_that_is_shorter_than_announced_is_cut(ask):
    wire = FakeWire(body=b"<reply")
    wire.length = 100
    with pytest.raises(session.ConnectionCut):
        ask(wire)


@pytest.mark.parametrize("zipped", [False, True])
def test_reply_without_end_is_refused(ask, monkeypatch, zipped):
    monkeypatch.setattr(session, "_LARGEST", 1 << 16)
    body = b"x" * (1 << 20)
    wire = FakeWire(body=gzip.compress(body), Content_Encoding="gzip") if zipped else FakeWire(body=body)
    with pytest.raises(session.UnreadableAnswer, match="lower page_size"):
        ask(wire)


def test_wait_is_no_longer_than_the_deadline_allows(ask):
    wire = FakeWire(body=b"<reply/>")
    assert ask(wire, left=60.0) and wire.timeout == CONNECTION.timeout
    wire = FakeWire(body=b"<reply/>")
    assert ask(wire, left=2.0) and wire.timeout < 2.0


def test_nothing_is_asked_after_the_deadline(ask):
    with pytest.raises(session.DeadlinePassed, match="longer than 3600 s: raise deadline"):
        ask(FakeWire(body=b"<reply/>"), left=0.0)


def test_server_that_drips_does_not_hold_us_for_ever(ask):
    class Dripping(FakeWire):
        def read(self, size):
            time.sleep(0.01)
            return b"x"

    with pytest.raises(session.DeadlinePassed):
        ask(Dripping(), left=0.2)


def test_mistakes_of_our_own_are_not_hidden():
    with pytest.raises(KeyError), session._plain_errors(CONNECTION):
        raise KeyError


@pytest.mark.parametrize(
    ("server", "wire"),
    [("6.5", "vim25/6.5"), ("6.7.3", "vim25/6.7.3"), ("8.0.1.0", "vim25/8.0.1.0"), ("7.0.3.9", "vim25/7.0.3.2"), ("5.5", "vim25/6.5"), ("", "vim25/6.5")],
)
def test_newest_version_that_both_sides_know(server, wire):
    version = session.version_tuple(wire.partition("/")[2])
    assert session._newest_version(session.version_tuple(server)) == (version, VmomiSupport.versionMap[wire])


def test_server_younger_than_pyvmomi_gets_the_newest_that_pyvmomi_knows():
    _version, newest = session._newest_version((99, 0, 0, 0))
    assert newest == VmomiSupport.newestVersions.GetName("vim")


def test_versions_compare_as_numbers():
    assert session.version_tuple("8.0.10.0") > session.version_tuple("8.0.9.0")
