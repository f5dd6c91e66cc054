# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: vmware_inventory_check
short_description: Check the options of a job before it reads anything
version_added: 0.1.0
author:
  - The estate.vmware team (@estate-vmware)
description:
  - >-
    Finds what can be known to be wrong of the variables of the roles P(estate.vmware.vmware_collect#role), P(estate.vmware.vmware_report#role) and
    P(estate.vmware.vmware_deliver#role) on all hosts of the play, and fails with all of it at once, a line each.
  - >-
    What is wrong of options of the job, or of those of each source alike, fails the task. What is wrong for some sources, as a port or a CA
    certificate that is not there, is shown; these sources fail when they are read, and cost no other one its data.
  - >-
    Where C(vmware_collect_check_connections) is C(all), it connects to all sources too, and fails where one is not in order.
  - >-
    A variable that looks like one of the roles and is none fails the task. One that looks like an option of a source gives a warning.
extends_documentation_fragment:
  - estate.vmware.attributes
  - estate.vmware.attributes.job
options:
  group:
    description:
      - A group of the inventory that must have hosts. Not checked when not set.
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
      - Check the options of deliveries. O(report=true) does so too.
    type: bool
    default: false
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
  description: Hosts whose source is not read, and why.
  returned: success
  type: dict
  sample: {"esxi-lab": "vmware_port must be 1 to 65535 (got 0)"}
not_unique:
  description: Hosts whose source has the name of another one.
  returned: success
  type: list
  elements: str
errors:
  description: What is wrong, a line each.
  returned: when something is
  type: list
  elements: str
  sample: ["vmware_report_language must be en, es, fr or zh (got 'xx')"]
"""
