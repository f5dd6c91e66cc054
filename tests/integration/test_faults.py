# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A scan of a server that misbehaves: what can be read is read once, the rest is reported, no session is left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest
from estates import start_simulator

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import USUAL_SECTIONS
from ansible_collections.estate.vmware.tests.integration.running import REPOSITORY, run_module, source

FIRST, SECOND = 1, 2
FOR_EVER = 0


def scan(folder, simulator, **options):
    """The facts of a scan, with the module's result around them."""
    connection = {key.removeprefix("vmware_"): value for key, value in source(simulator).items()}
    result = run_module(folder, "vmware_inventory_facts", **connection, **options)
    assert "Traceback" not in str(result)
    return result["ansible_facts"]["vmware_inventory"], result


def fault_at(method, call, times=1, **outcome):
    return {"method": method, "call": call, "times": times, **outcome}


PASSING = [
    pytest.param(fault_at("RetrievePropertiesEx", FIRST, truncate=True), id="names closed mid-response"),
    pytest.param(fault_at("RetrievePropertiesEx", SECOND, truncate=True), id="VMs closed mid-response"),
    pytest.param(fault_at("ContinueRetrievePropertiesEx", 7, truncate=True), id="page closed mid-response"),
    pytest.param(fault_at("ContinueRetrievePropertiesEx", 7, reset=True), id="page reset"),
    pytest.param(fault_at("ContinueRetrievePropertiesEx", 7, fault="NotAuthenticated"), id="session lost at a page"),
    pytest.param(fault_at("ContinueRetrievePropertiesEx", 7, fault="InvalidArgument"), id="token lost"),
    pytest.param(fault_at("ContinueRetrievePropertiesEx", 7, status=200), id="page answered by a web page"),
    pytest.param(fault_at("RetrievePropertiesEx", 3, fault="ManagedObjectNotFound"), id="view lost"),
    pytest.param(fault_at("CreateContainerView", SECOND, fault="NotAuthenticated"), id="session lost before a view"),
    pytest.param(fault_at("RetrievePropertiesEx", SECOND, times=2, status=503), id="503 twice"),
    pytest.param(fault_at("RetrieveServiceContent", FIRST, times=2, status=503), id="not ready at first"),
    pytest.param(fault_at("Login", FIRST, reset=True), id="login reset"),
    pytest.param(fault_at("ContinueRetrievePropertiesEx", 7, delay_ms=3000), id="page that takes longer than the timeout"),
    pytest.param(fault_at("Logout", FIRST, truncate=True), id="logout cut"),
    pytest.param(fault_at("DestroyView", FIRST, status=200), id="view destroyed by a web page"),
]


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """What a scan of the same simulator finds when nothing goes wrong."""
    folder = tmp_path_factory.mktemp("healthy")
    with start_simulator(folder / "simulator", vms=40) as healthy:
        return scan(folder, healthy)[0]


@pytest.mark.parametrize("fault", PASSING)
def test_transient_failure_costs_nothing(tmp_path, expected, fault):
    with start_simulator(tmp_path / "simulator", vms=40, faults=[fault]) as simulator:
        found, result = scan(tmp_path, simulator, page_size=5, timeout=2)
        calls = simulator.calls()
    assert (found["status"], found["issues"]) == ("ok", []), result
    names = Counter(row["moid"] for row in found["sections"]["vms"])
    assert names == Counter(row["moid"] for row in expected["sections"]["vms"]), "each row exactly once"
    assert {key: len(rows) for key, rows in found["sections"].items()} == expected["counts"]
    lost = fault["method"] in ("Login", "Logout")
    assert calls["Logout"] >= calls["Login"] - lost


LASTING = [
    pytest.param(fault_at("RetrievePropertiesEx", FIRST, FOR_EVER, truncate=True), "unreachable", id="cut"),
    pytest.param(fault_at("RetrievePropertiesEx", FIRST, FOR_EVER, status=503), "fault", id="not ready"),
    pytest.param(fault_at("RetrievePropertiesEx", FIRST, FOR_EVER, fault="NoPermission"), "permission", id="no permission"),
    pytest.param(fault_at("RetrievePropertiesEx", FIRST, FOR_EVER, fault="SystemError"), "fault", id="fault"),
    pytest.param(fault_at("CreateContainerView", FIRST, FOR_EVER, fault="NotAuthenticated"), "session", id="no session"),
    pytest.param(fault_at("Login", FIRST, FOR_EVER, status=200), "fault", id="login answered by a web page"),
    pytest.param(fault_at("Login", FIRST, FOR_EVER, status=503), "fault", id="login not ready"),
    pytest.param(fault_at("RetrievePropertiesEx", FIRST, FOR_EVER, delay_ms=4000), "timeout", id="silent"),
]


@pytest.mark.parametrize(("fault", "kind"), LASTING)
def test_what_fails_for_good_is_reported_in_one_line_and_leaves_no_session(tmp_path, fault, kind):
    with start_simulator(tmp_path / "simulator", vms=10, faults=[fault]) as simulator:
        found, result = scan(tmp_path, simulator, timeout=1, retries=1)
        calls = simulator.calls()
    assert (found["status"], found["error_kind"], result["failed"]) == ("failed", kind, True)
    assert "\n" not in result["msg"]
    # An answer to Login that nobody can read may have opened a session.
    assert calls.get("Logout", 0) == (calls["Login"] if fault["method"] != "Login" or fault.get("status") == 200 else 0)


@pytest.mark.parametrize("outcome", [{"truncate": True}, {"fault": "NoPermission"}, {"delay_ms": 4000}], ids=["cut", "no permission", "silent"])
def test_vms_that_cannot_be_read_cost_no_other_section(tmp_path, outcome):
    fault = {"method": "RetrievePropertiesEx", "object": "VirtualMachine", "times": FOR_EVER, **outcome}
    with start_simulator(tmp_path / "simulator", vms=10, faults=[fault]) as simulator:
        found, _result = scan(tmp_path, simulator, timeout=1, retries=1)
    assert (found["status"], set(found["counts"])) == ("partial", {"hosts", "datastores", "networks", "clusters"})
    assert [issue["section"] for issue in found["issues"]] == [key for key in USUAL_SECTIONS if key.startswith("vm")]


def test_deadline_ends_a_scan_of_a_slow_server(tmp_path):
    with start_simulator(tmp_path / "simulator", vms=10, method_delays={"RetrievePropertiesEx": 1500}) as simulator:
        found, result = scan(tmp_path, simulator, deadline=1)
        assert (found["status"], found["error_kind"]) == ("failed", "deadline"), result
        found, _result = scan(tmp_path, simulator, deadline=6)
        assert found["status"] == "partial"
        assert found["seconds"] < 7
        calls = simulator.calls()
    assert calls["Logout"] == calls["Login"]


def test_silence_ends_with_the_timeout(tmp_path, silent_port):
    options = {"hostname": "127.0.0.1", "port": silent_port, "username": "reader", "password": "s3cret", "timeout": 2}
    found = run_module(tmp_path, "vmware_inventory_facts", **options)["ansible_facts"]["vmware_inventory"]
    assert found["error_kind"] == "timeout"
    assert 2 <= found["seconds"] < 4


_SCAN = """
import json, sys
from ansible_collections.estate.vmware.plugins.modules import vmware_inventory_facts as module
from ansible.module_utils import basic
basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": json.loads(sys.argv[1])}).encode()
basic._ANSIBLE_PROFILE = "legacy"
module.main()
"""


def test_terminated_scan_logs_out_and_leaves_no_file(tmp_path):
    with start_simulator(tmp_path / "simulator", vms=20, method_delays={"ContinueRetrievePropertiesEx": 500}) as simulator:
        options = {key.removeprefix("vmware_"): value for key, value in source(simulator).items()}
        options.update(dest=str(tmp_path / "scans" / "x.sqlite"), page_size=1)
        (tmp_path / "scans").mkdir()
        arguments = [sys.executable, "-c", _SCAN, json.dumps(options)]
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / ".build" / "collections")}
        with subprocess.Popen(arguments, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            while "ContinueRetrievePropertiesEx" not in simulator.calls() and process.poll() is None:
                time.sleep(0.1)
            process.send_signal(signal.SIGTERM)
            assert process.wait(15) != 0
            assert b"Traceback" not in process.stderr.read()
        calls = simulator.calls()
    assert (calls["Logout"], calls["DestroyView"]) == (calls["Login"], calls["CreateContainerView"])
    assert os.listdir(tmp_path / "scans") == []
