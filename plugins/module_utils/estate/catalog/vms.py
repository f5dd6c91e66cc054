# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The section vms: a row a VirtualMachine, templates included."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.estate import derive
from ansible_collections.estate.vmware.plugins.module_utils.estate.catalog.field import (
    BOOLEAN,
    INTEGER,
    LIST,
    REAL,
    TEXT,
    TIME,
    Field,
    Section,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.decode import MoRef

CREATED = "config.createDate"
DEVICES = "config.hardware.device"
GUEST_DETAILS = "guest.guestDetailedData"
GUEST_NICS = "guest.net"
HOST = "runtime.host"
SNAPSHOTS = "snapshot.rootSnapshotList"

SNAPSHOT_SHAPE: dict = {"id": int}
SNAPSHOT_SHAPE["childSnapshotList"] = [SNAPSHOT_SHAPE]

VMS = Section(
    key="vms",
    managed_types=("VirtualMachine",),
    text="Virtual machines and templates",
    fields=(
        Field("moid", "self", TEXT, "Managed object id, unique within one source", derive.moid),
        Field("name", "name", TEXT, "Name in the inventory", derive.unescaped),
        Field("instance_uuid", "config.instanceUuid", TEXT, "UUID given by vCenter, empty on a standalone ESXi host"),
        Field("bios_uuid", "config.uuid", TEXT, "SMBIOS UUID as the guest sees it"),
        Field("template", "config.template", BOOLEAN, "It is a template"),
        Field("power_state", "runtime.powerState", TEXT, "poweredOn, poweredOff or suspended"),
        Field("connection_state", "runtime.connectionState", TEXT, "connected, disconnected, orphaned, inaccessible or invalid"),
        Field("guest_state", "guest.guestState", TEXT, "What VMware Tools say of the guest: running, notRunning, …"),
        Field("host", HOST, TEXT, "Host that it runs on or is registered with", derive.name),
        Field("processor", HOST, TEXT, "CPU model of its host, from the host-CPU cache", derive.cpu_model),
        Field("cluster", HOST, TEXT, "Cluster of its host, empty on a standalone host", derive.cluster),
        Field("datacenter", (HOST, "parent", "resourcePool"), TEXT, "Datacenter", derive.datacenter),
        Field("folder", "parent", TEXT, "Path of its folder within the datacenter, / at the top", derive.folder),
        Field("resource_pool", "resourcePool", TEXT, "Resource pool, empty for a template", derive.name),
        Field("vcpu", "config.hardware.numCPU", INTEGER, "Virtual CPUs", unit="vCPU"),
        Field("cores_per_socket", "config.hardware.numCoresPerSocket", INTEGER, "Cores a virtual socket", unit="cores"),
        Field("ram_mb", "config.hardware.memoryMB", INTEGER, "Memory", unit="MB"),
        Field("cpu_usage_mhz", "summary.quickStats.overallCpuUsage", INTEGER, "CPU in use at the time of the scan", unit="MHz"),
        Field("memory_usage_mb", "summary.quickStats.guestMemoryUsage", INTEGER, "Guest memory in use at the time of the scan", unit="MB"),
        Field("uptime_seconds", "summary.quickStats.uptimeSeconds", INTEGER, "Time since the guest was started", unit="s"),
        Field("os_name", ("guest.guestFullName", "config.guestFullName"), TEXT, "Operating system: as Tools report it, else as configured", derive.first_set),
        Field("os_configured", "config.guestFullName", TEXT, "Operating system as configured"),
        Field("guest_id", "config.guestId", TEXT, "Guest operating system identifier"),
        Field("os_edition", ("config.guestFullName", GUEST_DETAILS), TEXT,
              "Release as the guest names it (vSphere 8.0.2 and later), else the configured one", derive.os_edition),
        Field("dns_name", "guest.hostName", TEXT, "Host name that the guest reports"),
        Field("domain", "guest.hostName", TEXT, "What follows the first dot of the guest's host name", derive.domain),
        Field("ip_address", "guest.ipAddress", TEXT, "Primary IP address"),
        Field("ip_addresses", GUEST_NICS, LIST, "All IPv4 and IPv6 addresses, link-local ones last", derive.ip_addresses),
        Field("mac_addresses", DEVICES, LIST, "MAC addresses of its network adapters", derive.mac_addresses),
        Field("nic_count", DEVICES, INTEGER, "Network adapters", derive.nic_count, unit="adapters"),
        Field("disk_count", DEVICES, INTEGER, "Virtual disks", derive.disk_count, unit="disks"),
        Field("disks", DEVICES, TEXT, "Each disk with size, provisioning and datastore", derive.disks),
        Field("storage_total_gb", DEVICES, REAL, "Capacity of all virtual disks", derive.disk_capacity_gb, unit="GB"),
        Field("provisioned_gb", ("summary.storage.committed", "summary.storage.uncommitted"), REAL,
              "Storage in use and promised", derive.sum_gb, unit="GB"),
        Field("used_gb", "summary.storage.committed", REAL, "Storage in use", derive.gb, unit="GB"),
        Field("networks", "network", LIST, "Networks it is attached to", derive.names),
        Field("primary_network", (DEVICES, "network"), TEXT, "Network of its first adapter", derive.primary_network),
        Field("datastores", "datastore", LIST, "Datastores that hold its files", derive.names),
        Field("primary_datastore", "config.files.vmPathName", TEXT, "Datastore of its configuration file", derive.datastore_of_path),
        Field("vmx_path", "config.files.vmPathName", TEXT, "Configuration file"),
        Field("tools_status", "guest.toolsStatus", TEXT, "toolsOk, toolsOld, toolsNotRunning or toolsNotInstalled"),
        Field("tools_running", "guest.toolsRunningStatus", TEXT, "Whether VMware Tools run"),
        Field("tools_version_status", "guest.toolsVersionStatus2", TEXT, "How VMware Tools compare with the host's"),
        Field("tools_version", "guest.toolsVersion", TEXT, "Version of VMware Tools", derive.not_zero),
        Field("hw_version", "config.version", TEXT, "Virtual hardware version, vmx-20 for example"),
        Field("firmware", "config.firmware", TEXT, "bios or efi"),
        Field("snapshot_count", SNAPSHOTS, INTEGER, "Snapshots of the whole tree", derive.snapshot_count, unit="snapshots"),
        Field("created", CREATED, TIME, "When it was created"),
        Field("boot_time", "runtime.bootTime", TIME, "When it was last powered on"),
        Field("annotation", "config.annotation", TEXT, "Notes"),
    ),
    shapes={
        DEVICES: [
            {
                "key": int,
                "deviceInfo": {"label": str},
                "macAddress": str,
                "capacityInKB": int,
                "capacityInBytes": int,
                "backing": {
                    "fileName": str,
                    "thinProvisioned": bool,
                    "network": MoRef,
                    "deviceName": str,
                    "port": {"portgroupKey": str},
                    "opaqueNetworkId": str,
                },
            }
        ],
        GUEST_NICS: [{"ipAddress": [str]}],
        SNAPSHOTS: [SNAPSHOT_SHAPE],
    },
    since={CREATED: "6.7", GUEST_DETAILS: "8.0.2.0"},
)
