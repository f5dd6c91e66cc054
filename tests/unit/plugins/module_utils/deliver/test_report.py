# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.deliver.errors import DeliveryError
from ansible_collections.estate.vmware.plugins.module_utils.deliver.report import checked_report
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES

SOURCE = {"source": "a", "shown_as": "a", "address": "x", "status": "ok", "vms": 1, "hosts": None, "datastores": 2, "networks": 3, "error": ""}
GOOD = {"sources": [SOURCE], "totals": {"ok": 1, "partial": 0, "failed": 0, "vms": 1, "templates": None}, "left_out": {"vms": 3}, "changed": True}


@pytest.mark.parametrize("report", [{}, GOOD, {"sources": None, "totals": None, "left_out": None}])
def test_what_an_export_returns(report):
    assert checked_report(report, LANGUAGES["en"]) is report


@pytest.mark.parametrize(
    ("report", "words"),
    [
        ({"sources": "x" * 10_000_000}, "report.sources is no list"),
        ({"sources": [1]}, r"report.sources\[0\] is no map \(got 1\)"),
        ({"sources": ["x" * 10_000_000]}, r"report.sources\[0\] is no map"),
        ({"sources": [SOURCE] * 10_001}, "report.sources is no list of up to 10,000"),
        ({"sources": [SOURCE, {}]}, r"report.sources\[1\] lacks datastores, error"),
        ({"sources": [{**SOURCE, "status": "fine"}]}, r"report.sources\[0\].status cannot be that \(got 'fine'\)"),
        ({"sources": [{**SOURCE, "status": []}]}, r"report.sources\[0\].status cannot be that"),
        ({"sources": [{**SOURCE, "vms": "many"}]}, r"report.sources\[0\].vms cannot be that"),
        ({"sources": [{**SOURCE, "error": None}]}, r"report.sources\[0\].error cannot be that"),
        ({"totals": [1]}, "report.totals is no map"),
        ({"totals": {"ok": 1}}, "report.totals lacks failed, partial"),
        ({"totals": {**GOOD["totals"], "vms": "x\ny"}}, "report.totals.vms is no number"),
        ({"left_out": [1]}, "report.left_out is no map"),
        ({"left_out": {"pods": 1}}, "report.left_out is no map"),
        ({"left_out": {"vms": {}}}, "report.left_out is no map"),
    ],
)
def test_anything_else_is_told_in_one_line(report, words):
    with pytest.raises(DeliveryError, match=f"^{words}.*: give what vmware_inventory_export returned$") as error:
        checked_report(report, LANGUAGES["en"])
    assert len(str(error.value)) <= 500
