#!/usr/bin/python
# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vmware_inventory_export
short_description: Merge scans of vCenters and ESXi hosts into one workbook
version_added: 0.1.0
author:
  - The estate.vmware team (@estate-vmware)
description:
  - Writes one Excel workbook of any number of scans that M(estate.vmware.vmware_inventory_facts) made.
  - The workbook begins with a summary of all sources. Each source that was read has a sheet of its own, then follow all
    VMs, all hosts, the datastores and the networks of every source together, and what could not be read.
  - A source that could not be read stands in the summary in red, with the reason.
  - The same scans give the same file, byte by byte, so that RV(ignore:changed) means that something changed.
options:
  scans:
    description:
      - The scans to merge. Each is the path of a scan file, the path of a folder that holds scan files, or the facts of a
        source as M(estate.vmware.vmware_inventory_facts) returns them in C(ansible_facts.vmware_inventory).
      - Of two scans of one source the one that was finished later is used.
      - Facts are read from their scan file where it exists. Facts without rows become a failed source.
    type: list
    elements: raw
    required: true
  dest:
    description:
      - The workbook to write, a path that ends in C(.xlsx), or an existing folder to which a name is added.
      - That name has the number of sources and the time (UTC) at which the last of them was read, for example
        C(VMware_Inventory_3sources_20250220_1430.xlsx). It is the same each time as long as the scans are.
      - The file appears once it is whole. Until then an older one stays as it is.
    type: path
    required: true
  layout:
    description:
      - Which sheets the workbook has.
    type: str
    choices: [consolidated]
    default: consolidated
  language:
    description:
      - Language of sheet names, headers, states and the standard file name.
    type: str
    choices: [en, es]
    default: en
extends_documentation_fragment:
  - ansible.builtin.files
attributes:
  check_mode:
    description: Can run in check mode; the workbook is made in a temporary folder and compared, O(dest) is not written.
    support: full
  diff_mode:
    description: A workbook has no readable difference.
    support: none
notes:
  - A new workbook can be read by its owner only unless O(mode) is set, for it holds what people wrote about their machines.
    One that is replaced keeps its mode.
  - Runs where openpyxl is, usually on the control node with C(connection=local) and
    C(ansible_python_interpreter) set to C({{ ansible_playbook_python }}).
requirements:
  - openpyxl >= 3.1
seealso:
  - module: estate.vmware.vmware_inventory_facts
"""

EXAMPLES = r"""
- name: Make a workbook of all scans in a folder
  estate.vmware.vmware_inventory_export:
    scans: [scans/]
    dest: reports/

- name: Make a workbook in Spanish, for a group to read
  estate.vmware.vmware_inventory_export:
    scans:
      - scans/vcenter-madrid.sqlite
      - scans/vcenter-lima.sqlite
    dest: reports/inventario.xlsx
    language: es
    group: operations
    mode: "0640"

- name: Make a workbook of what two hosts of the play found
  estate.vmware.vmware_inventory_export:
    scans:
      - "{{ hostvars['vcenter-madrid'].ansible_facts.vmware_inventory }}"
      - "{{ hostvars['vcenter-lima'].ansible_facts.vmware_inventory }}"
    dest: reports/
  run_once: true
"""

RETURN = r"""
dest:
  description: The workbook.
  returned: success
  type: str
  sample: /srv/reports/VMware_Inventory_3sources_20250220_1430.xlsx
sheets:
  description: The sheets in order.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the sheet.
      type: str
      returned: success
    rows:
      description: Rows of data on it, without titles, headers and totals.
      type: int
      returned: success
sources:
  description: The sources by alias.
  returned: success
  type: list
  elements: dict
  contains:
    source:
      description: Alias of the source.
      type: str
      returned: success
    address:
      description: Host it was read from.
      type: str
      returned: success
    status:
      description: C(ok), C(partial) or C(failed).
      type: str
      returned: success
    vms:
      description: VMs without templates. Null when they were not read, as are the other numbers.
      type: int
      returned: success
    hosts:
      description: ESXi hosts.
      type: int
      returned: success
    datastores:
      description: Datastores.
      type: int
      returned: success
    networks:
      description: Networks.
      type: int
      returned: success
    error:
      description: Why the source could not be read. Empty unless it failed.
      type: str
      returned: success
totals:
  description: Numbers of all sources together. Null for what no source knows.
  returned: success
  type: dict
  sample: {"sources": 3, "ok": 2, "partial": 0, "failed": 1, "vms": 461, "templates": 8, "hosts": 12, "datastores": 9, "networks": 31}
checksum:
  description: SHA-256 of the workbook.
  returned: success
  type: str
size:
  description: Size of the workbook in bytes.
  returned: success
  type: int
"""

import os

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible_collections.estate.vmware.plugins.module_utils.estate.scanfile import ScanFileError
from ansible_collections.estate.vmware.plugins.module_utils.report._openpyxl import IMPORT_ERROR
from ansible_collections.estate.vmware.plugins.module_utils.report.errors import ReportError
from ansible_collections.estate.vmware.plugins.module_utils.report.export import Destination, result
from ansible_collections.estate.vmware.plugins.module_utils.report.inputs import open_scans
from ansible_collections.estate.vmware.plugins.module_utils.report.labels.languages import LANGUAGES
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.layouts import LAYOUTS
from ansible_collections.estate.vmware.plugins.module_utils.report.workbook import write


def main():
    module = AnsibleModule(
        argument_spec={
            "scans": {"type": "list", "elements": "raw", "required": True},
            "dest": {"type": "path", "required": True},
            "layout": {"type": "str", "choices": ["consolidated"], "default": "consolidated"},
            "language": {"type": "str", "choices": ["en", "es"], "default": "en"},
        },
        add_file_common_args=True,
        supports_check_mode=True,
    )
    if IMPORT_ERROR is not None:
        module.fail_json(msg=missing_required_lib("openpyxl"), exception=IMPORT_ERROR)
    # For the temporary file and a new workbook; the option mode has the last word.
    os.umask(0o077)
    try:
        found = export(module)
    except (ReportError, ScanFileError) as error:
        module.fail_json(msg=str(error))
    module.exit_json(**found)


def export(module):
    labels = LANGUAGES[module.params["language"]]
    scans = open_scans(module.params["scans"], module.warn)
    dest = Destination.of(module.params["dest"], scans, labels)
    written = write(scans, LAYOUTS[module.params["layout"]], labels, module.tmpdir if module.check_mode else dest.folder)
    try:
        found = result(scans, written, dest)
        if found["changed"] and not module.check_mode:
            dest.replace(written.path, module.atomic_move)
    finally:
        if os.path.exists(written.path):
            os.unlink(written.path)
    if os.path.exists(dest.path):
        arguments = module.load_file_common_arguments(module.params, path=dest.path)
        found["changed"] = module.set_fs_attributes_if_different(arguments, found["changed"])
    return found


if __name__ == "__main__":
    main()
