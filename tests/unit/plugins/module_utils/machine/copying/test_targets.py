# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.machine.copying.targets import Targets
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import NotPossible
from ansible_collections.estate.vmware.plugins.module_utils.machine.places import Places
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import TYPE, MoRef
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.fake_estate import FakeEstate, ref

BROWSER, SEARCH = MoRef("HostDatastoreBrowser", "browser-1"), MoRef("Task", "task-1")
STORE, POOL = ref("Datastore:store-1"), MoRef("ResourcePool", "pool-1")
DATACENTER = ref("Datacenter:dc-1")
FOUND = {TYPE: "HostDatastoreBrowserSearchResults", "file": [{TYPE: "FolderFileInfo", "path": "web"}]}


@pytest.fixture
def estate():
    estate = FakeEstate({
        "Folder:group-d1": {"name": "Datacenters"},
        "Folder:group-d2": {"name": "Spain", "parent": "@Folder:group-d1"},
        "Datacenter:dc-1": {"name": "Madrid", "parent": "@Folder:group-d2"},
        "Folder:group-s1": {"name": "datastore", "parent": "@Datacenter:dc-1"},
        "Datastore:store-1": {"name": "store%2f1", "parent": "@Folder:group-s1", "summary.type": "VMFS", "browser": BROWSER},
        "Datastore:store-2": {"name": "vsan", "parent": "@Folder:group-s1", "summary.type": "vsan", "browser": BROWSER},
        "Datastore:store-3": {"name": "hidden", "parent": "@Folder:group-s1", "summary.type": "NFS"},
        "Task:task-1": {"info.state": "success", "info.result": FOUND},
    })  # fmt: skip
    estate.answers = {"Search": SEARCH}
    return estate


def targets(estate):
    return Targets(estate, Places(estate))


def test_each_copy_has_a_directory_that_is_not_there(estate):
    found = targets(estate)
    made = [found.target(name, DATACENTER, STORE, POOL, None) for name in ("web", "web", "db")]
    assert [one.directory for one in made] == ["web_1", "web_2", "db"]
    assert [one.path for one in made][0] == "[store%2f1] web_1" and made[0].datacenter_path == "Spain/Madrid"
    assert estate.asked["Search"] == 1, "the datastore is listed once"
    assert made[0].turns is made[2].turns and made[0].keeps_format


@pytest.mark.parametrize(
    ("store", "reason"),
    [
        ("store-2", "it is a vSAN datastore, where copies have no directory"),
        ("store-3", "the account cannot browse it: give it Datastore.Browse"),
        ("store-9", "the account cannot browse it"),
    ],
)
def test_datastore_that_takes_no_copies(estate, store, reason):
    found = targets(estate)
    datastore = ref(f"Datastore:{store}")
    assert found.refusal(datastore).startswith(reason)
    with pytest.raises(NotPossible, match=reason):
        found.target("web", DATACENTER, datastore, POOL, None)
    assert found.refusal(STORE) == "" and not estate.asked["Search"]


def test_disks_become_thick_on_an_esxi_host(estate):
    estate.is_vcenter = False
    assert not targets(estate).target("web", DATACENTER, STORE, POOL, None).keeps_format
