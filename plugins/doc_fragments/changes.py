# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of modules that change VMs, documented once."""

from __future__ import annotations


class ModuleDocFragment:
    """Descriptions of the options of plugins/module_utils/machine/module_options.py; a module describes the items of ``vms`` itself."""

    DOCUMENTATION = r"""
options:
  common:
    description:
      - Options that every item of O(vms) has unless it says otherwise.
      - The item's own value wins. Mappings are merged one level deep, so an item can set C(cpu.count) and keep another option of C(cpu). Lists are replaced.
      - What names a VM cannot be common.
    type: dict
    default: {}
  on_error:
    description:
      - What to do after a VM has failed. The task fails at the end in any case.
      - V(continue) goes on with all others. V(stop) starts nothing more and waits for what runs.
    type: str
    choices: [continue, stop]
    default: continue
  concurrency:
    description:
      - VMs to work on at a time, from 1 to 1000. A vCenter queues what it cannot do at once.
    type: int
    default: 16
  wait:
    description:
      - Wait for tasks of the server. With V(false) the task of each VM is started and returned in RV(vms), and the module does not wait for its end.
      - Where one task must follow another, the module waits in any case.
    type: bool
    default: true
  protected:
    description:
      - Filters of VMs that this call must not change, as in O(estate.vmware.vmware_inventory#inventory:include_filters), each a mapping of fields
        of VMs to conditions. One that matches is enough.
      - The filters of the variable C(vmware_protected) are added, so a whole job can have them.
      - Whatever names a protected VM ends the task before the first change. VMs that filters choose are left out with a warning.
      - System VMs, such as vCLS VMs, are not changed either. The VM of the vCenter itself is not stopped, reverted or removed. It is known by its
        addresses and names, which are compared with those of all guests. If none matches, a warning says so before anything is reverted or removed.
    type: list
    elements: dict
    default: []
  protected_servers:
    description:
      - Names or addresses of further vCenter Servers whose own VMs are not stopped, reverted or removed either.
      - On the control node C(vmware_hostname) of the other hosts of the play is added.
    type: list
    elements: str
    default: []
  at_most:
    description:
      - Upper limit of what may be lost in one call. If more VMs or disks would be removed, snapshots reverted or removed, or running VMs stopped, the task
        ends before the first change.
      - Without it 10 VMs and disks may be removed, 10 snapshots reverted, 100 snapshots removed, and any number of VMs stopped.
    type: int
  journal:
    description:
      - Absolute path of a file to which every change is appended before it is sent, and again with its outcome. Each line is JSON.
      - A new file is readable for its owner only. Several jobs may write to the same one. Its folder must exist.
      - If it cannot be written, nothing is changed.
      - If not set, the variable C(vmware_journal) is used. A relative path in it begins in the folder where C(ansible-playbook) was started.
      - Not written in check mode.
    type: path
  dest:
    description:
      - Absolute path of a JSON file for RV(vms), readable for its owner only. Without it only the first 500 VMs are returned, failed ones first.
      - Not written in check mode.
    type: path
  progress:
    description:
      - Print the progress every few seconds.
      - Only on the control node, and neither asynchronously nor with C(no_log).
    type: bool
    default: true
  progress_pipe:
    description: Named pipe for the progress. The action plugin of this module sets it.
    type: path
  results_path:
    description: A file like O(dest), which is written in check mode, too. Playbooks of this collection set it.
    type: path
notes:
  - Needs pyVmomi where it runs, usually on the control node with C(connection=local) and
    C(ansible_python_interpreter) set to C({{ ansible_playbook_python }}).
  - One session is used for all VMs. A VM that fails does not keep the others from being done.
"""
