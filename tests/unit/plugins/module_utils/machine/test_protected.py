# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine import filtered_objects, protected
from ansible_collections.estate.vmware.plugins.module_utils.machine.outcome import VmOutcome
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Plan, Step
from ansible_collections.estate.vmware.plugins.module_utils.machine.planned_vm import PlannedVm
from ansible_collections.estate.vmware.plugins.module_utils.machine.protected import Guard, protected_filters
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef

VCLS = {"config.managedBy": {"extensionKey": "com.vmware.vim.eam", "type": "cluster-agent"}}


def vm(number, *actions, is_chosen=False, **properties):
    outcome = VmOutcome(f"vm{number}", f"/DC/vm{number}", f"vm-{number}")
    plan = Plan([Step(action, lambda ref: iter(())) for action in actions])
    return PlannedVm(f"vms[{number}]", is_chosen, MoRef("VirtualMachine", f"vm-{number}"), outcome, plan, properties)


@pytest.fixture
def guard(monkeypatch):
    """Makes a guard of a vCenter with these guests, for which filters keep these VMs."""
    warnings: list[str] = []

    def make(guests=(), kept=None, at_most=None, servers=(), is_vcenter=True):
        pages = [[SimpleNamespace(properties=properties) for properties in guests]]
        reads = []
        monkeypatch.setattr(protected, "retrieve", lambda *arguments: reads.append(arguments) or iter(pages))
        monkeypatch.setattr(filtered_objects, "kept_by", lambda session, connection, filters, keeps_unreadable: kept or {})
        monkeypatch.setattr(protected, "server_names", lambda session: ["vcenter.example.com"])
        monkeypatch.setattr(protected, "addresses_of", lambda limits: lambda name: ["192.0.2.5"])
        session = SimpleNamespace(is_vcenter=is_vcenter, call_with_retries=lambda attempt: attempt())
        made = Guard(session, Connection("vc.example.com", 443, "u", "p"), dict.fromkeys(kept or ()), servers, at_most, warnings.append)
        return SimpleNamespace(check=made.check, warnings=warnings, reads=reads)

    return make


def refused(guard, *planned):
    with pytest.raises(InvalidOption) as caught:
        guard.check(planned)
    return caught.value.lines


def test_named_vm_that_a_filter_protects(guard):
    kept = {"protected[1]": ["vm-1", "vm-2"]}
    assert refused(guard(kept=kept), vm(0, "power_on"), vm(1, "power_on"), vm(2)) == ["vms[1]: /DC/vm1 is protected (protected[1]): leave it out"]


def test_chosen_vm_that_a_filter_protects_is_left_out(guard):
    made = guard(kept={"protected[0]": ["vm-1"]})
    assert made.check([vm(0, "power_on", is_chosen=True), vm(1, "power_on", is_chosen=True)]) == {MoRef("VirtualMachine", "vm-1")}
    assert made.warnings == ["1 VM is left out because of protection: /DC/vm1"]


@pytest.mark.parametrize("action", ["power_off", "power_on", "take_snapshot", "destroy"])
def test_system_vm_is_always_protected(guard, action):
    assert refused(guard(), vm(0, action, **VCLS)) == ["vms[0]: /DC/vm0 is protected (a system VM, vcls): leave it out"]


@pytest.mark.parametrize("guest", [{"guest.hostName": "vcenter.example.com"}, {"guest.ipAddress": "192.0.2.5"}, {"guest.hostName": "vc"}])
def test_vm_of_the_vcenter(guard, guest):
    (line,) = refused(guard([guest]), vm(0, "destroy", **guest), vm(1, "destroy"))
    assert line.startswith("vms[0]: /DC/vm0 is protected (the VM of the vCenter or ESXi host ")


def test_vm_of_the_vcenter_keeps_its_devices(guard):
    planned = vm(0, **{"guest.hostName": "vcenter.example.com"})
    for takes in (False, True):
        planned.plan = Plan([Step("reconfigure", lambda ref: iter(()), takes_devices=takes)])
        if takes:
            assert refused(guard(), planned)[0].startswith("vms[0]: /DC/vm0 is protected (the VM of the vCenter or ESXi host ")
        else:
            assert guard().check([planned]) == set()


def test_vm_of_another_vcenter_also_on_an_esxi_host(guard):
    guest = {"guest.net": [{"ipAddress": ["192.0.2.77"]}]}
    made = guard(servers=["192.0.2.77"], is_vcenter=False)
    assert refused(made, vm(0, "power_off", **guest)) == ["vms[0]: /DC/vm0 is protected (the VM of the vCenter or ESXi host 192.0.2.77): leave it out"]


def test_vcenter_that_is_in_no_vm_is_said_before_anything_is_destroyed(guard):
    made = guard([{"guest.hostName": "web"}])
    made.check([vm(0, "destroy")])
    (warning,) = made.warnings
    assert warning.startswith("no VM has a name or address of this vCenter (192.0.2.5, vc.example.com, vcenter.example.com): ")


def test_all_guests_are_read_only_where_something_is_destroyed(guard):
    made = guard()
    made.check([vm(0, "power_off"), vm(1, "take_snapshot")])
    assert not made.reads and not made.warnings
    made = guard([{"guest.hostName": "vc.example.com"}])
    made.check([vm(0, "revert_snapshot")])
    assert len(made.reads) == 1 and not made.warnings


def test_too_much_is_told_beside_what_is_protected(guard):
    lines = refused(guard(at_most=1), vm(0, "power_off", **VCLS), vm(1, "power_off"), vm(2, "power_off"))
    assert lines[1] == "at_most is 1, and this call would stop 2 VMs: check vms, then set at_most to 2"


def test_vms_with_errors_and_without_changes_do_not_count(guard):
    failed = vm(0, "power_off", **VCLS)
    failed.error = InvalidOption("no")
    assert guard(at_most=0).check([failed, vm(1, **VCLS)]) == set()


def test_filters():
    found = protected_filters([{"name": "db-*"}, {"tags.Tier": "critical"}])
    assert list(found) == ["protected[0]", "protected[1]"]
    assert found["protected[0]"].keeps({"name": "DB-1"}) and not found["protected[0]"].keeps({"name": "web"})
    assert protected_filters([]) == {}
    with pytest.raises(InvalidOption, match=r"protected\[1\]: vms has no field nmae"):
        protected_filters([{"name": "a"}, {"nmae": "b"}])


def test_filter_that_would_protect_nothing_is_refused():
    with pytest.raises(InvalidOption, match="protected: environment cannot be used here"):
        protected_filters([{"environment": "Production"}])
