# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory import scan_or_reuse as module
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import select
from ansible_collections.estate.vmware.plugins.module_utils.inventory.request import ScanRequest
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_writer import ScanWriter
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import OK, TIME, ScanHead
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection

CONNECTION = Connection("vc.example.com", 443, "reader", "s3cret")
REQUEST = ScanRequest(select(["vms"], {"vms": ["vcpu"]}))
HOUR = timedelta(hours=1)


@pytest.fixture
def paths(monkeypatch):
    """The paths that a source was scanned into, each with a scan of one VM."""
    found = []

    def scan_source(connection, source, request, path, progress):
        found.append(path)
        # Earlier scans are named after their second.
        started = datetime.now(timezone.utc) - timedelta(minutes=30 - len(found))
        with ScanWriter(path) as writer:
            (section,) = request.sections
            writer.add_section(section, section.fields)
            writer.add_rows("vms", [("vm-1", "web", 4)])
            fingerprint = request.fingerprint(connection)
            writer.finish(ScanHead(source, connection.address, status=OK, started=started.strftime(TIME), request_fingerprint=fingerprint))
        return writer.reader()

    monkeypatch.setattr(module, "scan_source", scan_source)
    return found


def scan(**options):
    return module.scan_or_reuse(CONNECTION, "east", REQUEST, **options)


def test_scan_without_dest_returns_rows(paths):
    found = scan()
    assert (paths, found["reused"], found["sections"]) == ([":memory:"], False, {"vms": [{"moid": "vm-1", "name": "web", "vcpu": 4}]})


def test_scan_file_instead_of_rows(paths, tmp_path):
    found = scan(dest=str(tmp_path))
    assert paths == [str(tmp_path / "east.sqlite")] == [found["scan_file"]]
    assert "sections" not in found and not found["reused"]


def test_recent_scan_of_the_same_request_is_reused(paths, tmp_path):
    first = scan(dest=str(tmp_path), max_age=HOUR)
    again = scan(dest=str(tmp_path), max_age=HOUR)
    assert (len(paths), again["reused"], again["checksum"]) == (1, True, first["checksum"])
    assert not scan(dest=str(tmp_path))["reused"], "without max_age nothing is reused"


def test_earlier_scans_are_kept(paths, tmp_path):
    for _number in range(3):
        scan(dest=str(tmp_path), keep=1)
    assert len(list((tmp_path / "earlier" / "east").iterdir())) == 1


def test_dest_is_not_written_in_check_mode(paths, tmp_path):
    found = scan(dest=str(tmp_path), keep=1, writes=False)
    assert paths == [":memory:"] and found["counts"] == {"vms": 1} and "sections" not in found
    assert list(tmp_path.iterdir()) == []
