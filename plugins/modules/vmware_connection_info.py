#!/usr/bin/python
# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vmware_connection_info
short_description: Check connection, login and privileges of a vCenter or ESXi host
version_added: 1.0.0
author:
  - The estate.vmware team (@estate-vmware)
description:
  - Connects to a source as M(estate.vmware.vmware_inventory_facts) does, logs in, reads its clock and the privileges of the
    account, and logs out. Nothing else is read.
  - A source that cannot be read does not fail the task. RV(connection.ok) is false then, and RV(connection.kind) and
    RV(connection.error) give the reason. Use C(failed_when) to fail the task.
extends_documentation_fragment:
  - estate.vmware.attributes
  - estate.vmware.attributes.info_module
  - estate.vmware.connection
options:
  sections:
    description:
      - Sections to be read, which determine the privileges that the account needs.
    type: list
    elements: str
    choices: [vms, hosts, datastores, networks, clusters, vm_disks, vm_nics, vm_partitions, vm_snapshots, vm_cdroms, vm_usb_devices, resource_pools]
    default: [vms, hosts, datastores, networks, clusters, vm_disks, vm_nics, vm_partitions, vm_snapshots]
notes:
  - Needs pyVmomi where it runs, usually on the control node with C(connection=local) and
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

- name: Get the fingerprint of a host with a self-signed certificate, to compare it with the host's console
  estate.vmware.vmware_connection_info:
    hostname: esxi-lab.example.com
    username: root
    password: "{{ vault_esxi_password }}"
  register: esxi

- name: Show it
  ansible.builtin.debug:
    var: esxi.connection.tls.fingerprint

- name: Fail if the clock of a source is off, or its certificate is about to expire
  ansible.builtin.assert:
    that:
      - vcenter.connection.clock_difference_seconds | abs < 60
      - vcenter.connection.tls.not_after > '%Y-%m-%dT%H:%M:%SZ' | ansible.builtin.strftime(now().timestamp() + 30 * 86400, utc=true)
"""

RETURN = r"""
connection:
  description: The result. Null stands for values that could not be read.
  returned: always
  type: dict
  contains:
    ok:
      description: The source can be read, with all privileges that the sections need.
      type: bool
      returned: always
    kind:
      description:
        - Kind of RV(connection.error), empty if that is. C(option), C(unreachable), C(proxy), C(timeout), C(deadline),
          C(certificate), C(authentication), C(not_vsphere), C(permission), C(session) or C(fault).
      type: str
      returned: always
    error:
      description: Why the source cannot be read, and the remedy, in one line.
      type: str
      returned: always
    address:
      description: Host, with its port unless that is 443. Empty if options are invalid.
      type: str
      returned: always
    tls:
      description: The certificate of the source, even if it is not trusted. Null without a connection.
      type: dict
      returned: always
      contains:
        version:
          description: Version of TLS.
          type: str
          returned: always
          sample: TLSv1.3
        subject:
          description: Subject. Empty, as are issuer and times, without the Python library cryptography.
          type: str
          returned: always
          sample: CN=vcenter.example.com,C=US
        issuer:
          description: Issuer.
          type: str
          returned: always
          sample: CN=CA,DC=vsphere,DC=local
        not_before:
          description: Start of its validity, ISO 8601 in UTC.
          type: str
          returned: always
        not_after:
          description: End of its validity, ISO 8601 in UTC.
          type: str
          returned: always
        fingerprint:
          description: Its SHA-256, as the option O(fingerprint) takes it.
          type: str
          returned: always
        verified:
          description: Whether it was verified with CAs or O(fingerprint).
          type: bool
          returned: always
        verify_error:
          description: Why it was not. Empty if RV(connection.tls.verified) is true.
          type: str
          returned: always
    protocol:
      description: Version of the vSphere API, the newest one that both source and pyVmomi support. Empty without a login.
      type: str
      returned: always
      sample: vim25/8.0.2.0
    login:
      description: The account. Null without a login.
      type: dict
      returned: always
      contains:
        username:
          description: Name of the account, as the source returns it.
          type: str
          returned: always
    type:
      description: C(vCenter) or C(ESXi). Empty without a login.
      type: str
      returned: always
    about:
      description: Product information of the server. Empty without a login.
      type: dict
      returned: always
      sample: {"name": "VMware vCenter Server", "version": "8.0.2", "build": "22617221", "api_version": "8.0.2.0"}
    clock_difference_seconds:
      description: Seconds by which the source's clock is ahead of the local one; negative if it is behind. As precise as RV(connection.round_trip_ms).
      type: float
      returned: always
    round_trip_ms:
      description: Milliseconds from a small request to its response, the best of three.
      type: float
      returned: always
    privileges_missing:
      description: Privileges that O(sections) need and the account does not have on the root folder.
      type: list
      elements: str
      returned: always
      sample: [System.Read]
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.run_module import run_module
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS, USUAL_SECTIONS, select
from ansible_collections.estate.vmware.plugins.module_utils.inventory.connection_check import check_connection, empty_result
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection_options import CONNECTION_OPTIONS
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_requests import PYVMOMI_ERROR

ARGUMENT_SPEC = {
    **CONNECTION_OPTIONS,
    "sections": {"type": "list", "elements": "str", "choices": list(SECTIONS), "default": list(USUAL_SECTIONS)},
}


def main() -> None:
    run_module(check, ARGUMENT_SPEC, library=("pyvmomi", PYVMOMI_ERROR))


def check(module: AnsibleModule) -> dict[str, Any]:
    try:
        connection = Connection.from_options(module.params)
        return {"connection": check_connection(connection, select(module.params["sections"]))}
    except InvalidOption as error:
        return {"connection": {**empty_result(), "kind": error.kind, "error": str(error)}}


if __name__ == "__main__":
    main()
