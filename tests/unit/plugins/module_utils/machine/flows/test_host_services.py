# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is planned for services of hosts, and what is sent; tests/integration/test_host_service.py has what becomes of them."""

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.host_services import HostServiceFlow
from ansible_collections.estate.vmware.plugins.module_utils.machine.items import checked_items
from ansible_collections.estate.vmware.plugins.module_utils.machine.named_hosts import HOST_OPTIONS
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import ConnectionDropped, MethodFault
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.driving import carry_out, refusal
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.fake_estate import CONNECTION, ref
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.flow_estate import estate

SYSTEM = ref("HostServiceSystem:serviceSystem-1")
HOST = ref("HostSystem:host-1")


def service(key, running=False, policy="off", **more):
    return {"key": key, "label": key, "policy": policy, "running": running, **more}


@pytest.fixture
def vcenter():
    found = estate()
    give(found, HOST, service("TSM-SSH", label="SSH"), service("ntpd", running=True, policy="on"), service("vpxa", running=True, policy="on", required=True))
    return found


def give(vcenter, host, *services):
    vcenter.objects[SYSTEM] = {}
    vcenter.objects[host] |= {"config.service": {"service": list(services)}, "configManager.serviceSystem": SYSTEM}


def planned(vcenter, *services, hosts=({"name": "esx1"},)):
    wanted = [{"running": None, "policy": None, **one} for one in services]
    return HostServiceFlow(checked_items({"options": HOST_OPTIONS}, None, list(hosts), "hosts"), {"services": wanted}).plans(vcenter, CONNECTION)


@pytest.mark.parametrize(
    ("wanted", "diff", "sent"),
    [
        ({"name": "SSH", "running": True}, ({"TSM-SSH.running": False}, {"TSM-SSH.running": True}), [("Start", [SYSTEM, "TSM-SSH"])]),
        ({"name": "NTPD", "running": False}, ({"ntpd.running": True}, {"ntpd.running": False}), [("Stop", [SYSTEM, "ntpd"])]),
        (
            {"name": "ssh", "policy": "automatic"},
            ({"TSM-SSH.policy": "off"}, {"TSM-SSH.policy": "automatic"}),
            [("UpdatePolicy", [SYSTEM, "TSM-SSH", "automatic"])],
        ),
        ({"name": "tsm-ssh", "running": False, "policy": "off"}, ({}, {}), []),
    ],
)
def test_steps_and_what_is_sent(vcenter, wanted, diff, sent):
    (one,) = planned(vcenter, wanted)
    assert (one.plan.diff["before"], one.plan.diff["after"]) == diff
    vcenter.answers = dict.fromkeys(("Start", "Stop", "UpdatePolicy"))
    carry_out(one.plan, HOST, vcenter)
    assert vcenter.sent == sent
    assert one.outcome.row.keys().isdisjoint(("instance_uuid", "bios_uuid")) and one.outcome.row["path"] == "/Spain/Madrid/gold/esx1"


def test_policy_is_set_before_a_service_is_started(vcenter):
    (one,) = planned(vcenter, {"name": "SSH", "running": True, "policy": "on"})
    assert one.plan.actions == ["set_policy", "start_service"]


@pytest.mark.parametrize(
    ("properties", "wanted", "message"),
    [
        ({"runtime.connectionState": "notResponding"}, {"name": "SSH", "running": True}, "it is notResponding: connect it first"),
        ({"config.service": {}}, {"name": "SSH", "running": True}, "its services cannot be read"),
        ({}, {"name": "vpxa", "running": False}, "its service vpxa is required by the host, and cannot be stopped"),
    ],
)
def test_host_that_cannot_be_changed(vcenter, properties, wanted, message):
    vcenter.objects[HOST] |= properties
    (one,) = planned(vcenter, wanted)
    assert message in str(one.error) and not one.plan.steps


def test_host_that_lacks_a_service_fails_alone(vcenter):
    give(vcenter, ref("HostSystem:host-2"), service("ntpd"))
    first, second = planned(vcenter, {"name": "SSH", "running": True}, hosts=[{"name": "esx1"}, {"name": "esx2"}])
    assert first.plan.changed and "services[0].name: there is no service 'SSH'" in str(second.error)


def test_service_that_no_host_has_ends_the_call(vcenter):
    with pytest.raises(InvalidOption, match="services\\[0\\].name: there is no service 'SHS'"):
        planned(vcenter, {"name": "SHS", "running": True})


def test_all_that_is_wrong_is_told_at_once(vcenter):
    with pytest.raises(InvalidOption) as caught:
        planned(vcenter, {"name": "SSH"}, {"name": "ssh", "running": True}, hosts=[{}])
    assert [line.partition(" ")[0] for line in caught.value.lines] == ["hosts[0]", "services[0]", "services[1].name"]
    with pytest.raises(InvalidOption, match="services must name at least one service"):
        planned(vcenter)


@pytest.mark.parametrize("is_done", [True, False])
def test_somebody_else_was_faster(vcenter, is_done):
    (one,) = planned(vcenter, {"name": "SSH", "running": True})
    vcenter.answers["Start"] = refusal("InvalidState")
    give(vcenter, HOST, service("TSM-SSH", running=is_done))
    if is_done:
        assert carry_out(one.plan, HOST, vcenter) == ["Start"]
    else:
        with pytest.raises(MethodFault, match="cannot start a service of a host"):
            carry_out(one.plan, HOST, vcenter)


def test_other_refusals_are_errors(vcenter):
    (one,) = planned(vcenter, {"name": "SSH", "running": True})
    vcenter.answers["Start"] = refusal("HostConfigFault")
    give(vcenter, HOST, service("TSM-SSH", running=True))
    with pytest.raises(MethodFault, match="HostConfigFault"):
        carry_out(one.plan, HOST, vcenter)


def test_lost_answer_is_found_out_from_the_host(vcenter):
    (one,) = planned(vcenter, {"name": "SSH", "running": True})
    vcenter.answers["Start"] = [ConnectionDropped("connection closed"), None]
    give(vcenter, HOST, service("TSM-SSH", running=True))
    assert carry_out(one.plan, HOST, vcenter) == ["Start"]
    (one,) = planned(vcenter, {"name": "tsm-ssh", "policy": "on"})
    vcenter.answers["UpdatePolicy"] = ConnectionDropped("connection closed")
    del vcenter.objects[HOST]
    with pytest.raises(Exception, match="connection closed"):
        carry_out(one.plan, HOST, vcenter)


def test_host_that_was_removed_meanwhile(vcenter):
    flow = HostServiceFlow(
        checked_items({"options": HOST_OPTIONS}, None, [{"name": "esx1"}], "hosts"), {"services": [{"name": "SSH", "running": True, "policy": None}]}
    )

    def leave(request):
        if request == "objects":
            vcenter.objects.pop(HOST, None)

    vcenter.before = leave
    (one,) = flow.plans(vcenter, CONNECTION)
    assert "it was removed while the module ran" in str(one.error)
