# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import http.client
import socket
import ssl
import zlib

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.bounded_socket import TooManyBytes
from ansible_collections.estate.vmware.plugins.module_utils.common.deadline import DeadlineExceeded
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import VsphereError
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.transport_errors import translate_transport_errors

CONNECTION = Connection("vc.example.com", 443, "reader", "s3cret", timeout=7)


def _untrusted() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = "self-signed certificate"
    error.verify_code = 18
    return error


@pytest.mark.parametrize(
    ("raised", "kind", "message"),
    [
        (_untrusted(), "certificate", "the certificate is not trusted (self-signed certificate): give the certificate of its CA as ca_path"),
        (ssl.SSLError(1, "wrong version number"), "not_vsphere", "does not speak TLS"),
        (ssl.SSLEOFError(8, "EOF occurred in violation of protocol"), "unreachable", "connection closed mid-response"),
        (socket.gaierror(-2, "Name or service not known"), "unreachable", "cannot be resolved (Name or service not known)"),
        (TimeoutError("timed out"), "timeout", "no answer within 7 s"),
        (ConnectionRefusedError(111, "Connection refused"), "unreachable", "no connection (Connection refused)"),
        (http.client.RemoteDisconnected("Remote end closed connection"), "unreachable", "connection closed mid-response"),
        (OSError(113, "No route to host"), "unreachable", "no connection (No route to host)"),
        (http.client.BadStatusLine("SSH-2.0-OpenSSH"), "not_vsphere", "neither a vCenter nor an ESXi host (BadStatusLine: SSH-2.0-OpenSSH)"),
        (http.client.IncompleteRead(b"", 9), "unreachable", "connection closed mid-response"),
        (EOFError("compressed file ended"), "unreachable", "connection closed mid-response"),
        (zlib.error("incorrect header check"), "not_vsphere", "cannot be unzipped"),
        (ValueError("read length must be non-negative or -1"), "not_vsphere", "neither a vCenter nor an ESXi host"),
        (DeadlineExceeded("late"), "deadline", "it took longer than 3600 s altogether: raise deadline"),
        (TooManyBytes("much"), "fault", "the server's response is larger than 64 MB: scan again; report it if it persists"),
    ],
)
def test_each_error_has_a_kind_and_a_remedy(raised, kind, message):
    with pytest.raises(VsphereError) as caught, translate_transport_errors(CONNECTION):
        raise raised
    assert caught.value.kind == kind
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(("code", "remedy"), [(10, "have it renewed"), (20, "as ca_path")])
def test_remedy_depends_on_the_error_of_the_certificate(code, remedy):
    error = _untrusted()
    error.verify_code = code
    with pytest.raises(VsphereError, match=remedy), translate_transport_errors(CONNECTION):
        raise error


def test_other_errors_are_not_translated():
    with pytest.raises(KeyError), translate_transport_errors(CONNECTION):
        raise KeyError
