# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""vmware_vm with an older vCenter, which says by events alone how the customization of a guest has ended."""

from __future__ import annotations

from functools import partial

from estates import start_simulator

from ansible_collections.estate.vmware.plugins.module_utils.machine.places import CLUSTER, Places
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.tests.integration.changing import change, machines


def test_end_of_customization_is_an_event_before_7_0_2(tmp_path, authority):
    with start_simulator(tmp_path, ca=authority, vms=40, hosts=2, clusters=1, datacenters=1, guest_delay=40, api_version="6.7.3") as simulator:
        found = machines(simulator, "config.template", "config.guestId", "runtime.connectionState", "config.hardware.device")
        usable = (name for name, row in found.items() if row.get("config.template") and "win" not in row["config.guestId"])
        template = next(name for name in usable if found[name]["runtime.connectionState"] == "connected")
        with Session(Connection(simulator.host, simulator.port, simulator.username, simulator.password, ca_path=str(simulator.ca_path))) as session:
            places = Places(session)
            cluster = places.path(places.all(CLUSTER)[0])
        item = {
            "placement": {"cluster": cluster},
            "source": {"template": template},
            "customization": {"linux": {"domain": "corp.example"}},
            "power": "on",
            "wait_for": {"customization": "20s"},
        }
        run = partial(change, tmp_path, simulator, "vmware_vm")
        result = run(vms=[{"name": "older-1", **item}, {"name": "uncustomized-1", **item}])
        assert "vms" in result, result["msg"]
        assert [vm["error"] for vm in result["vms"]][0] == "", result["msg"]
        assert "its customization failed" in result["vms"][1]["error"] and "uncustomized-1" in machines(simulator)
        again = run(vms=[{"name": "older-1", **item}])
        assert (again["failed"], again["changed"], again["sent"]) == (False, False, {}), again
