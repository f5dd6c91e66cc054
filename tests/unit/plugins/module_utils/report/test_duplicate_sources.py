# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.report.duplicate_sources import FIRST, REFUSE, without_duplicates
from ansible_collections.estate.vmware.plugins.module_utils.report.errors import ReportError
from ansible_collections.estate.vmware.plugins.module_utils.report.source_numbers import totals
from ansible_collections.estate.vmware.plugins.module_utils.report.source_status import DUPLICATE, STALE
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.report import estates

BOARD = "4c4c4544-0042-3510-8054-b7c04f4d5331"
ONE = "7e1bb6a5-0000-4000-8000-000000000001"


def vcenter(name: str, identity: str = ONE, hosts=(), **head):
    rows = [{"moid": f"host-{number}", "name": f"esx{number}", **host} for number, host in enumerate(hosts)]
    return estates.make_scan(name, {"vms": [estates.vm(1)], "hosts": rows}, about={"instance_uuid": identity}, **head)


def esxi(name: str, identity: str = BOARD, serial: str | None = "S1", **head):
    host = {"moid": "ha-host", "name": "localhost", "uuid": identity, "serial": serial}
    return estates.make_scan(name, {"vms": [estates.vm(1)], "hosts": [host]}, type="ESXi", about={"instance_uuid": identity}, **head)


@pytest.fixture
def warnings():
    return []


@pytest.fixture
def statuses(warnings):
    def statuses(*scans):
        return {scan.head.source: scan.head.status for scan in without_duplicates(scans, FIRST, warnings.append)}

    return statuses


def test_first_name_of_a_vcenter_counts_and_the_other_says_so(warnings):
    scans = without_duplicates([vcenter("b"), vcenter("a"), vcenter("c", "2")], FIRST, warnings.append)
    assert [(scan.head.source, scan.head.status) for scan in scans] == [("b", "ok"), ("a", DUPLICATE), ("c", "ok")]
    duplicate = scans[1]
    assert (duplicate.counts, duplicate.standing.duplicate_of) == ({}, "b")
    [issue] = duplicate.issues()
    assert (issue.kind, issue.message) == ("duplicate", "the same vCenter as b: its rows are left out, remove one of the two sources")
    assert warnings == ["a is the same vCenter as b; its rows are left out, remove one of each"]
    total = totals(estates.report_data(*scans))
    assert (total["sources"], total["ok"], total["partial"], total["failed"], total["vms"]) == (3, 2, 1, 0, 2)


def test_refused_before_anything_is_written():
    with pytest.raises(ReportError, match="^duplicate_sources: a is the same vCenter as b; remove one of each, or set duplicate_sources to first$"):
        without_duplicates([vcenter("b"), vcenter("a")], REFUSE, pytest.fail)
    without_duplicates([vcenter("b"), vcenter("a", "2")], REFUSE, pytest.fail)


def test_what_was_not_read_this_time_gives_way(statuses):
    old = vcenter("a")
    old.head = replace(old.head, status=STALE)
    assert statuses(old, vcenter("b")) == {"a": "failed", "b": "ok"}, "that it failed is seen all the same"


def test_failed_source_is_no_duplicate_and_takes_no_place(statuses, warnings):
    failed = estates.make_scan("a", status="failed", error="no route", about={"instance_uuid": ONE})
    assert statuses(failed, vcenter("b")) == {"a": "failed", "b": "ok"} and not warnings


def test_sources_that_say_not_who_they_are(statuses, warnings):
    assert statuses(vcenter("a", ""), vcenter("b", "")) == {"a": "ok", "b": "ok"} and not warnings


@pytest.mark.parametrize("host", [{"uuid": BOARD.upper()}, {"uuid": BOARD, "serial": "S1"}, {"uuid": BOARD, "connection_state": "disconnected"}])
@pytest.mark.parametrize("turn", [1, -1])
def test_vcenter_counts_before_its_host(statuses, warnings, host, turn):
    scans = [esxi("branch"), vcenter("main", hosts=[host, {"uuid": "x"}])]
    assert statuses(*scans[::turn]) == {"branch": DUPLICATE, "main": "ok"}
    assert warnings == ["branch is the same ESXi host as esx0 of main; its rows are left out, remove one of each"]


@pytest.mark.parametrize(
    "hosts, identity",
    [
        ([{"uuid": BOARD, "serial": "S2"}], BOARD),
        ([{"uuid": BOARD}, {"uuid": BOARD}], BOARD),
        ([{"uuid": "03000200-0400-0500-0006-000700080009"}], "03000200-0400-0500-0006-000700080009"),
        ([{"uuid": "00000000-0000-0000-0000-000000000000"}], "00000000-0000-0000-0000-000000000000"),
        ([{"uuid": None}], ""),
        ([], BOARD),
    ],
    ids=["another serial number", "several have it", "all boards of a maker have it", "zeros", "nothing known", "no hosts"],
)
def test_host_that_is_another_one_counts(statuses, warnings, hosts, identity):
    assert statuses(vcenter("main", hosts=hosts), esxi("branch", identity)) == {"main": "ok", "branch": "ok"} and not warnings


def test_host_that_is_read_twice(statuses, warnings):
    assert statuses(esxi("a"), esxi("b")) == {"a": "ok", "b": DUPLICATE}
    assert warnings == ["b is the same ESXi host as a; its rows are left out, remove one of each"]


def test_hosts_of_a_vcenter_that_is_left_out_do_not_count(statuses):
    """What is left out leads to what counts."""
    host = {"uuid": BOARD}
    assert statuses(vcenter("a", hosts=[host]), vcenter("b", hosts=[host]), esxi("c")) == {"a": "ok", "b": DUPLICATE, "c": DUPLICATE}


def test_vcenter_of_which_no_hosts_were_read(statuses):
    scan = estates.make_scan("main", {"vms": []}, about={"instance_uuid": ONE})
    assert statuses(scan, esxi("branch")) == {"main": "ok", "branch": "ok"}
