# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The attributes of modules, documented once. A module adds support and details."""

from __future__ import annotations


class ModuleDocFragment:
    """What all modules have; ``attributes.info_module`` for those that only read, ``attributes.job`` for those that run on the control node."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in check mode and return what would change, without changing it.
  diff_mode:
    description: Returns details of what changed, or in check mode would change, in diff mode.
"""

    INFO_MODULE = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - The module only reads.
  diff_mode:
    support: N/A
    details:
      - The module only reads.
"""

    JOB = r"""
options: {}
attributes:
  action:
    description: Is an action plugin, and runs on the control node.
    support: full
  check_mode:
    support: full
"""
