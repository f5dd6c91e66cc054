# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every example of README and docs is tried: here, or by a test that is named here. The rest is listed with the reason.

Commands are read by the parsers of the programs; tests/integration/test_docs_commands.py runs some of them.
"""

from __future__ import annotations

import configparser
import re
import subprocess
from functools import cache
from pathlib import Path

import docs_blocks
import pytest
import yaml
from ansible.cli.adhoc import AdHocCLI
from ansible.cli.galaxy import GalaxyCLI
from ansible.cli.inventory import InventoryCLI
from ansible.cli.playbook import PlaybookCLI
from ansible.cli.vault import VaultCLI
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection_options import CONNECTION_OPTIONS

ROOT = Path(__file__).resolve().parents[2]

#: Blocks that another test tries: the beginning of their names, and the test.
TRIED_ELSEWHERE = {
    "docs/awx.md: # execution-environment.yml": "tests/integration/test_awx.py",
    "docs/awx.md: # group variables, many accounts": "tests/integration/test_awx.py",
    "docs/awx.md: # injector configuration": "tests/integration/test_awx.py",
    "docs/awx.md: # launch.py": "tests/integration/test_create_vms.py",
    "docs/awx.md: # input configuration": "tests/integration/test_awx.py",
    'docs/changing.md: {"time"': "tests/integration/test_vm_power.py",
    "docs/contributing.md: # plugins/module_utils/inventory/": "tests/integration/test_new_field.py",
    "docs/contributing.md: # plugins/module_utils/machine/settings/": "tests/unit/plugins/module_utils/machine/settings/test_setting_guide.py",
    "docs/contributing.md: # plugins/module_utils/report/csv/": "tests/unit/plugins/module_utils/report/test_renderer_guide.py",
    "docs/contributing.md: # plugins/module_utils/report/layouts/": "tests/integration/test_new_field.py",
    "docs/contributing.md: # plugins/module_utils/report/translations/": "tests/integration/test_new_field.py",
    "docs/connecting.md: # check.yml": "tests/integration/test_docs_commands.py",
    "docs/credentials.md: # answers.yml": "tests/integration/test_add_source.py",
    "docs/delivery.md: vmware_deliver_to:": "tests/integration/test_delivery.py",
    "docs/vms.md: [{": "tests/integration/test_vm_playbook.py",
    "docs/playbooks.md: [": "tests/integration/test_create_vms.py",
    "docs/playbooks.md: # ova_conf.yml": "tests/integration/test_create_vms.py",
    "docs/playbooks.md: # sources.yml": "tests/integration/test_create_vms.py",
    "docs/playbooks.md: # vm_conf.yml": "tests/integration/test_create_vms.py",
    'docs/playbooks.md: {"host"': "tests/integration/test_create_vms.py",
    'docs/playbooks.md: {"ova_path"': "tests/integration/test_create_vms.py",
    "docs/quickstart.md: # secrets.yml": "tests/integration/test_docs_commands.py",
    "docs/quickstart.md: # sources.yml": "tests/integration/test_docs_commands.py",
}
#: Blocks and programs that no test can try, and why. The one list of them.
NOT_TRIED = {
    # Blocks.
    "docs/architecture.md: read ": "a figure",
    "docs/awx.md: # collections/requirements.yml": "names a server that does not exist",
    'docs/awx.md: vcenter-prod: {username: inventory@vsphere.local, password: "…"}': "the value of a credential; tests/integration/test_awx.py makes its own",
    "docs/awx.md: vmware_report_result:": "a result, not an input",
    "docs/awx.md: vmware_vms_result:": "a result, not an input",
    "docs/running.md: vcenter-prod ": "a row of a workbook",
    "docs/running.md: vmware-inventory/scans/": "a list of files",
    # Programs.
    ".": "activates an environment of the reader",
    ".venv/bin/python": "runs all unit tests, this one among them",
    "ansible-builder": "building an image needs a container engine and a network; tests/integration/test_awx.py makes the build context",
    "echo": "shows the exit code of the line before",
    "env": "the environment of cron, around a line that a person fills in, or a vault whose old password must be entered",
    "export": "sets a variable of the reader's shell",
    "openssl": "makes the reader's own vault password",
    "pip": "installs from PyPI, as make test did before",
    "podman": "sends an image to the reader's own registry",
    "printf": "prints what the line before has read",
    "python3": "makes an environment of the reader",
    "read": "asks the reader for a password",
    "umask": "changes the reader's shell",
}
CLIS = {"ansible": AdHocCLI, "ansible-galaxy": GalaxyCLI, "ansible-inventory": InventoryCLI, "ansible-playbook": PlaybookCLI, "ansible-vault": VaultCLI}
#: Variables of the playbooks, which no role declares: docs/variables.md, "Of the playbooks".
OF_PLAYBOOKS = {"vmware_collect_serial", "vmware_report_max_age", "vmware_sources_group"}

BLOCKS = list(docs_blocks.blocks())
COMMANDS = [(block.page, words) for block in BLOCKS for command in block.commands for words in docs_blocks.programs(command)]
#: Crontabs have a shell around them, which test_every_block_is_tried_or_listed reads.
COMMANDS += [(block.page, words) for block in BLOCKS if block.language == "cron" for words in docs_blocks.programs(block.text) if words[0] in CLIS]


@cache
def specs() -> dict[str, dict]:
    """Every variable of the sources and of the job, with its specification."""
    roles = [yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"]["main"]["options"] for path in ROOT.glob("roles/*/meta/argument_specs.yml")]
    connection = {f"vmware_{name}": {**spec, "required": False} for name, spec in CONNECTION_OPTIONS.items()}
    return {**connection, **{name: spec for role in roles for name, spec in role.items()}}


def listed(name: str, names: dict[str, str]) -> list[str]:
    return [beginning for beginning in names if name.startswith(beginning)]


def wrong_variables(variables: dict) -> list[str]:
    """What is wrong of variables of the sources or the job."""
    known = specs()
    unknown = [name for name in variables if name.startswith("vmware_") and name not in known.keys() | OF_PLAYBOOKS]
    valued = {name: value for name, value in variables.items() if name in known}
    return unknown + ArgumentSpecValidator({name: known[name] for name in valued}).validate(valued).error_messages


def wrong_yaml(block: docs_blocks.Block) -> list[str]:
    """What is wrong of a YAML block: one that says how it is meant by what it holds."""
    data = docs_blocks.loaded(block.text)
    if isinstance(data, list):
        return [] if all({"hosts", "ansible.builtin.import_playbook"} & play.keys() for play in data) else ["no plays"]
    if "plugin" in data:
        return (
            []
            if block.page in {"README.md", "docs/inventory.md", "docs/moving-from-community-vmware.md"}
            else ["tests/integration/test_inventory_docs.py does not look here"]
        )
    if "vmware_sources" in data:
        group = data["vmware_sources"]
        return [line for variables in [*group["hosts"].values(), group.get("vars", {})] for line in wrong_variables(variables)]
    if not any(name.startswith("vmware_") for name in data):
        return [line for variables in data.values() for line in wrong_variables(variables)]
    return wrong_variables(data) + [name for name in data if not name.startswith("vmware_")]


def wrong_of(block: docs_blocks.Block) -> list[str]:
    if listed(block.name, TRIED_ELSEWHERE) or listed(block.name, NOT_TRIED):
        return []
    if block.language == "yaml":
        return wrong_yaml(block)
    if block.language == "ini":
        configparser.ConfigParser(interpolation=None).read_string(block.text)
        return []
    if block.language == "cron":
        lines = [line for line in block.text.splitlines() if line and not line.startswith("#")]
        return [line for line in lines if not re.match(r"(?:[\d*,/-]+ +){5} *cd ", line) or not is_shell(line.split(maxsplit=5)[5])]
    return [] if block.language == "console" else ["no test tries it: try it, or list it with the reason"]


def is_shell(line: str) -> bool:
    return subprocess.run(["bash", "-n", "-c", line], capture_output=True, check=False).returncode == 0


def wrong_command(words: list[str]) -> list[str]:
    """What is wrong of a program with its arguments."""
    program, *arguments = words
    if program == "make":
        targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        return [word for word in arguments if "=" not in word and word not in targets]
    if program not in CLIS:
        return [] if program in NOT_TRIED else ["no test tries it: try it, or list it with the reason"]
    redirections = [number for number, word in enumerate(arguments) if word.startswith(">")]
    arguments = arguments[: redirections[0]] if redirections else arguments
    cli = CLIS[program](words)
    cli.init_parser()
    given = vars(cli.parser.parse_args(arguments))
    playbooks = [name.removeprefix("estate.vmware.") for name in given.get("args") or [] if isinstance(name, str) and name.startswith("estate.vmware.")]
    missing = [name for name in playbooks if program == "ansible-playbook" and not (ROOT / "playbooks" / f"{name}.yml").exists()]
    extra = dict(word.split("=", 1) for word in given.get("extra_vars") or [] if not word.startswith("@"))
    return missing + wrong_variables(extra)


def test_every_block_is_tried_or_listed():
    assert {block.name: wrong for block in BLOCKS if (wrong := wrong_of(block))} == {}


def test_every_command_can_be_parsed(capsys):
    try:
        found = {f"{page}: {' '.join(words)}": wrong for page, words in COMMANDS if (wrong := wrong_command(words))}
    except SystemExit:
        pytest.fail(capsys.readouterr().err)
    assert found == {}


def test_lines_are_shell():
    lines = [(block.page, command) for block in BLOCKS for command in block.commands]
    assert len(lines) > 30 and [line for _page, line in lines if not is_shell(line)] == []


def test_lists_name_what_exists():
    names = [block.name for block in BLOCKS] + [words[0] for _page, words in COMMANDS]
    assert [entry for entry in [*TRIED_ELSEWHERE, *NOT_TRIED] if not any(name.startswith(entry) for name in names)] == []
    assert [path for path in TRIED_ELSEWHERE.values() if not (ROOT / path).is_file()] == []


def test_lines_to_add_below_exist():
    """Of two lines of Python the first one is in the file, for test_new_field.py to add the second one below."""
    examples = [block.text.splitlines() for block in BLOCKS if block.language == "python" and block.text.count("\n") == 3]
    assert len(examples) > 5
    assert [path for path, known, _new in examples if (ROOT / path.removeprefix("# ")).read_text(encoding="utf-8").count(known + "\n") != 1] == []
