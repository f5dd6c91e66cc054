# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: vmware_change_report
short_description: Write the report of a job that changed VMs
version_added: 1.1.0
author:
  - The estate.vmware team (@estate-vmware)
description:
  - Writes a CSV and a JSON file about what M(estate.vmware.vmware_change_source) did on all hosts of the play, and prints a table of the sources.
  - Both are readable for their owner only.
  - The report is written in check mode, too. It then says what would be changed.
extends_documentation_fragment:
  - estate.vmware.attributes
  - estate.vmware.attributes.job
options:
  job:
    description: What was done.
    type: str
    choices: [prune, vms]
    required: true
attributes:
  diff_mode:
    support: none
"""

EXAMPLES = r"""
- name: Write the report
  estate.vmware.vmware_change_report:
    job: prune
  run_once: true
"""

RETURN = r"""
dry_run:
  description: Whether nothing was changed.
  returned: success
  type: bool
sources:
  description: Status of each source, C(ok), C(failed) or C(idle).
  returned: success
  type: dict
  sample: {"vcenter-prod": "ok", "esxi-lab": "failed"}
totals:
  description: Number of rows by their result.
  returned: success
  type: dict
  sample: {"kept": 12, "removed": 31}
files:
  description: Paths of the files, C(csv) and C(json).
  returned: success
  type: dict
deliver:
  description: The files, each with the numbers of the destinations in C(vmware_deliver_to) that take it.
  returned: success
  type: list
  elements: dict
summary:
  description: Subject and text of a mail.
  returned: success
  type: dict
"""
