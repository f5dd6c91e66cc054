# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: vmware_change_source
short_description: Change VMs of the source of a host, and return what became of them
version_added: 1.1.0
author:
  - The estate.vmware team (@estate-vmware)
description:
  - >-
    Runs M(estate.vmware.vmware_vm_snapshot) or M(estate.vmware.vmware_vm) for the vCenter or ESXi host that a host of the inventory stands for, with the
    variables of the host and of the role P(estate.vmware.vmware_prune#role) or P(estate.vmware.vmware_vms#role). They register the result as
    C(vmware_changes_source).
  - Never fails because of the source. The result has the status C(failed) and an error then.
extends_documentation_fragment:
  - estate.vmware.attributes
  - estate.vmware.attributes.job
options:
  job:
    description: What to do.
    type: str
    choices: [prune, vms]
    required: true
attributes:
  diff_mode:
    support: full
"""

EXAMPLES = r"""
- name: Change the source
  estate.vmware.vmware_change_source:
    job: prune
  register: vmware_changes_source
"""

RETURN = r"""
source:
  description: Name of the host.
  returned: always
  type: str
  sample: vcenter-prod
status:
  description: C(ok), C(failed), or C(idle) where there was nothing to do.
  returned: always
  type: str
error:
  description: Why the source or some of its VMs failed. Empty unless it failed.
  returned: always
  type: str
dry_run:
  description: Whether nothing was changed, because only the report is wanted or this is check mode.
  returned: always
  type: bool
"""
