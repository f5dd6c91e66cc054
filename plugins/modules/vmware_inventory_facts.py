#!/usr/bin/python
# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vmware_inventory_facts
short_description: Read the inventory of a vCenter or ESXi host
version_added: 0.1.0
author:
  - The estate.vmware team (@estate-vmware)
description:
  - Reads VMs, hosts, datastores and networks of one source, a vCenter Server or a standalone ESXi host, in a few paged calls.
  - With O(dest) the rows go to a scan file, an SQLite database that M(estate.vmware.vmware_inventory_export) makes a
    workbook of, and the facts stay small. Without it the rows are part of the facts.
  - A source that cannot be read fails the task. With O(dest) its scan file is written all the same and says why.
extends_documentation_fragment:
  - estate.vmware.connection
options:
  source:
    description:
      - Alias of the source, by which people know it.
      - If not set, O(hostname) is used.
    type: str
  sections:
    description:
      - What to read.
    type: list
    elements: str
    choices: [vms, hosts, datastores, networks]
    default: [vms, hosts, datastores, networks]
  dest:
    description:
      - Scan file to write, or an existing folder to which a file named after O(source) is added.
      - The file is readable for its owner only. An older scan there is replaced once the new one is whole.
    type: path
  page_size:
    description:
      - Objects to ask for at a time. The server may send fewer.
    type: int
    default: 500
attributes:
  check_mode:
    description: Can run in check mode; the source is read, and O(dest) is not written.
    support: full
  diff_mode:
    description: Nothing is changed that could be compared.
    support: none
notes:
  - Runs where pyVmomi is, usually on the control node with C(connection=local) and
    C(ansible_python_interpreter) set to C({{ ansible_playbook_python }}).
seealso:
  - module: estate.vmware.vmware_inventory_export
"""

EXAMPLES = r"""
- name: Read a vCenter into a scan file
  estate.vmware.vmware_inventory_facts:
    hostname: vcenter.example.com
    username: inventory@vsphere.local
    password: "{{ vault_vcenter_password }}"
    source: vcenter-prod
    dest: scans/

- name: Show the datastores of a standalone ESXi host
  estate.vmware.vmware_inventory_facts:
    hostname: esxi-lab.example.com
    username: root
    password: "{{ vault_esxi_password }}"
    ca_path: /etc/pki/lab-ca.pem
    sections: [datastores]

- name: Use what was read
  ansible.builtin.debug:
    msg: "{{ ansible_facts.vmware_inventory.sections.datastores | map(attribute='name') }}"
"""

RETURN = r"""
ansible_facts:
  description: Facts to add to the host. A task that fails because of its source returns them too.
  returned: when the options could be used
  type: dict
  contains:
    vmware_inventory:
      description: What was read of the source.
      returned: always
      type: dict
      contains:
        source:
          description: Alias of the source.
          type: str
          returned: always
        address:
          description: Host it was read from, with the port where that is not 443.
          type: str
          returned: always
        type:
          description: C(vCenter) or C(ESXi). Empty when the source did not answer.
          type: str
          returned: always
        about:
          description: What the server says of itself.
          type: dict
          returned: always
          sample: {"name": "VMware vCenter Server", "version": "8.0.2", "build": "22617221", "api_version": "8.0.2.0"}
        status:
          description: C(ok), C(partial) when something could not be read (see RV(ansible_facts.vmware_inventory.issues)), or C(failed).
          type: str
          returned: always
        error:
          description: Why the source could not be read. Empty unless the scan failed.
          type: str
          returned: always
        error_kind:
          description:
            - One word for RV(ansible_facts.vmware_inventory.error), empty where that is. C(option), C(unreachable), C(timeout), C(certificate),
              C(authentication), C(not_vsphere), C(permission) or C(fault).
          type: str
          returned: always
        started:
          description: When reading began, ISO 8601 in UTC.
          type: str
          returned: always
        finished:
          description: When reading ended, ISO 8601 in UTC.
          type: str
          returned: always
        seconds:
          description: How long reading took.
          type: float
          returned: always
        counts:
          description: Rows of each section.
          type: dict
          returned: always
          sample: {"vms": 461, "hosts": 12, "datastores": 9, "networks": 31}
        issue_count:
          description: How many things could not be read.
          type: int
          returned: always
        issues:
          description: The first 20 of them, each with section, object, property, kind and message.
          type: list
          elements: dict
          returned: always
        scan_file:
          description: The scan file. Null when O(dest) is not given.
          type: str
          returned: always
        checksum:
          description: SHA-256 of the scan file. Null when O(dest) is not given.
          type: str
          returned: always
        sections:
          description: The rows of each section, each a dictionary by field.
          type: dict
          returned: when O(dest) is not given
"""

import signal

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible_collections.estate.vmware.plugins.module_utils.estate.catalog.sections import SECTIONS
from ansible_collections.estate.vmware.plugins.module_utils.estate.scan import facts, failed_scan, scan_source
from ansible_collections.estate.vmware.plugins.module_utils.estate.scanfile import FAILED, IN_MEMORY, ScanFileError, ScanHead, scan_path
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import CONNECTION_OPTIONS, Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import PYVMOMI_ERROR


def main():
    module = AnsibleModule(
        argument_spec={
            **CONNECTION_OPTIONS,
            "source": {"type": "str"},
            "sections": {"type": "list", "elements": "str", "choices": list(SECTIONS), "default": list(SECTIONS)},
            "dest": {"type": "path"},
            "page_size": {"type": "int", "default": 500},
        },
        supports_check_mode=True,
    )
    if PYVMOMI_ERROR is not None:
        module.fail_json(msg=missing_required_lib("pyvmomi"), exception=str(PYVMOMI_ERROR))
    # Whoever cancels a job must not leave sessions, views and half a file behind: leave in good order.
    signal.signal(signal.SIGTERM, lambda number, frame: module.fail_json(msg="the scan was terminated"))
    try:
        scan = _scan(module)
        found = {"vmware_inventory": facts(scan, with_rows=not module.params["dest"])}
    except ScanFileError as error:
        module.fail_json(msg=f"{module.params['source'] or module.params['hostname']}: {error}")
    head = scan.head
    if head.status == FAILED:
        place = f" ({head.address})" if head.address not in ("", head.source) else ""
        module.fail_json(msg=f"{head.source}{place}: {head.error}", ansible_facts=found)
    module.exit_json(ansible_facts=found)


def _scan(module):
    options = module.params

    def path(source):
        return scan_path(options["dest"], source) if options["dest"] and not module.check_mode else IN_MEMORY

    try:
        connection = Connection.from_options(options)
        if not 1 <= options["page_size"] <= 100_000:
            raise InvalidOption(f"page_size: {options['page_size']} is no number of objects a page; give 1 to 100000")
        if not options["sections"]:
            raise InvalidOption("sections: it is empty; name at least one, or leave the option out to read all")
    except InvalidOption as error:
        source = options["source"] or options["hostname"].rpartition("@")[2]
        return failed_scan(ScanHead(source, ""), error, path(source))
    source = options["source"] or connection.host
    sections = list(dict.fromkeys(options["sections"]))
    return scan_source(connection, source, sections, path(source), options["page_size"])


if __name__ == "__main__":
    main()
