# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""How the directory and files of a copy are called."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.devices import Disk

#: What a file system or the path of a datastore may not take.
_UNFIT = re.compile(r'[\x00-\x1f\x7f/\\%:*?"<>|\[\]]')
#: Bytes of a name: file systems take 255, and ``_12-flat.vmdk`` comes after it.
_MOST_BYTES = 200


def free_directory(name: str, taken: set[str]) -> str:
    """The name of the directory for a VM, as vSphere makes it: that of the VM, or with a number where that is taken.

    :param name: of the VM, as people type it. :param taken: gets it.
    """
    stem = _UNFIT.sub("_", name).strip(" .").encode()[:_MOST_BYTES].decode(errors="ignore").rstrip(" .") or "vm"
    found, number = stem, 0
    while found in taken:
        number += 1
        found = f"{stem}_{number}"
    taken.add(found)
    return found


def disk_files(directory: str, disks: Sequence[Disk]) -> dict[str, str]:
    """Place to the name of the file in the directory."""
    return {str(disk.place): f"{directory}{f'_{number}' if number else ''}.vmdk" for number, disk in enumerate(disks)}
