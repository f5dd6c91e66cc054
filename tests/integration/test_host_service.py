# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""vmware_host_service over TLS: services of hosts, and what another client reads afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from estates import Simulator, start_simulator
from plain_pyvmomi import connect, read
from pyVmomi import vim

from ansible_collections.estate.vmware.tests.integration.changing import change, journal

CHECK = {"_ansible_check_mode": True, "_ansible_diff": True}
DIFF = {"_ansible_diff": True}
SSH, NTP = "TSM-SSH", "ntpd"


@pytest.fixture(scope="module")
def vcenter(tmp_path_factory, authority) -> Iterator[Simulator]:
    with start_simulator(tmp_path_factory.mktemp("services"), ca=authority, vms=20, hosts=6) as simulator:
        yield simulator


@pytest.fixture
def run(vcenter, tmp_path) -> Iterator[Any]:
    yield partial(change, tmp_path, vcenter, "vmware_host_service")
    vcenter.set_faults([])


@pytest.fixture(scope="module")
def hosts(vcenter) -> list[str]:
    """Names of the hosts that are connected."""
    return [name for name, (state, _services) in states(vcenter).items() if state == "connected"]


def states(simulator: Simulator) -> dict[str, Any]:
    """Host to its connection, and to its services: key to whether it runs, and when it starts."""
    service = connect(simulator)
    rows = read(service, {vim.HostSystem: ["name", "runtime.connectionState", "config.service"]})[vim.HostSystem]
    service.content.sessionManager.Logout()
    return {
        row["name"]: (row["runtime.connectionState"], {one.key: (one.running, one.policy) for one in row["config.service"].service}) for row in rows.values()
    }


def predicted(run: Any, sent: dict[str, int], **options: Any) -> dict[str, Any]:
    """Run in check mode, then for real, then once more; the result of the second, which check mode has told exactly."""
    told = run(**CHECK, **options)
    assert not told["sent"] and not told["failed"], told
    done = run(**DIFF, **options)
    assert not done["failed"] and done["sent"] == sent, done
    assert (told["changed"], told["diff"], told["counts"]) == (done["changed"], done["diff"], done["counts"])
    assert [host["actions"] for host in told["hosts"]] == [host["actions"] for host in done["hosts"]]
    again = run(**DIFF, **options)
    assert (again["failed"], again["changed"], again["sent"], again["diff"]) == (False, False, {}, []), again
    assert again["calls"] <= 20
    return done


def test_services_of_named_hosts(run, vcenter, hosts):
    off = {"hosts": [{"name": name} for name in hosts], "services": [{"name": "ssh", "running": False, "policy": "off"}]}
    run(**off)
    wanted = {"hosts": [{"name": name} for name in hosts[:2]], "services": [{"name": SSH, "running": True, "policy": "automatic"}]}
    done = predicted(run, {"UpdateServicePolicy": 2, "StartService": 2}, **wanted)
    assert done["hosts"][0]["actions"] == ["set_policy", "start_service"] and "bios_uuid" not in done["hosts"][0]
    assert done["diff"][0]["before"] == {f"{SSH}.policy": "off", f"{SSH}.running": False}
    found = states(vcenter)
    assert [found[name][1][SSH] for name in hosts[:3]] == [(True, "automatic")] * 2 + [(False, "off")]
    predicted(run, {"UpdateServicePolicy": 2, "StopService": 2}, **off)


def test_hosts_by_path_id_and_filters(run, vcenter, hosts):
    found = run(hosts=[{"name": name} for name in hosts], services=[{"name": "SSH", "running": True}])["hosts"]
    wanted = [{"path": found[0]["path"]}, {"moid": found[1]["moid"]}, {"filters": [{"name": hosts[:3]}]}]
    done = predicted(run, {"StopService": 3}, hosts=wanted, services=[{"name": "SSH", "running": False}])
    assert [host["name"] for host in done["hosts"]] == hosts[:3]
    assert run(hosts=[{"filters": [{"name": "nobody"}]}], services=[{"name": "SSH", "running": False}])["hosts"] == []


def test_hosts_that_cannot_be_worked_on_cost_no_others(run, vcenter, hosts):
    gone = next(name for name, (state, _services) in states(vcenter).items() if state != "connected")
    run(hosts=[{"name": hosts[0]}], services=[{"name": "SSH", "running": False}])
    done = run(hosts=[{"name": gone}, {"name": hosts[0]}], services=[{"name": "SSH", "running": True}])
    assert done["failed"] and ": 1 of 2 hosts failed: " in done["msg"] and "connect it first" in done["hosts"][0]["error"]
    assert done["hosts"][1]["changed"]


def test_bad_input_is_told_before_anything_is_sent(run, vcenter, hosts):
    done = run(hosts=[{"name": "a", "moid": "host-1"}, {}, {"filters": [{"nmae": "x"}]}], services=[{"name": "SSH"}, {"name": "ssh", "running": True}])
    for part in (
        "hosts[0] must name a host in one way (got name and moid)",
        "hosts[1] must name a host in one way",
        "hosts[2].filters[0]: hosts has no field nmae; did you mean name?",
        "services[0] must have running or policy",
        "services[1].name is 'ssh', as services[0].name",
    ):
        assert part in done["msg"], done["msg"]
    assert not vcenter.calls()
    assert "hosts[0].nam is unknown; did you mean name?" in run(hosts=[{"nam": "x"}], services=[{"name": "SSH", "running": True}])["msg"]
    assert "there is no host 'nowhere'" in run(hosts=[{"name": "nowhere"}], services=[{"name": "SSH", "running": True}])["msg"]
    done = run(hosts=[{"name": name} for name in hosts], services=[{"name": "TSM-SHH", "running": True}])
    assert "services[0].name: there is no service 'TSM-SHH'; did you mean TSM-SSH?" in done["msg"] and not done["sent"]
    assert "hosts must be set: there are " in run(services=[{"name": "SSH", "running": True}])["msg"]


@pytest.mark.parametrize(
    ("effect", "kind"),
    [
        ({"truncate": True}, ""),
        *(
            pytest.param(effect, kind, marks=pytest.mark.all_only)
            for effect, kind in (
                ({"reset": True}, ""),
                ({"reset_after": True}, ""),
                ({"end_session": True}, ""),
                ({"status": 503}, ""),
                ({"fault": "NoPermission"}, "permission"),
            )
        ),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else value,
)
def test_faults(run, vcenter, hosts, tmp_path, effect, kind):
    several = [{"name": name} for name in hosts[:3]]
    run(hosts=several, services=[{"name": "SSH", "running": False, "policy": "off"}])
    path = tmp_path / "journal"
    vcenter.set_faults([{"method": "StartService", **effect}, {"method": "UpdateServicePolicy", "call": 2, **effect}])
    done = run(hosts=several, services=[{"name": "SSH", "running": True, "policy": "on"}], journal=str(path))
    failed = sum(host["error_kind"] == kind for host in done["hosts"]) if kind else 0
    assert bool(failed) == bool(kind) and {host["error_kind"] for host in done["hosts"]} <= {"", kind}, done["msg"]
    running = [states(vcenter)[name][1][SSH] for name in hosts[:3]]
    assert running.count((True, "on")) == 3 - failed
    assert sum(line["outcome"] == "intended" for line in journal(path)) == sum(line["outcome"] != "intended" for line in journal(path))


def test_standalone_host(tmp_path, authority):
    with start_simulator(tmp_path, ca=authority, kind="esxi", vms=2) as host:
        run = partial(change, tmp_path, host, "vmware_host_service")
        predicted(run, {"StopService": 1, "UpdateServicePolicy": 1}, services=[{"name": "ntpd", "running": False, "policy": "off"}])
        ((_state, services),) = states(host).values()
        assert services[NTP] == (False, "off")
