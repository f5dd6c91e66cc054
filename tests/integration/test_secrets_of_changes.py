# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets of VMs that are changed, while the server repeats them: not in output at any verbosity, in diffs, logs, results, journal or other files."""

from __future__ import annotations

import base64
import json
import sys

import pytest
import yaml
from estates import start_simulator

from ansible_collections.estate.vmware.tests.integration.changing import journal, machines
from ansible_collections.estate.vmware.tests.integration.running import run_playbook, source

USER_DATA = """#cloud-config
hostname: web
chpasswd:
  list: |
    root:Tr0ub4dor
password: hunter2X
runcmd:
  - curl -H 'X-Auth: 9f86d081884c7d659a2feaa0c55ad015' https://intranet.example.com
"""
ENCODED = base64.b64encode(USER_DATA.encode()).decode()
IGNITION = '{"ignition": {"version": "3.4.0"}, "passwd": "Kn0cK-kN0cK"}'
SECRETS = (
    "Tr0ub4dor",
    "hunter2X",
    "9f86d081884c7d65",
    "intranet.example",
    ENCODED[:16],
    ENCODED[33:60],
    "db-s3cret-77",
    "Kn0cK-kN0cK",
    "ur1-p4ss",
    "ur1%2Dp4ss",
    "s1gn4ture",
)


@pytest.fixture(scope="module")
def job(tmp_path_factory, authority):
    """What a job said, and the folder that it left its files in."""
    folder = tmp_path_factory.mktemp("secrets")
    with start_simulator(folder / "simulator", ca=authority, vms=40) as vcenter:
        plain = [name for name, row in machines(vcenter, "config.template").items() if name.startswith(("web-", "app-")) and not row["config.template"]]
        options = {name: f"{{{{ vmware_{name} }}}}" for name in ("hostname", "port", "username", "password", "ca_path")}
        secret = {
            "user_data": USER_DATA,
            "extra_config": {"app.db_password": "db-s3cret-77", "guestinfo.ignition.config.data": IGNITION},
        }
        files = {"journal": str(folder / "journal"), "dest": str(folder / "results.json")}
        tasks = [
            {"name": name, "ignore_errors": True, "estate.vmware.vmware_vm": {**options, **files, "vms": vms, **further}}
            for name, vms, further in (
                ("Items", [{"name": name, **secret} for name in plain[:4]], {"concurrency": 1}),
                ("Common", [{"name": plain[4]}], {"common": secret}),
                ("Wrong", [{"name": plain[5], **secret, "cpu": {"count": 0}}], {}),
                (
                    "Package",
                    [{"name": "new", "source": {"ova": "https://me:ur1%2Dp4ss@127.0.0.1:1/a.ova?sig=s1gn4ture"}, "placement": {"cluster": "nowhere"}}],
                    {},
                ),
                ("Text in place of a mapping", [{"name": plain[5], "user_data": USER_DATA, "extra_config": f"app.db_password={'db-s3cret-77'}"}], {}),
            )
        ]
        play = {"hosts": "all", "gather_facts": False, "connection": "local", "tasks": tasks}
        playbook = folder / "play.yml"
        playbook.write_text(yaml.safe_dump([play]))
        echo = f"The value {' '.join(USER_DATA.split())} of guestinfo.userdata and db-s3cret-77 cannot be used"
        vcenter.set_faults([{"method": "ReconfigVM_Task", "call": 1, "fault": "InvalidArgument", "message": echo}])
        vcenter.set_tasks([
            {"operation": "Reconfigure", "call": 1, "fault": "InvalidVmConfig", "message": f"invalid: {ENCODED[:200]}", "parts": {"property": ENCODED[20:90]}},
            {"operation": "Reconfigure", "call": 2, "fault": "GenericVmConfigFault", "message": f"invalid: {USER_DATA[40:]} {IGNITION}"},
        ])  # fmt: skip
        host = {**source(vcenter), "ansible_python_interpreter": sys.executable}
        done = run_playbook(folder / "run", playbook, {"vmware_sources": {"hosts": {"east": host}}}, "-vvvv", "--diff")
    assert done.returncode == 0, done.stdout + done.stderr
    return done, folder


def test_changes_failed_and_were_shown(job):
    """Else there would be nothing to hide."""
    done, folder = job
    assert [line["outcome"] for line in journal(folder / "journal")][:8] == ["intended", "failed"] * 3 + ["intended", "done"]
    assert "sha256:" in done.stdout and "vms[0].cpu.count must be 1 to" in done.stdout
    assert done.stdout.count("cannot reconfigure: ") >= 3


def test_no_secret_is_shown_or_written(job):
    done, folder = job
    texts = {path: path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file() and "simulator" not in path.parts}
    del texts[folder / "play.yml"]
    texts |= {"stdout": done.stdout, "stderr": done.stderr}
    assert {"journal", "results.json", "ansible.log"} <= {path.name for path in texts if not isinstance(path, str)}
    leaks = [(str(name), secret, text[max(0, text.index(secret) - 200) :][:300]) for name, text in texts.items() for secret in SECRETS if secret in text]
    assert not leaks, json.dumps(leaks, indent=1)
