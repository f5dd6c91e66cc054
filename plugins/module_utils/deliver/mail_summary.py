# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What a mail says of a run, as text and as HTML: each source with its status and numbers, and all together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.text import one_line
from ansible_collections.estate.vmware.plugins.module_utils.deliver.payload import Payload

_NUMBERS = ("vms", "hosts", "datastores", "networks")
_STATUSES = ("ok", "partial", "failed")
#: Status to colours of background and text, those of the workbook.
_COLOURS = {"ok": ("#c6efce", "#006100"), "partial": ("#ffeb9c", "#7f6000"), "failed": ("#ffc7ce", "#9c0006")}
_CELL = "padding:4px 10px;border:1px solid #d0d0d0"


def subject(payload: Payload) -> str:
    """One line: what it is, and how many sources were read."""
    told = _counted(payload)
    return f"{payload.labels['text.heading']}: {told}" if told else payload.labels["text.heading"]


def as_text(payload: Payload, remark: str) -> str:
    """The report in plain text, with a remark at its end."""
    labels = payload.labels
    lines = []
    for source in payload.report.get("sources") or []:
        name, status, numbers, error = _row(source, payload)
        told = ", ".join(f"{labels[f'total.{key}']} {number}" for key, number in zip(_NUMBERS, numbers) if number)
        lines.append(" – ".join(filter(None, [f"* {name}: {labels[f'state.{status}']}", told, error])))
    totals = [f"{label}: {number}" for label, number in _totals(payload)]
    paragraphs = [[subject(payload)], lines, totals, *([line] for line in _remarks(payload, remark))]
    return "\n\n".join("\n".join(paragraph) for paragraph in paragraphs if paragraph) + "\n"


def as_html(payload: Payload, remark: str) -> str:
    """The report as an HTML page, with a remark at its end."""
    labels = payload.labels
    header = [labels["column.source"], labels["column.status"], *(labels[f"total.{key}"] for key in _NUMBERS), labels["column.error"]]
    rows = []
    for source in payload.report.get("sources") or []:
        name, status, numbers, error = _row(source, payload)
        back, front = _COLOURS[status]
        cells = [_cell(name), _cell(labels[f"state.{status}"], f";background:{back};color:{front}")]
        rows.append("".join([*cells, *(_cell(number, ";text-align:right") for number in numbers), _cell(error)]))
    totals = "".join(f"<tr>{_cell(label)}{_cell(number, ';text-align:right')}</tr>" for label, number in _totals(payload))
    table = f"<tr>{''.join(_cell(text, ';background:#f0f0f0;font-weight:bold') for text in header)}</tr>" + "".join(f"<tr>{row}</tr>" for row in rows)
    return "".join(
        [
            '<html><body style="font-family:sans-serif;font-size:14px">',
            f"<h2>{escape(subject(payload))}</h2>",
            f'<table style="border-collapse:collapse">{table}</table>' if rows else "",
            f'<h3>{escape(labels["title.totals"])}</h3><table style="border-collapse:collapse">{totals}</table>' if totals else "",
            *(f"<p>{escape(line)}</p>" for line in _remarks(payload, remark)),
            "</body></html>",
        ]
    )


def _cell(text: str, style: str = "") -> str:
    return f'<td style="{_CELL}{style}">{escape(text)}</td>'


def _counted(payload: Payload) -> str:
    totals = payload.report.get("totals")
    text = "text.total_status_partial" if totals and totals["partial"] else "text.total_status"
    return payload.labels[text].format(**{status: totals[status] for status in _STATUSES}) if totals else ""


def _row(source: Mapping[str, Any], payload: Payload) -> tuple[str, str, list[str], str]:
    """Name, status, numbers and error of a source. Where the workbook has a pseudonym for it, nothing tells which source it is."""
    hidden = source["shown_as"] != source["source"]
    status = source["status"]
    numbers = ["" if source[key] is None or status == "failed" else str(source[key]) for key in _NUMBERS]
    return source["shown_as"], status, numbers, "" if hidden else one_line(source["error"])


def _totals(payload: Payload) -> Iterator[tuple[str, str]]:
    totals = payload.report.get("totals") or {}
    for key in ("vms", "templates", "hosts", "datastores", "networks"):
        if totals.get(key) is not None:
            yield payload.labels[f"total.{key}"], str(totals[key])


def _remarks(payload: Payload, remark: str) -> list[str]:
    labels = payload.labels
    left_out = ", ".join(f"{labels[f'state.{section}']} {count}" for section, count in (payload.report.get("left_out") or {}).items() if count)
    return [text for text in (labels["text.filtered"].format(rows=left_out) if left_out else "", remark) if text]
