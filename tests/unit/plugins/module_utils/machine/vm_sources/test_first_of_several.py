# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The first VM of an item and those that are made of it wait for each other."""

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import NotPossible
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.first_of_several import FirstOfSeveral
from ansible_collections.estate.vmware.plugins.module_utils.machine.work import Sleep
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef

VM, CLONE = MoRef("VirtualMachine", "vm-1"), MoRef("VirtualMachine", "vm-2")


def make(_first):
    return CLONE
    yield


def test_both_wait_in_turn():
    first = FirstOfSeveral()
    first.be_first(lambda: False)
    further, last = first.made_of_it(lambda: False, make)(), first.await_further()
    assert next(further) == Sleep(1.0, frees_place=True) == next(last)
    first.vm = VM
    with pytest.raises(StopIteration) as end:
        next(further)
    assert end.value.value == CLONE
    assert list(last) == []


@pytest.mark.parametrize("is_planned", [True, False])
def test_first_that_is_not_made(is_planned):
    first = FirstOfSeveral()
    if is_planned:
        first.be_first(lambda: True)
    with pytest.raises(NotPossible, match="was not made"):
        next(first.made_of_it(lambda: False, make)())


def test_further_one_that_will_not_begin_or_fails_is_not_waited_for():
    first = FirstOfSeveral()
    first.vm = VM
    first.made_of_it(lambda: True, make)
    failing = first.made_of_it(lambda: False, lambda vm: iter(()).throw(NotPossible("no")) if vm else make(vm))
    with pytest.raises((NotPossible, AttributeError)):
        next(failing())
    assert list(first.await_further()) == []
