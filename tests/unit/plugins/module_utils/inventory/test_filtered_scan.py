# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import os
import resource
import sqlite3
import tracemalloc

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.inventory import patterns
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import BOOLEAN, INTEGER, LIST, MAP, REAL, TEXT, TIME
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.filtered_scan import filter_scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.filters import row_filters
from ansible_collections.estate.vmware.plugins.module_utils.inventory.redaction import Pseudonyms
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import Issue, ScanFileError
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.report import estates

PSEUDONYMS = Pseudonyms("correct horse battery staple")
SECRET = "zq9"
VALUES = {
    TEXT: SECRET + "{}",
    INTEGER: 7,
    REAL: 7.5,
    BOOLEAN: True,
    TIME: "2025-01-02T03:04:05Z",
    LIST: [SECRET + "{}", SECRET + "{}b"],
    MAP: {SECRET + "k{}": [SECRET + "v{}"]},
}
#: Texts of which a part stays.
SHAPED = {"disks": "Hard disk 1: 40 GB thin [" + SECRET + "{}]", "vmx_path": "[" + SECRET + "{}] " + SECRET + "/a.vmx", "folder": "/" + SECRET + "{}/b"}


def everything(public="public"):
    """A row of every section, with a value in every field: a secret in the private ones."""

    def value(number, field):
        if field.kind in (TEXT, LIST) and not field.redact_as:
            return public if field.kind == TEXT else [public]
        return json.loads(json.dumps(SHAPED.get(field.key, VALUES[field.kind])).replace("{}", str(number)))

    return {section.key: [{field.key: value(number, field) for number, field in enumerate(section.fields)}] for section in SECTIONS.values()}


@pytest.fixture(params=["file", "memory"])
def scan(request, tmp_path):
    where = {"path": tmp_path / "zq9.sqlite"} if request.param == "file" else {}
    found = estates.make_scan(
        SECRET,
        everything(),
        issues=[Issue("vms", SECRET + "1", "config", "unreadable", f"no right for {SECRET}"), Issue("places", SECRET, "parent", "missing", SECRET)],
        address=SECRET,
        about={"version": "8.0.3", "instance_uuid": SECRET, "unheard_of": SECRET},
        certificate={"issuer": SECRET, "subject": SECRET, "not_after": "2027-01-01T00:00:00Z", "days_left": 40, "unheard_of": SECRET},
        error=f"{SECRET} did not answer",
        error_kind="timeout",
        **where,
    )
    yield found
    found.close()


def seen(view):
    """Everything that can be read of a scan, as one text."""
    rows = {section: [dict(zip(view.fields(section), row)) for row in view.rows(section, list(view.fields(section)))] for section in view.counts}
    return json.dumps({"head": vars(view.head), "rows": rows, "issues": [vars(issue) for issue in view.issues()]}, ensure_ascii=False)


def test_no_redacted_value_can_be_read(scan):
    assert seen(scan).count(SECRET) > 100, "the scan itself is full of it"
    view = filter_scan(scan, {}, PSEUDONYMS)
    assert view.redacted and view.counts == dict.fromkeys(SECTIONS, 1)
    assert SECRET not in seen(view)
    for section in SECTIONS:
        for field in view.fields(section):
            assert SECRET not in str(view.value(section, f'max("{field}")')), "neither by SQL"


def test_values_without_category_stay(scan):
    view = filter_scan(scan, {}, PSEUDONYMS)
    for section in SECTIONS.values():
        for field, (value,) in zip(section.fields, zip(*view.rows(section.key, [field.key for field in section.fields]))):
            if not field.redact_as:
                assert value == {TEXT: "public", LIST: ["public"]}.get(field.kind, VALUES[field.kind])
    head = view.head
    assert head.about["version"] == "8.0.3" and head.error.startswith("timeout: message-") and head.finished == estates.FINISHED
    assert (head.certificate["not_after"], head.certificate["days_left"]) == ("2027-01-01T00:00:00Z", 40)
    assert [(issue.section, issue.property, issue.kind) for issue in view.issues()] == [("vms", "config", "unreadable"), ("places", "parent", "missing")]
    assert view.issue_count() == 2


def test_equal_values_have_equal_pseudonyms_in_all_sections_and_scans():
    one = filter_scan(estates.make_scan("a", {"vms": [estates.vm(1)], "hosts": [estates.host(1)], "datastores": [estates.datastore(1)]}), {}, PSEUDONYMS)
    two = filter_scan(estates.make_scan("b", {"vms": [estates.vm(1)]}, issues=[Issue("vms", estates.vm(1)["name"], "x", "missing", "")]), {}, PSEUDONYMS)
    [(host, store, name)] = one.rows("vms", ["host", "primary_datastore", "name"])
    assert [(host,)] == list(one.rows("hosts", ["name"])) and [(store,)] == list(one.rows("datastores", ["name"]))
    assert [(name,)] == list(two.rows("vms", ["name"])) and two.issues()[0].object == name
    assert len({host, store, name}) == 3


def test_filters_keep_rows(scan):
    scan = estates.make_scan("a", estates.sections(8))
    view = filter_scan(scan, row_filters({"vms": [{"power_state": "poweredOn"}]}, {"hosts": [{"name": "esx00*"}]}), None)
    assert view.counts == {"vms": 4, "hosts": 7, "datastores": 5, "networks": 4}
    assert view.left_out == {"vms": 4, "hosts": 1}
    assert list(view.rows("vms", ["power_state"])) == [("poweredOn",)] * 4
    assert view.value("vms", "count(*)") == 4 and view.value("vms", "count(*)", "power_state = 'poweredOff'") == 0
    assert not view.redacted and view.head.source == "a"


def test_filters_test_the_original_values():
    view = filter_scan(estates.make_scan("a", estates.sections(8)), row_filters({"vms": [{"name": "srv-app-00003"}]}, {}), PSEUDONYMS)
    assert list(view.rows("vms", ["name"])) == [(PSEUDONYMS.of("vm", "srv-app-00003"),)]


def test_a_filter_that_takes_too_long_is_an_error_that_names_the_row(monkeypatch):
    monkeypatch.setattr(patterns, "MAX_SEARCH_SECONDS", 0.2)
    scan = estates.make_scan("a", {"vms": [estates.vm(1), estates.vm(2, name="web01", annotation="a" * 60 + "b")]})
    with pytest.raises(InvalidOption, match=r"exclude_filters.vms\[0\].annotation.regex: .* took longer than 0.2 s on VM web01 of a: simplify"):
        filter_scan(scan, row_filters({}, {"vms": [{"annotation": {"regex": "(a+)+$"}}]}), None)


@pytest.mark.parametrize("pseudonyms", [None, PSEUDONYMS])
def test_an_exception_in_the_middle_is_not_lost(monkeypatch, pseudonyms):
    """As a signal's handler raises one."""

    def ended(*_given):
        raise SystemExit(1)

    monkeypatch.setattr(Pseudonyms, "of_stored", ended)
    filters = row_filters({"vms": [{"name": "*"}]}, {})
    if not pseudonyms:
        monkeypatch.setattr(type(filters["vms"]), "keeps", ended)
    with pytest.raises(SystemExit):
        filter_scan(estates.make_scan("a", estates.sections(8)), filters, pseudonyms)


def test_filters_of_lists_maps_and_booleans():
    rows = [estates.vm(1, tags={"Team": ["Web"]}, template=True), estates.vm(2, tags={"Team": ["Db"]}), estates.vm(3)]
    view = filter_scan(estates.make_scan("a", {"vms": rows}), row_filters({"vms": [{"tags.Team": "web", "template": True, "mac_addresses": "*:01"}]}, {}), None)
    assert list(view.rows("vms", ["moid"])) == [("vm-1",)]


def _with_children(**more):
    vms = [estates.vm(number) for number in range(4)]
    disks = [{"moid": f"vm-{number // 2}", "vm": "x", "capacity_gb": 1.0} for number in range(8)]
    return {"vm_disks": disks, "vms": vms, **more}


def test_disks_of_vms_that_are_left_out_are_left_out_too():
    view = filter_scan(
        estates.make_scan("a", _with_children()), row_filters({"vms": [{"power_state": "poweredOn"}]}, {"vm_disks": [{"moid": "vm-1"}]}), PSEUDONYMS
    )
    assert view.counts == {"vm_disks": 2, "vms": 2} and view.left_out == {"vm_disks": 6, "vms": 2}
    assert set(view.rows("vm_disks", ["moid"])) == {("vm-0",)}


def test_disks_without_the_section_vms_are_left_out_by_filters_of_vms():
    view = filter_scan(estates.make_scan("a", {"vm_disks": _with_children()["vm_disks"]}), row_filters({"vms": [{"name": "*"}]}, {}), None)
    assert view.counts == {"vm_disks": 0} and view.left_out == {"vm_disks": 8}


def _without(path, section, *fields):
    """A scan file as an older release wrote it."""
    with sqlite3.connect(path) as database:
        for field in fields:
            database.execute(f'ALTER TABLE "{section}" DROP COLUMN "{field}"')
            database.execute("DELETE FROM fields WHERE section = ? AND field = ?", (section, field))
    return Scan.open(str(path))


def test_missing_fields_have_no_value(tmp_path):
    path = tmp_path / "a.sqlite"
    estates.make_scan("a", estates.sections(4), path=path).close()
    view = filter_scan(_without(path, "vms", "power_state", "host"), row_filters({}, {"vms": [{"power_state": "poweredOn"}]}), PSEUDONYMS)
    assert view.left_out == {"vms": 0} and list(view.rows("vms", ["host"])) == [(None,)] * 4
    view = filter_scan(Scan.open(str(path)), row_filters({"vms": [{"power_state": "poweredOn"}]}, {}), None)
    assert view.left_out == {"vms": 4}


def test_the_file_does_not_change(tmp_path):
    path = tmp_path / "a.sqlite"
    estates.make_scan("a", estates.sections(), path=path).close()
    before = path.read_bytes()
    filter_scan(Scan.open(str(path)), row_filters({"vms": [{"name": "none"}]}, {}), PSEUDONYMS).close()
    assert path.read_bytes() == before and os.listdir(tmp_path) == ["a.sqlite"]


def test_a_damaged_file_is_named(tmp_path):
    path = tmp_path / "a.sqlite"
    estates.make_damaged_scan(path)
    with pytest.raises(ScanFileError, match="a.sqlite is damaged: .*; scan its source again"):
        filter_scan(Scan.open(str(path)), {}, PSEUDONYMS)


def test_no_space_for_temporary_files_is_a_clear_error(tmp_path):
    path = tmp_path / "a.sqlite"
    estates.make_scan("a", {"vms": (estates.vm(number) for number in range(8000))}, path=path).close()
    scan = Scan.open(str(path))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(ScanFileError, match="a.sqlite cannot be sorted or filtered: .*; free space in the folder for temporary files") as error:
            filter_scan(scan, {}, PSEUDONYMS)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "\n" not in str(error.value)


@pytest.mark.all_only
def test_memory_does_not_grow_with_rows(tmp_path):
    def peak(count):
        path = tmp_path / f"{count}.sqlite"
        estates.make_scan("a", {"vms": (estates.vm(number, host=f"esx{number}") for number in range(count))}, path=path).close()
        scan = Scan.open(str(path))
        tracemalloc.start()
        filter_scan(scan, row_filters({"vms": [{"name": "srv*"}]}, {}), Pseudonyms("k" * 16)).close()
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    peak(10)
    assert peak(20000) < 1.3 * peak(10000)
