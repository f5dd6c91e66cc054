# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.report.destination import standard_name
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.report import estates


def test_the_file_is_named_after_sources_and_the_latest_time():
    scans = [
        estates.make_scan("a", finished="2025-02-20T14:30:59Z"),
        estates.make_scan("b", finished="2025-02-19T23:00:00Z"),
        estates.make_scan("c", finished=""),
    ]
    assert standard_name(estates.report_data(*scans), LANGUAGES["en"]) == "VMware_Inventory_3sources_20250220_1430.xlsx"
    assert standard_name(estates.report_data(*scans), LANGUAGES["es"]) == "Inventario_VMware_3fuentes_20250220_1430.xlsx"
    assert standard_name(estates.report_data(*scans[:1]), LANGUAGES["es"]) == "Inventario_VMware_1fuente_20250220_1430.xlsx"
    assert standard_name(estates.report_data(*scans[2:]), LANGUAGES["en"]) == "VMware_Inventory_1source.xlsx"
