# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The mail about a report, as text and as HTML: each source with its status and counts, and the totals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.text import one_line

_COUNTS = ("vms", "hosts", "datastores", "networks")
_STATUSES = ("ok", "partial", "failed")
#: Status to colours of background and text, those of the workbook.
_COLOURS = {"ok": ("#c6efce", "#006100"), "partial": ("#ffeb9c", "#7f6000"), "failed": ("#ffc7ce", "#9c0006")}
_CELL = "padding:4px 10px;border:1px solid #d0d0d0"


def mail_subject(result: Mapping[str, Any], translations: Mapping[str, str]) -> str:
    """One line: what it is, and how many sources were read.

    :param result: what ``vmware_inventory_export`` returned, see export_result.py. :param translations: text by key, of one language.
    """
    counts = _status_counts(result, translations)
    return f"{translations['text.heading']}: {counts}" if counts else translations["text.heading"]


def mail_text(result: Mapping[str, Any], translations: Mapping[str, str]) -> str:
    """The mail in plain text; parameters as of :func:`mail_subject`."""
    lines = []
    for source in result.get("sources") or []:
        name, status, counts, error = _cells(source)
        shown = ", ".join(f"{translations[f'total.{key}']} {count}" for key, count in zip(_COUNTS, counts) if count)
        lines.append(" – ".join(filter(None, [f"* {name}: {translations[f'state.{status}']}", shown, error])))
    totals = [f"{label}: {number}" for label, number in _totals(result, translations)]
    paragraphs = [[mail_subject(result, translations)], lines, totals, _filtered(result, translations)]
    return "\n\n".join("\n".join(paragraph) for paragraph in paragraphs if paragraph) + "\n"


def mail_html(result: Mapping[str, Any], translations: Mapping[str, str]) -> str:
    """The mail as the body of an HTML page; parameters as of :func:`mail_subject`."""
    header = [translations["column.source"], translations["column.status"], *(translations[f"total.{key}"] for key in _COUNTS), translations["column.error"]]
    rows = []
    for source in result.get("sources") or []:
        name, status, counts, error = _cells(source)
        back, front = _COLOURS[status]
        cells = [_cell(name), _cell(translations[f"state.{status}"], f";background:{back};color:{front}")]
        rows.append("".join([*cells, *(_cell(count, ";text-align:right") for count in counts), _cell(error)]))
    totals = "".join(f"<tr>{_cell(label)}{_cell(number, ';text-align:right')}</tr>" for label, number in _totals(result, translations))
    table = f"<tr>{''.join(_cell(text, ';background:#f0f0f0;font-weight:bold') for text in header)}</tr>" + "".join(f"<tr>{row}</tr>" for row in rows)
    return "".join(
        [
            f"<h2>{escape(mail_subject(result, translations))}</h2>",
            f'<table style="border-collapse:collapse">{table}</table>' if rows else "",
            f'<h3>{escape(translations["title.totals"])}</h3><table style="border-collapse:collapse">{totals}</table>' if totals else "",
            *(f"<p>{escape(line)}</p>" for line in _filtered(result, translations)),
        ]
    )


def _cell(text: str, style: str = "") -> str:
    return f'<td style="{_CELL}{style}">{escape(text)}</td>'


def _status_counts(result: Mapping[str, Any], translations: Mapping[str, str]) -> str:
    totals = result.get("totals")
    text = "text.total_status_partial" if totals and totals["partial"] else "text.total_status"
    return translations[text].format(**{status: totals[status] for status in _STATUSES}) if totals else ""


def _cells(source: Mapping[str, Any]) -> tuple[str, str, list[str], str]:
    """Name, status, counts and error of a source. A source with a pseudonym has no error, which might name it."""
    is_redacted = source["shown_as"] != source["source"]
    status = source["status"]
    counts = ["" if source[key] is None or status == "failed" else str(source[key]) for key in _COUNTS]
    return source["shown_as"], status, counts, "" if is_redacted else one_line(source["error"])


def _totals(result: Mapping[str, Any], translations: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    totals = result.get("totals") or {}
    for key in ("vms", "templates", "hosts", "datastores", "networks"):
        if totals.get(key) is not None:
            yield translations[f"total.{key}"], str(totals[key])


def _filtered(result: Mapping[str, Any], translations: Mapping[str, str]) -> list[str]:
    """The line about rows that filters leave out; none where they leave out none."""
    rows = ", ".join(f"{translations[f'state.{section}']} {count}" for section, count in (result.get("left_out") or {}).items() if count)
    return [translations["text.filtered"].format(rows=rows)] if rows else []
