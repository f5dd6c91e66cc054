# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""vmware_vm_info over TLS: what the simulator's record says of the same VMs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from estates import Simulator, start_simulator

from ansible_collections.estate.vmware.tests.integration.changing import change, machines


@pytest.fixture(scope="module", params=["vcenter", "esxi"])
def estate(request, tmp_path_factory, authority) -> Iterator[tuple[Simulator, dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("info")
    with start_simulator(folder, ca=authority, kind=request.param, vms=30, record=folder / "record") as simulator:
        rows = [json.loads(line) for line in (folder / "record").read_text().splitlines()]
        yield simulator, {row["name"]: row for row in rows if row["section"] == "vms" and not set(row["name"]) & set("*?/%")}


@pytest.fixture
def run(estate, tmp_path) -> Iterator[Any]:
    yield partial(change, tmp_path, estate[0], "vmware_vm_info")
    estate[0].set_faults([])


def test_fields_of_named_vms(run, estate):
    record = estate[1]
    first, second, third, *_others = record
    moids = machines(estate[0])
    fields = {"vms": ["vcpu", "ram_mb", "power_state", "host"]}
    done = run(vms=[{"name": second}, {"moid": record[first]["moid"]}, {"instance_uuid": record[third]["instance_uuid"]}], fields=fields)
    assert not done["failed"] and not done["changed"] and not done["sent"], done
    assert [vm["name"] for vm in done["vms"]] == [second, first, third]
    for vm in done["vms"]:
        assert vm.keys() == {"moid", "name", *fields["vms"]}
        assert vm["moid"] == moids[vm["name"]]["moid"]
        assert all(record[vm["name"]].get(field) == vm[field] for field in fields["vms"])
    assert not done["issues"] and done["calls"] <= 12


def test_other_names_of_vms(run, estate):
    first, second, third, *_others = estate[1]
    paths = machines(estate[0], "config.uuid", "parent")
    known = run(vms=[{"name": second}], fields={"vms": ["datacenter", "folder"]})["vms"][0]
    path = "/" + "/".join(filter(None, (known["datacenter"], (known["folder"] or "").strip("/"), second)))
    done = run(vms=[{"bios_uuid": paths[first]["config.uuid"]}, {"path": path}, {"name": third, "datacenter": known["datacenter"]}], fields={"vms": ["vcpu"]})
    assert not done["failed"] and [vm["name"] for vm in done["vms"]] == [first, second, third], done


def test_filters_and_sections(run, estate):
    record = estate[1]
    first = next(iter(record))
    wanted = [{"filters": [{"vcpu": {"at_least": 4}}]}, {"name": first}, {"filters": [{"name": "*"}, {"vcpu": {"at_least": 4}}]}]
    done = run(vms=wanted, sections=["vm_disks", "vm_snapshots"], fields={"vms": ["power_state"], "vm_disks": ["label", "capacity_gb"]})
    assert not done["failed"] and not done["sent"], done
    names = [vm["name"] for vm in done["vms"]]
    assert first in names and len(set(names)) == len(names) > 2
    for vm in done["vms"]:
        if vm["name"] in record:
            known = record[vm["name"]]
            assert vm["name"] == first or known["vcpu"] >= 4
            assert [disk["label"] for disk in vm["vm_disks"]] == [disk["label"] for disk in known.get("vm_disks") or ()]
            assert [one["name"] for one in vm["vm_snapshots"]] == [one["name"] for one in known.get("vm_snapshots") or ()]
            assert all(disk.keys() == {"moid", "name", "label", "capacity_gb"} or disk.keys() >= {"label", "capacity_gb"} for disk in vm["vm_disks"])


def test_all_fields_by_default(run, estate):
    first = next(iter(estate[1]))
    done = run(vms=[{"name": first}])
    assert len(done["vms"][0]) > 60 and "environment" not in done["vms"][0] and "tags" in done["vms"][0]


def test_no_vm_matches(run):
    assert run(vms=[{"filters": [{"name": "nobody"}]}])["vms"] == []
    assert run(vms=[])["vms"] == []


def test_bad_input(run, estate):
    first = next(iter(estate[1]))
    done = run(vms=[{"name": "a*"}, {}], fields={"vms": ["vcpuu"]})
    for part in ("vms[0].name must be one name", "vms[1] must name a VM", "vcpuu cannot be read; did you mean vcpu?"):
        assert part in done["msg"], done["msg"]
    assert not estate[0].calls()
    done = run(vms=[{"name": first}, {"name": f"{first}x"}])
    assert f"vms[1].name: there is no VM '{first}x'; did you mean {first}?" in done["msg"] and done["error_kind"] == "option"
    assert "fields: environment cannot be read here" in run(vms=[{"name": first}], fields={"vms": ["environment"]})["msg"]


def test_faults(run, estate):
    first = next(iter(estate[1]))
    estate[0].set_faults([{"method": "RetrievePropertiesEx", "object": "VirtualMachine", "fault": "NotAuthenticated"}])
    assert run(vms=[{"name": first}], fields={"vms": ["vcpu"]})["vms"]
    estate[0].set_faults([{"method": "RetrievePropertiesEx", "times": 0, "status": 503}])
    done = run(vms=[{"name": first}], retries=0)
    assert done["failed"] and done["error_kind"] == "fault" and first not in done["msg"]
