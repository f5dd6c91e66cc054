# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""What new VMs are made of: what every kind of source tells, and does. kinds.py lists the kinds."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.machine.changes import Change
from ansible_collections.estate.vmware.plugins.module_utils.machine.config_spec import later
from ansible_collections.estate.vmware.plugins.module_utils.machine.current_state import CurrentState
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.wanted_vm import WantedVm
from ansible_collections.estate.vmware.plugins.module_utils.machine.lookup import VmLookup
from ansible_collections.estate.vmware.plugins.module_utils.machine.making import Making, NewFolder
from ansible_collections.estate.vmware.plugins.module_utils.machine.placement import Placement
from ansible_collections.estate.vmware.plugins.module_utils.machine.places import Places
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Step
from ansible_collections.estate.vmware.plugins.module_utils.machine.transfers import Transfers
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef


@dataclass(frozen=True)
class Place:
    """Where a VM is made. :ivar path: of the VM. :ivar datastore: name of the one for its files; empty for that of the source."""

    placement: Placement
    folder: NewFolder
    path: str
    datastore: str = ""


class NewVm(NamedTuple):
    """A VM to make.

    :ivar changes: to make of the source in the same call. :ivar powers_on: the call powers it on.
    :ivar customization: ``vim.vm.customization.Specification``; None for none.
    :ivar is_over: tells whether its work has ended, or will not begin.
    """

    wanted: WantedVm
    place: Place
    making: Making
    changes: Sequence[Change]
    powers_on: bool
    customization: Any
    is_over: Callable[[], bool]


class Source(ABC):
    """What one VM, or several, are made of.

    :ivar path: what plans call it; empty for nothing. :ivar state: what a VM made of it is before anything of it is changed.
    :ivar datacenter: where its VMs go if nothing else is said; None for no place. :ivar datastores: that its files are on, where those of its VMs go, too,
        if nothing else is said.
    :ivar needs_pool: the call that makes a VM must have a resource pool. :ivar needs_datastore: likewise.
    :ivar can_change: the call makes changes, too; else all of them come after it.
    :ivar can_power_on: the call can power the VM on. :ivar can_customize: it can customize the guest.
    """

    path: str = ""
    datacenter: MoRef | None = None
    datastores: Sequence[MoRef] = ()
    needs_pool: bool = True
    needs_datastore: bool = True
    can_change: bool = True
    can_power_on: bool = False
    can_customize: bool = False

    def __init__(self, state: CurrentState) -> None:
        self.state = state

    @abstractmethod
    def steps(self, new: NewVm) -> list[Step]:
        """The steps that make a VM; what is changed of it is added to the first."""

    def at(self, one: WantedVm, place: Place) -> tuple[WantedVm, Source]:
        """The same once it is known where a VM goes, and the item with what its source says.

        :raises InvalidOption: it cannot be made there; one line for everything that is wrong. :raises VsphereError: the server does not say.
        """
        return one, self

    def later(self, changes: Sequence[Change]) -> list[Change]:
        """Those of some changes that the call cannot make."""
        return later(changes) if self.can_change else list(changes)

    def disks_size(self, one: WantedVm) -> int:
        """Bytes that the disks of a VM need at most."""
        sizes = {place: disk.size for place, disk in self.state.disks.items()}
        sizes.update((disk.at, max(disk.size, sizes.get(disk.at, 0))) for disk in one.wanted.disks if disk.size)
        return sum(sizes.values())


class Reading(NamedTuple):
    """What sources are found with. :ivar problems: gets a line for everything that is wrong. :ivar transfers: count what is uploaded."""

    session: Session
    connection: Connection
    lookup: VmLookup
    places: Places
    problems: list[str]
    transfers: Transfers


class SourceKind(ABC):
    """Finds the sources of one kind."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    @abstractmethod
    def check(self, one: WantedVm) -> None:
        """Check that a VM can be made so, as far as that shows without its source."""

    @abstractmethod
    def find(self, new: Sequence[WantedVm]) -> list[Source | None]:
        """The sources of some VMs, in their order; None for one that has become a problem.

        :raises VsphereError: they cannot be read.
        """

    def check_placed(self, placed: Sequence[tuple[WantedVm, Source, Place]]) -> None:
        """Check new VMs of this kind together, once it is known where they go. Adds problems.

        :raises VsphereError: what is there cannot be read.
        """
        return
