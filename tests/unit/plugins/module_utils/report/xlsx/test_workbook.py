# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import re
import subprocess
import sys
import tracemalloc
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory.filtered_scan import filter_scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.filters import row_filters
from ansible_collections.estate.vmware.plugins.module_utils.inventory.redaction import Pseudonyms
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import Issue, ScanFileError
from ansible_collections.estate.vmware.plugins.module_utils.report.build_report import build_report
from ansible_collections.estate.vmware.plugins.module_utils.report.errors import ReportError
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.layouts import EXTRA_SHEETS, LAYOUTS
from ansible_collections.estate.vmware.plugins.module_utils.report.messages import message
from ansible_collections.estate.vmware.plugins.module_utils.report.pagination import paginate
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx import archive
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.workbook import MAX_ROWS
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.report import estates
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.report.estates import rows_below


def _summary(book):
    return {row["Source"]: row for row in rows_below(book.worksheets[0], ["Source", "Status"])}


def test_sheets_in_order(made):
    assert made(estates.estate()).sheetnames == ["Summary", "lima", "madrid", "All VMs", "All hosts", "Datastores", "Networks", "Coverage"]
    assert made(estates.estate(), "es").sheetnames == ["Resumen", "lima", "madrid", "Todas las VMs", "Todos los Hosts", "Datastores", "Redes", "Cobertura"]


def test_summary_counts_each_source_and_templates_apart(made):
    sources = _summary(made(estates.estate()))
    assert list(sources) == ["lima", "madrid", "quito", "Total"]
    madrid = sources["madrid"]
    assert [madrid[key] for key in ("Status", "VMs", "On", "Off", "Suspended", "Templates", "Hosts", "Datastores", "Networks", "Seconds")] == [
        "OK", 6, 4, 1, 1, 1, 8, 5, 4, 12.25,
    ]  # fmt: skip
    assert sources["lima"]["Status"] == "Partial" and sources["lima"]["Error"] == "2 not read, see Coverage"
    assert sources["Total"]["Status"] == "1 ok, 1 partial, 1 failed" and sources["Total"]["VMs"] == 10


def test_unknown_is_empty_and_zero_is_zero(made):
    book = made(estates.estate())
    sources = _summary(book)
    assert sources["lima"]["Networks"] is None and sources["lima"]["Templates"] == 0
    assert sources["quito"]["VMs"] is None
    vms = rows_below(made([estates.make_scan("a", {"vms": [estates.vm(1, vcpu=None, snapshot_count=0, storage_total_gb=0.0)]})])["All VMs"], ["Source"])
    assert vms[0]["vCPU"] is None and vms[0]["Snapshots"] == 0 and vms[0]["Total storage (GB)"] == 0


def test_a_failed_source_is_red_with_its_reason_and_has_no_sheet(made):
    book = made(estates.estate())
    cell = next(cell for row in book["Summary"].iter_rows() for cell in row if cell.value == "esx9.example.com did not answer within 30 s")
    assert cell.font.color.rgb == "00C00000" and cell.font.bold
    assert _summary(book)["quito"]["Status"] == "Error"
    assert "quito" not in book.sheetnames
    assert any("Incomplete: 1 failed, 1 partial." in str(cell.value) for cell in book["Summary"]["A"])


def test_sources_link_to_their_sheets(made):
    book = made([estates.make_scan("it's 1", {}), estates.make_scan("failed", status="failed", error="x"), estates.make_scan("zwei", {})])
    links = {book["Summary"][link.ref].value: link.location for row in book["Summary"].iter_rows() for link in [cell.hyperlink for cell in row] if link}
    assert links == {"it's 1": "'it''s 1'!A1", "zwei": "'zwei'!A1"}


HARD_NAMES = ["it's", "'quoted'", '"double"', "two  spaces", "😀 日本", "A1", "R1C1", "1", "TRUE", "a!b", "a'!b", "#REF", "x" * 40, "a/b", "-1", "=1+1"]


def test_every_link_leads_to_the_sheet_of_its_source(made):
    book = made([estates.make_scan(name, {"vms": [estates.vm(1, name=name)]}) for name in HARD_NAMES])
    links = [cell.hyperlink for row in book["Summary"].iter_rows() for cell in row if cell.hyperlink]
    assert len(links) == len(HARD_NAMES)
    for link in links:
        sheet, _mark, cell = link.location.rpartition("!")
        assert sheet[0] == sheet[-1] == "'" and cell == "A1"
        assert book[sheet[1:-1].replace("''", "'")]["A1"].value == book["Summary"][link.ref].value


def _rules(sheet, formula):
    """Where the conditional formats are whose formula has this in it, with their ink."""
    return {
        str(found.sqref): rule.dxf.font.color.rgb
        for found in sheet.conditional_formatting
        for rule in found.rules
        if formula in rule.formula[0] and rule.dxf.font
    }


def test_old_numbers_of_hosts_out_of_sight_are_marked(made):
    sheet = made(estates.estate())["All hosts"]
    header = {cell.value: cell.column_letter for cell in sheet[1]}
    (where,) = _rules(sheet, '="Disconnected"')
    stale = ["RAM used (GB)", "RAM free (GB)", "CPU used %", "RAM used %"]
    assert sorted(where.split()) == sorted(f"{header[name]}2:{header[name]}11" for name in stale)


def test_datastores_that_promise_more_than_they_have_are_marked(made):
    sheet = made(estates.estate())["Datastores"]
    header = {cell.value: cell.column_letter for cell in sheet[1]}
    provisioned, capacity = header["Provisioned (GB)"], header["Capacity (GB)"]
    formula = f"AND(ISNUMBER(${provisioned}2),ISNUMBER(${capacity}2),${capacity}2>0,${provisioned}2>${capacity}2)"
    assert list(_rules(sheet, formula)) == [f"{provisioned}2:{provisioned}8"]


def test_datastores_that_do_not_count_or_are_not_reached_are_marked(made):
    sheet = made(estates.estate())["Datastores"]
    header = {cell.value: cell.column_letter for cell in sheet[1]}
    rules = {rule.formula[0]: str(found.sqref) for found in sheet.conditional_formatting for rule in found.rules}
    row, lost = f"A2:{sheet[1][-1].column_letter}8", header["Hosts without access"]
    for formula in (f'${header["Accessible"]}2="No"', f'${header["Same store as"]}2<>""', f'${header["Migration appliance"]}2="Yes"'):
        assert rules[formula] == row
    assert rules[f'${lost}2<>""'] == f"{lost}2:{lost}8"


@pytest.mark.parametrize("redacted", [False, True])
def test_what_several_sources_have_is_said_on_the_first_sheet(made, redacted):
    def line(*scans):
        shown = [filter_scan(scan, {}, Pseudonyms("correct horse battery staple")) for scan in scans] if redacted else scans
        return [str(cell.value) for cell in made(shown)["Summary"]["A"] if "same" in str(cell.value)]

    def scan(name, *numbers):
        stores = [estates.datastore(number) for number in numbers[1:]]
        return estates.make_scan(name, {"hosts": [estates.host(number) for number in numbers], "datastores": stores})

    assert line(scan("a", 1, 2), scan("b", 2, 3), scan("c", 2)) == ["Several sources have the same, and each counts them: Hosts 1, with all that is on them."]
    assert line(scan("a", 0, 1, 2), scan("b", 1, 2), scan("c", 2, 2)) == [
        "Several sources have the same, and each counts them: Hosts 2, Datastores 1, with all that is on them."
    ]
    assert not line(scan("a", 1, 2), scan("b", 3, 4), scan("c"))


def test_totals(made):
    totals = {row["Of all sources that were read"]: row["Value"] for row in rows_below(made(estates.estate())["Summary"], ["Of all sources that were read"])}
    assert totals["VMs"] == 10 and totals["Templates"] == 1 and totals["Hosts"] == 10
    assert totals["vCPU of VMs"] == sum(1 + number for number in range(6)) + sum(1 + number for number in range(4))
    assert totals["vCPU per core"] == pytest.approx(31 / (10 * 64))


def test_critical_datastores_are_listed_fullest_first(made):
    full = [estates.datastore(1, name=name, used_percent=used) for name, used in (("a", 84.9), ("b", 85.0), ("c", 99.0), ("d", None))]
    rows = rows_below(made([estates.make_scan("s", {"datastores": full})])["Summary"], ["Source", "Used %"])
    assert [(row["Datastore"], row["Used %"]) for row in rows] == [("c", 0.99), ("b", 0.85)]


def test_values_and_formats_of_vms(made):
    sheet = made(estates.estate())["All VMs"]
    header = [cell.value for cell in sheet[1]]
    cells = dict(zip(header, sheet[2]))
    assert cells["Source"].value == "lima" and cells["vCenter"].value == "lima.example.com"
    assert cells["State"].value == "Powered on"
    assert (cells["RAM (GB)"].value, cells["RAM (GB)"].number_format) == (2, "#,##0.0")
    assert (cells["Created"].value, cells["Created"].number_format) == (datetime(2024, 5, 6, 7, 8, 9), "yyyy-mm-dd hh:mm")
    assert (cells["vCPU"].value, cells["vCPU"].number_format) == (1, "#,##0")
    assert cells["MAC"].value == "00:50:56:00:00:00"
    assert cells["Template"].value == "No"
    assert all(cell.border.left.color.rgb == "00BFBFBF" and cell.border.left.style == "thin" for cell in sheet[2])


@pytest.mark.parametrize("header, shown", [("Description", "top"), ("Hostname", "bottom"), ("State", "bottom")])
def test_of_several_lines_the_first_is_seen(made, header, shown):
    sheet = made(estates.estate())["All VMs"]
    column = [cell.value for cell in sheet[1]].index(header)
    assert {row[column].alignment.vertical for row in sheet.iter_rows(min_row=2)} == {shown}
    assert {cell.alignment.vertical for cell in sheet[1]} == {"bottom"}


def test_lines_are_told_apart_where_they_are_shown_as_one(made):
    row = rows_below(made([estates.make_scan("a", {"vms": [estates.vm(5, annotation="Web shop\nAsk the web team")]})])["All VMs"], ["Source"])[0]
    assert row["Description"] == "Web shop \nAsk the web team"


def test_names_are_sorted_as_people_do(made):
    vms = [estates.vm(number, name=name) for number, name in enumerate(["beta", "Alpha", "alpha2", "Gamma"])]
    assert [row["Hostname"] for row in rows_below(made([estates.make_scan("a", {"vms": vms})])["All VMs"], ["Source"])] == ["Alpha", "alpha2", "beta", "Gamma"]


def test_a_host_in_maintenance_says_so_unless_it_is_not_connected(made):
    hosts = [estates.host(1), estates.host(2, maintenance=True), estates.host(0, maintenance=None)]
    rows = rows_below(made([estates.make_scan("a", {"hosts": hosts})])["All hosts"], ["Source"])
    assert {row["Host"]: row["State"] for row in rows} == {
        "esx00.example.com": "Connected", "esx01.example.com": "Maintenance", "esx02.example.com": "Disconnected",
    }  # fmt: skip


@pytest.mark.parametrize(
    "name, fill, frozen, filtered",
    [
        # Its heading has a line more: both sources have the same hosts.
        ("Summary", "375623", "B6", "A5:R8"),
        ("madrid", "BDD7EE", "D5", "A4:AI11"),
        ("All VMs", "833C00", "F2", "A1:AK12"),
        ("All hosts", "833C00", "D2", "A1:AB11"),
        ("Datastores", "833C00", "D2", "A1:W8"),
        ("Networks", "833C00", "D2", "A1:M5"),
    ],
)
def test_header_colour_frozen_panes_and_filter(made, name, fill, frozen, filtered):
    sheet = made(estates.estate())[name]
    header = sheet[sheet.auto_filter.ref.split(":")[0]]
    assert header.fill.fgColor.rgb == "00" + fill and header.font.bold
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == (frozen, filtered)
    assert sheet.page_setup.orientation == "landscape"


def test_widths_fit_and_are_capped(made):
    vms = [estates.vm(1, name="n" * 20, annotation="x" * 500, ip_address=None)]
    sheet = made([estates.make_scan("a", {"vms": vms})])["All VMs"]
    width = {cell.value: sheet.column_dimensions[cell.column_letter].width for cell in sheet[1]}
    assert width["Hostname"] == 23 and width["Description"] == 40 and width["IP"] == 7


def test_blocks_of_a_source_and_sections_that_were_not_read(made):
    titles = [cell.value for cell in made(estates.estate())["lima"]["A"] if cell.fill.fgColor.rgb == "001F4E79"]
    assert titles == ["Virtual machines: 4", "Hosts: 2", "Datastores: 2", "Networks: not read"]


def test_coverage_shows_every_section_and_every_issue(made):
    sheet = made(estates.estate())["Coverage"]
    read = {(row["Source"], row["Section"]): (row["Status"], row["Rows"]) for row in rows_below(sheet, ["Source", "Section", "Status"])}
    assert read["madrid", "VMs"] == ("OK", 7)
    assert read["lima", "VMs"] == ("Partial", 4) and read["lima", "Networks"] == ("Not read", None)
    assert read["quito", "Hosts"] == ("Error", None)
    issues = rows_below(sheet, ["Source", "Section", "Kind"])
    assert [(row["Source"], row["Object"], row["Message"]) for row in issues] == [
        ("lima", None, "the account may not see networks"),
        ("lima", "vm-3", "NoPermission"),
    ]


def _texts(sheet):
    return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]


def test_what_filters_leave_out_is_counted_and_never_looks_whole(made):
    unwanted = {"vms": [{"power_state": "poweredOff"}], "networks": [{"type": "Standard"}]}
    filters = row_filters({"vms": [{"name": "srv-app-*"}], "hosts": [{"name": "*"}]}, unwanted)
    scans = [filter_scan(scan, filters, None) for scan in estates.estate()]
    book = made(scans)
    sources = _summary(book)
    assert [sources["madrid"][key] for key in ("VMs", "On", "Off", "Templates", "Hosts", "Networks")] == [5, 4, 0, 0, 8, 3]
    assert sources["Total"]["VMs"] == 8 and sources["quito"]["VMs"] is None
    totals = {row["Of all sources that were read"]: row["Value"] for row in rows_below(book["Summary"], ["Of all sources that were read"])}
    assert totals["VMs"] == 8 == book["All VMs"].max_row - 1
    assert totals["vCPU of VMs"] == sum(row["vCPU"] for row in rows_below(book["All VMs"], ["Source"]))
    rows = rows_below(book["Coverage"], ["Source", "Section"])
    read = {(row["Source"], row["Section"]): (row["Status"], row["Rows"], row["Left out by filters"]) for row in rows}
    assert read["madrid", "VMs"] == ("Filtered", 5, 2) and read["madrid", "Hosts"] == ("OK", 8, 0) and read["madrid", "Datastores"] == ("OK", 5, None)
    assert read["lima", "VMs"] == ("Partial", 3, 1) and read["lima", "Networks"] == ("Not read", None, None) and read["quito", "VMs"] == ("Error", None, None)
    assert "Incomplete: 1 failed, 1 partial. Filters leave out: VMs 3, Hosts 0, Networks 1. The sheet Coverage says what is missing." in _texts(book["Summary"])
    assert "Filters leave out: VMs 2, Hosts 0, Networks 1. The sheet Coverage says what is missing." in _texts(book["madrid"])
    assert "Partial. Filters leave out: VMs 1, Hosts 0. The sheet Coverage says what is missing." in _texts(book["lima"])
    assert "Virtual machines: 5" in _texts(book["madrid"])
    assert not [text for sheet in book for text in _texts(sheet) if "Complete" in text]


def test_filters_that_leave_out_nothing_are_named_too(made):
    book = made([filter_scan(estates.make_scan("a", estates.sections()), row_filters({"vms": [{"name": "*"}]}, {}), None)])
    assert "Filters leave out: VMs 0. The sheet Coverage says what is missing." in _texts(book["Summary"])


def test_critical_datastores_that_are_filtered_are_not_listed(made):
    full = [estates.datastore(1, name=name, used_percent=90.0) for name in "ab"]
    scan = filter_scan(estates.make_scan("s", {"datastores": full}), row_filters({}, {"datastores": [{"name": "a"}]}), None)
    assert [row["Datastore"] for row in rows_below(made([scan])["Summary"], ["Source", "Used %"])] == ["b"]


PRIVATE = {
    "name": "web-zq1",
    "host": "esx-zq2.corp.zq",
    "annotation": "ask Zqann of zq3",
    "ip_address": "10.91.92.93",
    "mac_addresses": ["00:50:56:9a:9b:9c"],
    "instance_uuid": "5029zq4-0000",
    "dns_name": "zq5.corp.zq",
    "domain": "corp.zq",
    "primary_datastore": "ds-zq6",
    "datastores": ["ds-zq6"],
    "primary_network": "VLAN zq7",
    "networks": ["VLAN zq7"],
    "folder": "/zq8/zq9",
    "cluster": "zq10",
    "datacenter": "zq11",
    "disks": "Hard disk 1: 40 GB thin [ds-zq6]",
    "environment": "zq12",
    "tags": {"zq13": ["zq14"]},
    "custom_attributes": {"zq15": "zq16"},
}
HIDDEN = re.compile(r"zq|10\.91|:9a:9b|10\.255|SN000|4c4c4544|ds:///", re.IGNORECASE)


def _private_estate():
    vms = [estates.vm(1, **PRIVATE)]
    host = estates.host(1, name="esx-zq2.corp.zq", datastores=["ds-zq6"], cluster="zq10", datacenter="zq11")
    store = estates.datastore(4, name="ds-zq6", hosts=["esx-zq2.corp.zq"], datacenter="zq11", folder="/zq8")
    net = estates.network(1, name="VLAN zq7", switch="zq17, zq18", hosts=["esx-zq2.corp.zq"], datacenter="zq11", folder="/zq9")
    issues = [Issue("vms", "web-zq1", "guest.net", "unreadable", "zq19 of zq20"), Issue("places", "zq21", "parent", "no_permission", "zq22")]
    owned = {"vm": "web-zq1"}
    items = {
        "clusters": [estates.cluster(1, name="zq10", datacenter="zq11", hosts=["esx-zq2.corp.zq"], custom_attributes={"zq15": "zq16"})],
        "vm_disks": [estates.disk(1, **owned, datastore="ds-zq6", file="[ds-zq6] web-zq1/web-zq1.vmdk", uuid="zq26")],
        "vm_nics": [estates.nic(1, **owned, mac="00:50:56:9a:9b:9c", network="VLAN zq7", switch="zq17", ipv4=["10.91.92.93"], ipv6=["fe80::zq27"])],
        "vm_partitions": [estates.partition(1, **owned, path="/srv/zq28")],
        "vm_snapshots": [estates.snapshot(1, **owned, name="zq29", description="zq30", parent="zq31")],
    }
    whole = {"vms": vms, "hosts": [host], "datastores": [store], "networks": [net], **items}
    about = {"version": "8.0.3", "build": "1", "full_name": "VMware vCenter Server 8.0.3", "instance_uuid": "zq23"}
    return [
        estates.make_scan("zq-north", whole, status="partial", issues=issues, address="vc-zq24.corp.zq", about=about),
        estates.make_scan("zq-south", status="failed", address="10.91.0.1", error="vc-zq25.corp.zq did not answer", error_kind="timeout", about={}, type=""),
    ]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_private_is_left_in_any_part_of_a_redacted_workbook(tmp_path, layout, language):
    def texts(scans):
        path = estates.write_workbook(scans[:1] if LAYOUTS[layout].one_source else scans, tmp_path, language, layout, EXTRA_SHEETS)
        with zipfile.ZipFile(path) as file:
            parts = "\n".join([*file.namelist(), *(file.read(name).decode() for name in file.namelist())])
        os.replace(path, tmp_path / "read.xlsx")
        book = openpyxl.load_workbook(tmp_path / "read.xlsx")
        return parts + "\n".join([*book.sheetnames, *(text for sheet in book for text in _texts(sheet))])

    assert len(set(HIDDEN.findall(texts(_private_estate())))) > 4, "the same workbook without redaction is full of it"
    redacted = texts([filter_scan(scan, {}, Pseudonyms("correct horse battery staple")) for scan in _private_estate()])
    assert not HIDDEN.findall(redacted)
    assert "8.0.3" in redacted and LANGUAGES[language]["text.redacted"] in redacted


def test_redacted_rows_can_still_be_put_together(made):
    book = made([filter_scan(scan, {}, Pseudonyms("correct horse battery staple")) for scan in _private_estate()])
    [machine], [host], [store], [net] = (rows_below(book[name], ["Source"]) for name in ("All VMs", "All hosts", "Datastores", "Networks"))
    assert machine["Physical host"] == host["Host"] == store["Hosts"] == net["Hosts"]
    assert machine["Datastore"] == store["Datastore"] == host["Datastores"] and machine["Network"] == net["Network"]
    assert machine["Source"] == host["Source"] and host["Source"] in book.sheetnames
    assert machine["vCPU"] == 2 and machine["Operating system"] == "Red Hat Enterprise Linux 9 (64-bit)" and machine["State"] == "Powered on"
    issues = rows_below(book["Coverage"], ["Source", "Section", "Kind"])
    assert issues[0]["Object"] == machine["Hostname"]


def test_a_section_that_nobody_asked_for_is_not_called_complete(made):
    book = made([estates.make_scan("a", {"vms": [estates.vm(1)]})])
    assert any("Some sections were not read." in str(cell.value) for cell in book["Summary"]["A"])
    book = made([estates.make_scan("a", estates.sections())])
    assert any("Complete" in str(cell.value) for cell in book["Summary"]["A"])


RISKY = ["=1+1", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1"]


def test_text_like_formulas_is_text(made):
    vms = [estates.vm(number, name=text, annotation=text) for number, text in enumerate(RISKY)]
    book = made([estates.make_scan("=1+1", {"vms": vms})])
    for sheet in book:
        for row in sheet.iter_rows():
            assert not [cell.coordinate for cell in row if cell.data_type == "f"]
    cells = [row[4] for row in book["All VMs"].iter_rows(min_row=2)]
    assert {cell.value for cell in cells} == set(RISKY) and {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells)


def test_text_that_excel_cannot_hold(made):
    vms = [estates.vm(1, name="a\x00\x0bb", annotation="x" * 40000)]
    row = rows_below(made([estates.make_scan("c\x07", {"vms": vms})])["All VMs"], ["Source"])[0]
    assert row["Hostname"] == "a\ufffd\ufffdb" and row["Source"] == "c\ufffd"
    assert len(row["Description"]) == 32767 and row["Description"].endswith("[…]")


def test_integers_beyond_what_a_spreadsheet_can_count(made):
    vms = [estates.vm(1, snapshot_count=2**53 + 1), estates.vm(2, snapshot_count=2**53)]
    assert [row["Snapshots"] for row in rows_below(made([estates.make_scan("a", {"vms": vms})])["All VMs"], ["Source"])] == [str(2**53 + 1), 2**53]


def test_rows_go_on_on_more_sheets_and_none_is_lost(made):
    scans = [estates.make_scan(name, estates.sections(13, 2, 2, 2)) for name in ("a", "b")]
    book = made(scans, max_rows=10)
    assert [name for name in book.sheetnames if name.startswith("All VMs")] == ["All VMs", "All VMs (2)", "All VMs (3)"]
    assert all(sheet.max_row <= 10 for sheet in book)
    rows = [(row["Source"], row["Hostname"]) for name in book.sheetnames if name.startswith("All VMs") for row in rows_below(book[name], ["Source"])]
    assert rows == [(source, f"srv-app-{number:05}") for source in "ab" for number in range(13)]
    on_source = [row["Hostname"] for name in book.sheetnames if name.split(" ")[0] == "b" for row in _blocks(book[name], "Physical host")]
    assert on_source == [f"srv-app-{number:05}" for number in range(13)]
    assert "Total" in [cell.value for name in book.sheetnames if name.startswith("Summary") for cell in book[name]["A"]]


def test_a_sheet_has_as_many_rows_as_excel_takes():
    scan = estates.make_scan("a", estates.sections(1))
    # Only the rows of the sheets are counted here, none is read.
    scan.counts["vms"] = 1_048_576
    worksheets = paginate(build_report(estates.report_data(scan)), MAX_ROWS, lambda charts: 0)
    first, second = [worksheet for worksheet in worksheets if worksheet.sheet.name == message("sheet.vms")]
    assert first.slices[-1].last_row == 1_048_576 and second.number == 2
    assert [worksheet.row_count for worksheet in (first, second)] == [1_048_575, 1]


def _blocks(sheet, first):
    return rows_below(sheet, [first]) if first in [cell.value for cell in sheet["A"]] else []


def test_names_of_sheets_collide_with_nothing(made):
    aliases = ["Summary", "summary", "All VMs", "All VMs (2)", "History", "a" * 40, "a" * 41, "x/y", "x?y", "coverage"]
    book = made([estates.make_scan(alias, {"vms": [estates.vm(number) for number in range(12)]}) for alias in aliases], max_rows=20)
    folded = [name.casefold() for name in book.sheetnames]
    assert len(set(folded)) == len(folded)
    assert all(len(name) <= 31 for name in book.sheetnames)
    assert "history" not in folded
    assert {"Summary", "All VMs", "Coverage"} <= set(book.sheetnames)
    assert rows_below(book["Summary"], ["Source", "Status"])[0]["Source"] == "a" * 40


NOTHING = {
    "no scans": [],
    "only failed ones": [{"status": "failed", "error": "no route", "finished": ""}],
    "empty sections": [{"sections": estates.sections(0, 0, 0, 0)}],
    "no sections": [{"sections": {}}],
}


@pytest.mark.parametrize("case", NOTHING)
def test_an_estate_without_anything(made, case):
    book = made([estates.make_scan("a", **how) for how in NOTHING[case]])
    assert book["All VMs"].max_row == 1
    assert book["All VMs"].auto_filter.ref == "A1:AK1"


def test_the_same_scans_in_any_order_give_the_same_bytes(tmp_path, monkeypatch):
    def written():
        scans = estates.estate()
        yield estates.write_workbook(scans, tmp_path)
        monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
        monkeypatch.setattr("time.localtime", lambda *_: (2033, 5, 18, 3, 33, 20, 0, 1, 0))
        yield estates.write_workbook(scans[::-1], tmp_path)

    one, other = [Path(path).read_bytes() for path in written()]
    assert one == other


def test_no_time_but_that_of_the_scans_is_in_the_file(tmp_path):
    path = estates.write_workbook(estates.estate(), tmp_path)
    with zipfile.ZipFile(path) as file:
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert file.read(archive.CORE).count(b"2025-02-20T14:30:00Z") == 2
        assert file.testzip() is None


def test_a_different_scan_gives_different_bytes(tmp_path):
    paths = [estates.write_workbook([estates.make_scan("a", {"vms": [estates.vm(number)]})], tmp_path) for number in (1, 2)]
    assert Path(paths[0]).read_bytes() != Path(paths[1]).read_bytes()


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(ReportError, match="No such file.*choose a folder"):
        estates.write_workbook([], tmp_path / "missing")


def test_a_damaged_scan_is_named_and_nothing_is_left_behind(tmp_path):
    path = tmp_path / "a.sqlite"
    estates.make_damaged_scan(path)
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(ScanFileError, match="a.sqlite is damaged"):
        estates.write_workbook([Scan.open(str(path))], out)
    assert not os.listdir(out)


_SMALL_DISK = """
import resource, sys
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.report import estates
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import ScanFileError
from ansible_collections.estate.vmware.plugins.module_utils.report.build_report import build_report
from ansible_collections.estate.vmware.plugins.module_utils.report.errors import ReportError
scan = estates.make_scan("a", {"vms": [estates.vm(number) for number in range(int(sys.argv[2]))]})
resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))
try:
    estates.write_workbook([scan], sys.argv[1])
except (ReportError, ScanFileError) as error:
    print(error)
"""


# SQLite sorts few rows in memory, and many in temporary files.
@pytest.mark.parametrize("rows, text", [(1000, "no workbook can be written in"), (5000, "free space in the folder for temporary files")])
def test_a_full_disk_is_one_clear_error_and_nothing_is_left_behind(tmp_path, rows, text):
    done = subprocess.run([sys.executable, "-c", _SMALL_DISK, str(tmp_path), str(rows)], capture_output=True, text=True, check=True, env=_environment())
    assert text in done.stdout and done.stdout.count("\n") == 1
    assert "Traceback" not in done.stderr
    assert not os.listdir(tmp_path)


def _environment():
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def test_memory_does_not_grow_with_rows(tmp_path):
    def peak(count):
        path = tmp_path / f"{count}.sqlite"
        estates.make_scan("a", {"vms": (estates.vm(number) for number in range(count))}, path=path).close()
        scan = Scan.open(str(path))
        tracemalloc.start()
        estates.write_workbook([scan], tmp_path)
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    peak(10)
    assert peak(4000) < 1.3 * peak(400)


def test_what_write_reports(tmp_path):
    written = estates.written_workbook(estates.estate(), LAYOUTS["consolidated"], tmp_path)
    assert ("All VMs", 11) in written.sheets
    assert os.stat(written.path).st_mode & 0o777 == 0o600


def test_many_issues_are_all_there(made):
    issues = [Issue("vms", f"vm-{number}", "guest.net", "unreadable", "x") for number in range(300)]
    assert len(rows_below(made([estates.make_scan("a", {}, status="partial", issues=issues)])["Coverage"], ["Source", "Section", "Kind"])) == 300
