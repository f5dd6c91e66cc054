# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The workbook as LibreOffice reads it: nothing computed, states in colour, also after an edit."""

from __future__ import annotations

import csv
import os
import subprocess

import openpyxl
import pytest

from ansible_collections.estate.vmware.plugins.module_utils.report.theme import BAR_COLOURS, STYLES
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.report import estates

RISKY = ["=1+1", "=2*21", "+1+1", "-1-1", "@SUM(1;1)", '=HYPERLINK("http://x")', "_x0041_", " two ", "<&>", "#N/A", "1e3", "007", "TRUE"]
_ALL_SHEETS = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1"


@pytest.fixture(scope="module")
def folder(tmp_path_factory, office):
    """A folder with a workbook of risky text, as xlsx, csv and pdf."""
    folder = tmp_path_factory.mktemp("risky")
    vms = [estates.vm(number, name=text, ram_mb=2048, power_state="suspended") for number, text in enumerate(RISKY)]
    hosts = [estates.host(number) for number in range(4)]
    path = folder / "risky.xlsx"
    os.replace(estates.write_workbook([estates.make_scan("=1+1", {"vms": vms, "hosts": hosts}), *estates.estate()[2:]], folder), path)
    office(path, _ALL_SHEETS, folder)
    _edit(path, folder / "edited.xlsx")
    office(folder / "edited.xlsx", "pdf", folder)
    return folder


def _edit(path, edited):
    """Switch off one VM by hand, as somebody would in the sheet; the sheet of all VMs alone remains."""
    book = openpyxl.load_workbook(path)
    for name in book.sheetnames:
        if name != "All VMs":
            del book[name]
    sheet = book["All VMs"]
    sheet.cell(2, [cell.value for cell in sheet[1]].index("State") + 1).value = LANGUAGES["en"]["state.poweredOff"]
    book.save(edited)


def _csv(folder, sheet):
    with open(folder / f"risky-{sheet}.csv", newline="", encoding="utf-8") as stream:
        return list(csv.reader(stream))


def test_nothing_is_computed(folder):
    rows = _csv(folder, "All VMs")
    column = rows[0].index("Hostname")
    assert sorted(row[column] for row in rows[1:]) == sorted(RISKY)
    assert {row[0] for row in rows[1:]} == {"=1+1"}


def test_numbers_dates_and_percents_are_shown_with_their_formats(folder):
    rows = _csv(folder, "All VMs")
    shown = dict(zip(rows[0], rows[1]))
    assert shown["Created"] == "2024-05-06 07:08" and shown["RAM (GB)"] == "2.0" and shown["State"] == "Suspended"
    rows = _csv(folder, "All hosts")
    assert dict(zip(rows[0], rows[1]))["RAM used %"] == "68.4%"


def test_charts_are_drawn_with_bars_of_every_colour(tmp_path, office, program):
    vms = [estates.vm(number) for number in range(12)]
    stores = [estates.datastore(number, used_percent=used) for number, used in enumerate((95.0, 75.0, 30.0))]
    path = tmp_path / "charts.xlsx"
    os.replace(estates.write_workbook([estates.make_scan("it's 😀", {"vms": vms, "hosts": [estates.host(1)], "datastores": stores})], tmp_path), path)
    office(path, 'pdf:calc_pdf_Export:{"PageRange":{"type":"string","value":"1"}}', tmp_path)
    subprocess.run([program("pdftoppm"), "-r", "200", str(tmp_path / "charts.pdf"), str(tmp_path / "page")], check=True, capture_output=True, timeout=120)
    pixels = b"".join(path.read_bytes() for path in tmp_path.glob("page*.ppm"))
    for column in ("on", "used_percent", "nearly_full", "full"):
        assert bytes.fromhex(BAR_COLOURS[column][0]) * 20 in pixels, f"no bar has the colour of {column}"


def test_states_are_coloured_and_follow_an_edit(folder, program):
    subprocess.run([program("pdftoppm"), "-r", "400", str(folder / "edited.pdf"), str(folder / "page")], check=True, capture_output=True, timeout=120)
    pixels = b"".join(path.read_bytes() for path in folder.glob("page*.ppm"))
    for colour in ("FCE4D6", "FFF2CC", STYLES["header_all"].fill):
        assert bytes.fromhex(colour) * 20 in pixels, f"{colour} is not shown"
    assert bytes.fromhex("E2EFDA") * 20 not in pixels
