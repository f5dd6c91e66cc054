#!/usr/bin/python
# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vmware_vm_power
short_description: Power many VMs on and off
version_added: 1.1.0
author:
  - The estate.vmware team (@estate-vmware)
description:
  - Powers VMs of a vCenter Server or a standalone ESXi host on or off, shuts down or reboots their guests, suspends or resets them.
  - All VMs are looked up at once, their tasks run side by side and are awaited together. A VM that has the wanted state already is left alone.
extends_documentation_fragment:
  - estate.vmware.attributes
  - estate.vmware.connection
  - estate.vmware.changes
options:
  vms:
    description:
      - VMs to power, each an item that names one VM, or several by O(vms[].filters).
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
      state:
        description: O(state) of these VMs.
        type: str
        choices: ['on', 'off', shut_down, suspended, reset, rebooted]
      grace:
        description: O(grace) of these VMs.
        type: str
      then_off:
        description: O(then_off) of these VMs.
        type: bool
      order:
        description:
          - VMs with a lower number are done first. Those with the next number follow when all of them are done, and after O(pause).
        type: int
        default: 0
  state:
    description:
      - What becomes of VMs that do not say it themselves.
      - V(on) powers VMs on, and resumes suspended ones. It does not wait for the guest.
      - V(off) powers VMs off at once, also suspended ones, whose state is lost.
      - V(shut_down) asks the guest, and waits up to O(grace) until the VM is off. It needs running VMware Tools, and so does V(rebooted).
      - V(suspended) writes the memory to disk.
      - V(reset) and V(rebooted) act on each call. V(rebooted) asks the guest and does not wait for it.
      - Templates cannot be powered, and their items fail.
    type: str
    choices: ['on', 'off', shut_down, suspended, reset, rebooted]
  grace:
    description:
      - How long a guest may take to shut down, in seconds, or as a number with its unit, such as V(90s), V(5m) or V(1h).
    type: str
    default: 5m
  then_off:
    description:
      - Power off a VM whose guest has not shut down within O(grace). Without it such a VM fails and stays on.
    type: bool
    default: false
  pause:
    description:
      - Wait so long between groups of O(vms[].order), and between batches. Seconds, or a number with its unit.
    type: str
    default: '0'
  batch:
    description:
      - VMs of a group to do before the next ones are begun. Without it as many as O(concurrency) are worked on all the time.
    type: int
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
seealso:
  - module: estate.vmware.vmware_inventory_facts
"""

EXAMPLES = r"""
- name: Shut down what a maintenance window needs off, databases last
  estate.vmware.vmware_vm_power:
    hostname: vcenter.example.com
    username: automation@vsphere.local
    password: "{{ vault_vcenter_password }}"
    state: shut_down
    grace: 10m
    then_off: true
    pause: 30s
    vms:
      - filters:
          - folder: /Prod/Web
        order: 1
      - path: /Madrid/Prod/db-1
        order: 2

- name: Power on VMs of a list, ten at a time
  estate.vmware.vmware_vm_power:
    hostname: vcenter.example.com
    username: automation@vsphere.local
    password: "{{ vault_vcenter_password }}"
    state: 'on'
    concurrency: 10
    journal: /var/log/vmware-changes.jsonl
    vms: "{{ lookup('file', 'vm_conf.json') | from_json }}"
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
      description: C(power_on), C(power_off), C(shut_down), C(suspend), C(reset) or C(reboot).
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
      actions: [shut_down]
      tasks: []
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

from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.power import ITEM_OPTIONS, MODULE_OPTIONS, PowerFlow
from ansible_collections.estate.vmware.plugins.module_utils.machine.module_options import argument_spec, item_spec
from ansible_collections.estate.vmware.plugins.module_utils.machine.run_changes import run_changes

ITEM = item_spec(ITEM_OPTIONS, with_filters=True)
ARGUMENT_SPEC = argument_spec(ITEM, **MODULE_OPTIONS)


def main() -> None:
    run_changes(PowerFlow, ITEM, ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
