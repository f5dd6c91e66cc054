#!/usr/bin/python
# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vmware_inventory_export
short_description: Merge scans of vCenters and ESXi hosts into one workbook
version_added: 1.0.0
author:
  - The estate.vmware team (@estate-vmware)
description:
  - Writes one Excel workbook of any number of scans that M(estate.vmware.vmware_inventory_facts) made.
  - The workbook begins with a summary of all sources. Each source that was read has a sheet of its own, then follow all
    VMs, all hosts, the datastores and the networks of every source together, and what could not be read.
  - A source that could not be read stands in the summary in red, with the reason.
  - The same scans give the same file, byte by byte, so that RV(ignore:changed) means that something changed.
  - Filters leave rows out. Numbers and totals count the rows that are left, and the workbook says how many are not there.
  - With O(redact) a workbook can be given to others, all names, addresses and texts of people in it are pseudonyms.
options:
  scans:
    description:
      - The scans to merge. Each is the path of a scan file, the path of a folder that holds scan files, or the facts of a
        source as M(estate.vmware.vmware_inventory_facts) returns them in C(ansible_facts.vmware_inventory).
      - Of two scans of one source the one that was finished later is used. Scans that failed, which a folder holds in its folder C(failed) and a
        file has in that beside it, are among them. See O(stale_rows).
      - A file that is there and is no scan, or a damaged one, counts as a source that could not be read, with the reason.
      - Facts are read from their scan file where it exists. Facts without rows become a failed source.
    type: list
    elements: raw
    required: true
  dest:
    description:
      - The workbook to write, a path that ends in C(.xlsx), or an existing folder to which a name is added.
      - That name has the number of sources and the time (UTC) at which the last of them was read, for example
        C(VMware_Inventory_3sources_20250220_1430.xlsx). It is the same each time as long as the scans are.
      - A different workbook that has this name, as of another job of the same minute, stays, and C(-2), C(-3) and so on is added.
      - The file appears once it is whole. Until then an older one stays as it is.
    type: path
    required: true
  layout:
    description:
      - Which sheets the workbook has.
      - V(consolidated) shows any number of sources, each on a sheet of its own and all together.
      - V(single) shows one source, and is an error when O(scans) has several.
    type: str
    choices: [consolidated, single]
    default: consolidated
  extra_sheets:
    description:
      - Sheets that the workbook has besides those of its layout. They stand after the networks, in the order below.
    type: list
    elements: str
    choices: [clusters, snapshots, disks, nics, partitions, ip_addresses]
    default: []
  missing_sources:
    description:
      - Names of sources that exist and of which O(scans) has nothing. The workbook says that they are missing.
      - The role P(estate.vmware.vmware_report#role) names those that C(--limit) leaves out.
    type: list
    elements: str
    default: []
  stale_rows:
    description:
      - What the workbook shows of a source that could not be read, and of which O(scans) has an older scan that did not fail.
      - Either way the source is red in the summary, with the reason and how long ago it was read last.
      - With V(hide) it has no rows. With V(show) it has those of the older scan, which numbers and totals count too. They are grey and in italics
        on the sheets of all sources, and the sheet of the source begins with the reason and their age.
    type: str
    choices: [hide, show]
    default: hide
  duplicate_sources:
    description:
      - What happens where two sources are one, namely vCenters with the same instance UUID, and ESXi hosts that are read by themselves and
        through their vCenter, or twice, by their hardware UUID.
      - With V(first) the first one in O(scans) counts, one that could be read this time before one that could not, and a vCenter before its
        hosts. The others are yellow in the summary, and C(partial) in RV(sources); they have no rows and an issue that says which one counts.
      - With V(refuse) it is an error, and nothing is written.
      - A host is known to be part of a vCenter where the section C(hosts) of that one was read.
    type: str
    choices: [first, refuse]
    default: first
  language:
    description:
      - Language of sheet names, headers, states and the standard file name.
    type: str
    choices: [en, es, fr, zh]
    default: en
  charts:
    description:
      - Draw charts on the summary, of VMs by state, the fullest datastores, ESXi versions and operating systems.
      - Their numbers stand below them in tables either way.
    type: bool
    default: true
  replace_when_all_failed:
    description:
      - Replace an older workbook also when none of the sources could be read. By default it stays, for it says more than a new one
        would; a warning says so, and RV(kept) is true.
    type: bool
    default: false
  include_filters:
    description:
      - The rows that are wanted, as lists of filters by section. A row must meet all filters of its section.
      - A filter is a mapping of fields to conditions, which must all be met. Sections and their fields are those of
        C(docs/fields.md). V(tags.Environment) is the entry C(Environment) of the field C(tags).
      - A condition is a value, a text in which V(*) stands for any characters and V(?) for one, a list of which one is
        enough, or a mapping of operators to values. Without an operator the case of letters does not matter.
      - The operators are C(equals) and C(in) (exactly that, or one of a list), C(matches) (as without an operator),
        C(regex) (a Python regular expression that is found somewhere in the first 32,767 characters; one that takes longer than 2 s
        for a row is an error), C(less), C(at_most), C(greater) and
        C(at_least) (of numbers and times), and C(set) (V(true) when there is any value, V(false) when there is none).
      - A field with several values meets a condition when one of them does. A value that is not known meets no
        condition but C(set).
      - Disks, network adapters, partitions and snapshots of VMs that are left out are left out too. What a row itself says,
        such as the number of VMs of a host, stays as it was read.
    type: dict
    default: {}
  exclude_filters:
    description:
      - The rows that are not wanted, written as O(include_filters). A row that meets one of these filters is left out.
    type: dict
    default: {}
  redact:
    description:
      - Put pseudonyms such as C(vm-3f9a2c81d04e) in place of names, addresses, UUIDs, serial numbers, notes, tags, custom
        attributes, paths and messages of servers. Which fields these are, is said in C(docs/fields.md).
      - Equal things have equal pseudonyms, so the host of a VM can still be found among the hosts.
      - Numbers, times, states, versions, operating systems and models stay as they are, and so do managed object ids.
      - What the module returns and warns of has the true names of sources.
    type: bool
    default: false
  redact_key:
    description:
      - A secret of at least 16 characters that the pseudonyms are made with. With the same key the same name has the
        same pseudonym in another workbook too; who does not have it cannot find out names by trying.
      - Required with O(redact=true).
    type: str
extends_documentation_fragment:
  - ansible.builtin.backup
  - ansible.builtin.files
  - estate.vmware.attributes
attributes:
  check_mode:
    support: full
    details:
      - The workbook is written into a temporary folder and compared. O(dest) stays as it is.
  diff_mode:
    support: full
    details:
      - Shows the sheets and the number of rows of each, titles and headers included.
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

- name: Make a workbook of the machines in production, and keep the one before
  estate.vmware.vmware_inventory_export:
    scans: [scans/]
    dest: reports/production.xlsx
    backup: true
    include_filters:
      vms:
        - tags.Environment: Production
        - power_state: [poweredOn, suspended]
          vcpu: {at_least: 2}
    exclude_filters:
      vms:
        - name: {regex: '^(tmp|test)-'}
      datastores:
        - name: "*-local"

- name: Make a workbook for people who must not see names
  estate.vmware.vmware_inventory_export:
    scans: [scans/]
    dest: reports/for-the-vendor.xlsx
    redact: true
    redact_key: "{{ vault_redact_key }}"

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
kept:
  description:
    - Whether an older workbook was left as it is, for none of the sources could be read. RV(sources) then says why, while RV(sheets),
      RV(checksum) and RV(size) are those of the workbook that was not written.
  returned: success
  type: bool
backup_file:
  description: The workbook that was replaced.
  returned: when O(backup=true) and there was one
  type: str
  sample: /srv/reports/estate.xlsx.4711.2025-02-20@14:31:07~
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
    shown_as:
      description: Its name in the workbook, a pseudonym with O(redact).
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
    last_read:
      description: When a source that failed was last read, ISO 8601 in UTC. Empty where nobody knows, and for one that did not fail.
      type: str
      returned: success
    duplicate_of:
      description: The source that counts instead of this one, for it is the same. Empty for none.
      type: str
      returned: success
totals:
  description: Numbers of all sources together. Null for what no source knows.
  returned: success
  type: dict
  sample: {"sources": 3, "ok": 2, "partial": 0, "failed": 1, "vms": 461, "templates": 8, "hosts": 12, "datastores": 9, "networks": 31}
left_out:
  description: Rows that filters leave out, by section, for the sections that have filters.
  returned: success
  type: dict
  sample: {"vms": 120, "vm_disks": 188, "datastores": 3}
checksum:
  description: SHA-256 of the workbook.
  returned: success
  type: str
size:
  description: Size of the workbook in bytes.
  returned: success
  type: int
"""

from collections.abc import Callable

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.estate.vmware.plugins.module_utils.common.run_module import run_module
from ansible_collections.estate.vmware.plugins.module_utils.report.duplicate_sources import FIRST, REFUSE
from ansible_collections.estate.vmware.plugins.module_utils.report.export_workbook import export_workbook
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.layouts import EXTRA_SHEETS, LAYOUTS
from ansible_collections.estate.vmware.plugins.module_utils.report.scan_per_source import HIDE, SHOW
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx._openpyxl import IMPORT_ERROR

ARGUMENT_SPEC = {
    "scans": {"type": "list", "elements": "raw", "required": True},
    "dest": {"type": "path", "required": True},
    "layout": {"type": "str", "choices": list(LAYOUTS), "default": "consolidated"},
    "extra_sheets": {"type": "list", "elements": "str", "choices": list(EXTRA_SHEETS), "default": []},
    "missing_sources": {"type": "list", "elements": "str", "default": []},
    "stale_rows": {"type": "str", "choices": [HIDE, SHOW], "default": HIDE},
    "duplicate_sources": {"type": "str", "choices": [FIRST, REFUSE], "default": FIRST},
    "language": {"type": "str", "choices": list(LANGUAGES), "default": "en"},
    "charts": {"type": "bool", "default": True},
    "replace_when_all_failed": {"type": "bool", "default": False},
    "include_filters": {"type": "dict", "default": {}},
    "exclude_filters": {"type": "dict", "default": {}},
    "redact": {"type": "bool", "default": False},
    "redact_key": {"type": "str", "no_log": True},
    "backup": {"type": "bool", "default": False},
}


def main(make: Callable[..., AnsibleModule] = AnsibleModule) -> None:
    run_module(
        export_workbook,
        ARGUMENT_SPEC,
        make=make,
        library=("openpyxl", IMPORT_ERROR),
        what="export",
        required_if=[("redact", True, ["redact_key"])],
        add_file_common_args=True,
    )


if __name__ == "__main__":
    main()
