# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A scan from its options to its facts, without a server."""

from __future__ import annotations

import os
import stat
from datetime import datetime, timedelta, timezone

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common import tls
from ansible_collections.estate.vmware.plugins.module_utils.inventory import scan as scanning
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import select
from ansible_collections.estate.vmware.plugins.module_utils.inventory.request import ScanRequest
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import IN_MEMORY, Issue, ScanFileError, checksum
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import AuthenticationFailed, ServerFault

CONNECTION = Connection("vc.example.com", 8443, "reader", "s3cret")


class FakeSession:
    is_vcenter = True
    transport = None
    certificate = b""
    calls = 12
    version = (8, 0)
    about = {"fullName": "VMware vCenter Server 8.0.2", "apiType": "VirtualCenter", "apiVersion": "8.0.2.0"}

    def __init__(self, connection):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass


def scan(monkeypatch, path, collect, session=FakeSession) -> Scan:
    monkeypatch.setattr(scanning, "Session", session)
    monkeypatch.setattr(scanning, "collect", collect)
    return scanning.scan_source(CONNECTION, "east", ScanRequest(select(["hosts"])), str(path))


def two_hosts(session, request, writer, tags_of, progress):
    (section,) = request.sections
    writer.add_section(section, section.fields[:2])
    writer.add_rows("hosts", [("host-1", "esx1"), ("host-2", "esx2")])
    writer.add_seconds("hosts", 0.5)
    return ""


def one_host_with_an_issue(session, request, writer, tags_of, progress):
    two_hosts(session, request, writer, tags_of, progress)
    writer.add_issue(Issue("hosts", "esx2", "config", "no_permission", "NoPermission"))
    return ""


def broken_on_the_way(session, request, writer, tags_of, progress):
    two_hosts(session, request, writer, tags_of, progress)
    raise ServerFault("the server gave up")


@pytest.mark.parametrize(("collect", "status", "issues"), [(two_hosts, "ok", 0), (one_host_with_an_issue, "partial", 1)])
def test_facts_of_a_scan_on_disk(monkeypatch, tmp_path, collect, status, issues):
    path = tmp_path / "east.sqlite"
    facts = scanning.facts(scan(monkeypatch, path, collect), with_rows=False)
    seconds = facts.pop("seconds")
    assert seconds >= 0
    assert facts.pop("finished") >= facts.pop("started") > "2026"
    assert len(facts.pop("issues")) == issues
    assert facts == {
        "source": "east",
        "address": "vc.example.com:8443",
        "type": "vCenter",
        "about": {
            "name": "",
            "full_name": "VMware vCenter Server 8.0.2",
            "version": "",
            "build": "",
            "api_type": "VirtualCenter",
            "api_version": "8.0.2.0",
            "instance_uuid": "",
        },
        "certificate": {},
        "status": status,
        "error": "",
        "error_kind": "",
        "counts": {"hosts": 2},
        "calls": 12,
        "section_seconds": {"hosts": 0.5},
        "issue_count": issues,
        "scan_file": str(path),
        "good_scan_file": str(path),
        "checksum": checksum(str(path)),
    }


@pytest.mark.parametrize(("own", "expected"), [("", "4c4c4544-0042"), ("5029f3c1", "5029f3c1")])
def test_server_without_a_uuid_has_that_of_its_hardware(monkeypatch, own, expected):
    class Server(FakeSession):
        about = {**FakeSession.about, "instanceUuid": own}

    def one_host(*arguments, **options):
        two_hosts(*arguments, **options)
        return "4c4c4544-0042"

    assert scan(monkeypatch, IN_MEMORY, one_host, Server).head.about["instance_uuid"] == expected


def test_rows_are_facts_when_there_is_no_file(monkeypatch):
    facts = scanning.facts(scan(monkeypatch, IN_MEMORY, two_hosts), with_rows=True)
    assert facts["sections"] == {"hosts": [{"moid": "host-1", "name": "esx1"}, {"moid": "host-2", "name": "esx2"}]}
    assert (facts["scan_file"], facts["checksum"]) == (None, None)


def test_facts_have_the_first_twenty_issues(monkeypatch):
    def many(session, request, writer, tags_of, progress):
        for number in range(30):
            writer.add_issue(Issue("hosts", f"esx{number}", "name", "missing", ""))

    facts = scanning.facts(scan(monkeypatch, IN_MEMORY, many), with_rows=False)
    assert (facts["issue_count"], [issue["object"] for issue in facts["issues"]]) == (30, [f"esx{number}" for number in range(20)])


def test_scan_that_fails_midway_has_no_rows_and_a_reason(monkeypatch, tmp_path):
    found = scan(monkeypatch, tmp_path / "east.sqlite", broken_on_the_way)
    assert (found.head.status, found.head.error_kind, found.head.error) == ("failed", "fault", "the server gave up")
    assert (found.head.type, found.counts) == ("vCenter", {})
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.sqlite")] == ["failed/east.sqlite"]


def test_good_scan_stays_beside_a_failed_one_and_removes_it(monkeypatch, tmp_path):
    path = tmp_path / "east.sqlite"
    good = scan(monkeypatch, path, two_hosts)
    failed = scan(monkeypatch, path, broken_on_the_way)
    assert (good.path, failed.path) == (str(path), str(tmp_path / "failed" / "east.sqlite"))
    assert stat.S_IMODE((tmp_path / "failed").stat().st_mode) == 0o700
    told = scanning.facts(failed, with_rows=False)
    assert (told["scan_file"], told["good_scan_file"]) == (failed.path, good.path)
    assert Scan.open(good.path).counts == good.counts, "it is as it was"
    scan(monkeypatch, path, one_host_with_an_issue)
    assert [found.name for found in tmp_path.rglob("*.sqlite")] == ["east.sqlite"]
    assert Scan.open(good.path).head.status == "partial", "what could be read in part is no failure"


def test_first_scan_that_fails_has_no_good_scan_beside_it(monkeypatch, tmp_path):
    failed = scan(monkeypatch, tmp_path / "east.sqlite", broken_on_the_way)
    assert scanning.facts(failed, with_rows=False)["good_scan_file"] is None


def test_missing_folder_is_not_created(monkeypatch, tmp_path):
    with pytest.raises(ScanFileError, match="cannot be written: No such file or directory; give a folder that exists"):
        scan(monkeypatch, tmp_path / "nowhere" / "east.sqlite", broken_on_the_way)
    assert os.listdir(tmp_path) == []


class ShowsItsCertificate(FakeSession):
    certificate = b"DER"


@pytest.mark.parametrize("collect", [two_hosts, broken_on_the_way])
def test_certificate_of_the_connection_is_kept(monkeypatch, tmp_path, collect):
    ends = (datetime.now(timezone.utc) + timedelta(days=20, hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    told = {"subject": "CN=vc", "issuer": "CN=CA", "not_before": "2026-01-01T00:00:00Z", "not_after": ends, "fingerprint": "AB"}
    monkeypatch.setattr(tls, "describe_certificate", lambda certificate: {b"DER": told}[certificate])
    found = scan(monkeypatch, tmp_path / "east.sqlite", collect, ShowsItsCertificate)
    assert found.head.certificate == {**told, "days_left": 20}
    assert scanning.facts(found, with_rows=False)["certificate"] == found.head.certificate
    told["not_after"] = ""
    assert scan(monkeypatch, tmp_path / "east.sqlite", collect, ShowsItsCertificate).head.certificate["days_left"] is None, "nobody can read it"


def test_rejected_login_is_a_failed_scan(monkeypatch, tmp_path):
    class Locked(FakeSession):
        def __enter__(self):
            raise AuthenticationFailed("no")

    found = scan(monkeypatch, tmp_path / "east.sqlite", two_hosts, Locked)
    assert (found.head.status, found.head.error_kind, found.head.type) == ("failed", "authentication", "")


@pytest.mark.parametrize("error", [KeyError("what a server said"), RecursionError("s3cret"), MemoryError(), OverflowError()])
def test_unexpected_error_is_a_failed_scan_that_names_the_place_and_no_data(monkeypatch, tmp_path, error):
    def mistaken(*arguments, **options):
        raise error

    found = scan(monkeypatch, tmp_path / "east.sqlite", mistaken)
    assert (found.head.status, found.head.error_kind, found.counts) == ("failed", "fault", {})
    assert f"({type(error).__name__} in module_utils/inventory/scan.py:" in found.head.error
    assert "said" not in found.head.error.replace("server", "") or "s3cret" not in found.head.error
