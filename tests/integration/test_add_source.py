# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""add_source.yml: a source is asked for, tried and written, and its password is nowhere to be seen."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pexpect
import pytest
import yaml
from estates import Simulator, start_simulator

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.tests.integration.running import ansible_environment, run_program

#: What Jinja, YAML and shells take for theirs. Where one of them escapes it, its beginning can still be found.
SECRET = "s3cret-beginning-{{ 7 * 7 }}-{% raw %}-'\"#: $HOME \\ %s"
FOUND = "s3cret-beginning"


def surroundings(folder: Path, **more: str) -> dict[str, str]:
    """A folder to add sources in, with a vault password; the environment for that."""
    folder.mkdir(exist_ok=True)
    vault = folder.with_name(folder.name + ".vault-password")
    vault.write_text("vault password of the test\n")
    return {**ansible_environment(folder), "ANSIBLE_VAULT_PASSWORD_FILE": str(vault), **more}


def add(folder: Path, simulator: Simulator, environment: dict[str, str] | None = None, **answers: Any) -> subprocess.CompletedProcess[str]:
    """Add a source without being asked; the password comes out of the environment."""
    given = {
        "source_alias": "lab",
        "source_address": simulator.url,
        "source_username": simulator.username,
        "source_password": "{{ lookup('ansible.builtin.env', 'LAB_PASSWORD') }}",
        "source_certificate": str(simulator.ca_path),
        **answers,
    }
    environment = environment or surroundings(folder, LAB_PASSWORD=simulator.password)
    path = folder.with_name(folder.name + ".answers.yml")
    path.write_text(yaml.safe_dump(given))
    return run_program(["ansible-playbook", "estate.vmware.add_source", "-e", f"@{path}"], folder, environment)


def shown_password(folder: Path, environment: dict[str, str], *options: str) -> str:
    """What Ansible says of the password in the file that was written, with its vault password."""
    command = ["ansible", "lab", "-i", "sources.d", *options, "-m", "ansible.builtin.debug", "-a", "var=vmware_password"]
    done = run_program(command, folder, environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def added(tmp_path_factory):
    """A source that was asked for at a terminal, and the main job that reads it, both at -vvvv: folder and all that was said."""
    folder = tmp_path_factory.mktemp("added") / "run"
    environment = surroundings(folder)
    with start_simulator(folder.parent / "simulator", name="east", password=SECRET, vms=3) as east:
        answers = {
            "Name of the source": "vcenter-east",
            "Host name, IP address": east.url,
            "User": east.username,
            "Password (not shown)": SECRET,
            "Certificate": str(east.ca_path),
        }
        terminal = pexpect.spawn(
            "ansible-playbook", ["-vvvv", "estate.vmware.add_source"], cwd=folder, env=environment, encoding="utf-8", timeout=120, dimensions=(60, 400)
        )
        output = ""
        for question, answer in answers.items():
            terminal.expect_exact(question)
            terminal.expect(r": $")
            output += terminal.before + str(terminal.after)
            terminal.sendline(answer)
        terminal.expect(pexpect.EOF)
        output += terminal.before
        terminal.close()
        assert terminal.exitstatus == 0, output[-3000:]
        done = run_program(["ansible-playbook", "-vvvv", "-i", "sources.d", "estate.vmware.collect_inventory"], folder, environment)
        assert done.returncode == 0, done.stdout[-3000:]
    return folder, output + done.stdout + done.stderr


def test_source_is_written_and_read(added):
    folder, _said = added
    path = folder / "sources.d" / "vcenter-east.yml"
    assert path.stat().st_mode & 0o777 == 0o600 and path.parent.stat().st_mode & 0o777 == 0o700
    assert "$ANSIBLE_VAULT;" in path.read_text()
    scan = Scan.open(str(folder / "vmware-inventory" / "scans" / "vcenter-east.sqlite"))
    assert (scan.head.status, scan.counts["vms"]) == ("ok", 3)


def test_password_is_nowhere(added):
    folder, output = added
    assert "vmware_connection_info" in output and "encrypt_string" not in output, "even how it is encrypted is not told"
    assert FOUND not in output
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {".xlsx", ".sqlite", ".yml", ".log"} <= {path.suffix for path in files}
    for path in files:
        assert FOUND.encode() not in path.read_bytes(), path


def test_existing_source_is_replaced_only_when_asked(tmp_path, estate, dead_port):
    """A file that exists, no vault password to encrypt with, and a source that nobody has to try for that; then one that replaces it."""
    folder, esxi = tmp_path / "run", estate[-1]
    (folder / "sources.d").mkdir(parents=True)
    path = folder / "sources.d" / "lab.yml"
    path.write_text("older")
    environment = surroundings(folder, LAB_PASSWORD=esxi.password)
    del environment["ANSIBLE_VAULT_PASSWORD_FILE"]
    refused = add(folder, esxi, environment, source_address=f"https://127.0.0.1:{dead_port}")
    said = " ".join(refused.stdout.split())
    assert refused.returncode == 2 and "lab.yml exists; set source_replace=true" in said and "no vault password to encrypt with" in said
    assert path.read_text() == "older"
    other = tmp_path / "other"
    other.write_text("another vault password\n")
    assert add(folder, esxi, source_replace=True, source_vault_id=f"prod@{other}").returncode == 0
    assert "$ANSIBLE_VAULT;1.2;AES256;prod\n" in path.read_text(), "by the vault id that is given, not by the password of the configuration"
    assert esxi.password in shown_password(folder, ansible_environment(folder), "--vault-id", f"prod@{other}")
    assert (folder / "sources.d").stat().st_mode & 0o777 == 0o755, "a folder that exists keeps its mode"


def test_settings_of_the_folder_count_and_inventories_that_are_there_are_named(tmp_path, estate):
    """The ansible.cfg that the docs recommend, with a relative path of the vault's password."""
    folder, esxi = tmp_path / "run", estate[-1]
    environment = surroundings(folder, LAB_PASSWORD=esxi.password)
    del environment["ANSIBLE_VAULT_PASSWORD_FILE"]
    (folder / "vault-password").write_text("vault password of the test\n")
    (folder / "ansible.cfg").write_text("[defaults]\nvault_password_file = vault-password\n[inventory]\nany_unparsed_is_failed = true\n")
    (folder / "sources.yml").write_text("vmware_sources: {hosts: {other: }}\n")
    done = add(folder, esxi, environment)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "ansible-playbook -i sources.yml -i sources.d estate.vmware.collect_inventory" in done.stdout
    assert esxi.password in shown_password(folder, environment)


def test_certificate_is_pinned_when_it_is_the_expected_one(tmp_path, estate):
    """The source that is written in the end is encrypted with a password file that is given without a label."""
    folder, esxi = tmp_path / "run", estate[-1]
    esxi.reset_calls()
    refused = add(folder, esxi, source_certificate="pin", source_fingerprint="11" * 32)
    assert refused.returncode == 2 and "is not trusted, nothing was written" in refused.stdout.replace("\n", " ")
    unanswered = add(folder, esxi, source_certificate="pin")
    assert unanswered.returncode == 2 and "is not trusted, nothing was written" in unanswered.stdout.replace("\n", " ")
    assert not (folder / "sources.d").exists()
    assert "Login" not in esxi.calls(), "nobody logs in where nobody trusts the certificate"
    (seen,) = {line.split('"')[3] for line in refused.stdout.splitlines() if '"fingerprint"' in line}
    other = tmp_path / "other"
    other.write_text("another vault password\n")
    done = add(folder, esxi, source_certificate="pin", source_fingerprint=seen.lower().replace(":", ""), source_vault_id=str(other))
    assert done.returncode == 0, done.stdout[-3000:]
    written = (folder / "sources.d" / "lab.yml").read_text()
    assert f'vmware_fingerprint: "{seen}"' in written and "$ANSIBLE_VAULT;1.1;AES256\n" in written
    assert esxi.password in shown_password(folder, ansible_environment(folder), "--vault-id", str(other))


ALIAS = "source_alias must be letters, digits, dots, dashes and underscores, and not the name of a group (got {})"


@pytest.mark.parametrize(
    ("answers", "reasons"),
    [
        ({"source_password": "wr0ng"}, ["the login of root is refused"]),
        ({"source_certificate": "system"}, ["the certificate is not trusted"]),
        ({"source_alias": "web:8080", "source_password": ""}, [ALIAS.format("web:8080"), "must be set; answer the questions"]),
        (
            {"source_alias": "../lab", "source_vault_id": "prod@/nowhere/vault"},
            [ALIAS.format("../lab"), "source_vault_id: /nowhere/vault does not exist"],
        ),
        ({"source_vault_id": "/dev/null"}, ["source_vault_id:"]),
    ],
)
def test_what_does_not_work_writes_nothing(tmp_path, estate, answers, reasons):
    folder = tmp_path / "run"
    done = add(folder, estate[-1], **answers)
    assert done.returncode == 2
    assert [reason for reason in reasons if reason not in " ".join(done.stdout.split())] == []
    assert "Traceback" not in done.stdout + done.stderr
    assert not (folder / "sources.d").exists()
