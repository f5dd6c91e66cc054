# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""VMs that wait for the answer to a question, over TLS: whoever changes them is told so, at once and in words."""

from __future__ import annotations

from functools import partial

import pytest
from estates import start_simulator
from plain_pyvmomi import connect
from pyVmomi import vim

from ansible_collections.estate.vmware.tests.integration.changing import change, machines

POWER, QUESTION = "runtime.powerState", "runtime.question"
ASKED = "the VM waits for the answer to a question (msg.uuid.altered:This virtual machine might have been moved or copied"
ANOTHER = "plain-1"


@pytest.fixture(scope="module")
def vcenter(tmp_path_factory, authority):
    with start_simulator(tmp_path_factory.mktemp("asking"), ca=authority, vms=4, plain=True, guest_delay=20) as simulator:
        service = connect(simulator)
        source = service.content.searchIndex.FindByInventoryPath("DC0/vm/DC0_H0_VM0")
        for name in ("asking-1", ANOTHER):
            task = source.Clone(folder=source.parent, name=name, spec=vim.vm.CloneSpec(location=vim.vm.RelocateSpec()))
            while task.info.state in ("queued", "running"):
                pass
        service.content.sessionManager.Logout()
        yield simulator


def test_vm_that_asks(vcenter, tmp_path):
    """Its task waits, so the call does not. Further calls are refused before anything is sent, and other VMs are done."""
    run = partial(change, tmp_path, vcenter)
    vms = [{"name": "asking-1"}, {"name": ANOTHER}]
    done = run("vmware_vm_power", state="on", vms=vms)
    assert [vm["error_kind"] for vm in done["vms"]] == ["question", ""]
    assert ASKED in done["msg"] and "choices: button.cancel, button.uuid.movedTheVM, button.uuid.copiedTheVM" in done["vms"][0]["error"]
    assert done["vms"][0]["tasks"] and done["seconds"] < 15
    assert QUESTION in machines(vcenter, QUESTION)["asking-1"]
    for module, options in (
        ("vmware_vm_power", {"state": "on", "vms": vms}),
        ("vmware_vm_snapshot", {"state": "present", "vms": [{**vm, "snapshot": {"name": "new"}} for vm in vms]}),
        ("vmware_vm", {"vms": [{**vm, "annotation": "changed"} for vm in vms]}),
        ("vmware_vm", {"state": "retired", "vms": vms[:1]}),
        ("vmware_vm", {"state": "absent", "vms": [{**vms[0], "delete": "destroy"}]}),
        ("vmware_template", {"state": "template", "vms": vms[:1]}),
    ):
        done = run(module, **options)
        assert [vm["error_kind"] for vm in done["vms"]] == ["question", ""][: len(options["vms"])], (module, done["vms"])
        assert ASKED in done["msg"] and sum(done["sent"].values()) <= 1, done
    service = connect(vcenter)
    vm = service.content.searchIndex.FindByInventoryPath("DC0/vm/asking-1")
    vm.Answer(vm.runtime.question.id, "1")
    service.content.sessionManager.Logout()
    assert not run("vmware_vm_power", state="on", vms=vms)["failed"]
    assert machines(vcenter, POWER)["asking-1"][POWER] == "poweredOn"
