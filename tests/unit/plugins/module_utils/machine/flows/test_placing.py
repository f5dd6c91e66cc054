# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where VMs go."""

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.flow_estate import estate, machine, present

SCRATCH = {"hardware": {"guest_id": "ubuntu64Guest"}, "memory": {"size": "2GiB"}}


def path(vcenter, **item):
    (one,) = present(vcenter, {"name": "a/b", **SCRATCH, **item})
    return one.outcome.path


def test_paths_of_new_vms():
    place = {"cluster": "gold", "datastore": "ds1"}
    assert path(estate(), placement=place) == "/Spain/Madrid/a%2fb"
    assert path(estate(), placement={**place, "folder": "Prod"}) == "/Spain/Madrid/Prod/a%2fb"
    assert path(estate(), placement={**place, "folder": "Prod/x/y", "create_folder": True}) == "/Spain/Madrid/Prod/x/y/a%2fb"
    # The folder by which the VM is named is that of a new one, too.
    assert path(estate(), placement=place, folder="Prod") == "/Spain/Madrid/Prod/a%2fb"


def test_new_vms_of_one_folder_share_its_making():
    items = [{"name": name, **SCRATCH, "placement": {"cluster": "gold", "datastore": "ds1", "folder": "New", "create_folder": True}} for name in "ab"]
    found = present(estate(), *items)
    assert [one.outcome.path for one in found] == ["/Spain/Madrid/New/a", "/Spain/Madrid/New/b"]


def test_places_that_are_not_clear():
    with pytest.raises(InvalidOption) as caught:
        present(estate(), {"name": "a", **SCRATCH, "placement": {"cluster": "none"}}, {"name": "b", **SCRATCH, "placement": {"cluster": "gold"}})
    assert [line.partition(" ")[0].rstrip(":") for line in caught.value.lines] == ["vms[0].placement.cluster", "vms[1].placement.datastore"]


def test_no_folders_are_made_for_vms_that_are_there():
    item = {"name": "web", "relocate": True, "placement": {"folder": "New", "create_folder": True}}
    with pytest.raises(InvalidOption, match="create_folder does not make folders for VMs that are there"):
        present(estate(machine(1, "web")), item)
