# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The section vms: a row a VirtualMachine, templates included."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import (
    BOOLEAN,
    INTEGER,
    LIST,
    REAL,
    TAGS,
    TEXT,
    TIME,
    Field,
    Section,
)
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.shared import CUSTOM_ATTRIBUTES, MOID, TAGGED, name
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import devices, guests, numbers, places, snapshots, systems, tags
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import SKIPPED_TYPES, MoRef

CREATED = "config.createDate"
GUEST_DETAILS = "guest.guestDetailedData"
#: Where guests wrote the same before there was such a property.
GUEST_DETAILS_ENTRY = 'config.extraConfig["guestInfo.detailed.data"]'
GUEST_OS = ("guest.guestFullName", "config.guestFullName", GUEST_DETAILS, GUEST_DETAILS_ENTRY)
PRIMARY_ADDRESS = "guest.ipAddress"
HOST = "runtime.host"
VAPP = "parentVApp"

VMS = Section(
    key="vms",
    managed_types=("VirtualMachine",),
    description="Virtual machines and templates",
    fields=(
        MOID,
        name("vm"),
        Field("instance_uuid", "config.instanceUuid", TEXT, "UUID given by vCenter, empty on a standalone ESXi host", redact_as="uuid"),
        Field("bios_uuid", "config.uuid", TEXT, "SMBIOS UUID as the guest sees it", redact_as="uuid"),
        Field("template", "config.template", BOOLEAN, "It is a template"),
        Field(
            "system_vm",
            (systems.MANAGED_BY, systems.FT_ROLE, "name"),
            TEXT,
            "What it does for vSphere or a product beside it: vcls, agent, placeholder, appliance or secondary; empty for an ordinary VM",
            systems.system_vm,
            redact_as=None,
        ),
        Field("managed_by", systems.MANAGED_BY, TEXT, "Extension that manages it, and as what: com.vmware.vim.eam/cluster-agent", systems.managed_by),
        Field("power_state", "runtime.powerState", TEXT, "poweredOn, poweredOff or suspended", redact_as=None),
        Field("connection_state", "runtime.connectionState", TEXT, "connected, disconnected, orphaned, inaccessible or invalid", redact_as=None),
        Field("guest_state", "guest.guestState", TEXT, "What VMware Tools say of the guest: running, notRunning, …", redact_as=None),
        Field("host", HOST, TEXT, "Host that it runs on or is registered with", places.name, redact_as="host"),
        Field("processor", HOST, TEXT, "CPU model of its host, from the host-CPU cache", places.cpu_model, redact_as=None),
        # Whoever may not see the host may see the resource pool.
        Field("cluster", (HOST, "resourcePool"), TEXT, "Cluster of its host, empty on a standalone host", places.cluster, redact_as="cluster"),
        Field("datacenter", (HOST, "parent", "resourcePool"), TEXT, "Datacenter", places.datacenter, redact_as="datacenter"),
        Field(
            "folder",
            ("parent", VAPP),
            TEXT,
            "Path of its folder, or of that of its vApp, within the datacenter, / at the top",
            places.vm_folder,
            redact_as="folder",
        ),
        Field("vapp", VAPP, TEXT, "vApp that it belongs to", places.name, redact_as="vapp"),
        Field("resource_pool", "resourcePool", TEXT, "Resource pool, empty for a template", places.name, redact_as="pool"),
        Field("vcpu", "config.hardware.numCPU", INTEGER, "Virtual CPUs", unit="vCPU"),
        Field("cores_per_socket", "config.hardware.numCoresPerSocket", INTEGER, "Cores a virtual socket", unit="cores"),
        Field("ram_mb", "config.hardware.memoryMB", INTEGER, "Memory", unit="MB"),
        Field("cpu_hot_add", "config.cpuHotAddEnabled", BOOLEAN, "CPUs can be added while it runs"),
        Field("memory_hot_add", "config.memoryHotAddEnabled", BOOLEAN, "Memory can be added while it runs"),
        Field("cpu_reservation_mhz", "config.cpuAllocation.reservation", INTEGER, "CPU set aside for it", unit="MHz"),
        Field("cpu_limit_mhz", "config.cpuAllocation.limit", INTEGER, "Most CPU that it gets, empty for no limit", numbers.if_limited, unit="MHz"),
        Field("memory_reservation_mb", "config.memoryAllocation.reservation", INTEGER, "Memory set aside for it", unit="MB"),
        Field("memory_limit_mb", "config.memoryAllocation.limit", INTEGER, "Most memory that it gets, empty for no limit", numbers.if_limited, unit="MB"),
        Field("cpu_usage_mhz", "summary.quickStats.overallCpuUsage", INTEGER, "CPU in use at the time of the scan", unit="MHz"),
        Field("memory_usage_mb", "summary.quickStats.guestMemoryUsage", INTEGER, "Guest memory in use at the time of the scan", unit="MB"),
        Field("uptime_seconds", "summary.quickStats.uptimeSeconds", INTEGER, "Time since the guest was started", unit="s"),
        Field(
            "os_name", GUEST_OS, TEXT, "Operating system: as Tools report it, else as the guest names it, else as configured", guests.os_name, redact_as=None
        ),
        Field("os_configured", "config.guestFullName", TEXT, "Operating system as configured", redact_as=None),
        Field("guest_id", "config.guestId", TEXT, "Guest operating system identifier", redact_as=None),
        Field("os_edition", GUEST_OS, TEXT, "Release as the guest names it, else as Tools report it, else as configured", guests.os_edition, redact_as=None),
        Field("dns_name", "guest.hostName", TEXT, "Host name that the guest reports", guests.said, redact_as="dns"),
        Field(
            "domain",
            ("guest.hostName", guests.IP_STACKS),
            TEXT,
            "What follows the first dot of the guest's host name, else the domain of its DNS configuration",
            guests.domain,
            redact_as="domain",
        ),
        Field(
            "ip_address",
            (PRIMARY_ADDRESS, guests.GUEST_NICS),
            TEXT,
            "Address on one of its adapters, that of the guest's choice or IPv4 before others; the guest's primary one where no adapter has any",
            guests.ip_address,
            redact_as="ip",
        ),
        Field("guest_ip_address", PRIMARY_ADDRESS, TEXT, "Address that the guest reports as its primary one, as it is", redact_as="ip"),
        Field(
            "ip_addresses", (guests.GUEST_NICS, PRIMARY_ADDRESS), LIST, "All IPv4 and IPv6 addresses, link-local ones last", guests.ip_addresses, redact_as="ip"
        ),
        Field(
            "adapter_addresses",
            guests.GUEST_NICS,
            LIST,
            "Those of ip_addresses that lie on its adapters, and on no bridge or tunnel in the guest",
            guests.adapter_addresses,
            redact_as="ip",
        ),
        Field("mac_addresses", devices.DEVICES, LIST, "MAC addresses of its network adapters", devices.mac_addresses, redact_as="mac"),
        Field("nic_count", devices.DEVICES, INTEGER, "Network adapters", devices.nic_count, unit="adapters"),
        Field("disk_count", devices.DEVICES, INTEGER, "Virtual disks", devices.disk_count, unit="disks"),
        Field("disks", devices.DEVICES, TEXT, "Each disk with size, provisioning and datastore", devices.disks, redact_as="disks"),
        Field("storage_total_gb", devices.DEVICES, REAL, "Capacity of all virtual disks", devices.disk_capacity_gb, unit="GB"),
        Field("provisioned_gb", ("summary.storage.committed", "summary.storage.uncommitted"), REAL, "Storage in use and promised", numbers.sum_gb, unit="GB"),
        Field("used_gb", "summary.storage.committed", REAL, "Storage in use", numbers.gb, unit="GB"),
        Field("unshared_gb", "summary.storage.unshared", REAL, "Storage in use that it shares with no other VM", numbers.gb, unit="GB"),
        Field("networks", "network", LIST, "Networks it is attached to", places.names, redact_as="network"),
        Field("primary_network", (devices.DEVICES, "network"), TEXT, "Network of its first adapter", devices.primary_network, redact_as="network"),
        Field("datastores", "datastore", LIST, "Datastores that hold its files", places.names, redact_as="datastore"),
        Field("primary_datastore", "config.files.vmPathName", TEXT, "Datastore of its configuration file", devices.datastore_of_path, redact_as="datastore"),
        Field("vmx_path", "config.files.vmPathName", TEXT, "Configuration file", redact_as="file"),
        Field("tools_status", "guest.toolsStatus", TEXT, "toolsOk, toolsOld, toolsNotRunning or toolsNotInstalled", redact_as=None),
        Field("tools_running", "guest.toolsRunningStatus", TEXT, "Whether VMware Tools run", redact_as=None),
        Field("tools_version_status", "guest.toolsVersionStatus2", TEXT, "How VMware Tools compare with the host's", redact_as=None),
        Field(
            "tools_version",
            "guest.toolsVersion",
            TEXT,
            "Version of VMware Tools, guest-managed where the guest's packages give none",
            guests.tools_version,
            redact_as=None,
        ),
        Field("hw_version", "config.version", TEXT, "Virtual hardware version, vmx-20 for example", redact_as=None),
        Field("firmware", "config.firmware", TEXT, "bios or efi", redact_as=None),
        Field("secure_boot", "config.bootOptions.efiSecureBootEnabled", BOOLEAN, "EFI secure boot is on"),
        Field("snapshot_count", snapshots.TREES, INTEGER, "Snapshots of the whole tree", snapshots.count, unit="snapshots"),
        Field("snapshot_oldest", snapshots.TREES, TIME, "When its oldest snapshot was taken", snapshots.oldest),
        Field("snapshot_size_gb", snapshots.ALL, REAL, "What its snapshots take of datastores", snapshots.size_gb, unit="GB"),
        Field("created", CREATED, TIME, "When it was created", numbers.set_time),
        Field("boot_time", "runtime.bootTime", TIME, "When it was last powered on"),
        Field("consolidation_needed", "runtime.consolidationNeeded", BOOLEAN, "Its disks need consolidation"),
        Field("change_tracking", "config.changeTrackingEnabled", BOOLEAN, "Changed block tracking is on"),
        Field("fault_tolerance", "runtime.faultToleranceState", TEXT, "notConfigured, enabled, running, …", redact_as=None),
        Field("annotation", "config.annotation", TEXT, "Notes", redact_as="note"),
        CUSTOM_ATTRIBUTES,
        TAGGED,
        Field(
            "environment",
            (TAGS, tags.CUSTOM_VALUES, "parent", VAPP),
            TEXT,
            "Environment, by the tag category, custom attribute or folder level that the option environment names",
            tags.environment,
            redact_as="environment",
        ),
    ),
    shapes={
        devices.DEVICES: [
            {
                SKIPPED_TYPES: devices.IDLE,
                "key": int,
                "deviceInfo": {"label": str},
                "macAddress": str,
                "addressType": str,
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
        guests.GUEST_NICS: guests.NIC_SHAPE,
        guests.IP_STACKS: guests.IP_STACK_SHAPE,
        GUEST_DETAILS_ENTRY: guests.ENTRY_SHAPE,
        **snapshots.SHAPES,
        **systems.SHAPES,
        **tags.SHAPES,
    },
    since={CREATED: "6.7", GUEST_DETAILS: "8.0.2.0"},
    until={GUEST_DETAILS_ENTRY: "8.0.2.0"},
)
