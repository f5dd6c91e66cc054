# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import LEFT_OUT, Issue
from ansible_collections.estate.vmware.plugins.module_utils.report import source_numbers, summary_tables
from ansible_collections.estate.vmware.plugins.module_utils.report.coverage_tables import coverage_rows
from ansible_collections.estate.vmware.plugins.module_utils.report.messages import Joined, Message
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.report import estates

EN = LANGUAGES["en"]
FAILED = {"status": "failed", "error": "no route"}
NOTHING = {"no scan": [], "failed": [FAILED], "unread": [{"sections": {}}], "empty": [{"sections": estates.sections(0, 0, 0, 0)}]}


def totals(*scans):
    return source_numbers.totals(estates.report_data(*scans))


def _shown(table, scans):
    rows = table(estates.report_data(*scans))
    return [{key: EN.resolve(value) if isinstance(value, (Message, Joined)) else value for key, value in row.items() if value is not None} for row in rows]


def _vms(source, states, **fields):
    return estates.make_scan(source, {"vms": [estates.vm(number, power_state=state, **fields) for number, state in enumerate(states)]})


def test_storage_of_vms_and_space_of_datastores_are_told_apart():
    stores = [
        estates.datastore(1, capacity_gb=1000.0, free_gb=100.0, provisioned_gb=1000.0, used_percent=90.0),
        estates.datastore(2, capacity_gb=3000.0, free_gb=2900.0, provisioned_gb=3000.5, used_percent=3.3),
        # One that no host reaches: its capacity counts, but not in the ratio.
        estates.datastore(3, capacity_gb=500.0, free_gb=None, provisioned_gb=None, used_percent=None),
    ]
    total = totals(estates.make_scan("a", {"datastores": stores, "vms": [estates.vm(1, used_gb=7.0, provisioned_gb=8.0)]}))
    assert (total["capacity_gb"], total["free_gb"], total["space_used"]) == (4500, 3000, 0.25)
    assert (total["datastores_critical"], total["datastores_overprovisioned"]) == (1, 1)
    assert (total["used_gb"], total["provisioned_gb"]) == (7, 8)
    names = [EN[f"total.{key}"] for key in ("used_gb", "provisioned_gb", "capacity_gb", "free_gb", "space_used")]
    assert [name.split(",")[0] for name in names] == ["Storage of VMs"] * 2 + ["Datastores"] * 3


def test_zero_is_zero_and_unknown_is_unknown():
    keys = ("vcpu", "ram_gb", "used_gb", "tools_old", "hosts_not_connected", "cores", "clusters", "snapshots", "snapshots_gb", "capacity_gb")
    nothing = {section: [] for section in ("vms", "hosts", "datastores", "clusters", "vm_snapshots")}
    empty = totals(estates.make_scan("a", nothing))
    assert {key: empty[key] for key in keys} == dict.fromkeys(keys, 0)
    assert empty["snapshot_oldest"] is None and empty["space_used"] is None and empty["vcpu_per_core"] is None
    unread = totals(estates.make_scan("a", {}), estates.make_scan("b", **FAILED))
    assert {key: unread[key] for key in keys} == dict.fromkeys(keys)
    unknown = totals(estates.make_scan("a", {"vms": [estates.vm(1, vcpu=None)]}))
    assert unknown["vcpu"] is None and unknown["vms"] == 1


def test_a_number_of_one_source_is_not_lost_for_another_that_lacks_it():
    assert totals(_vms("a", ["poweredOn"]), estates.make_scan("b", **FAILED))["vms"] == 1


def test_snapshots_and_clusters():
    def scan(source, *snapshots):
        rows = [{"vm": "x", "name": "s", "size_gb": size, "created": created} for size, created in snapshots]
        return estates.make_scan(source, {"vm_snapshots": rows, "clusters": [{"name": source}]})

    scans = [scan("a", (2.5, "2024-03-01T00:00:00Z"), (None, None)), scan("b"), scan("c", (1.0, "2023-01-01T00:00:00Z"))]
    total = totals(*scans, estates.make_scan("d", {}))
    assert (total["snapshots"], total["snapshots_gb"], total["snapshot_oldest"], total["clusters"]) == (3, 3.5, "2023-01-01T00:00:00Z", 3)


def test_tools_count_where_a_vm_runs():
    states = ["poweredOn", "poweredOff", "poweredOn"]
    for status, key in (("toolsNotRunning", "tools_not_running"), ("toolsOld", "tools_old"), ("toolsNotInstalled", "tools_not_installed")):
        total = totals(_vms("a", states, tools_status=status), _vms("b", ["poweredOn"], tools_status=status, template=True))
        assert total[key] == 2
        assert sum(total[other] for other in ("tools_not_running", "tools_old", "tools_not_installed")) == 2


def test_hosts_that_are_not_connected_come_before_those_in_maintenance():
    def host(number, state, maintenance):
        return estates.host(number, connection_state=state, maintenance=maintenance)

    hosts = [
        host(1, "connected", True), host(2, "connected", False), host(3, "notResponding", True), host(4, "disconnected", None), host(5, None, None),
    ]  # fmt: skip
    scans = [estates.make_scan("a", {"hosts": hosts})]
    assert [row["name"][:5] for row in summary_tables.hosts_to_look_at(estates.report_data(*scans))] == ["esx03", "esx04", "esx01"]
    total = totals(*scans)
    assert (total["hosts_not_connected"], total["hosts_in_maintenance"]) == (2, 1)


def test_vms_by_state_largest_first():
    scans = [_vms("small", ["suspended"]), _vms("large", ["poweredOn", "poweredOff", "poweredOff"]), _vms("none", []), estates.make_scan("failed", **FAILED)]
    assert _shown(summary_tables.vms_by_state, scans) == [
        {"label": "large", "on": 1, "off": 2, "suspended": 0},
        {"label": "small", "on": 0, "off": 0, "suspended": 1},
        {"label": "none", "on": 0, "off": 0, "suspended": 0},
    ]


@pytest.mark.parametrize("count, rows", [(20, 20), (21, 21), (40, 21)])
def test_of_many_sources_the_largest_and_all_others(count, rows):
    scans = [_vms(f"vc{number:03}", ["poweredOn"] * (number + 1) + ["poweredOff"]) for number in range(count)]
    shown = _shown(summary_tables.vms_by_state, scans)
    assert len(shown) == rows and shown[0] == {"label": f"vc{count - 1:03}", "on": count, "off": 1, "suspended": 0}
    assert sum(row["on"] for row in shown) == count * (count + 1) // 2 and sum(row["off"] for row in shown) == count
    if count > 20:
        rest = count - 20
        together = sum(range(1, rest + 1)) + rest
        assert shown[-1]["label"].replace("\u00a0", " ") == f"Others ({rest}): {together}"


def test_fullest_datastores_know_their_source_where_there_are_several():
    def scan(source, *used):
        return estates.make_scan(source, {"datastores": [estates.datastore(number, used_percent=each) for number, each in enumerate(used)]})

    one = _shown(summary_tables.fullest_datastores, [scan("a", 10.0, None, 99.0, 0.0)])
    assert [(row["label"], row["used_percent"]) for row in one] == [("ds02", 99), ("ds00", 10), ("ds03", 0)]
    two = _shown(summary_tables.fullest_datastores, [scan("a", *range(8)), scan("b", *range(8))])
    assert len(two) == 10 and [row["label"] for row in two[:3]] == ["ds07 · a", "ds07 · b", "ds06 · a"]


def test_versions_newest_first_and_unknown_ones_last():
    versions = ["6.7.0", "8.0.3", "8.0.3", "8.0.10", None, ""]
    hosts = [estates.host(number, version=version) for number, version in enumerate(versions)]
    shown = _shown(summary_tables.esxi_versions, [estates.make_scan("a", {"hosts": hosts}), estates.make_scan("b", **FAILED)])
    assert [(row["label"], row["hosts"]) for row in shown] == [("8.0.10", 1), ("8.0.3", 2), ("6.7.0", 1), ("Unknown", 2)]


def test_guest_systems_count_vms_and_no_templates():
    vms = [estates.vm(number, os_name=f"system {number % 13:02}") for number in range(13 * 3)]
    vms += [estates.vm(100 + number, os_name="system 12", template=number > 0) for number in range(5)]
    shown = _shown(summary_tables.guest_systems, [estates.make_scan("a", {"vms": vms})])
    assert shown[:2] == [{"label": "system 12", "vms": 4}, {"label": "system 00", "vms": 3}]
    assert len(shown) == 11 and shown[-1]["vms"] == 9 and sum(row["vms"] for row in shown) == 40


def test_names_beside_bars_are_short():
    most = summary_tables.BAR_NAME_LIMIT
    scans = [_vms("x" * (most - 1) + "😀😀", ["poweredOn"], os_name="y" * 300)]
    label = _shown(summary_tables.vms_by_state, scans)[0]["label"]
    assert label == "x" * (most - 1) + "…"
    assert len(_shown(summary_tables.guest_systems, scans)[0]["label"]) == most


@pytest.mark.parametrize("table", [summary_tables.vms_by_state, summary_tables.fullest_datastores, summary_tables.esxi_versions, summary_tables.guest_systems])
@pytest.mark.parametrize("case", NOTHING)
def test_nothing_to_show(table, case):
    assert _shown(table, [estates.make_scan("a", **how) for how in NOTHING[case]]) == []


def test_what_several_sources_have_is_counted_by_what_it_is_itself():
    def scan(name, url, uuid):
        return estates.make_scan(name, {"datastores": [estates.datastore(1, url=url)], "hosts": [estates.host(1, uuid=uuid)]})

    vcenter, esxi, other = scan("a", "ds:///vmfs/volumes/1f-2e/", "u-1"), scan("b", "/vmfs/volumes/1f-2e", "u-2"), scan("c", "ds:///vmfs/volumes/9f/", "u-2")
    assert source_numbers.objects_of_several_sources(estates.report_data(vcenter, esxi, other)) == {"hosts": 1, "datastores": 1}
    assert source_numbers.objects_of_several_sources(estates.report_data(vcenter, other)) == {}
    # What nobody knows is not the same in two sources.
    unknown = [scan(name, url, uuid) for name, url, uuid in (("d", None, None), ("e", "", ""), ("f", None, None))]
    assert source_numbers.objects_of_several_sources(estates.report_data(*unknown, estates.make_scan("g", status="failed", error="x"))) == {}


@pytest.mark.parametrize("certificate, shown", [(estates.CERTIFICATE, ("2025-03-12T08:00:00Z", 19, "CN=CA,DC=vsphere,DC=local")), ({}, (None, None, None))])
def test_certificate_of_a_source(certificate, shown):
    [row] = summary_tables.source_rows(estates.report_data(estates.make_scan("a", {}, certificate=certificate)))
    assert tuple(row[f"certificate_{key}"] for key in ("expires", "days", "issuer")) == shown


def test_what_nobody_could_expect_is_left_out_and_no_part_missing():
    note = Issue("tags", "", "", LEFT_OUT, "session_token opens no session of REST")
    data = estates.report_data(estates.make_scan("a", estates.sections(), issues=[note]), layout="single")
    rows = {row["section"]: (row["status"], row["issues"]) for row in coverage_rows(data)}
    assert (rows["tags"], rows["vms"]) == (("left_out", 1), ("ok", 0))
    assert not data.is_complete, "so that there is a sheet that says it"
    assert totals(*data.scans)["partial"] == 0
