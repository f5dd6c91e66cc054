# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.report.export_result import checked_result
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES

SOURCE = {"source": "a", "shown_as": "a", "address": "x", "status": "ok", "vms": 1, "hosts": None, "datastores": 2, "networks": 3, "error": ""}
GOOD = {"sources": [SOURCE], "totals": {"ok": 1, "partial": 0, "failed": 0, "vms": 1, "templates": None}, "left_out": {"vms": 3}, "changed": True}


@pytest.mark.parametrize("result", [{}, GOOD, {"sources": None, "totals": None, "left_out": None}])
def test_what_an_export_returns(result):
    assert checked_result(result, LANGUAGES["en"]) is result


@pytest.mark.parametrize(
    ("result", "message"),
    [
        ({"sources": "x" * 10_000_000}, "report.sources must be a list"),
        ({"sources": [1]}, r"report.sources\[0\] must be a mapping \(got 1\)"),
        ({"sources": ["x" * 10_000_000]}, r"report.sources\[0\] must be a mapping"),
        ({"sources": [SOURCE] * 10_001}, "report.sources must be a list of up to 10,000"),
        ({"sources": [SOURCE, {}]}, r"report.sources\[1\] lacks datastores, error"),
        ({"sources": [{**SOURCE, "status": "fine"}]}, r"report.sources\[0\].status is invalid \(got 'fine'\)"),
        ({"sources": [{**SOURCE, "status": []}]}, r"report.sources\[0\].status is invalid"),
        ({"sources": [{**SOURCE, "vms": "many"}]}, r"report.sources\[0\].vms is invalid"),
        ({"sources": [{**SOURCE, "error": None}]}, r"report.sources\[0\].error is invalid"),
        ({"totals": [1]}, "report.totals must be a mapping"),
        ({"totals": {"ok": 1}}, "report.totals lacks failed, partial"),
        ({"totals": {**GOOD["totals"], "vms": "x\ny"}}, "report.totals.vms must be a number"),
        ({"left_out": [1]}, "report.left_out must be a mapping"),
        ({"left_out": {"pods": 1}}, "report.left_out must be a mapping"),
        ({"left_out": {"vms": {}}}, "report.left_out must be a mapping"),
    ],
)
def test_anything_else_is_an_error_of_one_line(result, message):
    with pytest.raises(InvalidOption, match=f"^{message}.*: give what vmware_inventory_export returned$") as error:
        checked_result(result, LANGUAGES["en"])
    assert len(str(error.value)) <= 600
