# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: vmware_inventory_report
short_description: Merge the scans of a play into one workbook
version_added: 1.0.0
author:
  - The estate.vmware team (@estate-vmware)
description:
  - >-
    Checks the variables of the role P(estate.vmware.vmware_report#role), makes the folder of O(dest), writes the workbook, prints a table of all
    sources, and sets the statistic C(vmware_report_result) for jobs that follow in a workflow.
  - >-
    Takes all options of M(estate.vmware.vmware_inventory_export), and returns the same values.
extends_documentation_fragment:
  - estate.vmware.attributes
  - estate.vmware.attributes.job
options:
  scans:
    description:
      - The scans to merge, see O(estate.vmware.vmware_inventory_export#module:scans).
    type: list
    elements: raw
    required: true
  dest:
    description:
      - A file that ends in C(.xlsx), or a folder, made when missing, which gets a file with the standard name.
    type: path
    required: true
attributes:
  diff_mode:
    support: full
"""

EXAMPLES = r"""
- name: Write the workbook
  estate.vmware.vmware_inventory_report:
    scans: "{{ ansible_play_hosts_all | map('extract', hostvars) | map(attribute='vmware_collect_scan') }}"
    dest: reports/
  run_once: true
  register: workbook
"""

RETURN = r"""
dest:
  description: The workbook. All other values are those of M(estate.vmware.vmware_inventory_export).
  returned: success
  type: str
  sample: /srv/reports/VMware_Inventory_3sources_20250220_1430.xlsx
"""
