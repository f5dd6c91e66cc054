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
from ansible_collections.estate.vmware.tests.integration.running import ansible_environment

#: What Jinja, YAML and shells take for theirs. Where one of them escapes it, its beginning can still be found.
SECRET = "s3cret-beginning-{{ 7 * 7 }}-{% raw %}-'\"#: $HOME \\ %s"
FOUND = "s3cret-beginning"


def surroundings(folder: Path, **more: str) -> dict[str, str]:
    """A folder to add sources in, with a vault password; the environment for that."""
    folder.mkdir(exist_ok=True)
    vault = folder.with_name(folder.name + ".vault-password")
    vault.write_text("vault password of the test\n")
    return {**ansible_environment(folder), "ANSIBLE_VAULT_PASSWORD_FILE": str(vault), **more}


def run(folder: Path, environment: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["ansible-playbook", *command], cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False
    )


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
    return run(folder, environment, "estate.vmware.add_source", "-e", f"@{path}")


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
        done = run(folder, environment, "-vvvv", "-i", "sources.d", "estate.vmware.collect_inventory")
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


def test_existing_source_is_replaced_only_when_asked(tmp_path, estate):
    folder, esxi = tmp_path / "run", estate[-1]
    (folder / "sources.d").mkdir(parents=True)
    path = folder / "sources.d" / "lab.yml"
    path.write_text("older")
    refused = add(folder, esxi)
    assert refused.returncode == 2 and "lab.yml exists; set source_replace=true" in refused.stdout.replace("\n", " ")
    assert path.read_text() == "older"
    assert add(folder, esxi, source_replace=True).returncode == 0
    assert "$ANSIBLE_VAULT;" in path.read_text()
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
    command = ["ansible", "lab", "-i", "sources.d", "-m", "ansible.builtin.debug", "-a", "var=vmware_password"]
    shown = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert esxi.password in shown.stdout, shown.stderr


def test_certificate_is_pinned_when_it_is_the_expected_one(tmp_path, estate):
    folder, esxi = tmp_path / "run", estate[-1]
    esxi.reset_calls()
    refused = add(folder, esxi, source_certificate="pin", source_fingerprint="11" * 32)
    assert refused.returncode == 2 and "is not trusted, nothing was written" in refused.stdout.replace("\n", " ")
    unanswered = add(folder, esxi, source_certificate="pin")
    assert unanswered.returncode == 2 and "is not trusted, nothing was written" in unanswered.stdout.replace("\n", " ")
    assert not (folder / "sources.d").exists()
    assert "Login" not in esxi.calls(), "nobody logs in where nobody trusts the certificate"
    (seen,) = {line.split('"')[3] for line in refused.stdout.splitlines() if '"fingerprint"' in line}
    done = add(folder, esxi, source_certificate="pin", source_fingerprint=seen.lower().replace(":", ""))
    assert done.returncode == 0, done.stdout[-3000:]
    assert f'vmware_fingerprint: "{seen}"' in (folder / "sources.d" / "lab.yml").read_text()


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"source_password": "wr0ng"}, "the login of root is refused"),
        ({"source_certificate": "system"}, "the certificate is not trusted"),
        ({"source_alias": "web:8080"}, "source_alias must be letters, digits, dots, dashes and underscores, and not the name of a group (got web:8080)"),
        ({"source_alias": "../lab"}, "source_alias must be letters, digits, dots, dashes and underscores, and not the name of a group (got ../lab)"),
        ({"source_password": ""}, "must be set; answer the questions"),
        ({"source_vault_id": "prod@/nowhere/vault"}, "source_vault_id: /nowhere/vault does not exist"),
        ({"source_vault_id": "/dev/null"}, "source_vault_id:"),
    ],
)
def test_what_does_not_work_writes_nothing(tmp_path, estate, answers, reason):
    folder = tmp_path / "run"
    done = add(folder, estate[-1], **answers)
    assert done.returncode == 2
    assert reason in " ".join(done.stdout.split())
    assert "Traceback" not in done.stdout + done.stderr
    assert not (folder / "sources.d").exists()


@pytest.mark.parametrize(("label", "header"), [("prod@", "$ANSIBLE_VAULT;1.2;AES256;prod\n"), ("", "$ANSIBLE_VAULT;1.1;AES256\n")])
def test_vault_id_that_is_given_encrypts(tmp_path, estate, label, header):
    folder = tmp_path / "run"
    other = tmp_path / "other"
    other.write_text("another vault password\n")
    assert add(folder, estate[-1], source_vault_id=f"{label}{other}").returncode == 0
    assert header in (folder / "sources.d" / "lab.yml").read_text()
    look = ["-i", str(folder / "sources.d"), "lab", "-c", "local", "-m", "ansible.builtin.assert", "-a", "that=vmware_password==lookup('env','LAB_PASSWORD')"]
    environment = {**ansible_environment(folder), "LAB_PASSWORD": estate[-1].password}
    done = subprocess.run(["ansible", "--vault-id", f"{label}{other}", *look], env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_vault_password_is_reported_before_anything_is_tried(tmp_path, dead_port, estate):
    folder = tmp_path / "run"
    environment = surroundings(folder, LAB_PASSWORD="secret")
    del environment["ANSIBLE_VAULT_PASSWORD_FILE"]
    done = add(folder, estate[-1], environment, source_address=f"https://127.0.0.1:{dead_port}")
    assert done.returncode == 2 and "no vault password to encrypt with" in " ".join(done.stdout.split())
