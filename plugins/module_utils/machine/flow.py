# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What differs between modules that change VMs. run_changes.py does all that they share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.machine.items import Item
from ansible_collections.estate.vmware.plugins.module_utils.machine.planned_vm import PlannedVm
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session


class Flow(ABC):
    """One call of one module.

    :ivar items: checked, see items.py. :ivar options: all options of the module.
    :raises InvalidOption: they cannot be used; one line for everything that is wrong.
    """

    def __init__(self, items: Sequence[Item], options: Mapping[str, Any]) -> None:
        self.items = items
        self.options = options
        #: What the call has open until its end.
        self.closing = ExitStack()

    @property
    @abstractmethod
    def doing(self) -> str:
        """What lines of progress say is done, in one word: clone."""

    @abstractmethod
    def plans(self, session: Session, connection: Connection) -> list[PlannedVm]:
        """Every VM that the items name, with its plan or the reason why it has none. Nothing is changed.

        :raises InvalidOption: items name VMs that do not exist, or ask for what the source cannot do. :raises VsphereError: VMs cannot be read.
        """

    def groups(self, planned: Sequence[PlannedVm]) -> list[Sequence[PlannedVm]]:
        """The VMs to change, in groups: each begins when the one before has ended."""
        return [planned]

    def conclude(self, session: Session, planned: Sequence[PlannedVm]) -> None:
        """Read what results say of the changes, once all work has ended, for all VMs at once. It may set errors of VMs.

        :raises VsphereError: it cannot be read; what became of the VMs stays as it is.
        """
        return

    @property
    def pause(self) -> float:
        """Seconds between groups."""
        return 0.0

    @property
    def sent(self) -> int:
        """Bytes uploaded so far."""
        return 0
