#!/usr/bin/python
# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vmware_vm_info
short_description: Read fields of named or filtered VMs
version_added: 1.1.0
author:
  - The estate.vmware team (@estate-vmware)
description:
  - Reads any fields of the inventory of some VMs of a vCenter Server or a standalone ESXi host, and of their disks, network adapters, partitions and
    snapshots, all VMs in one paged read. Nothing is changed.
  - M(estate.vmware.vmware_inventory_facts) reads everything there is, and keeps it in a file.
extends_documentation_fragment:
  - estate.vmware.attributes
  - estate.vmware.attributes.info_module
  - estate.vmware.connection
options:
  vms:
    description:
      - VMs to read, each an item that names one VM, or several by O(vms[].filters). A VM that does not exist fails the task.
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
  sections:
    description:
      - What to read of each VM beside its own fields. Each is a list in RV(vms), with the fields of the section.
    type: list
    elements: str
    choices: [vm_disks, vm_nics, vm_partitions, vm_snapshots, vm_cdroms, vm_usb_devices]
    default: []
  fields:
    description:
      - Fields to read, as lists by section, such as C(vms) and C(vm_disks), or C(all). Of sections that are not named all fields are read but
        those that are read only on request.
      - Only the properties that these fields and the filters need are requested. C(moid) and C(name) are always read.
      - C(docs/fields.md) of the collection lists all fields with their vSphere properties. C(environment) is not among them.
    type: dict
    default: {}
notes:
  - Needs pyVmomi where it runs, usually on the control node with C(connection=local) and
    C(ansible_python_interpreter) set to C({{ ansible_playbook_python }}).
seealso:
  - module: estate.vmware.vmware_inventory_facts
"""

EXAMPLES = r"""
- name: Read power state and address of two VMs
  estate.vmware.vmware_vm_info:
    hostname: vcenter.example.com
    username: reader@vsphere.local
    password: "{{ vault_vcenter_password }}"
    fields:
      vms: [power_state, ip_address, tools_running]
    vms:
      - name: web-1
      - path: /Madrid/Prod/db-1
  register: found

- name: Read the disks and snapshots of VMs with old hardware
  estate.vmware.vmware_vm_info:
    hostname: vcenter.example.com
    username: reader@vsphere.local
    password: "{{ vault_vcenter_password }}"
    sections: [vm_disks, vm_snapshots]
    fields:
      vms: [hw_version, used_gb]
      vm_disks: [label, capacity_gb, datastore]
    vms:
      - filters:
          - hw_version: [vmx-08, vmx-09]
"""

RETURN = r"""
vms:
  description:
    - The VMs in the order of the items, each VM once. Field to value, null where there is none or it could not be read, and a list for each of O(sections).
  returned: success
  type: list
  elements: dict
  sample:
    - moid: vm-1012
      name: web-1
      power_state: poweredOn
      ip_address: 192.0.2.17
      tools_running: guestToolsRunning
issues:
  description: What could not be read, 20 at most, each with C(section), C(object), C(property), C(kind) and C(message).
  returned: success
  type: list
  elements: dict
calls:
  description: Number of requests.
  returned: success
  type: int
seconds:
  description: Duration in seconds.
  returned: success
  type: float
error_kind:
  description: Kind of the error, see C(docs/troubleshooting.md) of the collection.
  returned: failure
  type: str
"""

import time
from functools import partial
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError, InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.option_specs import ansible_options
from ansible_collections.estate.vmware.plugins.module_utils.common.options import collect_problems
from ansible_collections.estate.vmware.plugins.module_utils.common.run_module import ModuleFailure, run_module
from ansible_collections.estate.vmware.plugins.module_utils.machine.identity import IDENTITY_OPTIONS, identities
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_rows import MACHINE_SECTIONS, VMS, read_vms, wanted_fields
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection_options import CONNECTION_OPTIONS
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import wrap_unexpected_errors
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_requests import PYVMOMI_ERROR

ARGUMENT_SPEC = {
    **CONNECTION_OPTIONS,
    "vms": {"type": "list", "elements": "dict", "required": True, "options": ansible_options(IDENTITY_OPTIONS)},
    "sections": {"type": "list", "elements": "str", "choices": [key for key in MACHINE_SECTIONS if key != VMS], "default": []},
    "fields": {"type": "dict", "default": {}},
}


def main() -> None:
    run_module(read, ARGUMENT_SPEC, library=("pyvmomi", PYVMOMI_ERROR))


def read(module: AnsibleModule) -> dict[str, Any]:
    began = time.monotonic()
    problems: list[str] = []
    checked = partial(collect_problems, problems)
    connection = checked(Connection.from_options, module.params)
    named = checked(identities, "vms", module.params["vms"])
    fields = checked(wanted_fields, module.params["fields"], module.params["sections"])
    if problems:
        raise InvalidOption(*problems)
    session = Session(connection)
    try:
        with wrap_unexpected_errors(), session:
            found = read_vms(session, connection, named, fields)
    except EstateError as error:
        raise ModuleFailure(f"{connection.address}: {connection.mask_secrets(str(error))}", error_kind=error.kind) from error
    return {**found._asdict(), "calls": session.calls, "seconds": round(time.monotonic() - began, 3)}


if __name__ == "__main__":
    main()
