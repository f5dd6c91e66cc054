# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is sent of packages, and when; tests/integration/test_vm_ovf.py has what becomes of it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from pyVmomi import vim

from ansible_collections.estate.vmware.plugins.module_utils.common.progress_pipe import Cancelled
from ansible_collections.estate.vmware.plugins.module_utils.machine.transfers import Transfers
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources import uploaded
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.first_of_several import FirstOfSeveral
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.uploaded import Uploaded
from ansible_collections.estate.vmware.plugins.module_utils.machine.work import SendLong
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.bodies import Body
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.ovf_import import ImportFile, ImportSpec
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.upload import UploadFailed
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.fake_estate import CONNECTION, FakeEstate, ref

POOL, FOLDER, VM = ref("ResourcePool:pool-1"), ref("Folder:group-v1"), ref("VirtualMachine:vm-7")
FILES = {ImportFile("/x/0", "a.vmdk", 0, True): Body(100, lambda: iter((b"x" * 100,)))}


@pytest.fixture
def made():
    spec = ImportSpec(vim.vm.VmImportSpec(configSpec=vim.vm.ConfigSpec()), list(FILES), [], [], {})
    return SimpleNamespace(transfers=Transfers(), spec=spec, reading=SimpleNamespace(transfers=None, connection=CONNECTION))


def steps(made, is_alone=True):
    made.reading.transfers = made.transfers
    making = SimpleNamespace(marked=lambda spec: setattr(spec, "annotation", "marked"), make_otherwise=lambda make: make(FOLDER))
    place = SimpleNamespace(placement=SimpleNamespace(pool=POOL, host=None))
    source = Uploaded(made.reading, "/a.ova", made.spec, FILES, is_alone, FirstOfSeveral())
    return source.steps(SimpleNamespace(is_over=lambda: False, making=making, place=place))


def send(monkeypatch, step, import_vm):
    monkeypatch.setattr(uploaded, "import_vm", import_vm)
    request = next(step.run(None))
    assert isinstance(request, SendLong)
    return request


def test_first_one_waits_for_further_ones_if_there_are_any(made):
    assert [step.action for step in steps(made)] == ["import"]
    first, wait = steps(made, is_alone=False)
    assert (first.action, wait.action, wait.is_change) == ("import", "wait_for_clones", False)
    assert made.spec.spec.configSpec.annotation == "marked"


def test_progress_is_counted(made, monkeypatch):
    def import_vm(_session, _uploads, spec, files, place, sent):
        assert (spec, files, place) == (made.spec.spec, FILES, (POOL, FOLDER, None))
        sent(40)
        return VM

    request = send(monkeypatch, steps(made)[0], import_vm)
    assert request.function(FakeEstate({})) == VM
    assert (request.percent(), made.transfers.sent) == (40, 40)


def test_import_that_is_made_to_end(made, monkeypatch):
    def import_vm(_session, _uploads, _spec, _files, _place, sent):
        sent(0)

    request = send(monkeypatch, steps(made)[0], import_vm)
    request.stop()
    with pytest.raises(Cancelled, match="the import was ended, and the server has removed its VM"):
        request.function(FakeEstate({}))


def unknown(*_arguments):
    error = UploadFailed("look for it later")
    error.kind = "unknown"
    raise error from UploadFailed("the server refused it")


def test_import_of_which_something_may_be_left_is_looked_for(made, monkeypatch):
    request = send(monkeypatch, steps(made)[0], unknown)
    with pytest.raises(UploadFailed, match="^cannot import: the server refused it$") as caught:
        request.function(FakeEstate({}))
    assert caught.value.kind == "upload"


def test_import_that_ends_with_the_call_may_leave_something(made, monkeypatch):
    request = send(monkeypatch, steps(made)[0], unknown)
    request.stop()
    with pytest.raises(UploadFailed, match="look for it later"):
        request.function(FakeEstate({}))
