# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Differences that are meant, each with the reason for it."""

from __future__ import annotations

import re
from typing import NamedTuple

from differences import NOTHING, Difference


class Known(NamedTuple):
    """A difference that is meant.

    :ivar where: regular expression of a whole :class:`Difference.where`.
    :ivar lacking: ``theirs`` or ``ours``, which has nothing there; empty where both have something.
    """

    where: str
    lacking: str
    why: str

    def is_of(self, one: Difference) -> bool:
        """Whether it is this one."""
        lacking = "theirs" if one.theirs == NOTHING else "ours" if one.ours == NOTHING else ""
        return lacking == self.lacking and bool(re.fullmatch(self.where, one.where))


KNOWN = (
    Known(r"variable vmware", "theirs", "ours has the fields of the catalog besides, in this one variable"),
    Known(r"variable (name|tags)", "ours", "Ansible keeps these names for itself; expressions see the value, the variable is not set"),
    Known(r"variable (Cost centre|environment)", "ours", "Ansible lets no variable be called so, or keeps the name; expressions see the value"),
    Known(r'variable "[\w.]+"', "ours", "theirs has everything a second time, in names with dots, which are on their way out of Ansible"),
    Known(r"variable .*availableField\[\]\.type", "", "theirs is the name of a Python class, ours that of the vSphere type"),
    Known(
        r"variable ansible_host",
        "theirs",
        "from ansible-core 2.19 on theirs is missing: its own default expression is not trusted there; ours is the guest's address",
    ),
)
