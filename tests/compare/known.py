# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Differences that are meant, each with the reason for it."""

from __future__ import annotations

import re
from typing import NamedTuple

from differences import Difference

ANY = ".*"


class Known(NamedTuple):
    """:ivar files: and ``where``: regular expressions of whole names of option files, and of :class:`Difference.where`."""

    files: str
    where: str
    why: str

    def is_of(self, file: str, difference: Difference) -> bool:
        return bool(re.fullmatch(self.files, file) and re.fullmatch(self.where, difference.where))


KNOWN = (
    Known(ANY, r"variable vmware", "ours has the fields of the catalog besides, in this one variable"),
    Known(ANY, r"variable (name|tags)", "Ansible keeps these names for itself; expressions see the value, the variable is not set"),
    Known(ANY, r"variable .*availableField\[\]\.type", "theirs is the name of a Python class, ours that of the vSphere type"),
    Known(
        ANY,
        r"variable ansible_host",
        "from ansible-core 2.19 on theirs is missing: its own default expression is not trusted there; ours is the guest's address",
    ),
)

#: Option files that their plugin cannot read here, though it may elsewhere: ours is only made to read them.
_PATH = "their plugin fails over the root folder of the simulator"
NOT_READ = {"path": _PATH, "path below a name": _PATH}
