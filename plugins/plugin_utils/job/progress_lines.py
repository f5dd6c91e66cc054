# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Lines of progress, made of what modules report, each every few seconds."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

_MB = 1e6


class ProgressLine(ABC):
    """The next line of a module, without the name of its source.

    :ivar shown: when the last one was shown, a time of the clock ``time.monotonic``.
    """

    def __init__(self, began: float) -> None:
        self.shown = began

    @abstractmethod
    def update(self, report: Mapping[str, Any]) -> None:
        """Take the latest report."""

    @abstractmethod
    def text(self, now: float) -> str:
        """The line; sets ``shown``."""


class ScanLine(ProgressLine):
    """``VMs 4,500 of 10,000 (45 %), 1,320/s``, of the reports of module_utils/inventory/progress.py."""

    def __init__(self, began: float) -> None:
        super().__init__(began)
        self._total: int | None = None
        self._read = self._read_when_shown = 0
        self._updated = began
        self._is_updated = False

    def update(self, report: Mapping[str, Any]) -> None:
        self._read, self._total = report["read"], report["total"]
        self._updated = time.monotonic()
        self._is_updated = True

    def text(self, now: float) -> str:
        rate = max(0, self._read - self._read_when_shown) / (now - self.shown)
        # VMs may be created during the scan.
        total = max(self._read, self._total or 0)
        of = f" of {total:,} ({100 * self._read // total} %)" if self._total else ""
        parts = [f"VMs {self._read:,}{of}"] if self._read else []
        if not self._is_updated and self._read != self._total:
            parts.append(f"waiting for an answer for {now - self._updated:.0f} s")
        else:
            parts.append(f"{rate:,.0f}/s" if self._read else "hosts, datastores, networks")
        self.shown, self._read_when_shown, self._is_updated = now, self._read, False
        return ", ".join(parts)


class ChangeLine(ProgressLine):
    """``clone 61 of 200 done, 16 running (34 %), 2 failed``, of the reports of module_utils/machine/progress.py."""

    def __init__(self, began: float) -> None:
        super().__init__(began)
        self._report: Mapping[str, Any] = {}
        self._sent_when_shown = 0

    def update(self, report: Mapping[str, Any]) -> None:
        self._report = report

    def text(self, now: float) -> str:
        found, self.shown, seconds = self._report, now, now - self.shown
        if not found:
            return "looking up"
        parts = [f"{found['doing']} {found['done']:,} of {found['total']:,} done", f"{found['running']:,} running ({found['percent']} %)"]
        if found["failed"]:
            parts.append(f"{found['failed']:,} failed")
        if found["sent"] > self._sent_when_shown:
            parts.append(f"{(found['sent'] - self._sent_when_shown) / seconds / _MB:,.1f} MB/s")
        self._sent_when_shown = found["sent"]
        return ", ".join(parts)
