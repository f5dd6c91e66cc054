# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Steps that make the changes of an existing VM. Powering it off and on, where changes need that, is left to the caller."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from ansible_collections.estate.vmware.plugins.module_utils.machine import operations
from ansible_collections.estate.vmware.plugins.module_utils.machine.changes import (
    Change,
    RemoveDevice,
    UpgradeHardware,
    before_and_after,
    refusals,
)
from ansible_collections.estate.vmware.plugins.module_utils.machine.config_spec import config_spec, later, upgrade
from ansible_collections.estate.vmware.plugins.module_utils.machine.current import read_current
from ansible_collections.estate.vmware.plugins.module_utils.machine.current_state import PROPERTIES, CurrentState, current_state
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.devices import identity
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import NotPossible
from ansible_collections.estate.vmware.plugins.module_utils.machine.perform import perform
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Step
from ansible_collections.estate.vmware.plugins.module_utils.machine.work import Send, Work
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import MethodFault
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef

#: Compares the VM, as it is now, with what is wanted: see differences.py.
Compare = Callable[[CurrentState], Sequence[Change]]
_CHANGED_MEANWHILE = "ConcurrentAccess"
#: Action of a step that removes a disk with its file.
REMOVE_DISK = "remove_disk"


def reconfigure_steps(changes: Sequence[Change], change_version: str, compare: Compare, reads: bool = False) -> list[Step]:
    """The steps that make some changes, none of which is refused.

    The hardware version rises first. Each file of a disk that is destroyed is a step of its own, since its action counts for ``at_most``.
    What names devices that are made here comes last, after they were read.

    :param change_version: that the VM had when it was compared. If somebody changed it since, it is read and compared once more.
    :param compare: finds the changes anew. :param reads: read the VM before the first change: it was compared before it was made, so its devices may
        have other keys.
    """
    second = later(changes)
    upgrades = [change for change in second if isinstance(change.edit, UpgradeHardware)]
    destroyed = [change for change in changes if change.destroys_file]
    first = [change for change in changes if change not in second and change not in destroyed]
    last = [change for change in second if change not in upgrades]
    steps = [_step("upgrade_hardware", [change], partial(_upgrade, upgrade([change]))) for change in upgrades]
    again = partial(_compare_again, compare, reads)
    if first:
        steps.append(_step("reconfigure", first, partial(again, first) if reads else partial(reconfigure, first, change_version, compare)))
    steps += [_step(REMOVE_DISK, [change], partial(again, [change])) for change in destroyed]
    if last:
        steps.append(_step("reconfigure", last, partial(again, last)))
    return steps


def _step(action: str, changes: Sequence[Change], run: Callable[[MoRef | None], Work]) -> Step:
    before, after = before_and_after(changes)
    return Step(action, run, before, after, takes_devices=any(isinstance(change.edit, RemoveDevice) for change in changes))


def _upgrade(version: str, vm: MoRef | None) -> Work:
    yield from perform(operations.UPGRADE, existing(vm), version, vm=vm)


def reconfigure(changes: Sequence[Change], change_version: str, compare: Compare, vm: MoRef | None) -> Work:
    """Make some changes with one call, those alone that the VM still needs if somebody changed it since it was read.

    :param change_version: see :func:`reconfigure_steps`; empty where an earlier step changes it. :param compare: likewise.
    """
    if not change_version and any(isinstance(change.edit, RemoveDevice) for change in changes):
        # Nothing else would tell another device that has its key by now.
        yield from _compare_again(compare, False, changes, vm)
        return
    try:
        yield from perform(operations.RECONFIGURE, existing(vm), config_spec(changes, change_version), vm=vm)
    except MethodFault as error:
        if error.fault.type != _CHANGED_MEANWHILE:
            raise
        yield from _compare_again(compare, False, changes, vm)


def _compare_again(compare: Compare, is_new: bool, planned: Sequence[Change], vm: MoRef | None) -> Work:
    """Make those of some planned changes that the VM, read once more, still needs. A device is removed only if it is the one that was planned.

    :param is_new: the VM did not exist yet when they were planned, so its devices are others.
    """
    ref = existing(vm)
    current: CurrentState = yield Send(partial(_read, ref))
    before = {change.path: change for change in planned}
    changes = [change for change in compare(current) if change.path in before]
    others = [change.path for change in changes if not is_new and not _is_same(change, before[change.path])]
    lines = [f"{path} is another device now, which was not planned to be removed" for path in others]
    if lines := [*lines, *refusals(changes, current.is_on)]:
        raise NotPossible(f"it was changed meanwhile ({'; '.join(lines)}): look at it, then run again")
    if changes:
        yield from perform(operations.RECONFIGURE, ref, config_spec(changes, current.change_version), vm=vm)


def _is_same(change: Change, planned: Change) -> bool:
    """Whether a change removes the device that it was planned for, or none."""
    if not isinstance(change.edit, RemoveDevice):
        return True
    return isinstance(planned.edit, RemoveDevice) and identity(change.edit.device) == identity(planned.edit.device)


def _read(vm: MoRef, session: Session) -> CurrentState:
    found = read_current(session, [vm], PROPERTIES).get(vm)
    if found is None:
        raise NotPossible("it does not exist any more: look it up again")
    return current_state(found.properties)


def existing(vm: MoRef | None) -> MoRef:
    """The VM of a step that needs one."""
    if vm is None:
        raise NotPossible("it does not exist")
    return vm
