# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a session makes of versions and of everything that goes wrong; real servers are in tests/integration."""

from __future__ import annotations

import pytest
from ansible_collections.estate.vmware.plugins.module_utils.vsphere import session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.decode import DecodeError, Fault, SoapFault
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.wire import Reply
from pyVmomi import VmomiSupport, vim

CONNECTION = Connection("vc.example.com", 443, "reader", "s3cret", timeout=7)


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
    """Answers every request alike and remembers what was asked."""

    def __init__(self, status, body=b"", **headers):
        self.reply = Reply(status, "a reason", {name.replace("_", "-"): value for name, value in headers.items()}, body)
        self.asked = []

    def request(self, method, path, body, headers):
        self.asked.append((method, path, body, headers))
        return self.reply


def ask(wire):
    opened = session.Session(CONNECTION)
    opened.wire = wire
    opened._stub = session.SoapStubAdapter(version=VmomiSupport.versionMap["vim25/6.5"])
    return opened._ask(vim.ServiceInstance("ServiceInstance", opened._stub), "RetrieveContent", ())


@pytest.mark.parametrize("status", [200, 500])
def test_reply_and_fault_are_for_the_decoder(status):
    wire = FakeWire(status, b"<reply/>")
    assert ask(wire) == b"<reply/>"
    ((method, path, body, headers),) = wire.asked
    assert (method, path, headers["SOAPAction"]) == ("POST", "/sdk", '"urn:vim25/6.5"')
    assert b"RetrieveServiceContent" in body


@pytest.mark.parametrize(("status", "kind"), [(404, "not_vsphere"), (302, "not_vsphere"), (503, "fault"), (502, "fault")])
def test_status_that_no_vsphere_answers_with(status, kind):
    with pytest.raises(session.VsphereError, match=f"HTTP status {status} a reason") as caught:
        ask(FakeWire(status))
    assert caught.value.kind == kind


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
