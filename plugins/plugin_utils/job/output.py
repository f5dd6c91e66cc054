# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What a job prints besides what Ansible does: lines of its own, and one table of its sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible import constants
from ansible.utils.display import Display

_NUMBERS = ("vms", "hosts", "datastores", "networks", "seconds", "calls")
_HEADER = ("source", "status", "VMs", "hosts", "datastores", "networks", "seconds", "calls")
#: Columns with texts, which begin at the left.
_TEXTS = 2


def say(lines: Sequence[str]) -> None:
    """Show lines. Where the whole output is one JSON document, they would spoil it."""
    if "json" not in constants.DEFAULT_STDOUT_CALLBACK:
        for line in lines:
            Display().display(line)


def table(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """A line for each source under a header; one that failed has its reason in place of numbers.

    :param rows: source, status, error, and numbers, any of them or none.
    """
    cells = [_HEADER, *((str(row["source"]), str(row["status"]), *map(_shown, _values(row))) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells)]
    lines = [[text.ljust(width) if number < _TEXTS else text.rjust(width) for number, (text, width) in enumerate(zip(line, widths))] for line in cells]
    for row, line in zip(rows, lines[1:]):
        line[_TEXTS:] = [str(row.get("error") or "")] if row["status"] == "failed" else line[_TEXTS:]
    return ["  ".join(line).rstrip() for line in lines]


def scan_rows(task_vars: Mapping[str, Any], hosts: Iterable[str]) -> list[dict[str, Any]]:
    """A row of the table for each host that has a scan, in the variable vmware_collect_scan."""
    scans = [scan for name in hosts if (scan := task_vars["hostvars"][name].get("vmware_collect_scan"))]
    keys = ("source", "status", "error", "seconds", "calls")
    reused = {True: {"status": "reused"}, False: {}}
    return [{**(scan.get("counts") or {}), **{key: scan.get(key) for key in keys}, **reused[bool(scan.get("reused"))]} for scan in scans]


def wrong(errors: Sequence[str], nothing: str) -> dict[str, Any]:
    """The result of a task that finds something wrong, a line each.

    :param nothing: what did not happen, such as ``was read or written``.
    """
    msg = f"{len(errors)} {'things are' if len(errors) > 1 else 'thing is'} wrong, and nothing {nothing}"
    # Shown as lines, not as one.
    return {"failed": True, "msg": msg, "errors": list(errors), "_ansible_verbose_always": True}


def _values(row: Mapping[str, Any]) -> list[Any]:
    return [row.get(key) for key in _NUMBERS]


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.1f}" if isinstance(value, float) else str(value)
