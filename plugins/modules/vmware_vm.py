#!/usr/bin/python
# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vmware_vm
short_description: Retire and remove many VMs
version_added: 1.1.0
author:
  - The estate.vmware team (@estate-vmware)
description:
  - Takes VMs of a vCenter Server or a standalone ESXi host out of service, and removes them.
  - All VMs are looked up at once, their tasks run side by side and are awaited together. A VM that is as wanted already is left alone.
extends_documentation_fragment:
  - estate.vmware.attributes
  - estate.vmware.connection
  - estate.vmware.changes
options:
  state:
    description:
      - V(absent) removes VMs as O(vms[].delete) says. A VM that does not exist is left out.
      - V(retired) powers VMs off, renames them as O(vms[].retired_name) says, moves them to O(vms[].retired_folder) and stamps them with the time of the
        server. The stamp stands in C(extraConfig), where a guest cannot write it. A VM that is retired already is left alone.
    type: str
    choices: [absent, retired]
    required: true
  vms:
    description:
      - The VMs, each an item that names one.
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
      delete:
        description:
          - Required with O(state=absent); there is no default.
          - V(unregister) takes a VM out of the inventory, and its files stay (C(UnregisterVM)).
          - V(destroy) deletes it with the files of all of its disks (C(Destroy_Task)), also of disks that were attached by hand. If other VMs use these files,
            as linked clones do, the VM is left alone and its item fails.
        type: str
        choices: [unregister, destroy]
      keep_disks:
        description:
          - Places of disks, such as V(scsi0:1), that are detached before O(vms[].delete=destroy), or V(all) alone. Their files stay.
          - Not possible with snapshots, nor for templates.
        type: list
        elements: str
      power_off:
        description: Power a running or suspended VM off before it is removed. Without it such a VM is left alone and its item fails.
        type: bool
        default: false
      retired_for:
        description:
          - With O(state=absent), take only VMs that were retired so long ago, such as V(7d), by the clock of the server. Others are left alone.
          - They can be named as they were called before they were retired.
        type: str
      retired_folder:
        description: Folder of VMs to move a retired VM to. By default it stays where it is.
        type: str
      retired_name:
        description: Its new name. V({name}) stands for its name until now, V({date}) for the date, such as V(20261128).
        type: str
        default: '{name}-retired-{date}'
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
seealso:
  - module: estate.vmware.vmware_vm_power
"""

EXAMPLES = r"""
- name: Take VMs out of service
  estate.vmware.vmware_vm:
    hostname: vcenter.example.com
    username: automation@vsphere.local
    password: "{{ vault_vcenter_password }}"
    state: retired
    common:
      retired_folder: Retired
    vms:
      - name: web-1
      - path: /Madrid/Prod/web-2

- name: Delete those that were retired a week ago, with their files
  estate.vmware.vmware_vm:
    hostname: vcenter.example.com
    username: automation@vsphere.local
    password: "{{ vault_vcenter_password }}"
    state: absent
    common:
      delete: destroy
      retired_for: 7d
    vms:
      - name: web-1
      - path: /Madrid/Prod/web-2

- name: Delete a VM, but keep its second disk
  estate.vmware.vmware_vm:
    hostname: vcenter.example.com
    username: automation@vsphere.local
    password: "{{ vault_vcenter_password }}"
    state: absent
    vms:
      - instance_uuid: 503c1b0e-6c2f-4d2b-9a0f-0b1d6b7e4a11
        delete: destroy
        keep_disks: [scsi0:1]
        power_off: true
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
      description: C(power_off), C(detach_disks), C(destroy), C(unregister), C(retire) or C(move).
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
      actions: [power_off, destroy]
      tasks: [task-310, task-311]
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

from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.vm import ITEM_OPTIONS, MODULE_OPTIONS, vm_flow
from ansible_collections.estate.vmware.plugins.module_utils.machine.module_options import argument_spec, item_spec
from ansible_collections.estate.vmware.plugins.module_utils.machine.run_changes import run_changes

ITEM = item_spec(ITEM_OPTIONS, with_filters=True)
ARGUMENT_SPEC = argument_spec(ITEM, **MODULE_OPTIONS)


def main() -> None:
    run_changes(vm_flow, ITEM, ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
