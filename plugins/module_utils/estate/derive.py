# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a field is made of properties, where it is more than a property's value.

Each function takes the lookup of its source and one value a property path, None where a property is not
set, and returns the field's value, None where there is nothing to say. Sizes in GB are GiB (2^30 bytes).
"""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.estate.lookup import Lookup, unescape
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.decode import TYPE, MoRef

_GIB = 1 << 30
_PRETTY_NAME = re.compile("prettyName='([^']*)'")
_DATASTORE_OF_PATH = re.compile(r"\[(.*?)\]")
_UPLINK_TAG = "SYSTEM/DVS.UPLINKPG"
_NETWORK_TYPES = {"Network": "Standard", "DistributedVirtualPortgroup": "Distributed", "OpaqueNetwork": "Opaque"}
_SERIAL_TAGS = ("ServiceTag", "EnclosureSerialNumberTag", "SerialNumberTag")


# Names and places


def moid(lookup: Lookup, ref: MoRef) -> str:
    return ref.moid


def unescaped(lookup: Lookup, text: str | None) -> str | None:
    return None if text is None else unescape(text)


def name(lookup: Lookup, ref: MoRef | None) -> str | None:
    return lookup.name(ref)


def names(lookup: Lookup, refs: list[MoRef] | None) -> list[str] | None:
    return None if refs is None else sorted(filter(None, map(lookup.name, refs)))


def count(lookup: Lookup, items: list | None) -> int | None:
    return None if items is None else len(items)


def cpu_model(lookup: Lookup, host: MoRef | None) -> str | None:
    return lookup.cpu_model(host)


def cluster(lookup: Lookup, ref: MoRef | None) -> str | None:
    return lookup.cluster(ref)


def datastore_cluster(lookup: Lookup, parent: MoRef | None) -> str | None:
    return lookup.name(lookup.nearest(parent, "StoragePod"))


def datacenter(lookup: Lookup, *refs: MoRef | None) -> str | None:
    return next(filter(None, map(lookup.datacenter, refs)), None)


def folder(lookup: Lookup, parent: MoRef | None) -> str | None:
    return lookup.folder(parent)


# Text and numbers


def first_set(lookup: Lookup, *values: Any) -> Any:
    return next((value for value in values if value not in (None, "")), None)


def one_line(lookup: Lookup, text: str | None) -> str | None:
    return None if text is None else " ".join(text.split())


def not_zero(lookup: Lookup, text: str | None) -> str | None:
    return None if text in (None, "0") else text


def gb(lookup: Lookup, size: int | None) -> float | None:
    return None if size is None else round(size / _GIB, 2)


def gb_of_mb(lookup: Lookup, size: int | None) -> float | None:
    return None if size is None else round(size / 1024, 2)


def sum_gb(lookup: Lookup, *sizes: int | None) -> float | None:
    return None if None in sizes else gb(lookup, sum(sizes))


def difference_gb(lookup: Lookup, whole: int | None, part: int | None) -> float | None:
    return None if whole is None or part is None else gb(lookup, whole - part)


def provisioned_gb(lookup: Lookup, capacity: int | None, free: int | None, uncommitted: int | None) -> float | None:
    return None if capacity is None or free is None else gb(lookup, capacity - free + (uncommitted or 0))


def used_percent(lookup: Lookup, capacity: int | None, free: int | None) -> float | None:
    return None if not capacity or free is None else _percent(capacity - free, capacity)


def free_memory_gb(lookup: Lookup, total: int | None, used_mb: int | None) -> float | None:
    return None if total is None or used_mb is None else gb(lookup, total - used_mb * 1024 * 1024)


def memory_percent(lookup: Lookup, total: int | None, used_mb: int | None) -> float | None:
    return None if not total or used_mb is None else _percent(used_mb * 1024 * 1024, total)


def cpu_percent(lookup: Lookup, used_mhz: int | None, core_mhz: int | None, cores: int | None) -> float | None:
    return None if used_mhz is None or not core_mhz or not cores else _percent(used_mhz, core_mhz * cores)


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1)


# Guests


def domain(lookup: Lookup, host_name: str | None) -> str | None:
    return (host_name or "").partition(".")[2] or None


def os_edition(lookup: Lookup, configured: str | None, detailed: str | None) -> str | None:
    pretty = _PRETTY_NAME.search(detailed or "")
    return pretty.group(1) if pretty and pretty.group(1) else configured


def ip_addresses(lookup: Lookup, nics: list[dict] | None) -> list[str] | None:
    if nics is None:
        return None
    addresses = dict.fromkeys(address for nic in nics for address in nic.get("ipAddress", ()))
    return sorted(addresses, key=lambda address: address.lower().startswith(("fe80:", "169.254.")))


def snapshot_count(lookup: Lookup, trees: list[dict] | None) -> int:
    return sum(1 + snapshot_count(lookup, tree.get("childSnapshotList")) for tree in trees or ())


# Virtual devices


def _disks(devices: list[dict]) -> list[dict]:
    return [device for device in devices if device.get(TYPE) == "VirtualDisk"]


def _nics(devices: list[dict]) -> list[dict]:
    # Every kind of network adapter has a MAC address, and no other device does.
    return [device for device in devices if "macAddress" in device]


def _capacity(disk: dict) -> int:
    """Bytes. The field in KB is the only one before vSphere 5.5, and may be all that a template of old has."""
    return disk.get("capacityInBytes") or disk.get("capacityInKB", 0) * 1024


def disk_count(lookup: Lookup, devices: list[dict] | None) -> int | None:
    return None if devices is None else len(_disks(devices))


def nic_count(lookup: Lookup, devices: list[dict] | None) -> int | None:
    return None if devices is None else len(_nics(devices))


def mac_addresses(lookup: Lookup, devices: list[dict] | None) -> list[str] | None:
    return None if devices is None else [nic["macAddress"] for nic in _nics(devices)]


def disk_capacity_gb(lookup: Lookup, devices: list[dict] | None) -> float | None:
    return None if devices is None else gb(lookup, sum(map(_capacity, _disks(devices))))


def disks(lookup: Lookup, devices: list[dict] | None) -> str | None:
    """Such as ``Hard disk 1: 40 GB thin [ds1]; Hard disk 2: 8 GB thick [ds2]``."""
    if devices is None:
        return None
    return "; ".join(map(_disk_text, _disks(devices)))


def _disk_text(disk: dict) -> str:
    backing = disk.get("backing", {})
    label = disk.get("deviceInfo", {}).get("label", f"disk {disk.get('key', '')}")
    store = datastore_of_path(None, backing.get("fileName"))
    provisioning = {True: " thin", False: " thick"}.get(backing.get("thinProvisioned"), "")
    return f"{label}: {_capacity(disk) / _GIB:g} GB{provisioning}" + (f" [{store}]" if store else "")


def datastore_of_path(lookup: Lookup | None, path: str | None) -> str | None:
    """Name of the datastore that a path such as ``[ds1] web/web.vmx`` lies on."""
    match = _DATASTORE_OF_PATH.match(path or "")
    return unescape(match.group(1)) if match else None


def primary_network(lookup: Lookup, devices: list[dict] | None, networks: list[MoRef] | None) -> str | None:
    """Network of the first adapter; the VM's first network where no adapter tells, None where adapters are unknown."""
    if devices is None:
        return None
    for nic in _nics(devices):
        backing = nic.get("backing", {})
        ref = backing.get("network") or lookup.network(backing.get("port", {}).get("portgroupKey") or backing.get("opaqueNetworkId"))
        # The device name is all that is left of a network that is gone.
        found = lookup.name(ref) or unescaped(lookup, backing.get("deviceName"))
        if found:
            return found
    return next(filter(None, map(lookup.name, networks or ())), None)


# Hosts and datastores


def management_ip(lookup: Lookup, configs: list[dict] | None) -> str | None:
    """Address of the first VMkernel adapter that carries management traffic."""
    for config in configs or ():
        if config.get("nicType") != "management":
            continue
        chosen = config.get("selectedVnic", ())
        for nic in config.get("candidateVnic", ()):
            if not chosen or nic.get("key") in chosen:
                return nic.get("spec", {}).get("ip", {}).get("ipAddress")
    return None


def serial(lookup: Lookup, system: dict | None) -> str | None:
    if system is None:
        return None
    tags = {item.get("identifierType", {}).get("key"): item.get("identifierValue", "").strip() for item in system.get("otherIdentifyingInfo", ())}
    return next(filter(None, [system.get("serialNumber", "").strip(), *map(tags.get, _SERIAL_TAGS)]), None)


def mount_hosts(lookup: Lookup, mounts: list[dict] | None) -> list[str] | None:
    return None if mounts is None else names(lookup, [mount["key"] for mount in mounts if "key" in mount])


# Networks


def network_type(lookup: Lookup, ref: MoRef, tags: list[dict] | None) -> str:
    if any(tag.get("key") == _UPLINK_TAG for tag in tags or ()):
        return "Uplink"
    return _NETWORK_TYPES.get(ref.type, ref.type)


def switch(lookup: Lookup, ref: MoRef, network: str | None, hosts: list[MoRef] | None, distributed: MoRef | None) -> str | None:
    if ref.type == "Network":
        groups = lookup.standard_port_groups(unescape(network or ""), hosts or ())
        return ", ".join(sorted({group["vswitchName"] for group in groups if group.get("vswitchName")})) or None
    return lookup.name(distributed)


def vlan(lookup: Lookup, ref: MoRef, network: str | None, hosts: list[MoRef] | None, port_config: dict | None) -> str | None:
    """``100``, ``trunk 1-10,20`` or ``pvlan 100``; None where frames carry no tag.

    Hosts that disagree on a standard port group are all heard, with 0 for no tag: ``0, 30``.
    """
    if ref.type == "Network":
        groups = lookup.standard_port_groups(unescape(network or ""), hosts or ())
        tags = sorted({group["vlanId"] for group in groups if "vlanId" in group})
        return ", ".join(map(str, tags)) if any(tags) else None
    spec = (port_config or {}).get("vlan", {})
    if "pvlanId" in spec:
        return f"pvlan {spec['pvlanId']}"
    ids = spec.get("vlanId", [])
    ranges = [item for item in ids if isinstance(item, dict) and "start" in item]
    if ranges:
        return "trunk " + ",".join(f"{item['start']}-{item['end']}" if item["start"] != item["end"] else f"{item['start']}" for item in ranges)
    return next((tag for tag in ids if isinstance(tag, str) and tag not in ("", "0")), None)
