#!/usr/bin/python
# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vmware_host_service
short_description: Start and stop services of many ESXi hosts
version_added: 1.1.0
author:
  - The estate.vmware team (@estate-vmware)
description:
  - Starts and stops services of the hosts of a vCenter Server, or of a standalone ESXi host, such as SSH, and sets when they start.
  - The services of all hosts are read at once. A service that is as wanted already costs no call.
extends_documentation_fragment:
  - estate.vmware.attributes
  - estate.vmware.connection
options:
  hosts:
    description:
      - Hosts to work on, each an item that names one host, or several by O(hosts[].filters).
      - Can be left out where there is one host alone, as on a standalone ESXi host.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the host, as vCenter shows it.
        type: str
      path:
        description: Path of the host from its datacenter on, such as V(/Madrid/gold/esx-1.example.com).
        type: str
      moid:
        description: Its managed object id, such as V(host-123).
        type: str
      filters:
        description:
          - Hosts that match all of these, as in O(estate.vmware.vmware_inventory#inventory:include_filters), with fields of the section C(hosts).
            There may be none.
        type: list
        elements: dict
  services:
    description:
      - Services of each of these hosts. A service that no host has ends the task before the first change. A host that alone lacks it fails.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - Its key or its label, in any case of letters, such as V(TSM-SSH) or V(SSH) (C(config.service.service[].key) and C(label)).
        type: str
        required: true
      running:
        description: Whether it shall run (C(config.service.service[].running), C(StartService) and C(StopService)).
        type: bool
      policy:
        description:
          - When it starts (C(config.service.service[].policy), C(UpdateServicePolicy)), V(on) with the host, V(off) by hand, V(automatic) with its ports
            in the firewall. In YAML V(on) and V(off) need quotes.
        type: str
        choices: ['on', 'off', automatic]
  on_error:
    description:
      - What to do after a host has failed. The task fails at the end in any case.
      - V(continue) goes on with all others. V(stop) starts nothing more and waits for what runs.
    type: str
    choices: [continue, stop]
    default: continue
  concurrency:
    description: Hosts to work on at a time, from 1 to 1000.
    type: int
    default: 16
  journal:
    description:
      - Absolute path of a file to which every change is appended before it is sent, and again with its outcome. Each line is JSON.
      - A new file is readable for its owner only. If it cannot be written, nothing is changed.
      - If not set, the variable C(vmware_journal) is used. A relative path in it begins in the folder where C(ansible-playbook) was started.
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
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
notes:
  - Needs pyVmomi where it runs, usually on the control node with C(connection=local) and
    C(ansible_python_interpreter) set to C({{ ansible_playbook_python }}).
seealso:
  - module: estate.vmware.vmware_inventory_facts
"""

EXAMPLES = r"""
- name: Switch SSH and the shell off on all hosts of a cluster
  estate.vmware.vmware_host_service:
    hostname: vcenter.example.com
    username: automation@vsphere.local
    password: "{{ vault_vcenter_password }}"
    hosts:
      - filters:
          - cluster: gold
    services:
      - name: SSH
        running: false
        policy: 'off'
      - name: TSM
        running: false

- name: Start NTP with the host
  estate.vmware.vmware_host_service:
    hostname: esxi-lab.example.com
    username: root
    password: "{{ vault_esxi_password }}"
    services:
      - name: ntpd
        running: true
        policy: 'on'
"""

RETURN = r"""
hosts:
  description: What became of each host. With more than 500 hosts the first 500, failed ones first.
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
    changed:
      description: Whether something was changed, or would be in check mode.
      type: bool
      returned: always
    actions:
      description: C(set_policy), C(start_service) or C(stop_service), in order.
      type: list
      elements: str
      returned: always
    tasks:
      description: Empty, since these changes are no tasks of the server.
      type: list
      elements: str
      returned: always
    error:
      description: Why it failed, empty if it did not.
      type: str
      returned: always
    error_kind:
      description: Kind of the error, see C(docs/troubleshooting.md) of the collection. C(not_started) where nothing was done because of another host.
      type: str
      returned: always
  sample:
    - name: esx-1.example.com
      path: /Madrid/gold/esx-1.example.com
      moid: host-21
      changed: true
      actions: [set_policy, stop_service]
      tasks: []
      error: ''
      error_kind: ''
counts:
  description: Number of hosts that were changed, were as wanted already, failed, and were not worked on.
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

from ansible_collections.estate.vmware.plugins.module_utils.common.option_specs import ansible_options
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.host_services import SERVICE_OPTIONS, HostServiceFlow
from ansible_collections.estate.vmware.plugins.module_utils.machine.module_options import CHANGE_OPTIONS
from ansible_collections.estate.vmware.plugins.module_utils.machine.named_hosts import HOST_OPTIONS
from ansible_collections.estate.vmware.plugins.module_utils.machine.run_changes import HOST, run_changes
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection_options import CONNECTION_OPTIONS

ITEM = {"options": HOST_OPTIONS}
ARGUMENT_SPEC = {
    **CONNECTION_OPTIONS,
    "hosts": {"type": "list", "elements": "dict", "options": ansible_options(HOST_OPTIONS)},
    "services": {"type": "list", "elements": "dict", "required": True, "options": SERVICE_OPTIONS},
    **{name: CHANGE_OPTIONS[name] for name in ("on_error", "concurrency", "journal", "progress", "progress_pipe")},
}


def main() -> None:
    run_changes(HostServiceFlow, ITEM, ARGUMENT_SPEC, HOST)


if __name__ == "__main__":
    main()
