# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What became of each VM of a call, and what a module returns of it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError, InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.part_files import PartFile
from ansible_collections.estate.vmware.plugins.module_utils.common.text import one_line
from ansible_collections.estate.vmware.plugins.module_utils.machine.paths import listed

#: VMs that a module returns at most; all of them are in the file of ``dest``.
MOST_RETURNED = 500
#: Failed VMs that a message names, and characters of the error of each.
_NAMED, _ERROR_LENGTH = 5, 300
CHANGED, UNCHANGED, FAILED, NOT_STARTED = COUNTED = ("changed", "unchanged", "failed", "not_started")


class NotStarted(EstateError):
    """Nothing was done to the VM, because another one failed or the job has ended."""

    kind = "not_started"


@dataclass
class VmOutcome:
    """What became of one VM.

    :ivar path: such as ``DC0/vm/web/web-1``. Empty, as the others, where it is not known.
    :ivar changed: whether something was changed, also where a later step failed. In check mode, whether it would be.
    :ivar actions: what was done, such as power_on, in order. :ivar tasks: ids of the tasks of the server.
    :ivar error: why it failed; empty if it did not. :ivar further: what else the module returns of each VM.
    """

    name: str = ""
    path: str = ""
    moid: str = ""
    instance_uuid: str = ""
    bios_uuid: str = ""
    changed: bool = False
    actions: list[str] = field(default_factory=list)
    tasks: list[str] = field(default_factory=list)
    error: str = ""
    error_kind: str = ""
    further: dict[str, Any] = field(default_factory=dict)

    def fail(self, error: EstateError, hide: Callable[[str], str] = str) -> None:
        """Set why it failed.

        :param hide: removes secrets from the message.
        """
        self.error, self.error_kind = hide(str(error)), error.kind

    @property
    def row(self) -> dict[str, Any]:
        """As modules return it."""
        row = asdict(self)
        further = row.pop("further")
        return {**row, **further}

    @property
    def status(self) -> str:
        """One of :data:`COUNTED`."""
        if self.error_kind == NotStarted.kind:
            return NOT_STARTED
        return FAILED if self.error else CHANGED if self.changed else UNCHANGED


def counts(outcomes: Sequence[VmOutcome]) -> dict[str, int]:
    """How many VMs have each status."""
    statuses = [outcome.status for outcome in outcomes]
    return {status: statuses.count(status) for status in COUNTED}


def returned(outcomes: Sequence[VmOutcome]) -> list[dict[str, Any]]:
    """The VMs that a module returns: all of them, or the first ones if there are too many, and then failed ones before others."""
    if len(outcomes) > MOST_RETURNED:
        outcomes = sorted(outcomes, key=lambda outcome: outcome.status not in (FAILED, NOT_STARTED))[:MOST_RETURNED]
    return [outcome.row for outcome in outcomes]


def failure_message(outcomes: Sequence[VmOutcome], where: str, kind: str = "VM") -> str:
    """What failed, for the message of a task; empty if nothing did.

    :param where: the source, such as vcenter-prod. :param kind: what messages call one of them.
    """
    failed = [outcome for outcome in outcomes if outcome.status == FAILED]
    idle = [one for one in outcomes if one.status == NOT_STARTED]
    if not failed and not idle:
        return ""
    named = [f"{name}: {one_line(one.error, _ERROR_LENGTH)}" for name, one in zip(_names(failed), failed[:_NAMED])]
    more = len(failed) - _NAMED
    others = [
        *([f"and {more} more, see {kind.lower()}s in the result"] if more > 0 else []),
        *([f"{len(idle)} not started: {listed(_names(idle))}"] if idle else []),
    ]
    return f"{where}: {len(failed)} of {len(outcomes)} {kind}{'s' if len(outcomes) != 1 else ''} failed: {'; '.join([*named, *others])}"


def _names(outcomes: Sequence[VmOutcome]) -> list[str]:
    return [one_line(one.path or one.name or one.moid, 100) for one in outcomes]


def check_dest(path: str) -> None:
    """Check that results can be written, before anything is changed.

    :param path: an absolute one. :raises InvalidOption: they cannot.
    """
    folder = os.path.dirname(path)
    if os.path.lexists(path) and not os.path.isfile(path):
        raise InvalidOption(f"dest must be a file ({path} is {'a folder' if os.path.isdir(path) else 'none'})")
    if not os.path.isdir(folder) or not os.access(folder, os.W_OK | os.X_OK):
        raise InvalidOption(f"dest must be a file in a folder that exists and can be written ({folder})")


def write_results(path: str, result: Mapping[str, Any], outcomes: Sequence[VmOutcome], name: str = "vms") -> None:
    """Write a JSON file with the result of a module and all VMs, under this name; it replaces an earlier one once it is complete.

    :raises OSError: it cannot be written.
    """
    part = PartFile(os.path.dirname(path))
    try:
        with open(part.path, "w", encoding="utf-8") as file:
            json.dump({**result, name: [outcome.row for outcome in outcomes]}, file, ensure_ascii=False, indent=1)
        os.replace(part.path, path)
    finally:
        with suppress(OSError):
            part.discard()
