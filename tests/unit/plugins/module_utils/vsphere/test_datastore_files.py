# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the answers to requests for files mean; test_upload.py has simulated servers."""

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.datastore_files import DatastoreFile, NoSuchFile, read_text, size_of, write
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import NotPermitted, NotReady, ServerFault, SessionExpired
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.transport import Reply
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.vsphere.soap_server import SoapServer

FILE = DatastoreFile("Madrid/DC 1", "store&1", "web #1/web%2f1.vmx")


@pytest.fixture
def answered(open_session):
    """A function that opens a session with a server that answers requests for files so."""

    def opens(status, body=b"", **headers):
        server = SoapServer()
        server.requests = []

        def files(method, path, content, sent):
            server.requests.append((method, path, content, sent))
            return Reply(status, "a reason", headers, body)

        server.files = files
        return open_session(server), server

    return opens


def test_url_says_datacenter_datastore_and_path_each_quoted_once():
    assert FILE.url_path == "/folder/web%20%231/web%252f1.vmx?dcPath=Madrid%2FDC%201&dsName=store%261"
    assert str(FILE) == "[store&1] web #1/web%2f1.vmx"


@pytest.mark.parametrize(
    ("status", "error", "message"),
    [
        (401, SessionExpired, "has ended the session"),
        (403, NotPermitted, "give the account Datastore.FileManagement"),
        (404, NoSuchFile, "does not exist (HTTP status 404 a reason): check the path"),
        (500, ServerFault, "check the free space"),
        (503, NotReady, "the server is not ready"),
        (302, ServerFault, "HTTP status 302"),
    ],
)
def test_refusals(answered, status, error, message):
    session, server = answered(status)
    for call in (lambda: read_text(session, FILE), lambda: write(session, FILE, b"x")):
        with pytest.raises(error) as caught:
            call()
        assert message in str(caught.value) and "[store&1] web #1/web%2f1.vmx" in str(caught.value)
    assert len(server.requests) == 2, "nothing is sent twice"


def test_size(answered):
    session, server = answered(200, **{"Content-Length": "2048"})
    assert size_of(session, FILE) == 2048
    assert server.requests[0][:2] == ("HEAD", FILE.url_path)
    assert size_of(answered(404)[0], FILE) is None
    with pytest.raises(NotPermitted):
        size_of(answered(403)[0], FILE)


@pytest.mark.parametrize("length", ["", "-1", "1e3", "²", "12 34"])
def test_size_that_is_no_number(answered, length):
    assert size_of(answered(200, **{"Content-Length": length})[0], FILE) == 0


def test_content(answered):
    session, server = answered(200, bytearray(b"displayName"))
    assert read_text(session, FILE) == b"displayName"
    write(session, FILE, b"new")
    assert server.requests[1][0] == "PUT" and server.requests[1][2] == b"new"
