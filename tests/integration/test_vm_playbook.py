# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""vmware_vm in a play, as docs/vms.md shows it: VMs are made of a JSON file in somebody else's form."""

from __future__ import annotations

import json
import re
import sys

import yaml
from estates import start_simulator

from ansible_collections.estate.vmware.plugins.module_utils.machine.places import CLUSTER, Places
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.tests.integration.changing import connection, machines
from ansible_collections.estate.vmware.tests.integration.running import REPOSITORY, run_playbook

DEVICES = "config.hardware.device"


def test_vms_are_made_of_a_file_in_another_form(tmp_path, authority):
    page = (REPOSITORY / "docs" / "vms.md").read_text(encoding="utf-8")
    rows = json.loads(re.search(r"```json\n(.*?)```", page, re.DOTALL)[1])
    (play,) = yaml.safe_load(re.search(r"```yaml\n# from_other_file.yml\n(.*?)```", page, re.DOTALL)[1])
    folder = tmp_path / "job"
    folder.mkdir()
    with start_simulator(tmp_path, ca=authority, vms=10, hosts=2) as simulator:
        with Session(Connection(simulator.host, simulator.port, simulator.username, simulator.password, ca_path=str(simulator.ca_path))) as session:
            places = Places(session)
            cluster = places.all(CLUSTER)[0]
            place = {"cluster": places.path(cluster), "datastore": min(map(places.name, places.reach([cluster])[cluster].datastores))}
        options = play["tasks"][0]["estate.vmware.vmware_vm"]
        options |= {**connection(simulator), "common": {**options["common"], "placement": place}}
        for row in rows:
            del row["cdrom"]
        (folder / "machines.json").write_text(json.dumps(rows))
        path = folder / "play.yml"
        path.write_text(yaml.safe_dump([play]))
        inventory = {"all": {"hosts": {"localhost": {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}}}}
        first = run_playbook(folder, path, inventory, "-vvvv", "--diff")
        assert first.returncode == 0 and "changed=1" in first.stdout, first.stdout
        assert simulator.password not in first.stdout + first.stderr
        made = machines(simulator, "config.hardware.numCPU", "config.hardware.memoryMB", DEVICES)["app-1"]
        assert (made["config.hardware.numCPU"], made["config.hardware.memoryMB"]) == (4, 8192)
        assert [int(one["capacityInKB"]) for one in made[DEVICES] if one["_type"] == "VirtualDisk"] == [40960 * 1024]
        again = run_playbook(folder, path, inventory)
        assert again.returncode == 0 and "changed=0" in again.stdout, again.stdout
