# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plays of docs/snapshots.md and docs/templates.md, as they stand there but for names."""

from __future__ import annotations

import re
import sys
from typing import Any

import yaml
from estates import start_simulator

from ansible_collections.estate.vmware.tests.integration.changing import connection, machines
from ansible_collections.estate.vmware.tests.integration.running import REPOSITORY, run_playbook

TREE = "snapshot.rootSnapshotList"


def tasks(page: str) -> dict[str, dict[str, Any]]:
    """File name to the only task of each play of a page."""
    text = (REPOSITORY / "docs" / page).read_text(encoding="utf-8")
    return {name: yaml.safe_load(block)[0]["tasks"][0] for name, block in re.findall(r"```yaml\n# (\S+)\n(.*?)```", text, re.DOTALL)}


def test_plays_of_the_docs(tmp_path, authority):
    found = {**tasks("snapshots.md"), **tasks("templates.md")}
    assert found.keys() == {"before_patches.yml", "prune.yml", "revert.yml", "template.yml", "info.yml", "ssh.yml"}
    with start_simulator(tmp_path, ca=authority, vms=60, hosts=4, guest_delay=20) as simulator:
        rows = machines(simulator, "runtime.powerState", "guest.toolsRunningStatus", "config.template", TREE)
        tools = [name for name, row in rows.items() if row.get("guest.toolsRunningStatus") == "guestToolsRunning" and TREE not in row and name.isascii()]
        web, build = tools[0], tools[1]
        old = next(name for name, row in rows.items() if TREE in row and not row.get("config.template") and name.isascii() and "%" not in name)
        options = {name: next(value for key, value in task.items() if key.startswith("estate.vmware.")) for name, task in found.items()}
        options["before_patches.yml"]["vms"] = [{"filters": [{"name": web}]}]
        options["before_patches.yml"]["common"]["snapshot"]["name"] = "before-patch-1"
        options["revert.yml"]["vms"][0] |= {"name": web, "snapshot": {"name": "before-patch-1", "power_after_revert": "on"}}
        options["prune.yml"]["vms"][0]["filters"] = [{"name": old}]
        options["template.yml"]["vms"][0]["name"] = build
        options["template.yml"]["vms"][0]["placement"] = {}
        options["info.yml"]["vms"] = [{"name": web}, {"filters": [{"name": old}]}]
        options["ssh.yml"]["hosts"] = [{"filters": [{"connection_state": "connected"}]}]
        for name, task in found.items():
            options[name] |= connection(simulator)
            task["register"] = name.removesuffix(".yml")
        keep = {"ansible.builtin.debug": {"msg": "{{ info.vms | map(attribute='name') | list }}"}, "name": "Show"}
        folder = tmp_path / "job"
        folder.mkdir()
        path = folder / "play.yml"
        play = {"hosts": "localhost", "gather_facts": False, "tasks": [*found.values(), keep]}
        path.write_text(yaml.safe_dump([play], sort_keys=False))
        inventory = {"all": {"hosts": {"localhost": {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}}}}
        first = run_playbook(folder, path, inventory, "-vvvv", "--diff")
        assert first.returncode == 0 and "changed=5" in first.stdout, first.stdout[-5000:]
        assert simulator.password not in first.stdout + first.stderr
        assert web in first.stdout
        after = machines(simulator, "config.template", "runtime.powerState", TREE)
        assert after["tpl-rhel9"]["config.template"] is True and after[web]["runtime.powerState"] == "poweredOn"
