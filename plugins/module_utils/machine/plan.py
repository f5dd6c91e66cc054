# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What shall be done to one VM: a list of steps. Check mode and diff show it, doing runs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.machine.work import Work
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef


@dataclass(frozen=True)
class Step:
    """One step.

    :ivar action: one word for results and the journal, such as ``power_off``. :ivar run: makes its work, given the VM: None before it is made.
        The work returns the VM's reference where the step makes it, or a further step to run next.
    :ivar before: of what it changes, by name as in the options, in the options' units; without secrets. :ivar after: likewise.
    :ivar is_change: False where it only waits. :ivar ends_with_task: False where work follows its first task, which is awaited therefore.
    :ivar takes_devices: it removes devices, which a VM needs to run.
    :ivar leaves: what it leaves behind when it is interrupted, for messages; it may change while it runs.
    """

    action: str
    run: Callable[[MoRef | None], Work]
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    is_change: bool = True
    ends_with_task: bool = True
    takes_devices: bool = False
    leaves: Callable[[], str] = str


@dataclass(frozen=True)
class Plan:
    """The steps for one VM, none where it is as wanted."""

    steps: Sequence[Step] = ()

    @property
    def changed(self) -> bool:
        """Whether anything is to be changed."""
        return any(step.is_change for step in self.steps)

    @property
    def actions(self) -> list[str]:
        """Of all steps."""
        return [step.action for step in self.steps]

    @property
    def diff(self) -> dict[str, dict[str, Any]]:
        """Before and after of all steps together: the first before and the last after of each name."""
        before: dict[str, Any] = {}
        after: dict[str, Any] = {}
        for step in self.steps:
            before = {**step.before, **before}
            after.update(step.after)
        return {"before": before, "after": after}
