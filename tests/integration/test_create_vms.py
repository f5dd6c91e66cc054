# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks create_vms and clone_vms over TLS, with the JSON files and mappings of docs/playbooks.md, and started by AWX's API."""

from __future__ import annotations

import csv
import json
import re
import shutil
import ssl
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import docs_blocks
import ovf_packages
import pytest
import yaml
from estates import start_simulator

from ansible_collections.estate.vmware.plugins.module_utils.machine.places import CLUSTER, Places
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.datastore_files import DatastoreFile, write
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.tests.integration.awx import Job
from ansible_collections.estate.vmware.tests.integration.changing import journal, machines
from ansible_collections.estate.vmware.tests.integration.running import REPOSITORY, ansible_environment, run_playbook, source

DEVICES, CPUS, MEMORY = "config.hardware.device", "config.hardware.numCPU", "config.hardware.memoryMB"
PATHS = (DEVICES, CPUS, MEMORY, "runtime.powerState", "config.template")
CREATE, CLONE = "CreateVM_Task", "CloneVM_Task"


@pytest.fixture(scope="module")
def vcenter(tmp_path_factory, authority):
    with start_simulator(tmp_path_factory.mktemp("create"), name="vcenter-prod", ca=authority, vms=40, hosts=4, guest_delay=20) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def placement(vcenter) -> dict[str, str]:
    """A cluster, and a datastore of its hosts, with an image."""
    with Session(Connection(vcenter.host, vcenter.port, vcenter.username, vcenter.password, ca_path=str(vcenter.ca_path))) as session:
        places = Places(session)
        cluster = places.all(CLUSTER)[0]
        datastore = min(places.name(ref) for ref in places.reach([cluster])[cluster].datastores)
        write(session, DatastoreFile(places.path(places.datacenter(cluster)).strip("/"), datastore, "ubuntu-24.04.iso"), b"an image")
        return {"cluster": places.path(cluster), "datastore": datastore}


@pytest.fixture(scope="module")
def template(vcenter) -> str:
    return next(name for name, row in machines(vcenter, *PATHS).items() if row.get("config.template"))


def block(beginning: str, page: str = "docs/playbooks.md") -> str:
    """The example of a page whose text begins so."""
    (found,) = (one.text for one in docs_blocks.blocks() if one.page == page and one.text.startswith(beginning))
    return found


def run(folder: Path, playbook: str, sources: dict[str, Any], variables: dict[str, Any], *arguments: str):
    inventory = {"vmware_sources": sources if "hosts" in sources else {"hosts": sources}}
    path = REPOSITORY / "playbooks" / f"{playbook}.yml"
    return run_playbook(folder, path, inventory, "--extra-vars", json.dumps(variables), *arguments)


def reported(folder: Path) -> list[dict[str, str]]:
    """The rows of the newest report of a job."""
    newest = max((folder / "vmware-changes").glob("*.csv"))
    return list(csv.DictReader(newest.read_text(encoding="utf-8-sig").splitlines()))


def test_json_files_of_the_docs_make_vms_and_name_the_source(tmp_path, vcenter, placement):
    """Check mode, the real thing, and again; the inventory takes the account out of a file with the port of SSH."""
    folder = tmp_path / "job"
    iso = f"[{placement['datastore']}] ubuntu-24.04.iso"
    # The inventory lies beside the folder of the job.
    (tmp_path / "vm_conf.json").write_text(block("[\n").replace("[iso] ubuntu-24.04.iso", iso))
    account = {"host": vcenter.host, "username": vcenter.username, "password": vcenter.password, "port": 22}
    assert account.keys() == json.loads(block('{"host"')).keys()
    (tmp_path / "host_conf.json").write_text(json.dumps(account))
    (group,) = yaml.safe_load(block("# sources.yml")).values()
    group["hosts"]["vcenter-prod"].update(vmware_port=vcenter.port, vmware_ca_path=str(vcenter.ca_path))
    common = yaml.safe_load(block("# places.yml"))["vmware_vms_common"]
    variables = {**yaml.safe_load(block("# vm_conf.yml")), "vmware_vms_common": {**common, "placement": placement}, "vmware_journal": "journal"}
    for arguments, calls, result in ((["--check"], 0, "changed"), ([], 2, "changed"), ([], 0, "unchanged")):
        vcenter.reset_calls()
        done = run(folder, "create_vms", group, variables, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        assert vcenter.calls().get(CREATE, 0) == calls
        assert [(row["name"], row["result"]) for row in reported(folder)] == [("app-1", result), ("app-2", result)]
        assert vcenter.password not in done.stdout + done.stderr
        shutil.rmtree(folder / "vmware-changes")
    found = machines(vcenter, *PATHS)
    assert [(found[name][CPUS], found[name][MEMORY]) for name in ("app-1", "app-2")] == [(2, 4096), (4, 8192)]
    disks = {name: next(device for device in found[name][DEVICES] if device["_type"] == "VirtualDisk") for name in ("app-1", "app-2")}
    assert [int(disk["capacityInKB"]) for disk in disks.values()] == [40960 << 10, 81920 << 10]
    assert disks["app-1"]["backing"]["thinProvisioned"] and disks["app-2"]["backing"]["eagerlyScrub"]
    drives = [device["backing"] for device in found["app-1"][DEVICES] if device["_type"] == "VirtualCdrom"]
    assert [drive["fileName"] for drive in drives] == [iso]
    assert {line["outcome"] for line in journal(folder / "journal")} == {"intended", "done"}


def test_clones_of_the_docs_and_what_is_refused(tmp_path, vcenter, placement, template, dead_port):
    folder = tmp_path / "job"
    variables = yaml.safe_load(block("# web.yml"))
    variables["vmware_vms_common"].update(source={"template": template}, placement=placement)
    dead = {"vmware_hostname": "127.0.0.1", "vmware_port": dead_port, "vmware_username": "u", "vmware_password": "p4ss-of-the-dead"}
    sources = {"vcenter-prod": source(vcenter), "dead": dead, "idle": dead}
    variables["vmware_vms"].append({"name": "elsewhere", "memory": {"size": "1GiB"}, "vmware_source": "dead"})
    vcenter.reset_calls()
    done = run(folder, "clone_vms", sources, variables)
    assert done.returncode == 2 and vcenter.calls().get(CLONE) == 4, done.stdout + done.stderr
    assert re.findall(r"^(\S+) +: .*failed=1", done.stdout, re.MULTILINE) == ["dead"]
    rows = {row["name"] or row["source"]: row["result"] for row in reported(folder)}
    assert rows == {"web-01": "changed", "web-02": "changed", "web-03": "changed", "db-1": "changed", "dead": "failed"}
    found = machines(vcenter, *PATHS)
    assert {found[name]["runtime.powerState"] for name in ("web-01", "web-02", "web-03", "db-1")} == {"poweredOn"}
    vcenter.reset_calls()
    wrong = {"vmware_vms": [{"name": "a"}, {"name": "b", "vmware_source": "vcenter-prd", "source": {"vm": "db-1"}}], "vmware_vms_concurrency": 0}
    done = run(tmp_path / "wrong", "clone_vms", sources, wrong)
    for message in (
        "vmware_vms[0].source must have template or vm: what to clone",
        "vmware_vms[0] (a) would be made on 3 sources: set vmware_source in it to one of",
        "did you mean vcenter-prod?",
        "vmware_vms_concurrency must be",
    ):
        assert message in done.stdout, done.stdout
    assert done.returncode == 2 and not vcenter.calls() and not (tmp_path / "wrong" / "vmware-changes").exists()


def test_packages_of_the_docs_are_sent_once(tmp_path, vcenter, placement):
    """The JSON file of the docs with its mapping: checked, deployed, and again; an item of another source is refused."""
    folder = tmp_path / "job"
    image = tmp_path / "appliance.ova"
    disk = ovf_packages.stream_disk(b"one")
    ovf_packages.write_ova(image, [("a.vmdk", disk), ("appliance.ovf", ovf_packages.descriptor({"a.vmdk": 1 << 30}, eula="All of it.").encode())])
    (tmp_path / "ova_conf.json").write_text(block('{"ova_path"').replace("/images/appliance.ova", str(image)))
    common = yaml.safe_load(block("# ova_places.yml"))["vmware_vms_common"]
    with Session(Connection(vcenter.host, vcenter.port, vcenter.username, vcenter.password, ca_path=str(vcenter.ca_path))) as session:
        places = Places(session)
        cluster = next(ref for ref in places.all(CLUSTER) if places.path(ref) == placement["cluster"])
        network = min(places.path(ref) for ref in places.reach([cluster])[cluster].networks if "plink" not in places.name(ref))
    common = {**common, "source": {**common["source"], "networks": {"lan": network}}, "placement": placement}
    variables = {**yaml.safe_load(block("# ova_conf.yml")), "vmware_vms_common": common}
    sources = {"vcenter-prod": source(vcenter)}
    for arguments, calls, result in ((["--check"], 0, "changed"), ([], 1, "changed"), ([], 0, "unchanged")):
        vcenter.reset_calls()
        done = run(folder, "deploy_ova", sources, variables, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        assert (vcenter.calls().get("ImportVApp", 0), vcenter.calls().get(CLONE, 0)) == (calls, 2 * calls)
        assert [(row["name"], row["result"]) for row in reported(folder)] == [(f"appliance-{number}", result) for number in (1, 2, 3)]
        shutil.rmtree(folder / "vmware-changes")
    assert len(vcenter.uploads()) == 1
    assert {machines(vcenter, *PATHS)[f"appliance-{number}"]["runtime.powerState"] for number in (1, 2, 3)} == {"poweredOn"}
    done = run(folder, "deploy_ova", sources, {"vmware_vms": [{"name": "a", "source": {"vm": "b"}}]})
    assert "vmware_vms[0].source must have ova or ovf: what to deploy" in done.stdout


class Awx(HTTPServer):
    """AWX's API, as far as the program of docs/awx.md uses it; the job is a real one."""

    def __init__(self, folder: Path, certificate: tuple[Path, Path], group: dict[str, Any], environment: dict[str, str]) -> None:
        super().__init__(("127.0.0.1", 0), AwxHandler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.prepare = lambda extra_vars: Job(folder, "create_vms", group, environment=environment, extra_vars=extra_vars)
        self.job: Job | None = None


class AwxHandler(BaseHTTPRequestHandler):
    server: Awx

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != "/api/v2/job_templates/create-vms++Default/launch/" or self.headers["Authorization"] != "Bearer t0ken":
            self._answer({"detail": "Not found."}, 404)
            return
        self.server.job = self.server.prepare(body["extra_vars"])
        self.server.job.start()
        self._answer({"job": 7, "id": 7, "status": "pending", "ignored_fields": {}}, 201)

    def do_GET(self) -> None:
        job = self.server.job
        if self.path != "/api/v2/jobs/7/" or job is None:
            self._answer({"detail": "Not found."}, 404)
        elif job.is_running:
            self._answer({"id": 7, "status": "running", "artifacts": {}})
        else:
            self._answer({"id": 7, "status": job.finish().status, "artifacts": job.artifacts()})

    def _answer(self, content: dict[str, Any], status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, *args: Any) -> None:
        pass


def test_program_of_the_docs_starts_the_playbook_by_the_api_of_awx(tmp_path, authority, vcenter, placement):
    group = {"hosts": {"vcenter-prod": {key: value for key, value in source(vcenter).items() if not key.endswith(("username", "password"))}}}
    environment = {"VMWARE_USER": vcenter.username, "VMWARE_PASSWORD": vcenter.password}
    server = Awx(tmp_path / "awx", authority.issue("awx"), group, environment)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    program = block("# launch.py", "docs/awx.md")
    (tmp_path / "launch.py").write_text(program)
    wanted = {"hardware": {"guest_id": "ubuntu64Guest"}, "placement": placement, "memory": {"size": "1GiB"}}
    (tmp_path / "vms.json").write_text(json.dumps([{"name": "by-api-1", **wanted}, {"name": "by-api-2", **wanted, "cpu": {"count": 2}}]))
    surroundings = {
        **ansible_environment(tmp_path), "AWX_URL": f"https://127.0.0.1:{server.server_port}", "AWX_TOKEN": "t0ken", "SSL_CERT_FILE": str(authority.path),
    }  # fmt: skip
    done = subprocess.run([sys.executable, "launch.py"], cwd=tmp_path, env=surroundings, capture_output=True, text=True, timeout=300, check=False)
    server.shutdown()
    server.server_close()
    assert done.returncode == 0, done.stdout + done.stderr + (server.job.output if server.job else "")
    lines = [line.split() for line in done.stdout.splitlines()]
    found = machines(vcenter, *PATHS)
    assert [[name, result, moid] for name, result, moid, *_more in lines] == [[name, "changed", found[name]["moid"]] for name in ("by-api-1", "by-api-2")]
    assert vcenter.password not in server.job.output + json.dumps(server.job.events())
