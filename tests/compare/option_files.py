# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of ``community.vmware.vmware_vm_inventory`` to try, a file each, by the features that its documentation describes."""

from __future__ import annotations

from typing import Any

_NAMED = ["name", "config.name", "config.uuid"]

OPTION_FILES: dict[str, dict[str, Any]] = {
    # A file without any option of theirs has the defaults of ours.
    "defaults": {"with_nested_properties": True},
    "properties": {"properties": [*_NAMED, "config.guestId", "guest.ipAddress", "summary.runtime.powerState"]},
    "hostnames and keyed_groups": {
        "properties": [*_NAMED, "guest.toolsStatus", "guest.toolsRunningStatus"],
        "hostnames": ["config.name"],
        "keyed_groups": [{"key": "guest.toolsStatus", "separator": ""}, {"key": "guest.toolsRunningStatus", "separator": ""}],
    },
    "hostnames that some VMs have no value for": {
        "properties": [*_NAMED, "guest.hostName"],
        "hostnames": ["guest.hostName", "config.name + '.' + config.uuid"],
        "keyed_groups": [],
    },
    "keyed_groups with prefix and default": {
        "properties": [*_NAMED, "config.guestId", "guest.guestState"],
        "keyed_groups": [{"key": "config.guestId", "prefix": "os"}, {"key": "guest.guestFamily", "prefix": "family", "default_value": "unknown"}],
    },
    "filters": {
        "properties": [*_NAMED, "runtime.powerState", "config.guestId", "guest.ipAddress"],
        "filters": ['runtime.powerState == "poweredOn"', "guest.ipAddress is defined and guest.ipAddress is match('10.*')"],
        "keyed_groups": [],
    },
    "filters that leave no VM": {"properties": _NAMED, "filters": ["config.name == 'no VM is called so'"], "keyed_groups": []},
    "path": {"properties": _NAMED, "with_path": True, "keyed_groups": []},
    "path below a name": {"properties": _NAMED, "with_path": "estate", "keyed_groups": []},
    "compose and groups": {
        "properties": [*_NAMED, "guest.net", "config.guestId"],
        "compose": {
            "ansible_host": "guest.net | selectattr('ipAddress') | map(attribute='ipAddress') | flatten | select('match', '^10.*') | list | first",
            "composed": "config.name",
            "ansible_user": "'admin'",
        },
        "groups": {"vms": True, "linux": "'sles' in config.guestId"},
        "keyed_groups": [],
    },
    "structures": {
        "properties": [
            *_NAMED, "guest", "runtime", "config.hardware", "config.files", "config.datastoreUrl", "summary.quickStats", "summary.storage",
            "datastore", "resourcePool",
        ],
        "keyed_groups": [],
    },
    "the whole of config": {"properties": ["name", "config", "customValue"], "keyed_groups": []},
    "everything": {"properties": ["all"], "keyed_groups": []},
    "subproperties": {
        "properties": _NAMED,
        "subproperties": [
            {"property": "runtime.host", "subelements": ["name", "parent.name"]},
            {"property": "config.files", "subelements": ["vmPathName"]},
        ],
        "keyed_groups": [],
    },
    "sanitized names": {
        "properties": [*_NAMED, "config.guestId", "guest.ipAddress", "customValue"],
        "with_sanitized_property_name": True,
        "keyed_groups": [{"key": "config.guestId", "prefix": "os"}],
    },
    "resources by datacenter and cluster": {
        "properties": _NAMED,
        "resources": [{"datacenter": ["Madrid"], "resources": [{"compute_resource": ["MAD-Production"]}]}],
        "keyed_groups": [],
    },
    "resources by folder": {
        "properties": _NAMED,
        "resources": [{"datacenter": ["Lyon"]}, {"datacenter": ["Madrid"], "resources": [{"folder": ["Production"]}]}],
        "keyed_groups": [],
    },
    "resources by pool and host": {
        "properties": _NAMED,
        "resources": [{"resource_pool": ["Gold"]}, {"host_system": ["esx03.lyo.corp.example"]}],
        "keyed_groups": [],
    },
}  # fmt: skip
