# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: vmware_inventory_check
short_description: Check the options of a job before it reads anything
version_added: 1.0.0
author:
  - The estate.vmware team (@estate-vmware)
description:
  - >-
    Checks the variables of the roles P(estate.vmware.vmware_collect#role), P(estate.vmware.vmware_report#role) and
    P(estate.vmware.vmware_deliver#role) on all hosts of the play, and fails with all errors at once, one on each line.
  - >-
    An invalid option of the job, or one that is invalid for every source, fails the task. Options that are invalid for some sources, such as a port or
    a missing CA certificate, are printed. These sources fail when they are read, and the others are read.
  - >-
    Where C(vmware_collect_check_connections) is C(all), it also connects to every source, and fails if one cannot be read.
  - >-
    A misspelled variable of a role fails the task. One that resembles an option of a source is a warning.
extends_documentation_fragment:
  - estate.vmware.attributes
  - estate.vmware.attributes.job
options:
  group:
    description:
      - A group of the inventory that must have hosts. Without it no group is checked.
    type: str
  collect:
    description:
      - Check the sources, and the options of reading them.
    type: bool
    default: true
  report:
    description:
      - Check the options of the workbook and of its deliveries.
    type: bool
    default: false
  deliver:
    description:
      - Check the options of deliveries, which O(report=true) does, too.
    type: bool
    default: false
  change:
    description:
      - Check the options of a job that changes VMs, those of the role P(estate.vmware.vmware_prune#role) or P(estate.vmware.vmware_vms#role).
    type: str
    choices: [prune, vms]
    version_added: 1.1.0
attributes:
  diff_mode:
    support: none
"""

EXAMPLES = r"""
- name: Check all options
  estate.vmware.vmware_inventory_check:
    group: vmware_sources
    report: true
  run_once: true
"""

RETURN = r"""
refused:
  description: Hosts whose source is not read, and the errors of each.
  returned: success
  type: dict
  sample: {"esxi-lab": ["vmware_port must be 1 to 65535 (got 0)"]}
not_unique:
  description: Hosts whose source has the same name as another one.
  returned: success
  type: list
  elements: str
errors:
  description: All errors.
  returned: when there are any
  type: list
  elements: str
  sample: ["vmware_report_language must be en, es, fr or zh (got 'xx')"]
"""
