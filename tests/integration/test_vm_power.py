# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""vmware_vm_power over TLS: every state, and what is read back afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from estates import Simulator, start_simulator

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.tests.integration.changing import change, journal, machines
from ansible_collections.estate.vmware.tests.integration.running import REPOSITORY, run_module

power = partial(change, module="vmware_vm_power")
ON, OFF, SUSPENDED = "poweredOn", "poweredOff", "suspended"
TOOLS = "guest.toolsRunningStatus"


@pytest.fixture(scope="module")
def vcenter(tmp_path_factory, authority) -> Iterator[Simulator]:
    with start_simulator(tmp_path_factory.mktemp("power"), ca=authority, vms=144, hosts=4, guest_delay=40) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def named(vcenter) -> dict[str, list[str]]:
    """Names of VMs that are on with Tools, that are on without, of templates, and of system VMs."""
    found = machines(vcenter, "runtime.powerState", "config.template", "config.managedBy", TOOLS)
    kinds: dict[str, list[str]] = {"tools": [], "no tools": [], "template": [], "system": []}
    for name, row in found.items():
        if "config.managedBy" in row or name.startswith("vCLS"):
            kinds["system"].append(name)
        elif row.get("config.template"):
            kinds["template"].append(name)
        elif row.get("runtime.powerState") == ON and name.startswith(("web-", "app-")):
            kinds["tools" if row.get(TOOLS) == "guestToolsRunning" else "no tools"].append(name)
    return kinds


@pytest.fixture
def run(vcenter, tmp_path) -> Iterator[Any]:
    yield partial(power, tmp_path, vcenter)
    vcenter.set_faults([])
    vcenter.set_tasks([])


@pytest.fixture
def vms(vcenter, named, run) -> Iterator[list[str]]:
    """Names of some VMs that are on, with running Tools."""
    found = named["tools"][:6]
    yield found
    vcenter.set_faults([])
    vcenter.set_tasks([])
    if states(vcenter, found) != [ON] * len(found):
        run(state="on", vms=items(found))
    _await_tools(vcenter, found)


def _await_tools(simulator: Simulator, names: list[str]) -> None:
    for _attempt in range(200):
        found = machines(simulator, TOOLS)
        if all(found[name].get(TOOLS) == "guestToolsRunning" for name in names):
            return
    raise AssertionError("Tools do not come")


def items(names, **options: Any) -> list[dict[str, Any]]:
    return [{"name": name, **options} for name in names]


def states(simulator: Simulator, names: list[str]) -> list[str]:
    found = machines(simulator, "runtime.powerState")
    return [found[name]["runtime.powerState"] for name in names]


@pytest.mark.parametrize(
    ("first", "state", "after", "action", "method"),
    [
        (None, "off", OFF, "power_off", "PowerOffVM_Task"),
        ("off", "on", ON, "power_on", "PowerOnVM_Task"),
        ("suspended", "on", ON, "power_on", "PowerOnVM_Task"),
        ("suspended", "off", OFF, "power_off", "PowerOffVM_Task"),
        (None, "suspended", SUSPENDED, "suspend", "SuspendVM_Task"),
        (None, "shut_down", OFF, "shut_down", "ShutdownGuest"),
    ],
)
def test_state_that_is_reached_once(run, vcenter, vms, first, state, after, action, method):
    if first:
        run(state=first, vms=items(vms[:2]))
    predicted = run(state=state, vms=items(vms[:2]), _ansible_check_mode=True, _ansible_diff=True)
    assert predicted["changed"] and not predicted["sent"], predicted
    done = run(state=state, vms=items(vms[:2]), _ansible_diff=True)
    assert not done["failed"], done
    assert done["sent"] == {method: 2}
    assert states(vcenter, vms[:2]) == [after] * 2
    assert (done["diff"], done["changed"]) == (predicted["diff"], predicted["changed"])
    assert [vm["actions"] for vm in done["vms"]] == [vm["actions"] for vm in predicted["vms"]] == [[action]] * 2
    assert all(bool(vm["tasks"]) == method.endswith("_Task") for vm in done["vms"])
    again = run(state=state, vms=items(vms[:2]), _ansible_diff=True)
    assert (again["changed"], again["sent"], again["diff"], again["counts"]["unchanged"]) == (False, {}, [], 2)


@pytest.mark.parametrize(("state", "method", "action"), [("reset", "ResetVM_Task", "reset"), ("rebooted", "RebootGuest", "reboot")])
def test_state_that_acts_each_time(run, vcenter, vms, state, method, action):
    predicted = run(state=state, vms=items(vms[:1]), _ansible_check_mode=True, _ansible_diff=True)
    assert predicted["changed"] and not predicted["sent"]
    for _time in range(2):
        done = run(state=state, vms=items(vms[:1]), _ansible_diff=True)
        assert (done["sent"], done["vms"][0]["actions"], done["diff"]) == ({method: 1}, [action], predicted["diff"])
        assert states(vcenter, vms[:1]) == [ON]
        _await_tools(vcenter, vms[:1])


def test_calls_grow_with_the_vms_alone(run, vcenter, named):
    """20 calls, a page, and little more than one call a VM; none a VM where all is as wanted."""
    several = named["tools"][:20]
    assert len(several) == 20
    off = run(state="off", vms=items(several))
    assert not off["failed"] and off["counts"]["changed"] == len(several), off["msg"]
    assert off["calls"] <= 20 + 1 + 1.1 * len(several)
    again = run(state="off", vms=items(several))
    assert again["calls"] <= 20 + 2 and not again["sent"]
    assert run(state="on", vms=items(several))["calls"] <= 20 + 1 + 1.1 * len(several)
    _await_tools(vcenter, several)


def test_vms_by_path_uuid_id_and_filters(run, vcenter, vms):
    found = {vm["name"]: vm for vm in run(state="on", vms=items(vms))["vms"]}
    first, second, third, fourth, *_others = vms
    wanted = [
        {"path": found[first]["path"]},
        {"instance_uuid": found[second]["instance_uuid"].upper()},
        {"bios_uuid": found[third]["bios_uuid"]},
        {"moid": found[fourth]["moid"]},
        {"filters": [{"name": vms[:5]}]},
    ]
    done = run(state="off", vms=wanted)
    assert [vm["name"] for vm in done["vms"]] == vms[:5]
    assert states(vcenter, vms) == [OFF] * 5 + [ON]


def test_what_has_no_state_of_its_own_takes_that_of_the_module(run, vcenter, vms):
    done = run(state="off", common={"order": 3}, vms=[{"name": vms[0]}, {"name": vms[1], "state": "suspended"}])
    assert [vm["actions"] for vm in done["vms"]] == [["power_off"], ["suspend"]]
    assert states(vcenter, vms[:2]) == [OFF, SUSPENDED]


def test_vms_that_cannot_be_powered_cost_no_others(run, vcenter, named, vms):
    wanted = [*items([named["no tools"][0], named["template"][0]]), *items(vms[:1])]
    done = run(state="shut_down", vms=wanted)
    assert done["failed"] and done["counts"] == {"changed": 1, "unchanged": 0, "failed": 2, "not_started": 0}
    without, template, good = done["vms"]
    assert without["error"].startswith("VMware Tools do not run in its guest") and without["error_kind"] == "refused"
    assert template["error"].startswith("it is a template")
    assert (good["error"], good["changed"]) == ("", True)
    assert done["msg"].startswith(f"{vcenter.host}:{vcenter.port}: 2 of 3 VMs failed: /")
    assert states(vcenter, [named["no tools"][0], vms[0]]) == [ON, OFF]
    assert "it is off, and reset needs a VM that is on" in run(state="reset", vms=items(vms[:1]))["msg"]


def test_all_bad_input_is_told_before_anything_is_sent(run, tmp_path):
    wanted = [{"name": "a", "state": "of"}, {"nmae": "b"}, {"name": "c", "moid": "vm-1", "state": "on"}, {"name": "d*", "state": "on"}, {"name": "e"}]
    done = run(vms=wanted, concurrency=0, pause="soon", grace="x", at_most=-1, dest=str(tmp_path), protected=[{"nmae": "x"}])
    for part in (
        "vms[0].state must be on, off, shut_down, suspended, reset or rebooted (got 'of')",
        "vms[1].nmae is unknown; did you mean name?",
        "vms[2] must name a VM in one way",
        "vms[3].name must be one name without * and ?",
        "vms[4].state must be set",
        "concurrency must be 1 to 1000 (got 0)",
        "at_most must be 0 or greater (got -1)",
        "protected[0]: vms has no field nmae",
        "dest must be a file",
        "pause must be seconds",
        "grace must be seconds",
    ):
        assert part in done["msg"], done["msg"]
    assert not done["sent"]


def test_unknown_vm_ends_the_task_before_the_first_change(run, vms):
    done = run(state="off", vms=[*items(vms[:2]), {"name": f"{vms[0]}x"}])
    assert done["failed"] and not done["sent"]
    assert f"vms[2].name: there is no VM '{vms[0]}x'" in done["msg"]


def test_order_pause_and_batch(run, tmp_path, vms):
    wanted = [{"name": vms[0], "order": 2}, *items(vms[1:4], order=1)]
    path = tmp_path / "journal"
    done = run(state="off", vms=wanted, batch=2, pause="0s", journal=str(path))
    assert done["counts"]["changed"] == 4
    lines = [(line["name"], line["outcome"]) for line in journal(path)]
    groups = [vms[1:3], vms[3:4], vms[:1]]
    for group in groups:
        ours, lines = lines[: 2 * len(group)], lines[2 * len(group) :]
        assert {name for name, _outcome in ours} == set(group)
    assert not lines


def test_journal(run, vcenter, tmp_path, vms):
    path = tmp_path / "journal"
    vcenter.set_tasks([{"operation": "PowerOff", "object": vms[1], "fault": "HostCommunication"}])
    run(state="off", vms=items(vms[:2]), journal=str(path), _ansible_check_mode=True)
    assert not path.exists()
    done = run(state="off", vms=items(vms[:2]), journal=str(path), concurrency=1)
    first, second, third, fourth = journal(path)
    vm = {key: done["vms"][0][key] for key in ("name", "path", "moid", "instance_uuid")}
    common = {"source": f"{vcenter.host}:{vcenter.port}", "account": vcenter.username, "job": "", **vm, "action": "power_off"}
    assert {**common, "outcome": "intended", "before": {"power_state": "on"}, "after": {"power_state": "off"}, "task": ""}.items() <= first.items()
    assert {**common, "outcome": "done", "task": done["vms"][0]["tasks"][0]}.items() <= second.items()
    assert (third["outcome"], fourth["outcome"], fourth["task"]) == ("intended", "failed", done["vms"][1]["tasks"][0])
    assert "HostCommunication" in fourth["error"] and fourth["error"] == done["vms"][1]["error"]
    assert path.stat().st_mode & 0o777 == 0o600
    (example,) = [line for line in (REPOSITORY / "docs" / "changing.md").read_text(encoding="utf-8").splitlines() if line.startswith('{"time"')]
    assert json.loads(example).keys() == first.keys()


def test_journal_that_cannot_be_written_changes_nothing(run, vcenter, tmp_path, vms):
    done = run(state="off", vms=items(vms[:2]), journal=str(tmp_path / "none" / "journal"))
    assert done["failed"] and "journal" in done["msg"] and not done["sent"]
    assert not vcenter.calls(), "not even a login"


def test_dest(run, tmp_path, vms):
    path = tmp_path / "results.json"
    done = run(state="off", vms=items(vms[:2]), dest=str(path))
    written = json.loads(path.read_text())
    assert written["vms"] == done["vms"] and written["counts"] == done["counts"]


@pytest.mark.parametrize("on_error", ["continue", "stop"])
def test_vm_that_fails(run, vcenter, vms, on_error):
    vcenter.set_tasks([{"operation": "PowerOff", "object": vms[0], "fault": "HostCommunication", "message": "no answer of the host"}])
    done = run(state="off", vms=items(vms[:3]), on_error=on_error, concurrency=1)
    assert done["failed"] and "HostCommunication" in done["vms"][0]["error"]
    others = {"continue": ["", ""], "stop": ["not_started", "not_started"]}[on_error]
    assert [vm["error_kind"] for vm in done["vms"][1:]] == others
    assert states(vcenter, vms[:3]) == [ON, *([OFF] * 2 if on_error == "continue" else [ON] * 2)]
    assert done["changed"] == (on_error == "continue")


def test_protected_vm(run, vcenter, vms):
    protected = [{"name": vms[0]}]
    done = run(state="off", vms=items(vms[:2]), protected=protected)
    assert done["failed"] and "is protected (protected[0]): leave it out" in done["msg"] and not done["sent"]
    assert run(state="on", vms=items(vms[:2]), protected=protected)["failed"] is False, "it is on already"
    chosen = run(state="off", vms=[{"filters": [{"name": vms[:2]}]}], protected=protected)
    assert [vm["changed"] for vm in chosen["vms"]] == [False, True]
    assert states(vcenter, vms[:2]) == [ON, OFF]
    assert "left out because of protection" in str(chosen["warnings"])


def test_system_vms_and_the_vm_of_a_vcenter_are_not_stopped(run, vcenter, named, vms):
    system = next(name for name, state in zip(named["system"], states(vcenter, named["system"])) if state == ON)
    done = run(state="off", vms=items([system, vms[0]]))
    assert "is protected (a system VM" in done["msg"] and not done["sent"]
    address = machines(vcenter, "guest.ipAddress")[vms[1]]["guest.ipAddress"]
    done = run(state="reset", vms=items(vms[:2]), protected_servers=[address])
    assert f"is protected (the VM of the vCenter or ESXi host {address})" in done["msg"] and not done["sent"]


def test_more_than_at_most(run, vms):
    done = run(state="off", vms=items(vms[:3]), at_most=2)
    assert "at_most is 2, and this call would stop 3 VMs" in done["msg"] and not done["sent"]
    assert run(state="off", vms=items(vms[:3]), at_most=3)["counts"]["changed"] == 3


def test_task_that_is_not_awaited(run, vcenter, tmp_path, vms):
    vcenter.set_tasks([{"operation": "PowerOff", "times": 0, "after_ms": 2000}])
    path = tmp_path / "journal"
    done = run(state="off", vms=items(vms[:2]), wait=False, journal=str(path))
    assert states(vcenter, vms[:2]) == [ON, ON]
    assert done["changed"] and all(vm["tasks"] for vm in done["vms"])
    assert sorted(line["outcome"] for line in journal(path)) == ["intended", "intended", "running", "running"]
    for _attempt in range(200):
        if states(vcenter, vms[:2]) == [OFF, OFF]:
            return
    raise AssertionError("the tasks have not ended")


def fault(state: str, method: str, kind: str = "", **effect: Any) -> Any:
    """A fault in one of three calls, and the kind of error that it becomes; none if the change is made in the end."""
    is_quick = effect.keys() & {"truncate", "fault", "end_session"} and state == "off"
    return pytest.param(state, method, effect, kind, id=f"{state}-{method}-{'-'.join(map(str, effect))}", marks=[] if is_quick else [pytest.mark.all_only])


@pytest.mark.parametrize(
    ("state", "method", "effect", "kind"),
    [
        *(fault("off", "PowerOffVM_Task", **{effect: True}) for effect in ("truncate", "reset", "reset_after", "end_session")),
        fault("off", "PowerOffVM_Task", status=503),
        fault("off", "PowerOffVM_Task", "permission", fault="NoPermission"),
        *(fault("off", "WaitForUpdatesEx", **{effect: True}) for effect in ("reset", "truncate", "end_session")),
        *(fault("shut_down", "ShutdownGuest", **{effect: True}) for effect in ("truncate", "reset", "reset_after")),
        *(
            fault(state, method, **{effect: True})
            for state, method in (("on", "PowerOnVM_Task"), ("reset", "ResetVM_Task"))
            for effect in ("truncate", "reset_after")
        ),
    ],
)
def test_faults(run, vcenter, tmp_path, vms, state, method, effect, kind):
    """Nothing happens twice, nothing is left, and all other VMs are done."""
    if state == "on":
        run(state="off", vms=items(vms[:3]))
    vcenter.set_faults([{"method": method, **effect}])
    path = tmp_path / "journal"
    done = run(state=state, vms=items(vms[:3]), journal=str(path))
    assert sorted(vm["error_kind"] for vm in done["vms"]) == sorted([kind, "", ""]), done["vms"]
    lines = journal(path)
    assert len(lines) == 6
    assert sum(line["outcome"] == "done" for line in lines) == 3 - bool(kind)
    assert states(vcenter, vms[:3]).count({"reset": ON, "on": ON}.get(state, OFF)) == 3 - bool(kind)


def test_guest_that_does_not_shut_down(tmp_path, authority):
    """The guest takes a minute, and is given no time."""
    path = tmp_path / "journal"
    with start_simulator(tmp_path / "slow", ca=authority, vms=12, guest_delay=60_000) as slow:
        found = machines(slow, TOOLS)
        wanted = items([name for name in found if found[name].get(TOOLS) == "guestToolsRunning" and name.startswith("web-")][:2])
        done = power(tmp_path, slow, state="shut_down", vms=wanted[:1], grace="0")
        assert done["failed"] and "its guest has not shut down within 0 s" in done["msg"]
        done = power(tmp_path, slow, state="shut_down", vms=wanted[1:], grace="0", then_off=True, journal=str(path))
        assert not done["failed"] and states(slow, [wanted[1]["name"]]) == [OFF]
    assert done["vms"][0]["actions"] == ["shut_down", "power_off"]
    expected = [(action, outcome) for action in ("shut_down", "power_off") for outcome in ("intended", "done")]
    assert [(line["action"], line["outcome"]) for line in journal(path)] == expected


def test_session_that_was_given(run, vcenter, tmp_path, vms):
    """The journal has the account of the session, which stays."""
    source = Connection(vcenter.host, vcenter.port, vcenter.username, vcenter.password, ca_path=str(vcenter.ca_path))
    path = tmp_path / "journal"
    with Session(source) as session:
        options = {"hostname": source.address, "ca_path": source.ca_path, "session_token": session.user["key"]}
        done = run_module(tmp_path, "vmware_vm_power", **options, state="suspended", vms=items(vms[:1]), journal=str(path))
        assert done["counts"]["changed"] == 1, done
        assert session.current_time()
    assert [line["account"] for line in journal(path)] == [vcenter.username] * 2


@pytest.mark.all_only
@pytest.mark.parametrize(("effect", "kind", "outcome"), [({"hang": True}, "unknown", "unknown"), ({"hang_after": True}, "", "done")])
def test_answer_that_never_comes(run, vcenter, tmp_path, vms, effect, kind, outcome):
    vcenter.set_faults([{"method": "PowerOffVM_Task", **effect}])
    path = tmp_path / "journal"
    done = run(state="off", vms=items(vms[:2]), concurrency=1, timeout=2, journal=str(path))
    assert [vm["error_kind"] for vm in done["vms"]] == [kind, ""], done
    assert done["sent"] == {"PowerOffVM_Task": 2}
    assert [line["outcome"] for line in journal(path)] == ["intended", outcome, "intended", "done"]


@pytest.mark.all_only
def test_deadline(run, vcenter, tmp_path, vms):
    """The tasks go on, and journal and message name them. What was not begun never is."""
    vcenter.set_tasks([{"operation": "PowerOff", "times": 0, "after_ms": 6000}])
    path = tmp_path / "journal"
    done = run(state="off", vms=items(vms[:3]), deadline=3, concurrency=2, journal=str(path))
    assert [vm["error_kind"] for vm in done["vms"]] == ["unknown", "unknown", "deadline"], done["vms"]
    assert all(vm["tasks"][0] in vm["error"] for vm in done["vms"][:2]) and not done["vms"][2]["tasks"]
    assert done["sent"] == {"PowerOffVM_Task": 2}
    assert sorted((line["outcome"], line["task"]) for line in journal(path) if line["outcome"] == "unknown") == sorted(
        ("unknown", vm["tasks"][0]) for vm in done["vms"][:2]
    )
    for _attempt in range(300):
        if states(vcenter, vms[:2]) == [OFF] * 2:
            return
    raise AssertionError("the tasks have not ended")


def test_esxi_host(tmp_path, authority):
    with start_simulator(tmp_path / "esxi", kind="esxi", ca=authority, vms=6) as esxi:
        found = [name for name, state in machines(esxi, "runtime.powerState").items() if state["runtime.powerState"] == ON][:2]
        for state, after in (("off", OFF), ("on", ON)):
            done = power(tmp_path, esxi, state=state, vms=items(found))
            assert done["counts"]["changed"] == 2 and states(esxi, found) == [after] * 2, done
        assert not power(tmp_path, esxi, state="on", vms=items(found))["sent"]
