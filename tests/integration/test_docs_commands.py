# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Commands of README and docs, run in one folder as a reader would, against simulated sources in place of the examples' hosts.

tests/unit/test_docs_examples.py reads all the others, and lists those that cannot be tried.
"""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import docs_blocks
import pytest
import yaml

from ansible_collections.estate.vmware.tests.integration.running import ansible_environment, run_program, source

#: Commands that are run, in this order, and what each prints.
COMMANDS = {
    "ansible-playbook -i sources.yml -e @secrets.yml --ask-vault-pass estate.vmware.collect_inventory": "The workbook is ",
    "ansible-playbook -i sources.yml -e @secrets.yml --ask-vault-pass check.yml": "failed=0",
    "ansible-playbook -i sources.yml estate.vmware.collect_inventory -e vmware_collect_max_age=2h": "reused",
    "ansible-playbook -i sources.yml estate.vmware.report -e vmware_collect_dest=/estate/scans -e vmware_report_max_age=6h": "The workbook is ",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, estate) -> Path:
    """The reader's folder: the inventory and the vault of the quick start, a vault password, and the playbooks of the pages."""
    folder = tmp_path_factory.mktemp("reader")
    inventory, secrets, check = (
        loaded(name) for name in ("docs/quickstart.md: # sources.yml", "docs/quickstart.md: # secrets.yml", "docs/connecting.md: # check.yml")
    )
    hosts = inventory["vmware_sources"]["hosts"]
    for (name, variables), (secret, _value), simulator in zip(hosts.items(), secrets.items(), [estate[1], estate[2]]):
        assert variables["vmware_password"] == f"{{{{ {secret} }}}}"
        hosts[name] = {**source(simulator), "vmware_password": variables["vmware_password"]}
        secrets[secret] = simulator.password
    # The play of the page names three options; a simulator has a port and a CA of its own, too.
    for option in ("port", "ca_path"):
        check[0]["tasks"][0]["estate.vmware.vmware_connection_info"][option] = f"{{{{ vmware_{option} }}}}"
    for name, content in (("sources.yml", inventory), ("secrets.yml", secrets), ("check.yml", check)):
        (folder / name).write_text(yaml.safe_dump(content))
    (folder / "vault").write_text("the password of the vault")
    assert run(folder, "ansible-vault encrypt --vault-password-file vault secrets.yml").returncode == 0
    return folder


def loaded(name: str):
    (block,) = [block for block in docs_blocks.blocks() if block.name == name]
    return docs_blocks.loaded(block.text)


def run(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run a command with a file in place of the question for a password, and a folder of the test in place of the shared one."""
    if "secrets.yml" not in command and "estate.vmware" in command:
        command += " -e @secrets.yml --ask-vault-pass"
    command = command.replace("--ask-vault-pass", "--vault-password-file vault").replace("/estate/scans", "vmware-inventory/scans")
    return run_program(shlex.split(command), folder, ansible_environment(folder))


def test_commands_do_what_the_pages_say(folder):
    written = {command for block in docs_blocks.blocks() for command in block.commands}
    for command, printed in COMMANDS.items():
        assert command in written
        done = run(folder, command)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr
        assert printed in done.stdout, command
    assert list((folder / "vmware-inventory").glob("*.xlsx"))


def test_playbooks_of_the_pages_have_a_good_syntax(folder):
    """In one run."""
    plays = [block for block in docs_blocks.blocks() if block.language == "yaml" and isinstance(docs_blocks.loaded(block.text), list)]
    paths = []
    for number, block in enumerate(plays):
        paths.append(f"play{number}.yml")
        (folder / paths[-1]).write_text(block.text)
    done = run(folder, f"ansible-playbook -i sources.yml --syntax-check {' '.join(paths)}")
    assert len(plays) > 5 and done.returncode == 0, done.stdout + done.stderr
