# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The job as AWX runs it, with the credential types of docs/awx.md, and the execution environment that AWX runs it in."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml
from estates import start_simulator

from ansible_collections.estate.vmware.tests.integration.awx import RESULT_LIMIT, Job, from_docs, injected
from ansible_collections.estate.vmware.tests.integration.running import COLLECTIONS, REPOSITORY, source

#: So many that the rows of their scan would not pass as a result.
VMS = 1000
PASSWORD = "s3cret-of-the-vcenter"


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A finished job with the credential of one account, which reads a large vCenter and a dead host, and its vCenter."""
    folder = tmp_path_factory.mktemp("awx")
    with start_simulator(folder / "simulator", name="large", password=PASSWORD, vms=VMS) as large:
        group = {"hosts": {"large": {"vmware_hostname": large.host, "vmware_port": large.port}, "dead": {"vmware_hostname": "127.0.0.1", "vmware_port": 1}}}
        credential = injected("one account", folder / "credential", username=large.username, password=PASSWORD, ca=large.ca_path.read_text())
        return Job(folder / "job", "collect_inventory", group, environment=credential).run()


def test_job_is_red_for_the_dead_host_alone(finished):
    assert finished.status == "failed"
    assert "1 of 2 sources could not be read: dead." in finished.output


def test_artifacts_say_what_became_of_it(finished):
    (reported,) = finished.artifacts().values()
    assert list(finished.artifacts()) == ["vmware_report_result"]
    workbook = Path(reported["workbook"])
    assert workbook.is_file() and finished.away in workbook.parents
    assert (reported["sources"], reported["kept"]) == ({"large": "ok", "dead": "failed"}, False)
    assert (reported["totals"]["sources"], reported["totals"]["failed"]) == (2, 1)
    assert reported["totals"]["vms"] + reported["totals"]["templates"] == VMS


def test_results_are_far_below_the_limit(finished):
    reported = [event["event_data"] for event in finished.events() if event["event_data"].get("res")]
    assert {"Read the source", "Write the workbook"} <= {data["task"] for data in reported}
    size, task = max((len(json.dumps(data["res"])), data["task"]) for data in reported)
    assert size < RESULT_LIMIT / 10, task


def test_no_event_and_no_output_has_the_password(finished):
    assert PASSWORD not in finished.output
    assert PASSWORD not in json.dumps(finished.events())
    # The directory of credentials is AWX's; what the job itself has written is searched.
    made = [path for path in (finished.away / "project").rglob("*") if path.is_file()]
    assert {".xlsx", ".sqlite"} <= {path.suffix for path in made}
    for path in made:
        assert PASSWORD.encode() not in path.read_bytes(), path


def test_one_credential_has_the_accounts_of_many_sources(tmp_path, estate):
    accounts = {simulator.name: {"username": simulator.username, "password": simulator.password} for simulator in estate}
    hosts = {simulator.name: source(simulator, vmware_username=None, vmware_password=None) for simulator in estate}
    group = {"hosts": {**hosts, "unknown": hosts[estate[-1].name]}, "vars": from_docs("group variables, many accounts")}
    credential = injected("many accounts", tmp_path / "credential", accounts=yaml.safe_dump(accounts))
    job = Job(tmp_path / "job", "collect_inventory", group, environment=credential).run()
    reported = job.artifacts()["vmware_report_result"]
    assert reported["sources"] == {**dict.fromkeys(accounts, "ok"), "unknown": "failed"}, job.output[-3000:]
    for simulator in estate:
        assert simulator.password not in job.output + json.dumps(job.events())


def lines(path: Path) -> set[str]:
    return {line for line in path.read_text().splitlines() if line and not line.startswith("#")}


def test_builder_finds_what_the_collection_needs():
    done = subprocess.run(["ansible-builder", "introspect", str(COLLECTIONS)], capture_output=True, text=True, timeout=60, check=True)
    found = yaml.safe_load(done.stdout)
    for needed in lines(REPOSITORY / "requirements.txt") - {"ansible-core>=2.16"}:
        assert [line for line in found["python"] if line.split("#")[0].strip() == needed], needed
    assert [line for line in found["system"] if line.startswith("openssh-clients [platform:rpm")]


def test_execution_environment_of_the_docs_can_be_built(tmp_path):
    definition = tmp_path / "execution-environment.yml"
    definition.write_text(yaml.safe_dump(from_docs("execution-environment.yml")))
    command = ["ansible-builder", "create", "--file", str(definition), "--context", str(tmp_path / "context"), "--output-filename", "Containerfile"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "FROM $EE_BASE_IMAGE" in (tmp_path / "context" / "Containerfile").read_text()
    assert "estate-vmware" in (tmp_path / "context" / "_build" / "requirements.yml").read_text()
