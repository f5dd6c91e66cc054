# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A scan of a server that misbehaves: what can be read is read, the rest is told plainly, no session stays."""

from __future__ import annotations

import pytest
from ansible_collections.estate.vmware.tests.integration.running import run_module, source
from estates import start_simulator

BROKEN = [
    pytest.param("RetrievePropertiesEx", {"truncate": True}, id="cut in the middle of an answer"),
    pytest.param("RetrievePropertiesEx", {"reset": True}, id="reset"),
    pytest.param("RetrievePropertiesEx", {"status": 503}, id="not ready"),
    pytest.param("RetrievePropertiesEx", {"fault": "NoPermission"}, id="no permission"),
    pytest.param("CreateContainerView", {"truncate": True}, id="no view"),
    pytest.param("Logout", {"truncate": True}, id="logout cut"),
    pytest.param("DestroyView", {"status": 200}, id="view destroyed by a web page"),
    pytest.param("Login", {"status": 200}, id="login answered by a web page"),
]


@pytest.mark.parametrize("call", [1, 2], ids=["first", "second"])
@pytest.mark.parametrize(("method", "spoiled"), BROKEN)
def test_call_that_goes_wrong_is_told_plainly_and_leaves_no_session(tmp_path, method, spoiled, call):
    """The first question is for names and places, without which nothing can be read; the second is for VMs alone."""
    with start_simulator(tmp_path / "simulator", faults=[{"method": method, "call": call, **spoiled}], vms=2) as simulator:
        connection = {key.removeprefix("vmware_"): value for key, value in source(simulator).items()}
        result = run_module(tmp_path, "vmware_inventory_facts", **connection)
        calls = simulator.calls()
    scan = result["ansible_facts"]["vmware_inventory"]
    assert "Traceback" not in str(result)
    if method in ("Logout", "DestroyView") or calls[method] < call:
        assert (scan["status"], scan["counts"]["vms"] > 0) == ("ok", True)
    elif call == 2:
        assert (scan["status"], "vms" in scan["counts"], scan["counts"]["hosts"] > 0) == ("partial", False, True)
        assert [issue["section"] for issue in scan["issues"]] == ["vms"]
    else:
        assert (scan["status"], result["failed"]) == ("failed", True)
        assert "\n" not in result["msg"]
    assert calls.get("Logout", 0) == (0 if method == "Login" and call == 1 else 1)


def test_silence_ends_with_the_timeout(tmp_path, silent_port):
    options = {"hostname": "127.0.0.1", "port": silent_port, "username": "reader", "password": "s3cret", "timeout": 2}
    scan = run_module(tmp_path, "vmware_inventory_facts", **options)["ansible_facts"]["vmware_inventory"]
    assert scan["error_kind"] == "timeout"
    assert 2 <= scan["seconds"] < 4
