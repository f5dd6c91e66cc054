# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import sqlite3

from ansible_collections.estate.vmware.plugins.module_utils.inventory.filtered_scan import filter_scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.filters import row_filters
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.report import counted_rows, sheet_headings, source_numbers, summary_tables
from ansible_collections.estate.vmware.plugins.module_utils.report.shared_datastores import mark_shared_datastores
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.report import estates

EN = LANGUAGES["en"]


def store(number, store_id, **fields):
    return estates.datastore(number, store_id=store_id, capacity_gb=1000.0, free_gb=100.0, used_percent=90.0, provisioned_gb=2000.0, **fields)


def scan(source, *stores, **more):
    return estates.make_scan(source, {"datastores": stores}, **more)


def heading(*scans):
    return [EN.resolve(line.text) for line in sheet_headings.estate_heading(estates.report_data(*scans), scans)]


def marks(*scans):
    mark_shared_datastores(scans)
    return [[mark for (mark,) in each.rows("datastores", ["duplicate_of"])] for each in scans]


def test_first_of_several_names_counts_alone():
    a, b = scan("a", store(1, "1f"), store(2, "2e"), store(3, "1f")), scan("b", store(4, "2e"), store(5, "3d"), store(6, None), store(7, ""))
    assert marks(a, b) == [[None, None, "ds01"], ["a: ds02", None, None, None]]
    assert [source_numbers.source_numbers(each)["datastores"] for each in (a, b)] == [2, 3]
    total = source_numbers.totals(estates.report_data(a, b))
    assert (total["datastores"], total["capacity_gb"], total["free_gb"], total["space_used"]) == (5, 5000, 500, 0.9)
    assert (total["datastores_critical"], total["datastores_overprovisioned"]) == (5, 5)
    for table in (summary_tables.critical_datastores, summary_tables.fullest_datastores):
        assert [row["name"] for row in table(estates.report_data(a, b))] == ["ds01", "ds02", "ds05", "ds06", "ds07"]
    assert source_numbers.objects_of_several_sources(estates.report_data(a, b)) == {} and counted_rows.uncounted_rows([a, b]) == (2, {})


def test_a_datastore_that_is_reached_counts_before_one_that_is_not():
    assert marks(scan("a", store(1, "1f", accessible=False)), scan("b", store(2, "1f"))) == [["b: ds02"], [None]]


def test_marks_are_made_anew_for_what_is_shown():
    a, b = scan("a", store(1, "1f"), store(2, "1f", duplicate_of="ds01")), scan("b", store(3, "1f"))
    shown = filter_scan(a, row_filters({}, {"datastores": [{"name": "ds01"}]}), None)
    assert marks(shown, b) == [[None], ["a: ds02"]]
    assert marks(b, shown) == [[None], ["b: ds03"]]


def test_scans_of_older_releases_count_all(tmp_path):
    path = str(tmp_path / "old.sqlite")
    scan("old", store(1, "1f"), store(2, "1f"), path=path).close()
    database = sqlite3.connect(path)
    for field in ("store_id", "duplicate_of", "migration_appliance", "hosts_without_access", "hosts_read_only"):
        database.execute(f"ALTER TABLE datastores DROP COLUMN {field}")
        database.execute("DELETE FROM fields WHERE field = ?", (field,))
    database.commit()
    database.close()
    old, new = Scan.open(path), scan("new", store(3, "1f"))
    assert marks(old, new) == [[None, None], [None]]
    total = source_numbers.totals(estates.report_data(old, new))
    assert (total["datastores"], total["capacity_gb"], total["space_used"]) == (3, 3000, 0.9)
    assert list(summary_tables.datastores_to_look_at(estates.report_data(old))) == [] and counted_rows.uncounted_rows([old]) == (0, {})


def test_what_migration_appliances_show_is_in_no_number():
    stores = [store(1, "1f"), estates.datastore(2, store_id="2e", capacity_gb=512000.0, free_gb=512000.0, used_percent=0.0, migration_appliance=True)]
    hosts = [estates.host(4, cores=20), estates.host(6, cores=100, connection_state="disconnected", migration_appliance=True)]
    one = estates.make_scan("a", {"datastores": stores, "hosts": hosts, "vms": [estates.vm(1, vcpu=60)]})
    total = source_numbers.totals(estates.report_data(one))
    assert (total["hosts"], total["hosts_not_connected"], total["vcpu_per_core"], total["space_used"]) == (1, 0, 3, 0.9)
    assert [list(table(estates.report_data(one))) for table in (summary_tables.hosts_to_look_at,)] == [[]]
    assert [row["hosts"] for row in summary_tables.esxi_versions(estates.report_data(one))] == [1]
    assert counted_rows.uncounted_rows([one]) == (0, {"hosts": 1, "datastores": 1})
    (line,) = [line for line in heading(one) if "appliances" in line]
    assert line == "No number counts what migration appliances show: Hosts 1, Datastores 1."


def test_capacity_of_nothing_is_not_overprovisioned():
    nothing = estates.datastore(1, capacity_gb=0.0, free_gb=0.0, used_percent=None, provisioned_gb=5.0)
    total = source_numbers.totals(estates.report_data(scan("a", nothing)))
    assert (total["datastores_overprovisioned"], total["datastores_critical"], total["space_used"]) == (0, 0, None)


def test_datastores_that_hosts_do_not_reach():
    stores = [
        store(1, "1", hosts_without_access=["esx2"], hosts_read_only=["esx1", "esx3"]),
        store(2, "2", accessible=False, hosts_without_access=["esx1"]),
        store(3, "3", hosts_without_access=[], hosts_read_only=[]),
    ]
    one = scan("a", *stores)
    shown = [(row["name"], row["state"], row.get("hosts")) for row in summary_tables.datastores_to_look_at(estates.report_data(one))]
    assert shown == [("ds02", "inaccessible", None), ("ds01", "lost", "esx2"), ("ds01", "read_only", "esx1, esx3")]
    total = source_numbers.totals(estates.report_data(one))
    assert (total["datastores_inaccessible"], total["datastores_impaired"], total["datastores_critical"], total["space_used"]) == (1, 1, 2, 0.9)


def test_system_vms_are_vms_and_told_apart():
    kinds = ["vcls", "", None, "placeholder", "appliance"]
    vms = [estates.vm(number, system_vm=kind, template=kind == "appliance") for number, kind in enumerate(kinds)]
    total = source_numbers.totals(estates.report_data(estates.make_scan("a", {"vms": vms})))
    assert (total["vms"], total["system_vms"]) == (4, 2)
