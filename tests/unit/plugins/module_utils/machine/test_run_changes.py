# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whole calls of a module that powers VMs, on a server that answers real requests."""

from __future__ import annotations

import json
import os
import signal

import pytest
from ansible.module_utils import basic

from ansible_collections.estate.vmware.plugins.module_utils.machine import operations, outcome
from ansible_collections.estate.vmware.plugins.module_utils.machine.flow import Flow
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.power import ITEM_OPTIONS, MODULE_OPTIONS, PowerFlow
from ansible_collections.estate.vmware.plugins.module_utils.machine.module_options import argument_spec, item_spec
from ansible_collections.estate.vmware.plugins.module_utils.machine.outcome import VmOutcome
from ansible_collections.estate.vmware.plugins.module_utils.machine.perform import perform
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Plan, Step
from ansible_collections.estate.vmware.plugins.module_utils.machine.planned_vm import PlannedVm
from ansible_collections.estate.vmware.plugins.module_utils.machine.run_changes import HOST, run_changes
from ansible_collections.estate.vmware.plugins.module_utils.vsphere import session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import ServerFault
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.vsphere.soap_server import Refusal, SoapServer

POWER, ON, OFF = "runtime.powerState", "poweredOn", "poweredOff"
CONNECTION = {"hostname": "vc.example.com", "username": "operator", "password": "p4ssword", "retries": 0}
ITEM = item_spec(ITEM_OPTIONS, with_filters=True)


def vm(number):
    return MoRef("VirtualMachine", f"vm-{number}")


class Estate(SoapServer):
    """VMs named web-0, web-1 …, that power on at once unless a test says otherwise.

    :ivar endless: VMs of which the tasks do not end.
    """

    def __init__(self, *states):
        super().__init__({vm(number): {"name": f"web-{number}", POWER: state} for number, state in enumerate(states)})
        self.endless = set()
        self.answers["PowerOnVM_Task"] = self._power_on

    def _power_on(self, asked):
        task = MoRef("Task", f"task-{asked.ref.moid}")
        self.change(task, {"info.state": "running" if asked.ref in self.endless else "success"})
        if asked.ref not in self.endless:
            self.change(asked.ref, {POWER: ON})
        return task


@pytest.fixture
def run(monkeypatch, capsys):
    """A function that runs the module on a server, for its VMs, and returns what it prints."""
    monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
    monkeypatch.setattr(basic.AnsibleModule, "_log_to_syslog", lambda self, text: None)
    warnings: list[str] = []
    # Ansible keeps warnings beyond a module.
    monkeypatch.setattr(basic.AnsibleModule, "warn", lambda self, text: warnings.append(text))
    handlers = {number: signal.getsignal(number) for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)}

    def ran(server, flow=PowerFlow, kind="VM", check=False, diff=False, **options):
        monkeypatch.setattr(session, "HttpTransport", lambda connection, limits: server)
        vms = [{"moid": ref.moid} for ref in server.objects if ref.type == "VirtualMachine"]
        given = {**CONNECTION, "vms": vms, "state": "on", "_ansible_check_mode": check, "_ansible_diff": diff, **options}
        monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": given}).encode())
        with pytest.raises(SystemExit):
            run_changes(flow, ITEM, argument_spec(ITEM, **MODULE_OPTIONS, hosts={"type": "list"}), kind)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        result = {**json.loads(capsys.readouterr().out), "warned": warnings.copy()}
        warnings.clear()
        return result

    return ran


def sent(server):
    return [asked.ref.moid for asked in server.asked if asked.method == "PowerOnVM_Task"]


def test_vms_that_are_not_as_wanted_are_changed(run):
    server = Estate(OFF, ON, OFF)
    result = run(server)
    assert (result["changed"], result["counts"]) == (True, {"changed": 2, "unchanged": 1, "failed": 0, "not_started": 0})
    assert [(row["name"], row["changed"], row["actions"], row["tasks"]) for row in result["vms"]] == [
        ("web-0", True, ["power_on"], ["task-vm-0"]),
        ("web-1", False, [], []),
        ("web-2", True, ["power_on"], ["task-vm-2"]),
    ]
    assert sent(server) == ["vm-0", "vm-2"] and result["calls"] == server.calls
    assert "diff" not in result


def test_nothing_is_changed_the_second_time(run):
    server = Estate(OFF, OFF)
    run(server)
    before = server.calls
    result = run(server)
    assert (result["changed"], result["counts"]["unchanged"]) == (False, 2)
    assert server.asked[before + 2].method == "RetrievePropertiesEx" and "WaitForUpdatesEx" not in [asked.method for asked in server.asked[before:]]


def test_check_mode_says_what_would_be_done(run, tmp_path):
    server = Estate(OFF, ON)
    files = {"journal": str(tmp_path / "journal"), "dest": str(tmp_path / "missing" / "dest.json")}
    result = run(server, check=True, diff=True, **files)
    assert (result["changed"], result["counts"]["changed"]) == (True, 1)
    assert [(one["before_header"], one["before"], one["after"]) for one in result["diff"]] == [("/web-0", {"power_state": "off"}, {"power_state": "on"})]
    assert sent(server) == [] and os.listdir(tmp_path) == []


def test_vm_that_fails_costs_no_other(run):
    server = Estate(OFF, OFF, OFF)
    server.troubles["PowerOnVM_Task"] = [Refusal("NotEnoughLicenses")]
    result = run(server, concurrency=1)
    assert result["failed"] and result["msg"].startswith("vc.example.com: 1 of 3 VMs failed: /web-0: cannot power on: the licence of the server")
    assert [row["error_kind"] for row in result["vms"]] == ["refused", "", ""]
    assert (result["changed"], result["counts"]) == (True, {"changed": 2, "unchanged": 0, "failed": 1, "not_started": 0})


def test_first_failure_may_stop_the_call(run):
    server = Estate(OFF, OFF, ON, OFF)
    server.troubles["PowerOnVM_Task"] = [Refusal("NotEnoughLicenses")]
    result = run(server, concurrency=1, on_error="stop")
    assert [row["error_kind"] for row in result["vms"]] == ["refused", "not_started", "", "not_started"]
    assert "; 2 not started: /" in result["msg"] and sent(server) == ["vm-0"]


def test_group_after_a_failure_is_not_begun(run):
    server = Estate(OFF, OFF, OFF)
    server.troubles["PowerOnVM_Task"] = [Refusal("NotEnoughLicenses")]
    assert run(server, batch=1, pause="0", on_error="stop")["counts"]["not_started"] == 2
    server.troubles["PowerOnVM_Task"] = [Refusal("NotEnoughLicenses")]
    assert run(server, batch=1, pause="0")["counts"] == {"changed": 2, "unchanged": 0, "failed": 1, "not_started": 0}


def test_there_is_a_pause_between_groups(run):
    class Paused(PowerFlow):
        pause = 0.02

    server = Estate(OFF, OFF, ON)
    seen = []
    server.answers["PowerOnVM_Task"] = lambda asked: seen.append(len(server.paused)) or Refusal("NotEnoughLicenses")
    run(server, Paused, batch=1)
    assert seen[0] == 0 and seen[1] > 0


def test_no_pause_lasts_beyond_the_deadline(run):
    server = Estate(OFF, OFF)
    power_on = server.answers["PowerOnVM_Task"]

    def last(asked):
        server.on_wait = lambda: setattr(server, "remaining", 0.0)
        return power_on(asked)

    server.answers["PowerOnVM_Task"] = last
    result = run(server, batch=1, pause="10m")
    assert [row["error_kind"] for row in result["vms"]] == ["", "deadline"] and sent(server) == ["vm-0"]
    assert "passed before it was sent" in result["vms"][1]["error"]


def test_everything_that_is_wrong_is_said_at_once(run, tmp_path):
    server = Estate(OFF)
    result = run(server, concurrency=0, at_most=-1, dest=str(tmp_path), vms=[{"moid": "nonsense!"}], protected=[{"nonsense": 1}], pause="soon", hostname="a b")
    assert result["failed"]
    for said in ("concurrency must be 1 to 1000", "at_most must be 0 or greater", "dest must be a file", "vms[0].moid", "protected[0]", "pause", "hostname"):
        assert said in result["msg"]
    assert server.asked == []


@pytest.mark.parametrize("vms", [{"moid": "vm-0"}, [{"nmae": "web-0"}]])
def test_items_that_cannot_be_used(run, vms):
    server = Estate(OFF)
    assert run(server, vms=vms)["failed"] and server.asked == []


def test_vm_that_does_not_exist_ends_the_call_before_anything_is_done(run):
    server = Estate(OFF)
    result = run(server, vms=[{"moid": "vm-0"}, {"moid": "vm-9"}])
    assert result["msg"] == "vms[1].moid: there is no VM 'vm-9': one that was registered anew has a new id"
    assert sent(server) == []


def test_error_before_the_first_change(run):
    server = Estate(OFF)
    server.troubles["Login"] = [Refusal("InvalidLogin", "p4ssword is wrong")]
    result = run(server)
    assert result["msg"].startswith("vc.example.com: the login of operator is refused") and result["msg"].endswith("; nothing was changed")
    assert result["error_kind"] == "authentication" and "p4ssword" not in str(result)


def test_error_after_the_last_change(run):
    class Concluding(PowerFlow):
        def conclude(self, session, planned):
            raise ServerFault("they cannot be read, p4ssword")

    result = run(Estate(OFF), Concluding)
    assert result["failed"] and result["msg"] == "vc.example.com: they cannot be read, ********"
    assert result["counts"]["changed"] == 1


def test_journal_has_each_change_twice(run, tmp_path):
    server = Estate(OFF, ON)
    path = tmp_path / "journal"
    run(server, journal=str(path))
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(line["moid"], line["action"], line["outcome"], line["task"]) for line in lines] == [
        ("vm-0", "power_on", "intended", ""),
        ("vm-0", "power_on", "done", "task-vm-0"),
    ]
    assert {(line["source"], line["account"]) for line in lines} == {("vc.example.com", "operator")}


def test_journal_of_a_given_session_names_its_account(run, tmp_path):
    server = Estate(OFF)
    path = tmp_path / "journal"
    run(server, journal=str(path), username=None, password=None, session_token=server.given_session())
    assert json.loads(path.read_text().splitlines()[0])["account"] == "job"


def test_journal_that_cannot_be_written_ends_the_call(run, tmp_path):
    server = Estate(OFF)
    assert "nothing more is changed" in run(server, journal=str(tmp_path / "no" / "journal"))["msg"]
    assert server.asked == []


def test_task_need_not_be_awaited(run, tmp_path):
    server = Estate(OFF)
    server.endless.add(vm(0))
    path = tmp_path / "journal"
    result = run(server, wait=False, journal=str(path))
    assert [(row["changed"], row["tasks"], row["error"]) for row in result["vms"]] == [(True, ["task-vm-0"], "")]
    assert json.loads(path.read_text().splitlines()[-1])["outcome"] == "running"
    assert "WaitForUpdatesEx" not in server.methods()


def test_signal_ends_the_call_and_names_what_goes_on(run, tmp_path):
    server = Estate(OFF, OFF, ON, OFF)
    server.endless.add(vm(1))
    server.on_wait = lambda: os.kill(os.getpid(), signal.SIGTERM) if "vm-1" in sent(server) else None
    path = tmp_path / "journal"
    result = run(server, concurrency=1, journal=str(path))
    assert [row["error_kind"] for row in result["vms"]] == ["", "cancelled", "", "not_started"]
    assert "power_on goes on as task-vm-1: the module was terminated" in result["vms"][1]["error"]
    assert "nothing was done: the module was terminated" in result["vms"][3]["error"]
    assert [json.loads(line)["outcome"] for line in path.read_text().splitlines()] == ["intended", "done", "intended", "running"]
    assert server.asked[-1].method == "Logout" and server.aborted


def test_signal_before_the_first_change(run):
    server = Estate(OFF)
    server.answers["RetrievePropertiesEx"] = lambda asked: os.kill(os.getpid(), signal.SIGTERM)
    result = run(server)
    assert result["msg"] == "vc.example.com: the module was terminated; nothing was changed" and result["error_kind"] == "cancelled"


def test_job_that_has_ended_ends_the_call(run, tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    server = Estate(OFF, OFF)
    server.on_wait = lambda: os.close(reader)
    server.endless.update((vm(0), vm(1)))
    result = run(server, progress_pipe=str(path), concurrency=1)
    assert [row["error_kind"] for row in result["vms"]] == ["cancelled", "not_started"]


def test_progress_is_reported(run, tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    server = Estate(OFF, OFF)
    server.troubles["PowerOnVM_Task"] = [Refusal("NotEnoughLicenses")]
    run(server, progress_pipe=str(path))
    lines = [json.loads(line) for line in os.read(reader, 1 << 20).splitlines() if line]
    os.close(reader)
    assert lines[0] == {"doing": "power_on", "total": 2, "done": 0, "running": 0, "failed": 0, "percent": 0, "sent": 0}
    assert lines[-1] == {"doing": "power_on", "total": 2, "done": 1, "running": 0, "failed": 1, "percent": 100, "sent": 0}


def test_all_results_are_in_a_file_where_there_are_too_many(run, tmp_path, monkeypatch):
    monkeypatch.setattr(outcome, "MOST_RETURNED", 2)
    monkeypatch.setattr("ansible_collections.estate.vmware.plugins.module_utils.machine.run_changes.MOST_RETURNED", 2)
    server = Estate(ON, OFF, OFF)
    server.answers["PowerOnVM_Task"] = lambda asked: Refusal("NotEnoughLicenses")
    result = run(server)
    assert [row["name"] for row in result["vms"]] == ["web-1", "web-2"]
    assert result["warned"] == ["vms in the result has 2 of 3 VMs, failed ones first: set dest to have all of them in a file"]
    path = tmp_path / "dest.json"
    assert run(server, dest=str(path))["warned"] == []
    written = json.loads(path.read_text())
    assert [row["name"] for row in written["vms"]] == ["web-0", "web-1", "web-2"] and written["counts"]["failed"] == 2


def test_file_of_results_that_cannot_be_written(run, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    server = Estate(OFF)
    server.on_wait = folder.rmdir
    result = run(server, dest=str(folder / "dest.json"))
    assert result["failed"] and result["msg"].startswith("vc.example.com; dest ") and "cannot be written (No such file or directory)" in result["msg"]
    assert result["vms"][0]["changed"]


def test_protected_vms_that_filters_chose_are_left_out(run):
    server = Estate(OFF, OFF, OFF)
    server.change(vm(1), {"name": "db-1"})
    result = run(server, vms=[{"filters": [{"power_state": "poweredOff"}]}], protected=[{"name": "db-*"}])
    assert sent(server) == ["vm-0", "vm-2"]
    assert result["warned"] == ["1 VM is left out because of protection: /db-1"]
    assert [(row["name"], row["changed"], row["error"]) for row in result["vms"]][1] == ("db-1", False, "")


def test_protected_vm_that_is_named_ends_the_call(run):
    server = Estate(OFF, OFF)
    result = run(server, protected=[{"name": "web-1"}])
    assert result["msg"] == "vms[1]: /web-1 is protected (protected[0]): leave it out" and sent(server) == []


class Powers(Flow):
    """Powers one host on, which is no VM."""

    doing = "power"

    def plans(self, session, connection):
        host = MoRef("HostSystem", "host-1")
        step = Step("power_on", lambda ref: perform(operations.SET_SERVICE_POLICY, MoRef("HostServiceSystem", "services-1"), "ntpd", "on", vm=host))
        return [PlannedVm("hosts[0]", False, host, VmOutcome("esx-1", "/esx-1", "host-1"), Plan([step]))]


def test_hosts_in_place_of_vms(run):
    server = Estate()
    server.answers["UpdateServicePolicy"] = lambda asked: None
    result = run(server, Powers, HOST, hosts=[])
    assert [row["name"] for row in result["hosts"]] == ["esx-1"] and "vms" not in result
    server.answers["UpdateServicePolicy"] = lambda asked: Refusal("NoPermission")
    assert "1 of 1 host failed: /esx-1: cannot set when a service of a host starts" in run(server, Powers, HOST, hosts=[])["msg"]


def test_bug_of_ours_is_told_from_an_answer_of_the_server(run):
    class Broken(PowerFlow):
        def plans(self, session, connection):
            return {}["p4ssword"]

    result = run(Estate(OFF), Broken)
    assert "KeyError" in result["msg"] and "p4ssword" not in str(result) and "nothing was changed" in result["msg"]


def test_without_pyvmomi(run, monkeypatch):
    monkeypatch.setattr("ansible_collections.estate.vmware.plugins.module_utils.machine.run_changes.PYVMOMI_ERROR", ImportError("no module"))
    assert "pyvmomi" in run(Estate())["msg"]
