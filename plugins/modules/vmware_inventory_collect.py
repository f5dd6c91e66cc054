# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: vmware_inventory_collect
short_description: Read the source of a host, and return its scan
version_added: 1.0.0
author:
  - The estate.vmware team (@estate-vmware)
description:
  - >-
    Reads the vCenter or ESXi host that a host of the inventory stands for into a scan file, with the variables of the host and of the role
    P(estate.vmware.vmware_collect#role). The role registers the result as C(vmware_collect_scan).
  - >-
    Reads on the control node, in a child process of Ansible's own Python, which needs pyVmomi.
  - >-
    Never fails because of the source. The result has the status C(failed) and an error then.
extends_documentation_fragment:
  - estate.vmware.attributes
  - estate.vmware.attributes.job
options:
  read:
    description:
      - Read the source. With V(false) nothing is read, and the scan file that another job left in C(vmware_collect_dest) is returned.
    type: bool
    default: true
  max_age:
    description:
      - With O(read=false), how old the scan file may be, in seconds, or as a number with its unit, such as V(90m), V(12h) or V(7d).
      - Without it the age does not matter.
    type: str
  summary:
    description:
      - Read nothing, and print a table of the scans of all hosts of the batch.
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

- name: Print a table of what was read
  estate.vmware.vmware_inventory_collect:
    summary: true
  run_once: true
"""

RETURN = r"""
source:
  description:
    - Alias of the source.
    - All other values are those of RV(estate.vmware.vmware_inventory_facts#module:ansible_facts.vmware_inventory), without C(started) and C(finished).
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
