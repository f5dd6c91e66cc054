# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import threading
import time

import pytest
from ansible.errors import AnsibleError

from ansible_collections.estate.vmware.plugins.module_utils.common.progress_pipe import Cancelled
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import select
from ansible_collections.estate.vmware.plugins.module_utils.inventory.request import ScanRequest
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan import failed_scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_writer import ScanWriter
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import IN_MEMORY, OK, Issue, ScanHead
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scope import parse_scopes
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import VsphereError
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory import fetch
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.fetch import Cache, SourceFailed, SourceResult, cache_key, read_live, read_scans
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.sources import Source

(VMS,) = select(["vms"], {"vms": ["power_state", "tags"]})
ROWS = [["vm-1", "wéb", "poweredOn", '{"Environment": ["Prod"]}'], ["vm-2", None, None, None]]
READ = [["vm-1", "wéb", "poweredOn", {"Environment": ["Prod"]}], ["vm-2", None, None, None]]


def source(alias="north", **changes):
    return Source(alias, Connection(**{"host": f"{alias}.example.com", "port": 443, "username": "reader", "password": "s3cret", **changes}))


def request_of(**changes):
    return ScanRequest(**{"sections": [VMS], **changes})


def scan(alias="north", path=IN_MEMORY, rows=None, started="2026-01-01T00:00:00Z", issues=()):
    with ScanWriter(str(path)) as writer:
        writer.add_section(VMS, VMS.fields)
        writer.add_rows("vms", ROWS if rows is None else rows)
        for issue in issues:
            writer.add_issue(issue)
        writer.finish(ScanHead(alias, f"{alias}.example.com", type="vCenter", status=OK, started=started, finished=started))
        return writer.reader()


def result(alias="north", finished="2026-01-01T00:00:00Z"):
    return SourceResult(alias, f"{alias}.example.com", "vCenter", finished, {"vms": {"fields": ["moid"], "rows": [["vm-1"]]}})


class Kept(dict):
    """A cache plugin of the simplest kind."""

    def get(self, key):
        if key not in self:
            raise KeyError(key)
        return self[key]

    def contains(self, key):
        return key in self

    def set(self, key, value):
        self[key] = json.loads(json.dumps(value))


@pytest.fixture
def warnings():
    return []


@pytest.fixture
def kept():
    return Kept()


def cache(kept, warnings, lifetime=60):
    return Cache(kept, lifetime, warnings.append)


def test_result_of_a_scan():
    issues = [
        Issue("scopes", "", "cluster", "missing", "there is no cluster x; there are y"),
        Issue("tags", "", "", "fault", "tags could not be read"),
        Issue("vms", "wéb", "a", "b", "c"),
    ]
    found = SourceResult.of(scan(issues=issues), [VMS])
    assert (found.source, found.type, found.finished) == ("north", "vCenter", "2026-01-01T00:00:00Z")
    assert found.sections == {"vms": {"fields": ["moid", "name", "power_state", "tags"], "rows": [tuple(row) for row in READ]}}
    assert found.unmatched_scopes == {"there is no cluster x": "there is no cluster x; there are y"}
    assert found.issue_summary == "2 things could not be read, first: tags: tags could not be read"
    assert SourceResult.of(scan(), [VMS]).issue_summary == ""
    assert SourceResult.of(scan(issues=issues[:1]), [VMS]).issue_summary == "", "that is told elsewhere"
    assert SourceResult.of(scan(issues=issues[2:]), [VMS]).issue_summary == "1 thing could not be read, first: wéb: c"


def test_scan_without_a_section_has_no_result():
    (hosts,) = select(["hosts"], {"hosts": ["name"]})
    with pytest.raises(SourceFailed, match="the scan has no section hosts"):
        SourceResult.of(scan(), [VMS, hosts])
    with pytest.raises(SourceFailed, match="refused"):
        SourceResult.of(scan(issues=[Issue("hosts", "", "", "fault", "refused")]), [hosts])
    with pytest.raises(SourceFailed, match="no connection"):
        SourceResult.of(failed_scan(ScanHead("north", "x"), VsphereError("no connection"), IN_MEMORY), [VMS])


@pytest.mark.parametrize(
    ("other_source", "other_request"),
    [
        ({"alias": "south"}, {}),
        ({"host": "other"}, {}),
        ({"port": 444}, {}),
        ({"username": "other"}, {}),
        ({"session_token": "t0ken"}, {}),
        ({}, {"with_tags": False}),
        ({}, {"environment": ("folder_level", 1)}),
        ({}, {"sections": select(["vms"], {"vms": ["host"]})}),
        ({}, {"sections": select(["hosts"], {})}),
        ({}, {"scopes": parse_scopes("scopes", [{"datacenter": "Madrid"}])}),
    ],
    ids=lambda changes: "-".join(changes) or "same",
)
def test_cache_key_differs_for_everything_that_changes_the_result(other_source, other_request):
    assert cache_key(source(), request_of()) != cache_key(source(**other_source), request_of(**other_request))


def test_cache_key_has_no_secret_and_ignores_what_changes_no_result():
    key = cache_key(source(), request_of())
    assert key == cache_key(source(password="0ther", timeout=7), request_of(page_size=7))
    assert key.startswith("estate_vmware_") and key.isidentifier()
    assert not any(text in key for text in ("s3cret", "north", "reader"))


def test_cache_returns_what_was_stored(kept, warnings):
    cache(kept, warnings).put("key", SourceResult.of(scan(), [VMS]))
    found = cache(kept, warnings).fresh("key")
    assert found.sections["vms"]["rows"] == READ and found == SourceResult(**vars(found))
    assert cache(kept, warnings).fresh("other") is None and warnings == []


def test_age_of_a_cached_result(kept, warnings):
    cache(kept, warnings).put("key", result())
    kept["key"]["written"] -= 61
    assert cache(kept, warnings).fresh("key") is None
    assert cache(kept, warnings).last("key") == result()
    assert cache(kept, warnings, lifetime=0).fresh("key") == result(), "0 is for ever"
    assert warnings == []


@pytest.mark.parametrize(
    "broken",
    [
        {"_meta": {}, "hosts": []},
        {"format": 1, "written": 2**40},
        {"written": 2**40},
        {"format": 1, "written": 2**40},
        {"format": 999, "written": 2**40, "result": "{}"},
        {"format": 1, "written": 2**40, "result": "{"},
        {"format": 1, "written": 2**40, "result": "[]"},
        {"format": 1, "written": 2**40, "result": '{"colour": "red"}'},
        {"format": 1, "written": "yesterday", "result": "{}"},
        ["a list"],
        "a text",
        7,
    ],
    ids=str,
)
def test_cache_entry_that_cannot_be_used_gives_a_warning(kept, warnings, broken):
    kept["key"] = broken
    assert cache(kept, warnings).fresh("key") is None
    assert len(warnings) == 1 and "reading the source again" in warnings[0], warnings


def test_cache_plugin_that_fails(warnings):
    class Broken:
        def get(self, key):
            raise AnsibleError("error in decoding")

        def set(self, key, value):
            raise OSError("disk full")

    broken = Cache(Broken(), 60, warnings.append)
    broken.put("key", result())
    assert broken.fresh("key") is None
    assert ["disk full" in warnings[0], "error in decoding" in warnings[1]] == [True, True]


@pytest.fixture
def scanned(monkeypatch):
    """Sources that were read; those called bad cannot be."""
    asked = []

    def scan_source(connection, alias, request, path, progress):
        asked.append(alias)
        if alias.startswith("bad"):
            return failed_scan(ScanHead(alias, alias), VsphereError(f"no connection to {alias}"), IN_MEMORY)
        return scan(alias)

    monkeypatch.setattr(fetch, "scan_source", scan_source)
    return asked


def live(aliases, kept=None, warnings=(), fresh=True, stale=False, **changes):
    sources = [source(alias) for alias in aliases]
    return read_live(sources, request_of(**changes), 2, cache(kept, warnings) if kept is not None else None, fresh, stale, getattr(warnings, "append", print))


def test_sources_are_read_and_come_in_their_order(scanned):
    assert [one.source for one in live(["c", "a", "b"])] == ["c", "a", "b"] and sorted(scanned) == ["a", "b", "c"]


def test_sources_are_read_in_parallel(monkeypatch):
    both = threading.Barrier(2, timeout=10)

    def scan_source(connection, alias, *arguments, **options):
        both.wait()
        return scan(alias)

    monkeypatch.setattr(fetch, "scan_source", scan_source)
    assert len(live(["a", "b"])) == 2


def test_interrupt_ends_the_readings_that_are_under_way(monkeypatch):
    ended = []
    both = threading.Barrier(2, timeout=10)

    def scan_source(connection, alias, request, path, progress):
        both.wait()
        if alias == "north":
            raise KeyboardInterrupt
        try:
            for _page in range(1000):
                progress.advance(500)
                time.sleep(0.01)
        except Cancelled:
            ended.append(alias)
            raise

    monkeypatch.setattr(fetch, "scan_source", scan_source)
    with pytest.raises(KeyboardInterrupt):
        live(["north", "south"])
    assert ended == ["south"]


def test_source_that_cannot_be_read_is_an_error_that_names_each(scanned):
    with pytest.raises(SourceFailed) as error:
        live(["bad1", "good", "bad2"])
    assert str(error.value) == "2 of 3 sources could not be read: bad1: no connection to bad1; bad2: no connection to bad2"
    with pytest.raises(SourceFailed, match="^the source could not be read: bad: no connection"):
        live(["bad"])


def test_fresh_cached_result_is_not_read_again(scanned, kept, warnings):
    first = live(["a", "b"], kept, warnings)
    scanned.clear()
    assert [one.sections for one in live(["a", "b"], kept, warnings)] == [json.loads(json.dumps(one.sections)) for one in first]
    assert scanned == []
    live(["b", "c"], kept, warnings)
    assert scanned == ["c"]
    live(["a"], kept, warnings, with_tags=False)
    assert scanned == ["c", "a"], "another question"
    live(["a"], kept, warnings, fresh=False)
    assert scanned == ["c", "a", "a"], "the cache was to be passed over"
    assert warnings == []


def test_good_sources_are_cached_although_another_one_failed(scanned, kept, warnings):
    with pytest.raises(SourceFailed):
        live(["good", "bad"], kept, warnings)
    scanned.clear()
    with pytest.raises(SourceFailed):
        live(["good", "bad"], kept, warnings)
    assert scanned == ["bad"]


@pytest.mark.parametrize("stale", [True, False])
def test_expired_cached_result_is_used_where_allowed(scanned, kept, warnings, stale):
    bad = result("bad", finished="2025-12-31T00:00:00Z")
    cache(kept, warnings).put(cache_key(source("bad"), request_of()), bad)
    kept[cache_key(source("bad"), request_of())]["written"] = int(time.time()) - 1_000_000
    if not stale:
        with pytest.raises(SourceFailed):
            live(["bad", "good"], kept, warnings, stale=False)
        return
    found = live(["bad", "good"], kept, warnings, stale=True)
    assert found[0] == bad and found[1].source == "good"
    assert warnings == ["bad could not be read; using its cached result of 2025-12-31T00:00:00Z: no connection to bad"]
    with pytest.raises(SourceFailed, match="bad2"):
        live(["bad2"], kept, warnings, stale=True)


def test_newest_scan_of_each_source_is_used(tmp_path):
    for name, alias, day, rows in [("a", "north", 2, ROWS[:1]), ("b", "north", 1, ROWS), ("c", "south", 1, [])]:
        scan(alias, tmp_path / f"{name}.sqlite", rows, f"2026-01-0{day}T00:00:00Z").close()
    found = read_scans([str(tmp_path)], [VMS], pytest.fail)
    assert {one.source: len(one.sections["vms"]["rows"]) for one in found} == {"north": 1, "south": 0}


def test_scans_that_cannot_be_used(tmp_path):
    with pytest.raises(SourceFailed, match="nowhere"):
        read_scans([str(tmp_path / "nowhere")], [VMS], pytest.fail)
    with pytest.raises(SourceFailed, match="scan"):
        read_scans([str(tmp_path)], [VMS], pytest.fail)
    scan("north", tmp_path / "north.sqlite").close()
    failed_scan(ScanHead("south", "x", started="2026-01-01T00:00:00Z"), VsphereError("no connection"), str(tmp_path / "south.sqlite")).close()
    with pytest.raises(SourceFailed, match="1 of 2 sources could not be read: south: no connection"):
        read_scans([str(tmp_path)], [VMS], pytest.fail)
    (tmp_path / "south.sqlite").write_bytes(b"no database")
    with pytest.raises(SourceFailed, match="south.sqlite"):
        read_scans([str(tmp_path)], [VMS], pytest.fail)


def test_last_good_scan_stands_in_for_one_that_failed_since(tmp_path, warnings):
    path = str(tmp_path / "north.sqlite")
    scan("north", path, ROWS, "2026-01-01T00:00:00Z").close()
    failed_scan(ScanHead("north", "x", started="2026-01-02T00:00:00Z"), VsphereError("no connection"), path).close()
    [found] = read_scans([str(tmp_path)], [VMS], warnings.append)
    assert len(found.sections["vms"]["rows"]) == len(ROWS)
    assert warnings == ["north could not be read at 2026-01-02T00:00:00Z; using its scan of 2026-01-01T00:00:00Z: no connection"]
    scan("north", path, ROWS, "2026-01-03T00:00:00Z").close()
    read_scans([str(tmp_path)], [VMS], pytest.fail)
