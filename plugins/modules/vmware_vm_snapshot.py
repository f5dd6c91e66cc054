#!/usr/bin/python
# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vmware_vm_snapshot
short_description: Take, remove and prune snapshots of many VMs, and revert to them
version_added: 1.1.0
author:
  - The estate.vmware team (@estate-vmware)
description:
  - Works on the snapshots of VMs of a vCenter Server or a standalone ESXi host.
  - All VMs are looked up and read at once, their tasks run side by side and are awaited together. A VM that is as wanted already costs no call.
  - Of each VM one snapshot is removed at a time, the oldest first.
  - Ages are measured by the clock of the server.
extends_documentation_fragment:
  - estate.vmware.attributes
  - estate.vmware.connection
  - estate.vmware.changes
options:
  vms:
    description:
      - VMs to work on, each an item that names one VM, or several by O(vms[].filters).
      - With O(state=reverted) each VM must be named.
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
      snapshot:
        description:
          - The snapshot, or snapshots, that O(state) is about. Often the same for all VMs, and then in O(common).
        type: dict
        suboptions:
          name:
            description:
              - Its name, 1 to 80 characters. Sent as C(name) of C(CreateSnapshot_Task), compared with C(snapshot.rootSnapshotList[].name).
              - Where a VM has several snapshots of this name, the task ends before the first change, and lists them. Give O(vms[].snapshot.id) then.
            type: str
          id:
            description: Its number, unique within its VM (C(snapshot.rootSnapshotList[].id)).
            type: int
          filters:
            description:
              - Snapshots that match all of these, with O(state=absent). There may be none.
              - Each is a mapping of C(name), C(age), C(size), C(description), C(created), C(quiesced), C(state), C(id), C(parent) or C(current) to a condition,
                as in O(estate.vmware.vmware_inventory#inventory:include_filters).
              - C(age) and C(size) take C(at_least), C(greater), C(at_most) and C(less), with values such as V(7d) and V(10GiB). The size is that
                of the snapshot's data and memory files, and of the disk files written since (C(layoutEx)).
            type: list
            elements: dict
          description:
            description: Description of a snapshot that is taken (C(description) of C(CreateSnapshot_Task)).
            type: str
          memory:
            description:
              - Take the memory of the VM, too, so that it runs after a revert (C(memory) of C(CreateSnapshot_Task)). Excludes O(vms[].snapshot.quiesce).
            type: bool
          quiesce:
            description:
              - Have VMware Tools bring the file systems of a running guest to rest (C(quiesce) of C(CreateSnapshot_Task)). A VM that is off needs none.
              - V(required) refuses VMs in whose guest VMware Tools do not run. A VM fails, too, if the server says afterwards that its snapshot is not.
              - V(wanted) takes the snapshot in any case. RV(vms[].snapshots[].quiesced) says what it is.
            type: str
            choices: [required, wanted]
          children:
            description: Remove also all snapshots that were taken after the chosen ones.
            type: bool
          power_after_revert:
            description:
              - V(off) leaves the VM off after a revert (C(suppressPowerOn) of C(RevertToSnapshot_Task)), V(on) powers it on.
              - Without it the VM is as the snapshot has it, on after one with memory and off after any other.
            type: str
            choices: ['on', 'off']
      retention:
        description:
          - Which snapshots to remove, with O(state=pruned), or after a snapshot was taken with O(state=present).
          - With O(vms[].retention.keep) and O(vms[].retention.max_age) goes what either of them says. A snapshot whose time cannot be read stays.
        type: dict
        suboptions:
          keep:
            description: Keep so many of the newest snapshots, with O(state=present) the new one among them.
            type: int
          max_age:
            description: Keep snapshots up to this age (C(snapshot.rootSnapshotList[].createTime)), in seconds or as a number with its unit, such as V(7d).
            type: str
          only:
            description:
              - Patterns of names, with C(*) and C(?). Snapshots of other names stay, and do not count among the newest ones.
            type: list
            elements: str
          never:
            description:
              - Patterns of names, with C(*) and C(?). Snapshots of these names, such as those of backup software, stay and do not count among the newest ones.
            type: list
            elements: str
      consolidate:
        description:
          - Merge the disks of removed snapshots (C(consolidate) of C(RemoveSnapshot_Task)), and afterwards what the server says is left to be
            merged (C(runtime.consolidationNeeded), C(ConsolidateVMDisks_Task)).
          - With O(state=absent) or O(state=pruned), a VM without a snapshot to remove is consolidated where that is needed.
        type: bool
        default: true
  state:
    description:
      - V(present) takes a snapshot of the name unless there is one, and then removes what O(vms[].retention) says. The snapshot of the name stays in any case.
      - V(absent) removes the snapshot of a name or an id, or those that match filters. Up to 100 unless O(at_most) is set.
      - V(reverted) reverts to a snapshot, on each call. What was written since is lost. Up to 10 VMs unless O(at_most) is set.
      - V(pruned) removes what O(vms[].retention) says. Up to 100 snapshots unless O(at_most) is set.
    type: str
    choices: [present, absent, reverted, pruned]
    required: true
  per_datastore:
    description:
      - VMs on the same datastore whose snapshots are removed at a time, 1 or more. Removing reads and writes all that was written since.
    type: int
    default: 2
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
seealso:
  - module: estate.vmware.vmware_vm_power
  - module: estate.vmware.vmware_inventory_facts
"""

EXAMPLES = r"""
- name: Take a snapshot before patching, and keep the newest three of this kind
  estate.vmware.vmware_vm_snapshot:
    hostname: vcenter.example.com
    username: automation@vsphere.local
    password: "{{ vault_vcenter_password }}"
    state: present
    common:
      snapshot:
        name: before-patch-{{ now().strftime('%Y-%m-%d') }}
        description: Before the monthly patches
        quiesce: wanted
      retention:
        keep: 3
        only: [before-patch-*]
    vms:
      - filters:
          - folder: /Prod/Web
      - path: /Madrid/Prod/db-1

- name: Show what pruning would remove of all VMs
  estate.vmware.vmware_vm_snapshot:
    hostname: vcenter.example.com
    username: automation@vsphere.local
    password: "{{ vault_vcenter_password }}"
    state: pruned
    vms:
      - filters:
          - snapshot_count: {at_least: 1}
        retention:
          max_age: 7d
          never: ['*veeam*', '*commvault*', keep-*]
  check_mode: true
  register: prune

- name: Remove large old snapshots
  estate.vmware.vmware_vm_snapshot:
    hostname: vcenter.example.com
    username: automation@vsphere.local
    password: "{{ vault_vcenter_password }}"
    state: absent
    at_most: 20
    vms:
      - filters:
          - tags.Environment: test
            template: false
        snapshot:
          filters:
            - age: {at_least: 14d}
              size: {greater: 10GiB}

- name: Go back to the state before the patches, and power on
  estate.vmware.vmware_vm_snapshot:
    hostname: vcenter.example.com
    username: automation@vsphere.local
    password: "{{ vault_vcenter_password }}"
    state: reverted
    vms:
      - name: web-1
        snapshot:
          name: before-patch-2026-02-20
          power_after_revert: 'on'
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
      description: C(take_snapshot), C(remove_snapshot), C(revert_snapshot), C(power_on) or C(consolidate), in order.
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
    snapshots:
      description: All snapshots of the VM, with what became of them. Missing where a protected VM was left out.
      type: list
      elements: dict
      returned: when the VM could be read
      contains:
        name:
          description: Its name.
          type: str
          returned: always
        id:
          description: Its number within the VM. Null for one that is not taken yet.
          type: int
          returned: always
        moid:
          description: Its managed object id.
          type: str
          returned: always
        description:
          description: Its description.
          type: str
          returned: always
        created:
          description: When it was taken, ISO 8601 in UTC, by the clock of the server.
          type: str
          returned: always
        size_gb:
          description: Space of its data and memory files, and of disk files written since, in GiB.
          type: float
          returned: always
        quiesced:
          description: Whether file systems of the guest were quiesced.
          type: bool
          returned: always
        current:
          description: Whether the VM goes on from it.
          type: bool
          returned: always
        result:
          description:
            - C(kept), C(taken), C(removed) or C(reverted).
            - C(take), C(remove) and C(revert) stand for the same in check mode, and for what failed or was not awaited.
          type: str
          returned: always
        reason:
          description: Why retention removes or keeps it.
          type: str
          returned: always
  sample:
    - name: web-1
      path: /Madrid/Prod/web-1
      moid: vm-1012
      instance_uuid: 503c1b0e-6c2f-4d2b-9a0f-0b1d6b7e4a11
      bios_uuid: 423c1b0e-6c2f-4d2b-9a0f-0b1d6b7e4a11
      changed: true
      actions: [take_snapshot, remove_snapshot]
      tasks: [task-4711, task-4712]
      error: ''
      error_kind: ''
      snapshots:
        - name: before-patch-2026-01-20
          id: 7
          moid: snapshot-2311
          description: Before the monthly patches
          created: '2026-01-20T21:00:04Z'
          size_gb: 3.2
          quiesced: true
          current: false
          result: removed
          reason: not one of the newest 3
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

from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.snapshots import ITEM_OPTIONS, MODULE_OPTIONS, SnapshotFlow
from ansible_collections.estate.vmware.plugins.module_utils.machine.module_options import argument_spec, item_spec
from ansible_collections.estate.vmware.plugins.module_utils.machine.run_changes import run_changes

ITEM = item_spec(ITEM_OPTIONS, with_filters=True)
ARGUMENT_SPEC = argument_spec(ITEM, **MODULE_OPTIONS)


def main() -> None:
    run_changes(SnapshotFlow, ITEM, ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
