#!/usr/bin/python
# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vmware_connection_info
short_description: Tell whether a vCenter or ESXi host can be read, as whom, over which certificate
version_added: 0.1.0
author:
  - The estate.vmware team (@estate-vmware)
description:
  - Connects to a source as M(estate.vmware.vmware_inventory_facts) does, logs in, asks for its clock and for the rights of the
    account, and logs out. Nothing else is read.
  - A source that cannot be read does not fail the task. RV(connection.ok) is then false, RV(connection.kind) and
    RV(connection.error) say why, and what was found until then is returned too. Use C(failed_when) to make it fail.
extends_documentation_fragment:
  - estate.vmware.attributes
  - estate.vmware.attributes.info_module
  - estate.vmware.connection
options:
  sections:
    description:
      - What is to be read. It decides which rights the account needs.
    type: list
    elements: str
    choices: [vms, hosts, datastores, networks, clusters, vm_disks, vm_nics, vm_partitions, vm_snapshots]
    default: [vms, hosts, datastores, networks, clusters, vm_disks, vm_nics, vm_partitions, vm_snapshots]
notes:
  - Runs where pyVmomi is, usually on the control node with C(connection=local) and
    C(ansible_python_interpreter) set to C({{ ansible_playbook_python }}).
seealso:
  - module: estate.vmware.vmware_inventory_facts
"""

EXAMPLES = r"""
- name: Check a vCenter
  estate.vmware.vmware_connection_info:
    hostname: vcenter.example.com
    username: inventory@vsphere.local
    password: "{{ vault_vcenter_password }}"
  register: vcenter
  failed_when: not vcenter.connection.ok

- name: Learn the fingerprint of a host with a certificate of its own, to compare it with the one that the host's console shows
  estate.vmware.vmware_connection_info:
    hostname: esxi-lab.example.com
    username: root
    password: "{{ vault_esxi_password }}"
  register: esxi

- name: Show it
  ansible.builtin.debug:
    var: esxi.connection.tls.fingerprint

- name: Fail when the clock of a source is wrong, or its certificate is about to expire
  ansible.builtin.assert:
    that:
      - vcenter.connection.clock_difference_seconds | abs < 60
      - vcenter.connection.tls.not_after > '%Y-%m-%dT%H:%M:%SZ' | ansible.builtin.strftime(now().timestamp() + 30 * 86400, utc=true)
"""

RETURN = r"""
connection:
  description: What was found. Null stands for what could not be asked.
  returned: always
  type: dict
  contains:
    ok:
      description: The source can be read, with all rights that the sections need.
      type: bool
      returned: always
    kind:
      description:
        - One word for RV(connection.error), empty where that is. C(option), C(unreachable), C(proxy), C(timeout), C(deadline),
          C(certificate), C(authentication), C(not_vsphere), C(permission), C(session) or C(fault).
      type: str
      returned: always
    error:
      description: Why the source cannot be read, and what to do, in one line.
      type: str
      returned: always
    address:
      description: Host that was asked, with the port where that is not 443. Empty when the options cannot be used.
      type: str
      returned: always
    tls:
      description: The source's certificate, told even when it is not trusted. Null when there was none.
      type: dict
      returned: always
      contains:
        version:
          description: Version of TLS that was agreed on.
          type: str
          returned: always
          sample: TLSv1.3
        subject:
          description: Whose certificate it is. Empty, as are issuer and times, where the Python library cryptography is missing.
          type: str
          returned: always
          sample: CN=vcenter.example.com,C=US
        issuer:
          description: Who issued it.
          type: str
          returned: always
          sample: CN=CA,DC=vsphere,DC=local
        not_before:
          description: Since when it is valid, ISO 8601 in UTC.
          type: str
          returned: always
        not_after:
          description: Until when it is valid, ISO 8601 in UTC.
          type: str
          returned: always
        fingerprint:
          description: Its SHA-256, as the option O(fingerprint) takes it.
          type: str
          returned: always
        verified:
          description: Whether it was checked, against CAs or O(fingerprint), and is trusted.
          type: bool
          returned: always
        verify_error:
          description: Why it was not. Empty where RV(connection.tls.verified) is true.
          type: str
          returned: always
    protocol:
      description: Version of the vSphere API that is spoken, the newest that source and pyVmomi both know. Empty when nobody could log in.
      type: str
      returned: always
      sample: vim25/8.0.2.0
    login:
      description: Who is logged in. Null when nobody is.
      type: dict
      returned: always
      contains:
        username:
          description: Name of the account, as the source tells it.
          type: str
          returned: always
    type:
      description: C(vCenter) or C(ESXi). Empty when nobody could log in.
      type: str
      returned: always
    about:
      description: What the server says of itself. Empty when nobody could log in.
      type: dict
      returned: always
      sample: {"name": "VMware vCenter Server", "version": "8.0.2", "build": "22617221", "api_version": "8.0.2.0"}
    clock_difference_seconds:
      description: By how much the source's clock is ahead of the one here; negative when it is behind. Good to a part of RV(connection.round_trip_ms).
      type: float
      returned: always
    round_trip_ms:
      description: Milliseconds from a small question to its answer, the best of three.
      type: float
      returned: always
    privileges_missing:
      description: Privileges that O(sections) need and the account lacks on the root folder.
      type: list
      elements: str
      returned: always
      sample: [System.Read]
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.run_module import run_module
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS, select
from ansible_collections.estate.vmware.plugins.module_utils.inventory.connection_check import check_connection, no_answer
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection_options import CONNECTION_OPTIONS
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import PYVMOMI_ERROR

ARGUMENT_SPEC = {
    **CONNECTION_OPTIONS,
    "sections": {"type": "list", "elements": "str", "choices": list(SECTIONS), "default": list(SECTIONS)},
}


def main() -> None:
    run_module(check, ARGUMENT_SPEC, library=("pyvmomi", PYVMOMI_ERROR))


def check(module: AnsibleModule) -> dict[str, Any]:
    try:
        connection = Connection.from_options(module.params)
        return {"connection": check_connection(connection, select(module.params["sections"]))}
    except InvalidOption as error:
        return {"connection": {**no_answer(), "kind": error.kind, "error": str(error)}}


if __name__ == "__main__":
    main()
