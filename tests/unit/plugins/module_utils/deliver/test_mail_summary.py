# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.deliver.mail_summary import as_html, as_text, subject
from ansible_collections.estate.vmware.plugins.module_utils.deliver.payload import Payload
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES

NUMBERS = {"vms": 5, "hosts": 2, "datastores": None, "networks": 0}
SOURCES = [
    {"source": "a&b", "shown_as": "a&b", "status": "partial", "error": "", "address": "x", **NUMBERS},
    {"source": "lost", "shown_as": "lost", "status": "failed", "error": "no <answer>", "address": "x", **dict.fromkeys(NUMBERS)},
]
TOTALS = {"sources": 2, "ok": 0, "partial": 1, "failed": 1, "vms": 5, "templates": 0, "hosts": 2, "datastores": None, "networks": 0}
REPORT = {"sources": SOURCES, "totals": TOTALS, "left_out": {"vms": 3, "hosts": 0}}


def payload(report, language="en"):
    return Payload("/tmp/estate.xlsx", report, LANGUAGES[language])


def test_text():
    assert as_text(payload(REPORT), "A remark.") == (
        "VMware inventory: 0 ok, 1 partial, 1 failed\n\n"
        "* a&b: Partial – VMs 5, Hosts 2, Networks 0\n"
        "* lost: Error – no <answer>\n\n"
        "VMs: 5\nTemplates: 0\nHosts: 2\nNetworks: 0\n\n"
        "Filters leave out: VMs 3.\n\n"
        "A remark.\n"
    )


def test_html():
    page = as_html(payload(REPORT), "A <remark>.")
    assert "a&amp;b" in page and "no &lt;answer&gt;" in page and "<p>A &lt;remark&gt;.</p>" in page
    assert page.count("<tr>") == 3 + 4 and "None" not in page
    assert page.count("#ffc7ce") == 1 == page.count("#ffeb9c")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language(language):
    told = payload(REPORT, language)
    assert LANGUAGES[language]["text.heading"] in subject(told)
    assert LANGUAGES[language]["state.failed"] in as_text(told, "") and LANGUAGES[language]["state.partial"] in as_html(told, "")


def test_a_source_with_a_pseudonym_is_not_told_by_its_error():
    hidden = {**SOURCES[1], "shown_as": "source-3f9a2c81d04e", "error": "lost.example.com does not answer"}
    told = payload({**REPORT, "sources": [hidden]})
    for text in (as_text(told, ""), as_html(told, "")):
        assert "source-3f9a2c81d04e" in text and "lost" not in text


def test_a_file_without_report():
    told = payload({})
    assert as_text(told, "A remark.") == "VMware inventory\n\nA remark.\n"
    assert "<table" not in as_html(told, "")
