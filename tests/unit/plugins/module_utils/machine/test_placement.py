# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine.placement import Placements
from ansible_collections.estate.vmware.plugins.module_utils.machine.places import Places
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.fake_estate import ref
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.flow_estate import GIB, estate

CLUSTER, POOL, FOLDER, DS1 = "ClusterComputeResource:c-1", "ResourcePool:pool-1", "Folder:group-v1", "Datastore:ds-1"


@pytest.fixture
def vcenter():
    return estate()


@pytest.fixture
def placements(vcenter):
    return Placements(vcenter, Places(vcenter))


def find(placements, needs_pool=True, needs_datastore=True, near=None, **given):
    return placements.find("vms[0]", given, needs_pool, needs_datastore, near)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"cluster": "gold", "datastore": "ds1"}, {"compute": CLUSTER, "pool": POOL, "folder": FOLDER, "datastore": DS1, "host": "HostSystem:host-1"}),
        ({"host": "esx2", "datastore": "ds1"}, {"compute": CLUSTER, "pool": POOL, "host": "HostSystem:host-2", "target": "HostSystem:host-2"}),
        ({"resource_pool": "web", "datastore": "ds1"}, {"compute": CLUSTER, "pool": "ResourcePool:pool-2", "datacenter": "Datacenter:dc-1"}),
        # The only cluster of the datacenter that the folder, or the datastore, lies in.
        ({"folder": "Prod", "datastore": "ds1"}, {"compute": CLUSTER, "folder": "Folder:prod-1", "datacenter": "Datacenter:dc-1"}),
        ({"datastore": "ds1"}, {"compute": CLUSTER, "folder": FOLDER}),
        ({"datastore_cluster": "fast"}, {"pod": "StoragePod:pod-1", "datastore": None, "folder": FOLDER}),
    ],
)
def test_places_that_are_named_tell_the_others(placements, given, expected):
    found = find(placements, **given)
    assert {name: getattr(found, name) for name in expected} == {name: value and ref(value) for name, value in expected.items()}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "vms\\[0\\].placement.datacenter must be set: there are 2 datacenters"),
        ({"datacenter": "Lisbon"}, "cluster or host must be set: /Lisbon has none that the account sees"),
        ({"cluster": "gold"}, "datastore must be set: there are 4: "),
        ({"cluster": "gold", "datastore": "far"}, "placement.datastore: /Spain/Madrid/gold has not mounted"),
        ({"cluster": "silver"}, "placement.cluster"),
    ],
)
def test_what_is_not_clear_is_asked_for(placements, given, message):
    with pytest.raises(InvalidOption, match=message):
        find(placements, **given)


def test_host_of_another_cluster(vcenter):
    vcenter.objects[ref("ClusterComputeResource:c-2")] = {"name": "silver", "parent": ref("Folder:group-h1")}
    vcenter.objects[ref("HostSystem:host-8")] = {"name": "esx8", "parent": ref("ClusterComputeResource:c-2")}
    vcenter.objects[ref("ComputeResource:s-1")] = {"name": "esx9", "parent": ref("Folder:group-h1")}
    vcenter.objects[ref("HostSystem:host-9")] = {"name": "esx9", "parent": ref("ComputeResource:s-1")}
    placements = Placements(vcenter, Places(vcenter))
    with pytest.raises(InvalidOption, match="esx8 is not in /Spain/Madrid/gold: leave out cluster or host"):
        find(placements, cluster="gold", host="esx8")
    with pytest.raises(InvalidOption, match="cluster or host must be set: /Spain/Madrid has .*esx9.*gold.*silver"):
        find(placements, datacenter="Madrid")
    # Its topmost pool is not visible.
    with pytest.raises(InvalidOption, match="resource_pool must be set: the account does not see the topmost one of /Spain/Madrid/silver"):
        find(placements, cluster="silver", datastore="ds1")


def test_only_datastore_of_a_host_is_taken(vcenter):
    vcenter.objects[ref("HostSystem:host-1")]["datastore"] = [ref("Datastore:ds-4")]
    assert find(Placements(vcenter, Places(vcenter)), host="esx1").datastore == ref("Datastore:ds-4")


def test_clone_goes_where_its_source_is(placements):
    found = find(placements, needs_pool=False, needs_datastore=False, near=ref("Datacenter:dc-2"))
    assert (found.datacenter, found.folder, found.pool, found.target) == (ref("Datacenter:dc-2"), ref("Folder:group-v2"), None, None)


@pytest.mark.parametrize(
    ("written", "folder", "new"),
    [
        ("Prod", "Folder:prod-1", ()),
        ("Prod/Web/Blue", "Folder:prod-1", ("Web", "Blue")),
        ("/Prod/Web", "Folder:prod-1", ("Web",)),
        ("/Spain/Madrid/Prod/Web", "Folder:prod-1", ("Web",)),
        ("/Spain/Madrid/vm/Prod/Web", "Folder:prod-1", ("Web",)),
        ("vm/New", "Folder:group-v1", ("New",)),
        ("a%2fb", "Folder:old-1", ()),
    ],
)
def test_folders_to_be_made(placements, written, folder, new):
    found = find(placements, needs_pool=False, needs_datastore=False, datacenter="Madrid", folder=written, create_folder=True)
    assert (found.folder, found.new_folders) == (ref(folder), new)


def test_folder_of_vms_that_the_account_does_not_see(vcenter):
    del vcenter.objects[ref("Datacenter:dc-1")]["vmFolder"]
    with pytest.raises(InvalidOption, match="the account does not see the folder of VMs in /Spain/Madrid"):
        find(Placements(vcenter, Places(vcenter)), datacenter="Madrid")


def test_hosts_take_turns_without_drs(vcenter, placements):
    hosts = [find(placements, cluster="gold", datastore="ds1").host.moid for _number in range(4)]
    assert hosts == ["host-1", "host-2", "host-1", "host-2"]
    # One host alone has it.
    assert [find(placements, cluster="gold", datastore="local").host.moid for _number in range(2)] == ["host-1", "host-1"]
    for host in ("HostSystem:host-1", "HostSystem:host-2"):
        vcenter.objects[ref(host)]["runtime.inMaintenanceMode"] = True
    assert find(Placements(vcenter, Places(vcenter)), cluster="gold", datastore="ds1").host is None


def test_cluster_with_drs_chooses_its_host(vcenter):
    vcenter.objects[ref(CLUSTER)]["configurationEx.drsConfig.enabled"] = True
    assert find(Placements(vcenter, Places(vcenter)), cluster="gold", datastore="ds1").host is None


def test_datastores_of_a_datastore_cluster_fill_up(vcenter, placements):
    placement = find(placements, cluster="gold", datastore_cluster="fast")
    chosen = [placements.with_datastore("vms[0]", placement, 50 * GIB).datastore.moid for _number in range(3)]
    assert chosen == ["ds-2", "ds-3", "ds-2"]
    with pytest.raises(InvalidOption, match="no datastore of /Spain/Madrid/fast has 50GiB free \\(fast2 has 10GiB\\)"):
        placements.with_datastore("vms[0]", placement, 50 * GIB)
    for name in ("Datastore:ds-2", "Datastore:ds-3"):
        vcenter.objects[ref(name)]["summary.maintenanceMode"] = "inMaintenance"
    with pytest.raises(InvalidOption, match="has no datastore that is accessible and not in maintenance"):
        Placements(vcenter, Places(vcenter)).with_datastore("vms[0]", placement, 0)
    plain = find(placements, cluster="gold", datastore="ds1")
    assert placements.with_datastore("vms[0]", plain, 1) == plain


def test_existing_vm_without_a_place_of_its_own_may_use_any_datastore_of_the_cluster(placements):
    placement = find(placements, needs_pool=False, needs_datastore=False, datastore_cluster="fast")
    assert placements.with_datastore("vms[0]", placement, 0).datastore == ref("Datastore:ds-2")


def test_clone_stays_on_datastores_that_its_host_has(placements):
    placement = find(placements, host="esx2", datastore="ds1")
    placements.check_reached("vms[0].placement.datastore", placement, [ref("Datastore:ds-1")])
    with pytest.raises(InvalidOption, match="datastore must be set: /Spain/Madrid/gold/esx2 has not mounted that of the source \\(far\\)"):
        placements.check_reached("vms[0].placement.datastore", placement, [ref("Datastore:ds-1"), ref("Datastore:ds-9")])
    anywhere = find(placements, needs_pool=False, needs_datastore=False, near=ref("Datacenter:dc-2"))
    placements.check_reached("vms[0].placement.datastore", anywhere, [ref("Datastore:ds-9")])
