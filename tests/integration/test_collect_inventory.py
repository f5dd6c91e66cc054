# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The main job, run as people run it, against good sources and every kind of bad one."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path

import pytest
from estates import start_simulator
from openpyxl import load_workbook

from ansible_collections.estate.vmware.tests.integration import reading
from ansible_collections.estate.vmware.tests.integration.running import run_job, source

WRONG = "wr0ng-passw0rd"
SHORT = 3


@pytest.fixture(scope="module")
def job(tmp_path_factory, estate, dead_port, silent_port, web_server, authority):
    """One run at -vvv of three sources that can be read and five that cannot: its folder, how it ended, and the calls that each simulator got."""
    east = estate[0]
    nowhere = {"vmware_hostname": "127.0.0.1", "vmware_username": "reader", "vmware_password": WRONG}
    sources = {
        **{simulator.name: source(simulator) for simulator in estate},
        "dead": {**nowhere, "vmware_port": dead_port},
        "silent": {**nowhere, "vmware_port": silent_port, "vmware_timeout": SHORT},
        "web": {**nowhere, "vmware_port": web_server, "vmware_ca_path": str(authority.path)},
        "intruder": source(east, vmware_password=WRONG),
        "stranger": source(east, vmware_ca_path=None),
    }
    folder = tmp_path_factory.mktemp("job") / "run"
    for simulator in estate:
        simulator.reset_calls()
    return folder, run_job(folder, sources, "-vvv"), [simulator.calls() for simulator in estate]


@pytest.fixture(scope="module")
def workbook(job):
    (path,) = (job[0] / "vmware-inventory").glob("*.xlsx")
    return load_workbook(path)


def table(sheet) -> list[dict]:
    """Rows of a sheet that begins with its header."""
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


STATES = {"poweredOn": "Powered on", "poweredOff": "Powered off", "suspended": "Suspended"}


def test_every_vm_is_as_pyvmomi_reads_it(estate, workbook):
    expected = [machine for simulator in estate for machine in reading.machines(simulator)]
    found = [
        reading.Machine(row["Source"], row["Hostname"], row["vCPU"], round(row["RAM (GB)"] * 1024), row["State"], row["Processor"])
        for row in table(workbook["All VMs"])
    ]
    assert sorted(found) == sorted(machine._replace(power_state=STATES[machine.power_state]) for machine in expected)
    for simulator in estate[:2]:
        models = {machine.processor for machine in expected if machine.source == simulator.name}
        assert len(models) > 2, "with one model for all hosts a wrong host would go unseen"


@pytest.mark.parametrize(("sheet", "section"), [("All hosts", "hosts"), ("Datastores", "datastores"), ("Networks", "networks")])
def test_every_other_object_is_there_once(estate, workbook, sheet, section):
    names = [row["Source"] for row in table(workbook[sheet])]
    assert {simulator.name: names.count(simulator.name) for simulator in estate} == {simulator.name: reading.counts(simulator)[section] for simulator in estate}


def test_sources_that_were_read_have_a_sheet_each(estate, workbook):
    fixed = {"Summary", "All VMs", "All hosts", "Datastores", "Networks", "Coverage"}
    assert set(workbook.sheetnames) - fixed == {simulator.name for simulator in estate}


ERRORS = {
    "dead": "no connection (Connection refused)",
    "silent": f"no answer within {SHORT} s",
    "web": "a server answers, but it is neither a vCenter nor an ESXi host",
    "intruder": "is refused: check username",
    "stranger": "the certificate is not trusted (unable to get local issuer certificate)",
}


@pytest.mark.parametrize("name", ERRORS)
def test_source_that_fails_reports_why_in_one_line(job, workbook, name):
    summary = [" ".join(str(value) for value in row if value is not None) for row in workbook["Summary"].iter_rows(values_only=True)]
    (row,) = (row for row in summary if row.startswith(f"{name} ") or f" {name} " in row)
    assert ERRORS[name] in row
    said = [line for line in job[1].stdout.splitlines() if ERRORS[name] in line and not line.startswith(("ok: [", "<", " ", "changed: ["))]
    assert [line.split()[:2] for line in said] == [[name, "failed"]], "the job's own output names the source and the reason too, once"


def test_job_is_red_and_names_the_sources(job):
    done = job[1]
    assert done.returncode == 2, done.stdout[-3000:]
    assert "5 of 8 sources could not be read: dead, intruder, silent, stranger, web." in done.stdout.replace("\n", " ")
    recap = dict(re.findall(r"^(\S+) +: .*failed=(\d+)", done.stdout, re.MULTILINE))
    assert {name for name, failed in recap.items() if failed != "0"} == set(ERRORS), "the hosts that are to blame are red, and no others"


def test_no_traceback(job):
    assert "Traceback" not in job[1].stdout + job[1].stderr


def test_no_secret_anywhere(job, estate):
    folder, done, _calls = job
    secrets = [WRONG, *(simulator.password for simulator in estate)]
    log = (folder / "ansible.log").read_text()
    assert "task path: " in log, "the log holds what -vvv said"
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.suffix == ".xlsx" for path in files) and any(path.suffix == ".sqlite" for path in files)
    for secret in secrets:
        assert secret not in done.stdout + done.stderr + log
        for path in files:
            assert secret.encode() not in path.read_bytes(), path


def test_nothing_is_left_but_scans_and_the_workbook(job, estate):
    left = sorted(path.relative_to(job[0] / "vmware-inventory") for path in (job[0] / "vmware-inventory").rglob("*") if path.is_file())
    scans = [Path("scans", f"{simulator.name}.sqlite") for simulator in estate] + [Path("scans", "failed", f"{name}.sqlite") for name in ERRORS]
    assert [path for path in left if path.suffix != ".xlsx"] == sorted(scans)
    assert len(left) == len(scans) + 1


def test_sessions_are_closed(job):
    for number, calls in enumerate(job[2]):
        refused = 1 if number == 0 else 0
        assert calls["Logout"] == calls["Login"] - refused > 0
        assert calls["DestroyView"] == calls["CreateContainerView"] > 0


def test_libreoffice_opens_the_workbook(job, tmp_path, office):
    (path,) = (job[0] / "vmware-inventory").glob("*.xlsx")
    office(path, "pdf", tmp_path)
    assert (tmp_path / f"{path.stem}.pdf").read_bytes().startswith(b"%PDF")


def test_check_mode_writes_no_workbook(tmp_path, estate):
    done = run_job(tmp_path / "run", {estate[-1].name: source(estate[-1])}, "--check")
    assert done.returncode == 0, done.stdout[-3000:]
    assert not list((tmp_path / "run").rglob("*.xlsx"))


def test_relative_paths_a_folder_that_exists_a_limit_and_the_policy_warn(tmp_path, estate, dead_port):
    """Paths begin where the job was started, a folder keeps its mode, hosts can be left out, and a source that fails ends the job green."""
    esxi = estate[-1]
    folder = tmp_path / "run"
    (folder / "reports").mkdir(parents=True)
    (folder / "reports").chmod(0o775)
    (folder / "my ca.pem").write_bytes(esxi.ca_path.read_bytes())
    sources = {
        **{simulator.name: source(simulator) for simulator in estate},
        "dead": {"vmware_hostname": "127.0.0.1", "vmware_port": dead_port, "vmware_username": "reader", "vmware_password": WRONG},
        esxi.name: source(esxi, vmware_ca_path="my ca.pem", ansible_connection="ssh"),
    }
    options = {
        "vmware_report_dest": "reports", "vmware_collect_dest": "reports", "vmware_report_mode": "0640", "vmware_report_on_source_error": "warn",
    }  # fmt: skip
    done = run_job(folder, sources, "-e", json.dumps(options), "--limit", f"dead,{esxi.name}")
    assert done.returncode == 0, done.stdout[-3000:]
    assert "1 of 2 sources could not be read: dead." in done.stdout
    assert (folder / "reports" / f"{esxi.name}.sqlite").is_file()
    assert stat.S_IMODE((folder / "reports").stat().st_mode) == 0o775
    (path,) = (folder / "reports").glob("*.xlsx")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    book = load_workbook(path)
    assert {row["Source"] for row in table(book["All VMs"])} == {esxi.name}
    missing = [row[0].value for row in book["Coverage"].iter_rows() if "not in the workbook" in str(row[2].value)]
    assert missing == sorted(simulator.name for simulator in estate[:-1]), "a part of the estate is not shown as the whole"


WRONG_VARIABLES = {
    "undefined": ({"vmware_password": "{{ no_such_variable }}"}, "vmware_password cannot be evaluated: 'no_such_variable' is undefined"),
    "negative": ({"vmware_collect_keep": -1}, "vmware_collect_keep must be 0 or greater (got -1)"),
}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory, estate):
    """One run of sources with wrong variables, with one name, and with variables of the environment: how it ended, and its workbook."""
    folder, esxi = tmp_path_factory.mktemp("mixed"), estate[-1]
    environment = {
        "VMWARE_USER": esxi.username,
        "VMWARE_PASSWORD": esxi.password,
        "VMWARE_PORT": str(esxi.port),
        "VMWARE_CA_PATH": str(esxi.ca_path),
        "VMWARE_VALIDATE_CERTS": "yes",
        "VMWARE_TIMEOUT": "20",
    }
    nowhere = str(folder / "nowhere.pem")
    sources = {
        **{name: source(esxi, **variables, vmware_capath="ca.pem") for name, (variables, _reason) in WRONG_VARIABLES.items()},
        **{simulator.name: source(simulator, vmware_collect_source="same") for simulator in estate[:2]},
        "set": {"vmware_hostname": esxi.host},
        "no-file": {"vmware_hostname": esxi.host, "vmware_ca_path": nowhere},
        "unchecked": {"vmware_hostname": esxi.host, "vmware_ca_path": nowhere, "vmware_validate_certs": False},
        "typo": {"vmware_hostname": esxi.host, "vmware_password": "{{ vault_typo }}"},
    }
    with pytest.MonkeyPatch.context() as patch, start_simulator(folder / "simulator", name="lab", password="inventory", vms=2) as lab:
        for name, value in environment.items():
            patch.setenv(name, value)
        done = run_job(folder / "run", {**sources, "inventory-lab": source(lab)}, keep=environment)
    assert done.returncode == 2, done.stdout[-3000:]
    (path,) = (folder / "run").rglob("*.xlsx")
    return done, load_workbook(path)


def test_all_sources_that_cannot_be_read_are_named(mixed, estate):
    names = sorted([estate[0].name, estate[1].name, "negative", "no-file", "typo", "undefined"])
    assert f"6 of 9 sources could not be read: {', '.join(names)}." in mixed[0].stdout.replace("\n", " "), mixed[0].stdout[-3000:]


def test_names_that_mean_something_else(mixed):
    """Two sources of one name are both reported and neither is read; a password that is part of a source's name loses nothing."""
    shown = {row["Source"] for row in table(mixed[1]["All VMs"])}
    assert "inventory-lab" in shown and not [name for name in shown if name.startswith("same")]


def test_what_is_not_set_is_taken_from_the_environment(mixed):
    done, _workbook = mixed
    assert "nowhere.pem does not exist" in done.stdout, "with checks off no CA is needed"
    assert "vault_typo" in done.stdout, "what is set and has no value is not replaced by the environment"


def test_sources_whose_variables_are_wrong_fail_alone_and_are_reported_before_reading(mixed):
    done, workbook = mixed
    before, _task, _after = done.stdout.partition("Read the source]")
    for name, (_variables, reason) in WRONG_VARIABLES.items():
        assert f"\n{name} is not read: {reason}\n" in before
    assert "vmware_capath is ignored; did you mean vmware_ca_path?" in done.stderr
    assert [row[1].value for row in workbook["Summary"] if row[0].value in WRONG_VARIABLES] == ["Error", "Error"]


def test_layout_language_and_sheets_that_somebody_chooses(tmp_path, estate):
    options = {"vmware_report_layout": "single", "vmware_report_language": "zh", "vmware_report_extra_sheets": ["ip_addresses", "clusters"]}
    done = run_job(tmp_path / "run", {estate[0].name: source(estate[0])}, "-e", json.dumps(options))
    assert done.returncode == 0, done.stdout[-3000:]
    (path,) = (tmp_path / "run").rglob("*.xlsx")
    assert path.name.startswith("VMware清单_1个来源_")
    book = load_workbook(path)
    assert book.sheetnames == ["摘要", "虚拟机", "主机", "数据存储", "网络", "集群", "IP 地址"]
    assert book["IP 地址"].max_row > 2 and book["集群"].max_row > 2


def test_inventory_without_sources_is_an_error(tmp_path):
    done = run_job(tmp_path / "run", {})
    assert done.returncode != 0
    assert "The inventory has no host in the group vmware_sources: add every vCenter" in done.stdout.replace("\n", " ")


def test_all_that_is_wrong_of_the_job_is_reported_before_it_reads_anything(tmp_path):
    sources = {name: {"vmware_hostname": "127.0.0.1", "vmware_username": "reader", "vmware_password": WRONG} for name in ("one", "two")}
    wrong = {
        "vmware_collect_page_size": "many", "vmware_collect_max_age": "banana", "vmware_collect_keep": -1, "vmware_report_language": "xx",
        "vmware_report_langauge": "es", "vmware_report_dest": "estate.csv", "vmware_report_include_filters": {"vms": [{"nmae": "a"}]},
        "vmware_deliver_to": [{"type": "fax"}, {"type": "mail", "server": "smtp.example.com", "recipient": "a@example.com"}],
    }  # fmt: skip
    done = run_job(tmp_path / "run", sources, "-e", json.dumps(wrong))
    assert done.returncode == 2
    said = [line.strip(" ,")[1:-1] for line in done.stdout.splitlines() if line.startswith('        "')]
    assert said == [
        "vmware_report_langauge is unknown; did you mean vmware_report_language?",
        "vmware_report_language must be en, es, fr or zh (got 'xx')",
        "vmware_report_include_filters.vms[0]: vms has no field nmae; did you mean name?",
        "vmware_report_dest must be a folder, or a file that ends in .xlsx (got 'estate.csv')",
        "vmware_deliver_to[0] (fax): type must be copy, http, mail or s3 (got 'fax')",
        "vmware_deliver_to[1] (mail): recipient is not an option of type mail; did you mean recipients?",
        "vmware_deliver_to[1] (mail): sender and recipients must be set",
        "vmware_collect_page_size must be a whole number (got 'many')",
        "vmware_collect_max_age must be seconds, or a number with s, m, h or d, such as 12h (got 'banana')",
        "vmware_collect_keep must be 0 or greater (got -1)",
    ]
    assert not (tmp_path / "run" / "vmware-inventory").exists(), "nothing is written"
