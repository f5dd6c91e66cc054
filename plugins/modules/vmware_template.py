#!/usr/bin/python
# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vmware_template
short_description: Turn VMs into templates, and templates into VMs
version_added: 1.1.0
author:
  - The estate.vmware team (@estate-vmware)
description:
  - Converts VMs of a vCenter Server to templates, and templates to VMs. Nothing is copied. What is as wanted already is left alone.
  - Before a VM becomes a template, its VMware Tools can be updated, its guest shut down and its snapshots removed.
  - A standalone ESXi host has no templates.
extends_documentation_fragment:
  - estate.vmware.attributes
  - estate.vmware.connection
  - estate.vmware.changes
options:
  vms:
    description:
      - VMs or templates to convert, each an item that names one, or several by O(vms[].filters).
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the VM, with O(vms[].folder) or O(vms[].datacenter) where several are called so.
        type: str
      folder:
        description: Folder of the VM with this name, as a path or the end of one, such as V(Prod/Web).
        type: str
      datacenter:
        description: Datacenter of the VM with this name.
        type: str
      path:
        description: Path of the VM from its datacenter on, such as V(/Madrid/Prod/web-1).
        type: str
      instance_uuid:
        description: Its instance UUID, which is unique within a vCenter.
        type: str
      bios_uuid:
        description: Its BIOS UUID.
        type: str
      moid:
        description: Its managed object id, such as V(vm-123).
        type: str
      filters:
        description:
          - VMs that match all of these, as in O(estate.vmware.vmware_inventory#inventory:include_filters). There may be none.
        type: list
        elements: dict
      rename:
        description:
          - Its new name, up to 80 characters (C(name), C(Rename_Task)). One that has this name already is found by it, too.
        type: str
      annotation:
        description: Its notes (C(config.annotation)).
        type: str
      placement:
        description: Where it goes.
        type: dict
        suboptions:
          folder:
            description: Folder that it is moved to (C(parent), C(MoveIntoFolder_Task)).
            type: str
          cluster:
            description: Cluster of the VM, with O(state=vm). Its topmost resource pool is used unless O(vms[].placement.resource_pool) is set.
            type: str
          host:
            description: Host of the VM, with O(state=vm) (C(host) of C(MarkAsVirtualMachine)).
            type: str
          resource_pool:
            description:
              - Resource pool of the VM, with O(state=vm) (C(pool) of C(MarkAsVirtualMachine)). Without any of these it is the topmost pool around the host that
                has the template.
            type: str
      power_off:
        description:
          - Power a VM off that is to be a template. Its guest is shut down if VMware Tools run, and powered off if it is not off after O(vms[].grace).
          - Without it a VM that is not off fails.
        type: bool
        default: false
      grace:
        description: How long a guest may take to shut down, in seconds, or as a number with its unit, such as V(90s) or V(5m).
        type: str
        default: 5m
      remove_snapshots:
        description: Remove all snapshots of a VM that is to be a template (C(snapshot.rootSnapshotList), C(RemoveSnapshot_Task)), the oldest first.
        type: bool
        default: false
      update_tools:
        description:
          - Update outdated VMware Tools of a VM that is to be a template (C(guest.toolsVersionStatus2), C(UpgradeTools_Task)). The VM must be on for this.
          - Tools of a Linux distribution cannot be updated so, and are left alone.
        type: bool
        default: false
  state:
    description:
      - V(template) makes templates of VMs (C(config.template), C(MarkAsTemplate)), V(vm) makes VMs of templates (C(MarkAsVirtualMachine)).
    type: str
    choices: [template, vm]
    required: true
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
seealso:
  - module: estate.vmware.vmware_vm
  - module: estate.vmware.vmware_vm_snapshot
"""

EXAMPLES = r"""
- name: Make a template of a VM that was prepared
  estate.vmware.vmware_template:
    hostname: vcenter.example.com
    username: automation@vsphere.local
    password: "{{ vault_vcenter_password }}"
    state: template
    vms:
      - name: build-rhel9
        rename: tpl-rhel9
        annotation: "Built {{ now().strftime('%Y-%m-%d') }}"
        placement:
          folder: Templates/Linux
        power_off: true
        remove_snapshots: true
        update_tools: true

- name: Make it a VM again, to patch it
  estate.vmware.vmware_template:
    hostname: vcenter.example.com
    username: automation@vsphere.local
    password: "{{ vault_vcenter_password }}"
    state: vm
    vms:
      - name: tpl-rhel9
        placement:
          cluster: gold
"""

RETURN = r"""
vms:
  description: What became of each VM, in the order of the items. With more than 500 VMs the first 500, failed ones first; O(dest) has all.
  returned: when the options could be used
  type: list
  elements: dict
  contains:
    name:
      description: Its name.
      type: str
      returned: always
    path:
      description: Its path.
      type: str
      returned: always
    moid:
      description: Its managed object id.
      type: str
      returned: always
    instance_uuid:
      description: Its instance UUID.
      type: str
      returned: always
    bios_uuid:
      description: Its BIOS UUID.
      type: str
      returned: always
    changed:
      description: Whether something was changed, or would be in check mode.
      type: bool
      returned: always
    actions:
      description:
        - C(update_tools), C(shut_down), C(power_off), C(remove_snapshot), C(consolidate), C(rename), C(move), C(reconfigure), C(mark_template) or
          C(mark_vm), in order.
      type: list
      elements: str
      returned: always
    tasks:
      description: Ids of the tasks of the server.
      type: list
      elements: str
      returned: always
    error:
      description: Why it failed, empty if it did not.
      type: str
      returned: always
    error_kind:
      description: Kind of the error, see C(docs/troubleshooting.md) of the collection. C(not_started) where nothing was done because of another VM.
      type: str
      returned: always
  sample:
    - name: web-1
      path: /Madrid/Prod/web-1
      moid: vm-1012
      instance_uuid: 503c1b0e-6c2f-4d2b-9a0f-0b1d6b7e4a11
      bios_uuid: 423c1b0e-6c2f-4d2b-9a0f-0b1d6b7e4a11
      changed: true
      actions: [shut_down, rename, mark_template]
      tasks: [task-4711]
      error: ''
      error_kind: ''
counts:
  description: Number of VMs that were changed, were as wanted already, failed, and were not worked on.
  returned: when the options could be used
  type: dict
  sample: {"changed": 12, "unchanged": 3, "failed": 0, "not_started": 0}
calls:
  description: Number of requests.
  returned: when the options could be used
  type: int
seconds:
  description: Duration in seconds.
  returned: when the options could be used
  type: float
"""

from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.templates import ITEM_OPTIONS, MODULE_OPTIONS, TemplateFlow
from ansible_collections.estate.vmware.plugins.module_utils.machine.module_options import argument_spec, item_spec
from ansible_collections.estate.vmware.plugins.module_utils.machine.run_changes import run_changes

ITEM = item_spec(ITEM_OPTIONS, with_filters=True)
ARGUMENT_SPEC = argument_spec(ITEM, **MODULE_OPTIONS)


def main() -> None:
    run_changes(TemplateFlow, ITEM, ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
