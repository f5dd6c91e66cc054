# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: vmware_inventory_collect
short_description: Read the source that a host of the inventory is
version_added: 0.1.0
author:
  - The estate.vmware team (@estate-vmware)
description:
  - >-
    Does what the role P(estate.vmware.vmware_collect#role) does on each host: takes the options of M(estate.vmware.vmware_inventory_facts) from the
    variables of the host and of the role, and reads the source into a scan file. The role registers what it returns as C(vmware_collect_scan).
  - >-
    Never fails because of its source. What it returns then has the status C(failed) and an error.
extends_documentation_fragment:
  - estate.vmware.attributes
  - estate.vmware.attributes.job
options:
  summary:
    description:
      - Read nothing, and show a table of what was read of all hosts of the batch.
    type: bool
    default: false
attributes:
  diff_mode:
    support: none
"""

EXAMPLES = r"""
- name: Read the source
  estate.vmware.vmware_inventory_collect:
  register: vmware_collect_scan

- name: Say what was read
  estate.vmware.vmware_inventory_collect:
    summary: true
  run_once: true
"""

RETURN = r"""
source:
  description:
    - Alias of the source.
    - All other values are those of RV(estate.vmware.vmware_inventory_facts#module:ansible_facts.vmware_inventory), less both times.
  returned: unless O(summary=true)
  type: str
  sample: vcenter-prod
status:
  description: C(ok), C(partial) or C(failed).
  returned: unless O(summary=true)
  type: str
error:
  description: Why the source could not be read. Empty unless it failed.
  returned: unless O(summary=true)
  type: str
"""
