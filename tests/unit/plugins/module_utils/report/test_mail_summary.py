# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.report.mail_summary import mail_html, mail_subject, mail_text
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES

NUMBERS = {"vms": 5, "hosts": 2, "datastores": None, "networks": 0}
SOURCES = [
    {"source": "a&b", "shown_as": "a&b", "status": "partial", "error": "", "address": "x", **NUMBERS},
    {"source": "lost", "shown_as": "lost", "status": "failed", "error": "no <answer>", "address": "x", **dict.fromkeys(NUMBERS)},
]
TOTALS = {"sources": 2, "ok": 0, "partial": 1, "failed": 1, "vms": 5, "templates": 0, "hosts": 2, "datastores": None, "networks": 0}
RESULT = {"sources": SOURCES, "totals": TOTALS, "left_out": {"vms": 3, "hosts": 0}}
EN = LANGUAGES["en"]


def test_text():
    assert mail_text(RESULT, EN) == (
        "VMware inventory: 0 ok, 1 partial, 1 failed\n\n"
        "* a&b: Partial – VMs 5, Hosts 2, Networks 0\n"
        "* lost: Error – no <answer>\n\n"
        "VMs: 5\nTemplates: 0\nHosts: 2\nNetworks: 0\n\n"
        "Filters leave out: VMs 3.\n"
    )


def test_html():
    page = mail_html(RESULT, EN)
    assert "a&amp;b" in page and "no &lt;answer&gt;" in page
    assert page.count("<tr>") == 3 + 4 and "None" not in page
    assert page.count("#ffc7ce") == 1 == page.count("#ffeb9c")


def test_every_language():
    for language, labels in LANGUAGES.items():
        assert labels["text.heading"] in mail_subject(RESULT, labels), language
        assert labels["state.failed"] in mail_text(RESULT, labels), language
        assert labels["state.partial"] in mail_html(RESULT, labels), language


def test_source_with_a_pseudonym_has_no_error():
    redacted = {**SOURCES[1], "shown_as": "source-3f9a2c81d04e", "error": "lost.example.com does not answer"}
    for text in (mail_text({**RESULT, "sources": [redacted]}, EN), mail_html({**RESULT, "sources": [redacted]}, EN)):
        assert "source-3f9a2c81d04e" in text and "lost" not in text


def test_empty_result():
    assert mail_text({}, EN) == "VMware inventory\n"
    assert mail_html({}, EN) == "<h2>VMware inventory</h2>"
