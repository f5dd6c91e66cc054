# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sheets that are there when somebody asks for them, and the columns that scans name."""

from __future__ import annotations

from datetime import datetime

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import Issue
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.layouts import EXTRA_SHEETS
from ansible_collections.estate.vmware.plugins.module_utils.report.map_columns import MAX_COLUMNS
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.report import estates
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.report.estates import rows_below


@pytest.fixture
def full():
    return estates.make_scan("full", {**estates.sections(), **estates.extra_sections()})


def test_they_stand_between_networks_and_coverage_in_their_order_whatever_was_asked_first(made, full):
    names = made([full], extra=EXTRA_SHEETS[::-1]).sheetnames
    assert names[names.index("Networks") :] == ["Networks", "Clusters", "Snapshots", "Disks", "NICs", "Partitions", "IP addresses", "Coverage"]
    names = made([full], extra=["nics", "clusters", "nics"]).sheetnames
    assert names[names.index("Networks") :] == ["Networks", "Clusters", "NICs", "Coverage"]


FIRST = {
    "Clusters": {"Source": "full", "Cluster": "Backup", "Health": "Unknown", "DRS automation": "Fully automated", "HA": "No", "RAM total (GB)": 8192},
    "Snapshots": {"VM": "srv-app-00000", "Snapshot": "Before the upgrade", "Age (days)": 0, "Taken": datetime(2025, 1, 20, 14, 30), "Current": "Yes"},
    "Disks": {"VM": "srv-app-00000", "Disk": "Hard disk 1", "Capacity (GB)": 40, "Thin": "Yes", "Mode": "Persistent", "Sharing": "None", "Unit": 0},
    "NICs": {"VM": "srv-app-00000", "Adapter": "Network adapter 1", "VLAN": 120, "Connected": "Yes", "IPv4": "10.0.0.0", "IPv6": "fe80::250:56ff:fe00:0"},
    "Partitions": {"VM": "srv-app-00000", "Mounted at": "/", "File system": "xfs", "Free (GB)": 0, "Used %": 1},
    "IP addresses": {"VM": "srv-app-00000", "IP": "10.0.0.0", "Family": "IPv4", "VLAN": 120, "Physical host": "esx00.example.com", "Cluster": "Production"},
}  # fmt: skip


def test_what_they_say(made, full):
    book = made([full], extra=EXTRA_SHEETS)
    for name, expected in FIRST.items():
        row = rows_below(book[name], ["Source"])[0]
        assert {key: row[key] for key in expected} == expected


def test_rows_are_sorted_by_source_and_name(made):
    scans = [estates.make_scan(source, estates.extra_sections(vms)) for source, vms in (("b", 2), ("a", 3))]
    for name, each in (("Snapshots", 1), ("IP addresses", 2)):
        rows = rows_below(made(scans, extra=EXTRA_SHEETS)[name], ["Source"])
        expected = [("a", f"srv-app-{number:05}") for number in range(3) for _again in range(each)]
        expected += [("b", f"srv-app-{number:05}") for number in range(2) for _again in range(each)]
        assert [(row["Source"], row["VM"]) for row in rows] == expected


def test_the_age_of_snapshots_is_coloured(made, full):
    sheet = made([full], extra=["snapshots"])["Snapshots"]
    column = [cell.value for cell in sheet[2]].index("Age (days)") + 1
    letter = sheet.cell(2, column).column_letter
    rules = {rule.dxf.fill.fgColor.rgb: rule for found in sheet.conditional_formatting for rule in found.rules}
    assert {colour: rule.formula for colour, rule in rules.items()} == {
        "00FCE4D6": [f"AND(ISNUMBER(${letter}3),${letter}3>=31)"],
        "00FFF2CC": [f"AND(ISNUMBER(${letter}3),${letter}3>=8)"],
    }
    assert rules["00FCE4D6"].priority < rules["00FFF2CC"].priority, "the first of two that hold wins"
    assert {str(found.sqref) for found in sheet.conditional_formatting} == {f"{letter}3:{letter}8"}


@pytest.mark.parametrize("language, whole, part, none", [
    ("en", "Snapshots: 6", "Snapshots: 6 (not read: bare)", "Snapshots: not read"),
    ("zh", "快照：6", "快照：6（未读取：bare）", "快照：未读取"),
])  # fmt: skip
def test_a_section_that_was_not_read_says_so(made, full, language, whole, part, none):
    bare = estates.make_scan("bare", estates.sections(1, 1, 1, 1))
    name = LANGUAGES[language]["sheet.snapshots"]
    for scans, title in (([full], whole), ([full, bare], part), ([bare], none)):
        assert made(scans, language, extra=["snapshots"])[name]["A1"].value == title


def test_addresses_are_not_read_where_adapters_are_not(made):
    assert made([estates.make_scan("bare", estates.sections())], extra=["ip_addresses"])["IP addresses"]["A1"].value == "IP addresses: not read"


def test_of_many_sources_only_some_are_named(made, full):
    scans = [full, *(estates.make_scan(f"bare{number}", estates.sections(0, 0, 0, 0)) for number in range(9))]
    assert made(scans, extra=["disks"])["Disks"]["A1"].value == "Virtual disks: 6 (not read: bare0, bare1, bare2, bare3, bare4, …)"


def test_a_section_counts_as_missing_only_where_its_sheet_is_asked_for(made):
    scan = estates.make_scan("a", estates.sections())
    assert "Complete" in made([scan])["Coverage"]["A2"].value
    book = made([scan], extra=["disks"])
    assert "Some sections were not read." in book["Coverage"]["A2"].value
    assert {row["Section"]: row["Status"] for row in rows_below(book["Coverage"], ["Source", "Section"])}["Disks"] == "Not read"


def _labelled():
    vms = [
        estates.vm(0, tags={"Environment": ["prod", "eu"], "Backup": ["daily"]}, custom_attributes={"Owner": "Ana", "=1+1": "=2+2", "hostname": "x"}),
        estates.vm(1, custom_attributes={"owner": "-1"}),
    ]
    hosts = [estates.host(1, tags={"Rack": ["r1"]}, custom_attributes={"Warranty": "2027"})]
    stores = [estates.datastore(1, custom_attributes={"Tier": "gold"})]
    return estates.make_scan("a", {**estates.sections(0, 0, 0, 1), "vms": vms, "hosts": hosts, "datastores": stores})


def test_tags_and_attributes_stand_after_the_known_columns(made):
    book = made([_labelled()])
    header = [cell.value for cell in book["All VMs"][1]]
    assert header[header.index("Instance UUID") :] == ["Instance UUID", "Tags", "=1+1", "hostname (2)", "Owner", "owner (2)"]
    row = rows_below(book["All VMs"], ["Source"])[0]
    assert (row["Tags"], row["Owner"], row["owner (2)"]) == ("Backup: daily; Environment: prod, eu", "Ana", None)
    assert rows_below(book["All hosts"], ["Source"])[0]["Tags"] == "Rack: r1"
    assert rows_below(book["All hosts"], ["Source"])[0]["Warranty"] == "2027"
    assert rows_below(book["Datastores"], ["Source"])[0]["Tier"] == "gold"


def test_headers_and_values_that_look_like_formulas_are_text(made):
    sheet = made([_labelled()])["All VMs"]
    risky = [cell for row in sheet.iter_rows() for cell in row if str(cell.value)[0] in "=-"]
    assert {cell.value for cell in risky} == {"=1+1", "=2+2", "-1"}
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in risky)


def test_attributes_without_a_column_are_named_in_coverage(made):
    attributes = {f"attribute {number:02}": "x" for number in range(MAX_COLUMNS + 2)}
    scan = estates.make_scan("a", {**estates.sections(0), "vms": [estates.vm(1, custom_attributes=attributes)]})
    [row] = rows_below(made([scan])["Coverage"], ["Source", "Section", "Not shown"])
    assert (row["Section"], row["Not shown"]) == ("VMs", f"2 custom attributes have no column: attribute {MAX_COLUMNS}, attribute {MAX_COLUMNS + 1}")


def test_sources_that_are_missing_are_said_on_the_first_sheet_and_in_coverage(made):
    book = made([estates.make_scan("a", estates.sections())], missing=["c", "a", "B", "c"])
    assert rows_below(book["Coverage"], ["Source", "Section", "Not shown"]) == [
        {"Source": name, "Section": None, "Not shown": "This source is not in the workbook: the job did not read it."} for name in "Bc"
    ]
    assert book["Summary"]["A3"].value == "Sources missing: 2. The sheet Coverage says what is missing."
    assert book["Coverage"]["A2"].value == "Sources missing: 2."


def test_coverage_has_the_seconds_of_each_section(made):
    timed = estates.make_scan("madrid", estates.sections(), seconds_of={"vms": 9.5, "hosts": 0.25, "datastores": 0.0})
    sheet = made([timed, *estates.estate()[1:]])["Coverage"]
    rows = rows_below(sheet, ["Source", "Section", "Status"])
    assert {row["Section"]: row["Seconds"] for row in rows if row["Source"] == "madrid"} == {"VMs": 9.5, "Hosts": 0.25, "Datastores": 0, "Networks": None}
    # Older scan files do not say, and nobody was asked where a source failed.
    assert {row["Seconds"] for row in rows if row["Source"] != "madrid"} == {None}
    assert LANGUAGES["en"]["text.seconds_shared"] in [cell.value for cell in sheet["A"]]


def test_issues_of_sections_that_nobody_knows_are_shown(made):
    scan = estates.make_scan("a", estates.sections(), status="partial", issues=[Issue("something_new", "x", "y", "odd", "z")])
    assert rows_below(made([scan])["Coverage"], ["Source", "Section", "Kind"])[0]["Section"] == "something_new"
