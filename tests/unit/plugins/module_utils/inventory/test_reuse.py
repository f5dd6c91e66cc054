# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses
import sqlite3
from datetime import datetime, timedelta, timezone

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import select
from ansible_collections.estate.vmware.plugins.module_utils.inventory.request import ScanRequest
from ansible_collections.estate.vmware.plugins.module_utils.inventory.reuse import recent_scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_writer import ScanWriter
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import OK, PARTIAL, TIME, ScanHead
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection

CONNECTION = Connection("vc.example.com", 443, "reader", "s3cret")
REQUEST = ScanRequest(select(["vms"]))
FINGERPRINT = REQUEST.fingerprint(CONNECTION)
HOUR = timedelta(hours=1)


def written(tmp_path, ago: timedelta = timedelta(minutes=59), **changes) -> str:
    path = str(tmp_path / "east.sqlite")
    began = (datetime.now(timezone.utc) - ago).strftime(TIME)
    with ScanWriter(path) as writer:
        writer.finish(dataclasses.replace(ScanHead("east", "vc.example.com", status=OK, started=began, request_fingerprint=FINGERPRINT), **changes))
    return path


def recent(path, fingerprint=FINGERPRINT):
    return recent_scan(path, "east", "vc.example.com", fingerprint, HOUR)


def test_recent_scan_is_reused(tmp_path):
    assert recent(written(tmp_path)).head.source == "east"


@pytest.mark.parametrize(
    "changes",
    [
        {"ago": timedelta(minutes=61)},
        {"ago": timedelta(minutes=-5)},
        {"status": PARTIAL},
        {"source": "west"},
        {"address": "other.example.com"},
        {"request_fingerprint": ""},
    ],
    ids=str,
)
def test_old_or_different_scan_is_not_reused(tmp_path, changes):
    assert recent(written(tmp_path, **changes)) is None


def test_scan_of_another_request_is_not_reused(tmp_path):
    assert recent(written(tmp_path), ScanRequest(select(["hosts"])).fingerprint(CONNECTION)) is None


def test_file_of_an_earlier_release_is_read_again(tmp_path):
    path = written(tmp_path)
    with sqlite3.connect(path) as database:
        database.execute("ALTER TABLE scan RENAME COLUMN request_fingerprint TO asked")
        database.execute("ALTER TABLE scan DROP COLUMN calls")
    database.close()
    assert Scan.open(path).head.status == OK
    assert recent(path) is None


@pytest.mark.parametrize("content", [None, b"", b"no scan"])
def test_file_that_is_not_a_scan_is_not_reused(tmp_path, content):
    path = tmp_path / "east.sqlite"
    if content is not None:
        path.write_bytes(content)
    assert recent(str(path)) is None
