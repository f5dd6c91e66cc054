# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A password that is also part of a value of the vCenter: Ansible masks it in the result of the module."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from hostile_vcenter import HostileVcenter, machine

_RUN = """
import sys
from ansible.module_utils import basic
basic._ANSIBLE_ARGS = sys.stdin.buffer.read()
basic._ANSIBLE_PROFILE = "legacy"
from ansible_collections.estate.vmware.plugins.modules.vmware_inventory_facts import main
main()
"""


def run(**options):
    arguments = json.dumps({"ANSIBLE_MODULE_ARGS": {**options, "with_tags": False, "sections": ["vms"]}})
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run([sys.executable, "-c", _RUN], input=arguments, env=environment, capture_output=True, text=True, timeout=60, check=False)
    return json.loads(done.stdout)


def warned(result):
    # Newer releases of ansible-core give more than texts.
    return "values of the source contain the text of password, which Ansible masks in facts: set dest" in json.dumps(result.get("warnings", []))


def test_warning_names_the_option_and_what_to_do(tmp_path):
    with HostileVcenter(machines=machine(1)) as server:
        inline = run(**server.options(password="vm1"))
        assert inline["ansible_facts"]["vmware_inventory"]["sections"]["vms"][0]["name"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
        assert warned(inline)
        assert not warned(run(**server.options(password="vm1", dest=str(tmp_path))))
        assert not warned(run(**server.options(password="in no value")))
