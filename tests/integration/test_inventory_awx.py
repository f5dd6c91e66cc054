# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The dynamic inventory as AWX runs it: ansible-runner, a private data directory, and the environment of its VMware credential."""

from __future__ import annotations

import json
import sys

import ansible_runner
import pytest
import yaml

from ansible_collections.estate.vmware.tests.integration.inventories import PLUGIN, Inventory
from ansible_collections.estate.vmware.tests.integration.running import ansible_environment

_PLAY = [
    {
        "hosts": "power_state_poweredOn",
        "gather_facts": False,
        "tasks": [{"ansible.builtin.debug": {"msg": "{{ vmware.instance_uuid }}"}}],
    }
]


@pytest.fixture
def private(tmp_path, estate, monkeypatch):
    """A private data directory with a project, and what the credential puts into the environment. No file names a vCenter."""
    simulator = estate[0]
    for name in ("inventory", "project", "env"):
        (tmp_path / name).mkdir()
    # One file with nothing but the plugin, and one as it was written for community.vmware.
    (tmp_path / "inventory" / "site.vmware.yml").write_text(yaml.safe_dump({"plugin": PLUGIN, "group_by": ["power_state"]}))
    (tmp_path / "project" / "moved.vmware.yml").write_text(yaml.safe_dump({"plugin": PLUGIN, "with_nested_properties": True, "hostnames": ["config.name"]}))
    (tmp_path / "project" / "play.yml").write_text(yaml.safe_dump(_PLAY))
    credential = {
        "VMWARE_HOST": f"https://{simulator.host}:{simulator.port}/sdk",
        "VMWARE_USER": simulator.username,
        "VMWARE_PASSWORD": simulator.password,
        "VMWARE_VALIDATE_CERTS": "False",
    }
    settings = {key: value for key, value in ansible_environment(tmp_path).items() if key.startswith("ANSIBLE_")}
    settings.update(ANSIBLE_INVENTORY_UNPARSED_FAILED="True", ANSIBLE_INVENTORY_EXPORT="True", ANSIBLE_INVENTORY_ENABLED=f"auto,{PLUGIN}")
    (tmp_path / "env" / "envvars").write_text(json.dumps({**settings, **credential}))
    monkeypatch.setenv("PATH", ansible_environment(tmp_path)["PATH"])
    return tmp_path


def job(private, **arguments):
    done = ansible_runner.run(private_data_dir=str(private), quiet=True, **arguments)
    output = done.stdout.read()
    assert done.status == "successful", output
    return output


def update(private, path):
    """An inventory update: the command line that AWX writes, and the file that it reads."""
    output = private / "inventory.json"
    (private / "args").write_text(f"ansible-inventory --list --export --inventory {private / path} --output {output} -vvv")
    messages = job(private)
    (private / "args").unlink()
    return Inventory(output.read_text()), messages


def test_inventory_update_and_job(private, estate):
    found, messages = update(private, "inventory/site.vmware.yml")
    assert len(found.hosts) == 60 and found.groups["power_state_poweredOn"]
    for variables in found.by_name().values():
        # What the inventory source's enabled variable and instance id name.
        assert variables["instance_uuid"] and variables["guest_state"] in ("running", "notRunning", None)
    assert {machine["guest_state"] for machine in found.by_name().values()} >= {"running", "notRunning"}
    on = found.groups["power_state_poweredOn"]
    output = job(private, playbook="play.yml", cmdline="--connection local", extravars={"ansible_python_interpreter": sys.executable})
    assert output.count("ok=1") == len(on) > 10 and all(found.by_name()[name]["instance_uuid"] in output for name in on)
    assert estate[0].password not in messages + output


def test_inventory_update_of_a_file_that_was_moved(private):
    found, _messages = update(private, "project/moved.vmware.yml")
    assert len(found.hosts) > 50
    assert all(variables["config"]["instanceUuid"] == variables["vmware"]["instance_uuid"] for variables in found.hosts.values())
    assert {variables["guest"]["guestState"] for variables in found.hosts.values()} >= {"running", "notRunning"}


def test_password_that_is_wrong_fails_the_update(private, estate):
    path = private / "env" / "envvars"
    path.write_text(json.dumps({**json.loads(path.read_text()), "VMWARE_PASSWORD": "wr0ng-passw0rd"}))
    (private / "args").write_text(f"ansible-inventory --list --inventory {private / 'inventory'} --output {private / 'inventory.json'} -vvv")
    done = ansible_runner.run(private_data_dir=str(private), quiet=True)
    output = done.stdout.read()
    assert (done.status, "the login of svc-north is refused" in " ".join(output.split())) == ("failed", True)
    assert "wr0ng-passw0rd" not in output
