# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The goals of docs/benchmarks.md, and whether a value meets them."""

from __future__ import annotations

from dataclasses import dataclass

#: The size that the goals are set for; memory at larger ones is compared with it.
NORM = 10_000


@dataclass(frozen=True)
class Goal:
    """A value may be at most this limit."""

    what: str
    limit: float
    unit: str = ""

    def judge(self, value: float) -> str:
        """Such as ``CPU ≤ 0.29: missed by 12 %``."""
        goal = f"{self.what} ≤ {self.limit:.4g}{self.unit}"
        if value <= self.limit:
            return f"{goal}: met"
        return f"{goal}: **missed by {max(1, round(100 * (value / self.limit - 1)))} %**"


#: What a scan of ours, divided by another reader in the same round, may be, at NORM machines and more: at few, what is
#: compared is how long Python takes to start.
AGAINST = {
    "raw": (Goal("wall", 1.25),),
    "pyvmomi": (Goal("CPU", 0.29),),
    "govmomi": (Goal("wall", 0.80), Goal("CPU", 0.95)),
}
CALLS_BESIDES_PAGES = 15
#: CPU of a workbook of ours of more than NORM machines, divided by that of writing the same values with openpyxl, and how its memory may
#: grow. In a smaller one, what all sheets need weighs more than the cells.
CELL = Goal("CPU", 0.25)
WORKBOOK_GROWTH = Goal(f"peak / peak at {NORM:,}", 1.1)
PEAK = Goal("peak", 140, " MB")
GROWTH = Goal(f"peak / peak at {NORM:,}", 1.1)
#: Wall of the main job, divided by that of its scans, one after another, and of its report.
WHOLE = Goal("job / parts", 1.05)
#: CPU of Ansible itself for a source of the main job.
SOURCE_CPU = Goal("CPU a source", 1.0, " s")
#: An inventory of ours, divided by another one: that of community.vmware, and one that finds its hosts and variables made,
#: together with what fetching them takes.
INVENTORY = {"peer": Goal("wall", 0.03), "both": Goal("wall", 0.8)}


def calls(pages: float) -> Goal:
    """The goal for the calls of a scan that read so many pages."""
    return Goal("calls", CALLS_BESIDES_PAGES + pages, f" ({CALLS_BESIDES_PAGES} + {pages:g} pages)")


#: Wall of a play of ours that changes many VMs, divided by that of one of community.vmware for as many: its modules of power, of snapshots and of clones.
GUEST_STATE, SNAPSHOTS, CLONES = Goal("wall", 1 / 60), Goal("wall", 1 / 40), Goal("wall", 1 / 100)
#: Calls for one VM among NORM, and peak memory of the module that changes many of them.
ONE_BY_UUID, ONE_BY_NAME = Goal("calls", 10), Goal("calls", 35)
CHANGES_PEAK = Goal("peak", 120, " MB")
#: Seconds that many tasks of TASK_SECONDS, all at once, take longer than such of no time.
TASK_SECONDS = 2
TASKS = Goal("more than tasks of no time", TASK_SECONDS, " s")


def many_calls(vms: int, pages: float) -> Goal:
    """The goal for the calls of power, snapshots and removal, of so many VMs."""
    return Goal("calls", 20 + pages + 1.1 * vms, f" (20 + {pages:g} pages + 1.1 × {vms})")


def clone_calls(vms: int, pages: float) -> Goal:
    """The same of clones."""
    return Goal("calls", 40 + pages + 1.3 * vms, f" (40 + {pages:g} pages + 1.3 × {vms})")


def unchanged_calls(_vms: int, pages: float) -> Goal:
    """The same where nothing is to be done."""
    return Goal("calls", 20 + 2 * pages, f" (20 + 2 × {pages:g} pages)")
