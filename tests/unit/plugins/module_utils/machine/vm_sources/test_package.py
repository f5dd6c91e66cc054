# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Packages that items name, until they are sent: tests/integration/test_vm_ovf.py has what becomes of them."""

from __future__ import annotations

import ovf_packages
import pytest
from pyVmomi import vim

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError, InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine.work import SendLong
from ansible_collections.estate.vmware.plugins.module_utils.vsphere import ovf_import
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.ovf_import import ImportFile, ImportSpec
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.driving import drive
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.fake_estate import ref
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.flow_estate import estate, present

FIRST = ref("VirtualMachine:vm-70")
PLACE = {"cluster": "gold", "datastore": "ds1"}
DISK = ovf_packages.stream_disk(b"one")


@pytest.fixture
def read(monkeypatch):
    """What the server was asked about descriptors; its answers."""
    asked = []

    def answered(_session, descriptor, pool, datastore, name, **options):
        asked.append((name, pool, datastore, options))
        hostname = {"key": 0, "id": "hostname", "value": options["properties"].get("hostname", "")}
        config = {"numCPUs": 2, "memoryMB": 1024, "vAppConfig": {"property": [{"info": hostname}]}}
        spec = vim.vm.VmImportSpec(configSpec=vim.vm.ConfigSpec())
        return ImportSpec(spec, [ImportFile("/x/0", "a.vmdk", 0, True)], [], ["no good"] if "refused" in descriptor else [], config)

    monkeypatch.setattr("ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.package.read_descriptor", answered)
    assert ovf_import.read_descriptor is not answered
    return asked


@pytest.fixture
def ova(tmp_path):
    def write(text="", **options):
        descriptor = ovf_packages.descriptor({"a.vmdk": 1 << 30}, networks=["lan"], **options) + text
        return str(ovf_packages.write_ova(tmp_path / "app.ova", [("a.vmdk", DISK), ("app.ovf", descriptor.encode())]))

    return write


def lines(vcenter, *items):
    with pytest.raises(InvalidOption) as caught:
        present(vcenter, *items)
    assert not vcenter.sent
    return caught.value.lines


def item(path, name="app-1", **more):
    source = more.pop("source", {})
    return {"name": name, "placement": PLACE, "source": {"ova": path, **source}, **more}


def test_packages_that_cannot_be_read_are_all_named(read, tmp_path):
    (tmp_path / "bad.ova").write_bytes(b"x" * 2000)
    found = lines(estate(), item(str(tmp_path / "no.ova")), item(str(tmp_path / "bad.ova"), "app-2"))
    assert [line.partition(": ")[0] for line in found] == ["vms[0].source.ova", "vms[1].source.ova"]
    assert not read


def test_server_is_asked_with_what_the_item_says(read, ova):
    (found,) = present(estate(), item(ova(properties={"hostname": "old"}), source={"properties": {"hostname": "new"}, "provisioning": "thick"}))
    assert found.error is None and found.plan.actions == ["import"]
    ((name, pool, datastore, options),) = read
    assert (name, pool, datastore) == ("app-1", ref("ResourcePool:pool-1"), ref("Datastore:ds-1"))
    # The network of the same name.
    assert (options["networks"], options["properties"], options["provisioning"]) == ({"lan": ref("Network:net-1")}, {"hostname": "new"}, "thick")
    assert found.plan.diff["after"] == {"path": "/Spain/Madrid/app-1", "source": found.plan.diff["after"]["source"]}


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"source": {"networks": {"lan": "far lan"}}}, "vms[0].source.networks.lan"),
        ({"source": {"networks": {"wan": "lan"}}}, "which is no network of the OVF"),
        ({"properties": {"x": "y"}}, "vms[0].properties: 'x' is none of the OVF"),
    ],
)
def test_what_does_not_fit_the_descriptor(read, ova, changed, problem):
    found = lines(estate(), item(ova(), **changed))
    assert problem in found[0] and not read


def test_what_the_server_says_and_files_that_are_missing(read, ova, tmp_path):
    (line,) = lines(estate(), item(ova("<!-- refused -->")))
    assert line == f"vms[0].source.ova: the server refuses '{tmp_path / 'app.ova'}' (no good)"
    path = tmp_path / "empty.ova"
    ovf_packages.write_ova(path, [("app.ovf", ovf_packages.descriptor({"a.vmdk": 1}).encode())])
    assert "has no file 'a.vmdk'" in lines(estate(), item(str(path)))[0]


def test_several_vms_are_one_import_and_clones_with_values_of_their_own(read, ova):
    wanted = item(ova(properties={"hostname": "old"}), "app-{n}", source={"properties": {"hostname": "web{n}"}}, count=3, cpu={"count": 4}, power="on")
    vcenter = estate()
    first, *others = present(vcenter, wanted)
    assert first.plan.actions == ["import", "wait_for_clones", "reconfigure", "power_on"]
    assert [one.plan.actions for one in others] == [["clone", "reconfigure", "power_on"]] * 2
    assert [one.plan.diff["after"]["properties.hostname"] for one in others] == ["web2", "web3"]
    assert len(read) == 1


def test_import_is_sent_in_a_thread_of_its_own_and_clones_wait_for_it(read, ova):
    vcenter = estate()
    first, other = present(vcenter, item(ova(), "app-{n}", count=2))
    upload = first.plan.steps[0].run(None)
    request = next(upload)
    assert isinstance(request, SendLong) and request.percent() == 0
    # No work of the first VM has begun that could be waited for.
    with pytest.raises(EstateError, match="was not made"):
        drive(other.plan.steps[0].run(None), vcenter)
    with pytest.raises(StopIteration) as end:
        upload.send(FIRST)
    assert end.value.value == FIRST
    vcenter.answers["Clone"] = ref("Task:1")
    assert drive(other.plan.steps[0].run(None), vcenter, tasks=[ref("VirtualMachine:vm-71")]) == ref("VirtualMachine:vm-71")
    (method, (original, _folder, name, spec)) = vcenter.sent[-1]
    assert (method, original, name, spec.powerOn) == ("Clone", FIRST, "app-2", False)


def test_guest_is_customized_after_the_import(read, ova):
    (found,) = present(estate(), item(ova(), customization={"linux": {"domain": "example.com"}}, power="on"))
    assert found.plan.actions == ["import", "customize", "power_on"]
    assert found.plan.diff["after"]["customization"] == "linux"
