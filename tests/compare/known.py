# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Intended differences, each with its reason."""

from __future__ import annotations

import re
from typing import NamedTuple

from differences import NOTHING, Difference


class Known(NamedTuple):
    """An intended difference.

    :ivar where: regular expression of a whole :class:`Difference.where`.
    :ivar lacking: the inventory that has nothing there, ``theirs`` or ``ours``; empty if both have a value.
    """

    where: str
    lacking: str
    why: str

    def is_of(self, one: Difference) -> bool:
        """Whether a difference is this one."""
        lacking = "theirs" if one.theirs == NOTHING else "ours" if one.ours == NOTHING else ""
        return lacking == self.lacking and bool(re.fullmatch(self.where, one.where))


KNOWN = (
    Known(r"variable vmware", "theirs", "ours also has the fields of the catalog, in this one variable"),
    Known(r"variable (name|tags)", "ours", "reserved by Ansible: expressions see the value, the variable is not set"),
    Known(r"variable (Cost centre|environment)", "ours", "not allowed as the name of a variable, or reserved by Ansible: expressions see the value"),
    Known(r'variable "[\w.]+"', "ours", "theirs has every value twice, also in variables with dots in their names, which Ansible deprecates"),
    Known(r"variable .*availableField\[\]\.type", "", "theirs is the name of a Python class, ours that of the vSphere type"),
    Known(
        r"variable ansible_host",
        "theirs",
        "from ansible-core 2.19 on theirs is missing: its own default expression is not trusted there; ours is the guest's address",
    ),
)
