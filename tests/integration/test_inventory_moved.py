# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that were written for community.vmware.vmware_vm_inventory, against what plain pyVmomi reads of the same vCenter."""

from __future__ import annotations

import ipaddress
import re
from datetime import datetime
from typing import Any

import plain_pyvmomi
import pytest
from pyVmomi import Iso8601, VmomiSupport, vim

from ansible_collections.estate.vmware.tests.integration.inventories import connection, listed

_DYNAMIC = ("dynamicType", "dynamicProperty", "managedObjectType")
_LEFT_OUT = ("orphaned", "inaccessible", "disconnected")
_WHOLE = [
    "name", "config.name", "config.uuid", "config.hardware", "config.files", "config.createDate", "config.datastoreUrl", "config.template", "guest",
    "runtime", "summary.quickStats", "summary.storage", "datastore", "resourcePool",
]  # fmt: skip
_DEFAULTS = [
    "name", "config.cpuHotAddEnabled", "config.cpuHotRemoveEnabled", "config.instanceUuid", "config.hardware.numCPU", "config.template", "config.name",
    "config.uuid", "guest.hostName", "guest.ipAddress", "guest.guestId", "guest.guestState", "runtime.maxMemoryUsage", "summary.runtime.powerState",
    "config.guestId",
]  # fmt: skip


def plain(value: Any) -> Any:
    """What that plugin makes of a value of pyVmomi."""
    if isinstance(value, VmomiSupport.ManagedObject):
        return str(value)
    if isinstance(value, VmomiSupport.DataObject):
        return {info.name: plain(getattr(value, info.name)) for info in value._GetPropertyList() if info.name not in _DYNAMIC}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return Iso8601.ISO8601Format(value)
    return value if value is None or isinstance(value, bool) else next((kind(value) for kind in (str, int, float) if isinstance(value, kind)), value)


def nested(properties: dict[str, Any]) -> dict[str, Any]:
    """Paths as dictionaries within each other, without the names that Ansible reserves."""
    found: dict[str, Any] = {}
    for path, value in properties.items():
        *above, last = path.split(".")
        inner = found
        for name in above:
            inner = inner.setdefault(name, {})
        inner[last] = plain(value)
    return {name: value for name, value in found.items() if name != "name"}


@pytest.fixture(scope="module")
def service(estate):
    return plain_pyvmomi.connect(estate[0])


@pytest.fixture(scope="module")
def machines(service):
    """Every VM that such a plugin shows: managed object id to properties."""
    wanted = sorted({*_WHOLE, *_DEFAULTS, "runtime.connectionState", "parent", "runtime.host", "runtime.powerState"})
    found = plain_pyvmomi.read(service, {vim.VirtualMachine: wanted})[vim.VirtualMachine]
    return {moid: properties for moid, properties in found.items() if properties["runtime.connectionState"] not in _LEFT_OUT}


@pytest.fixture(scope="module")
def places(service):
    """Name and parent of everything that holds others, by managed object id."""
    kinds = (vim.Folder, vim.Datacenter, vim.HostSystem, vim.ComputeResource)
    read = plain_pyvmomi.read(service, {kind: ["name", "parent"] for kind in kinds})
    root = service.content.rootFolder
    return {root._GetMoId(): {"name": root.name}, **{moid: place for kind in kinds for moid, place in read[kind].items()}}


def only(properties, paths):
    return {path: value for path, value in properties.items() if path in paths}


def test_legacy_file_with_structures_filters_and_groups(tmp_path, estate, machines):
    found = listed(
        tmp_path,
        **connection(estate[0]),
        strict=False,
        properties=[*_WHOLE, "customValue"],
        with_tags=True,
        hostnames=["config.name"],
        filters=["runtime.powerState == 'poweredOn'", "guest.ipAddress is defined and guest.ipAddress is match('10.*')"],
        compose={"ansible_host": "guest.ipAddress", "composed": "config.name ~ name", "first": "guest.net | map(attribute='network') | first"},
        groups={"vms": True, "large": "config.hardware.memoryMB > 8192"},
        keyed_groups=[{"key": "guest.toolsStatus", "separator": ""}, {"key": "'templates' if config.template else 'guests'", "prefix": "", "separator": ""}],
    )
    expected = {
        properties["config.name"]: properties
        for properties in machines.values()
        if properties["runtime.powerState"] == "poweredOn" and str(properties["guest"].ipAddress).startswith("10.")
    }
    assert found.hosts.keys() == expected.keys() and 5 < len(expected) < len(machines)
    for name, properties in expected.items():
        variables = dict(found.hosts[name])
        ours = variables.pop("vmware")
        assert (variables.pop("ansible_host"), variables.pop("composed"), variables.pop("first")) == (
            properties["guest"].ipAddress, properties["config.name"] + properties["name"], properties["guest"].net[0].network,
        )  # fmt: skip
        attributes = {key: value for key, value in (ours["custom_attributes"] or {}).items() if key.isidentifier()}
        assert {key: variables.pop(key) for key in attributes} == attributes
        tags = ours["tags"] or {}
        assert variables.pop("tag_category") == tags and variables.pop("categories") == [category for category, names in tags.items() for _name in names]
        assert variables == nested(only(properties, _WHOLE)), name
    assert any(found.hosts[name]["tag_category"] for name in expected)
    assert found.groups["vms"] == found.groups["guests"] == expected.keys() and "templates" not in found.groups
    assert found.groups["large"] == {name for name, properties in expected.items() if properties["config.hardware"].memoryMB > 8192} != set()
    statuses = {properties["guest"].toolsStatus for properties in expected.values()}
    for status in statuses:
        assert found.groups[status] == {name for name, properties in expected.items() if properties["guest"].toolsStatus == status}
    assert "DEPRECAT" not in found.messages


def test_legacy_file_with_defaults(tmp_path, estate, machines):
    found = listed(tmp_path, **connection(estate[0]), with_nested_properties=True)
    expected = {f"{properties['config.name']}_{properties['config.uuid']}": properties for properties in machines.values()}
    assert found.hosts.keys() == expected.keys()
    for name, properties in expected.items():
        variables = dict(found.hosts[name])
        ours, address = variables.pop("vmware"), variables.pop("ansible_host", None)
        values = properties.get("guest.ipAddress")
        if values and ipaddress.ip_address(values).version == 4 and not ipaddress.ip_address(values).is_link_local:
            assert address == values
        for key in filter(str.isidentifier, ours["custom_attributes"] or {}):
            del variables[key]
        theirs = nested(only(properties, _DEFAULTS))
        assert variables.pop("runtime")["connectionState"] == properties["runtime.connectionState"]
        theirs.pop("runtime", None)
        assert variables == theirs, name
    for key in ("config.guestId", "summary.runtime.powerState"):
        for value in {properties[key] for properties in machines.values()}:
            assert found.groups[value] == {name for name, properties in expected.items() if properties[key] == value}, value
    assert found.messages.count("WARNING") == 0, found.messages


def test_legacy_file_with_paths_subproperties_and_scopes(tmp_path, estate, machines, places):
    found = listed(
        tmp_path,
        **connection(estate[0]),
        properties=["config.name", "config.guestId"],
        subproperties=[{"property": "runtime.host", "subelements": ["name", "parent.name"]}],
        hostnames=["vmware.moid"],
        keyed_groups=[],
        resources=[{"datacenter": ["Madrid"], "resources": [{"folder": ["Production"]}]}, {"datacenter": ["Lyon"]}],
        with_path="estate",
        with_sanitized_property_name=True,
    )

    def path(reference):
        names = []
        while reference:
            place = places[reference._GetMoId()]
            names.insert(0, place["name"])
            reference = place.get("parent")
        return names

    paths = {moid: path(properties["parent"]) if properties.get("parent") else [] for moid, properties in machines.items()}
    expected = {moid for moid, names in paths.items() if "Lyon" in names or ("Madrid" in names and "Production" in names)}
    # A VM of a vApp has no folder.
    orphans = {moid for moid, names in paths.items() if not names}
    assert expected <= found.hosts.keys() <= expected | orphans and len(expected) < len(machines)
    for moid in expected:
        variables, properties, names = found.hosts[moid], machines[moid], paths[moid]
        assert variables["path"] == "/".join(names)
        group = re.sub(r"[^A-Za-z0-9_]", "_", "/".join(["estate", *names]))
        assert moid in found.groups[group] and group in found.children[re.sub(r"[^A-Za-z0-9_]", "_", "/".join(["estate", *names[:-1]]))]
        host = places[properties["runtime.host"]._GetMoId()]
        above = places[host["parent"]._GetMoId()]
        assert variables["runtime"]["host"] == {"name": host["name"], "parent": {"name": above["name"]}}
        assert (variables["config"]["guest_id"], variables["config_guest_id"]) == (properties["config.guestId"],) * 2
