# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a session makes of versions and of everything that goes wrong; real servers are in tests/integration."""

from __future__ import annotations

import http.client
import socket
import ssl

import pytest
from ansible_collections.estate.vmware.plugins.module_utils.vsphere import session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from pyVmomi import VmomiSupport, vim, vmodl

CONNECTION = Connection("vc.example.com", 443, "reader", "s3cret", timeout=7)


def _untrusted() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = "self-signed certificate"
    return error


@pytest.mark.parametrize(
    ("raised", "kind", "message"),
    [
        (_untrusted(), "certificate", "its certificate is not trusted (self-signed certificate): give the certificate of its CA as ca_path"),
        (ssl.SSLError(1, "wrong version number"), "not_vsphere", "does not speak TLS"),
        (ssl.SSLEOFError(8, "EOF occurred in violation of protocol"), "unreachable", "the connection was cut"),
        (socket.gaierror(-2, "Name or service not known"), "unreachable", "cannot be resolved (Name or service not known)"),
        (TimeoutError("timed out"), "timeout", "no answer within 7 s"),
        (ConnectionRefusedError(111, "Connection refused"), "unreachable", "no connection (Connection refused)"),
        (http.client.RemoteDisconnected("Remote end closed connection"), "unreachable", "no connection (Remote end closed connection)"),
        (http.client.BadStatusLine("SSH-2.0-OpenSSH"), "not_vsphere", "no vCenter and no ESXi host (BadStatusLine: SSH-2.0-OpenSSH)"),
        (vim.fault.InvalidLogin(msg="Cannot complete login"), "authentication", "the login of reader is refused"),
        (vim.fault.NoPermission(privilegeId="System.View"), "permission", "the account reader lacks the privilege System.View"),
        (vmodl.fault.SystemError(msg="out of memory"), "fault", "SystemError: out of memory"),
        (vmodl.fault.SystemError(), "fault", "SystemError: it gives no reason"),
    ],
)
def test_everything_that_goes_wrong_has_its_kind_and_a_remedy(raised, kind, message):
    with pytest.raises(session.VsphereError) as caught, session._plain_errors(CONNECTION):
        raise raised
    assert caught.value.kind == kind
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_mistakes_of_our_own_are_not_hidden():
    with pytest.raises(KeyError), session._plain_errors(CONNECTION):
        raise KeyError


@pytest.mark.parametrize(
    ("server", "wire"),
    [("6.5", "vim25/6.5"), ("6.7.3", "vim25/6.7.3"), ("8.0.1.0", "vim25/8.0.1.0"), ("7.0.3.9", "vim25/7.0.3.2"), ("5.5", "vim25/6.5"), ("", "vim25/6.5")],
)
def test_newest_version_that_both_sides_know(server, wire):
    assert session._newest_version(session.version_tuple(server)) == VmomiSupport.versionMap[wire]


def test_server_younger_than_pyvmomi_gets_the_newest_that_pyvmomi_knows():
    newest = session._newest_version((99, 0, 0, 0))
    assert newest == VmomiSupport.newestVersions.GetName("vim")


def test_versions_compare_as_numbers():
    assert session.version_tuple("8.0.10.0") > session.version_tuple("8.0.9.0")
