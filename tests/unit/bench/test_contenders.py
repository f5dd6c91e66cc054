# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.estate.vmware.tests.bench.contenders import BARE, LISTERS, drawn, listed, listed_in_part

pytestmark = pytest.mark.all_only

_HOSTS = {f"web-{number}": {"vmware": {"name": f"web-{number}"}} for number in range(12)}


@pytest.fixture
def bare_inventory(tmp_path):
    """An inventory file of twelve hosts for the bare plugin."""
    hosts, file = tmp_path / "hosts.json", tmp_path / "bare.yml"
    hosts.write_text(json.dumps(_HOSTS))
    file.write_text(json.dumps({"plugin": "bare_inventory", "hosts": str(hosts)}))
    return file


def _printed(command, file, home):
    environment = {**os.environ, **LISTERS[BARE].environment, "ANSIBLE_HOME": str(home), "LC_ALL": "C.UTF-8"}
    return subprocess.run([*command, str(file)], env=environment, capture_output=True, text=True, check=True).stdout


def test_the_bare_plugin_adds_hosts_that_are_counted(bare_inventory, tmp_path):
    printed = _printed(LISTERS[BARE].command, bare_inventory, tmp_path)
    assert listed(printed) == len(_HOSTS)
    assert listed_in_part(printed) is None
    inventory = str(Path(sys.executable).with_name("ansible-inventory"))
    assert drawn(_printed((inventory, "--graph", "--inventory"), bare_inventory, tmp_path)) == len(_HOSTS)
    given = json.loads(_printed((inventory, "--list", "--inventory"), bare_inventory, tmp_path))["_meta"]["hostvars"]
    assert {name for name, variables in given.items() if "vmware" in variables} == _HOSTS.keys()


def test_no_hosts_are_counted_where_none_are_printed():
    assert listed("") == 0
    assert listed("  hosts (0):\n") == 0
    assert listed_in_part("  hosts (0):\n") == 0
    assert drawn("@all:\n  |--@ungrouped:\n") == 0


def test_a_host_in_several_groups_is_one():
    assert drawn("@all:\n  |--@a:\n  |  |--web\n  |--@b:\n  |  |--web\n  |  |--db\n") == 2
