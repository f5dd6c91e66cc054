# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What a job prints besides Ansible's own output: lines, and one table of its sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible import constants
from ansible.utils.display import Display

#: Keys of the numbers of a scan, and the headers of their columns.
_NUMBERS = {"vms": "VMs", **{key: key for key in ("hosts", "datastores", "networks", "seconds", "calls")}}
#: Columns of text, which are aligned left.
_TEXT_COLUMNS = 2


def print_lines(lines: Sequence[str]) -> None:
    """Print lines, unless the output is one JSON document."""
    if "json" not in constants.DEFAULT_STDOUT_CALLBACK:
        for line in lines:
            Display().display(line)


def format_table(rows: Sequence[Mapping[str, Any]], numbers: Mapping[str, str] = _NUMBERS) -> list[str]:
    """A header, and a line for each source. A source that failed has its error in place of numbers.

    :param rows: source and status, and any of error and the numbers. :param numbers: their keys, and the headers of their columns.
    """
    cells = [("source", "status", *numbers.values()), *((str(row["source"]), str(row["status"]), *(_cell(row.get(key)) for key in numbers)) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells)]
    lines = [[text.ljust(width) if number < _TEXT_COLUMNS else text.rjust(width) for number, (text, width) in enumerate(zip(line, widths))] for line in cells]
    for row, line in zip(rows, lines[1:]):
        line[_TEXT_COLUMNS:] = [str(row.get("error") or "")] if row["status"] == "failed" else line[_TEXT_COLUMNS:]
    return ["  ".join(line).rstrip() for line in lines]


def scan_rows(task_vars: Mapping[str, Any], hosts: Iterable[str]) -> list[dict[str, Any]]:
    """A row of the table for each host that has a scan, in the variable vmware_collect_scan."""
    scans = [scan for name in hosts if (scan := task_vars["hostvars"][name].get("vmware_collect_scan"))]
    keys = ("source", "status", "error", "seconds", "calls")
    reused = {True: {"status": "reused"}, False: {}}
    return [{**(scan.get("counts") or {}), **{key: scan.get(key) for key in keys}, **reused[bool(scan.get("reused"))]} for scan in scans]


def failure(errors: Sequence[str], consequence: str) -> dict[str, Any]:
    """The result of a task that fails with several errors.

    :param consequence: such as ``nothing was written``.
    """
    msg = f"{len(errors)} error{'s' * (len(errors) > 1)}: {consequence}"
    # Has Ansible print each error on its own line.
    return {"failed": True, "msg": msg, "errors": list(errors), "_ansible_verbose_always": True}


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.1f}" if isinstance(value, float) else str(value)
