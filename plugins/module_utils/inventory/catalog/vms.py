# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The section vms: a row a VirtualMachine, templates included."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog import vm_details
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
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import devices, guests, references, sizes, snapshots, system_vms, tags, values
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import SKIPPED_TYPES, MoRef

CREATED = "config.createDate"
GUEST_DETAILS = vm_details.GUEST_DETAILS
#: The same before vSphere 8.0.2.
GUEST_DETAILS_ENTRY = 'config.extraConfig["guestInfo.detailed.data"]'
GUEST_OS = ("guest.guestFullName", "config.guestFullName", GUEST_DETAILS, GUEST_DETAILS_ENTRY)
PRIMARY_ADDRESS = "guest.ipAddress"
HOST = "runtime.host"
HOST_NAME = "guest.hostName"
NICS = guests.GUEST_NICS
USED = "summary.storage.committed"
UNCOMMITTED = "summary.storage.uncommitted"
VAPP = "parentVApp"
FOLDER = ("parent", VAPP)
VMX_PATH = "config.files.vmPathName"
ENVIRONMENT = (TAGS, tags.CUSTOM_VALUES, "parent", VAPP)
MANAGED_BY = system_vms.MANAGED_BY
SYSTEM_VM = (MANAGED_BY, system_vms.FT_ROLE, "name")

VMS = Section(
    key="vms",
    managed_types=("VirtualMachine",),
    description="Virtual machines and templates",
    fields=(
        MOID,
        name("vm"),
        Field("instance_uuid", "config.instanceUuid", TEXT, "UUID assigned by vCenter; empty on a standalone ESXi host", redact_as="uuid"),
        Field("bios_uuid", "config.uuid", TEXT, "SMBIOS UUID as the guest sees it", redact_as="uuid"),
        Field("template", "config.template", BOOLEAN, "Is a template"),
        Field("system_vm", SYSTEM_VM, TEXT, "System VM: vcls, agent, placeholder, appliance or secondary; else empty", compute=system_vms.role, redact_as=None),
        Field("managed_by", MANAGED_BY, TEXT, "Extension and type that manage it: com.vmware.vim.eam/cluster-agent", compute=system_vms.managed_by),
        Field("power_state", "runtime.powerState", TEXT, "poweredOn, poweredOff or suspended", redact_as=None),
        Field("connection_state", "runtime.connectionState", TEXT, "connected, disconnected, orphaned, inaccessible or invalid", redact_as=None),
        Field("guest_state", "guest.guestState", TEXT, "Guest state by VMware Tools: running, notRunning, …", redact_as=None),
        Field("host", HOST, TEXT, "Host that it runs on, or is registered with", compute=references.name, redact_as="host"),
        Field("processor", HOST, TEXT, "CPU model of its host", compute=references.cpu_model, redact_as=None),
        # An account that may not see the host may see the resource pool.
        Field("cluster", (HOST, "resourcePool"), TEXT, "Cluster of its host; empty on a standalone host", compute=references.cluster, redact_as="cluster"),
        Field("datacenter", (HOST, "parent", "resourcePool"), TEXT, "Datacenter", compute=references.datacenter, redact_as="datacenter"),
        Field("folder", FOLDER, TEXT, "Path of its folder, or of its vApp's; / at the top", references.vm_folder, redact_as="folder", is_path=True),
        Field("vapp", VAPP, TEXT, "vApp that it belongs to", compute=references.name, redact_as="vapp"),
        Field("resource_pool", "resourcePool", TEXT, "Resource pool; empty for a template", compute=references.name, redact_as="pool"),
        Field("vcpu", "config.hardware.numCPU", INTEGER, "Virtual CPUs", unit="vCPU"),
        Field("cores_per_socket", "config.hardware.numCoresPerSocket", INTEGER, "Cores per virtual socket", unit="cores"),
        Field("ram_mb", "config.hardware.memoryMB", INTEGER, "Memory", unit="MB"),
        Field("cpu_hot_add", "config.cpuHotAddEnabled", BOOLEAN, "CPUs can be added while it runs"),
        Field("memory_hot_add", "config.memoryHotAddEnabled", BOOLEAN, "Memory can be added while it runs"),
        Field("cpu_reservation_mhz", "config.cpuAllocation.reservation", INTEGER, "Reserved CPU", unit="MHz"),
        Field("cpu_limit_mhz", "config.cpuAllocation.limit", INTEGER, "CPU limit; empty for unlimited", compute=values.limit, unit="MHz"),
        Field("memory_reservation_mb", "config.memoryAllocation.reservation", INTEGER, "Reserved memory", unit="MB"),
        Field("memory_limit_mb", "config.memoryAllocation.limit", INTEGER, "Memory limit; empty for unlimited", compute=values.limit, unit="MB"),
        Field("cpu_usage_mhz", "summary.quickStats.overallCpuUsage", INTEGER, "CPU usage at the time of the scan", unit="MHz"),
        Field("memory_usage_mb", "summary.quickStats.guestMemoryUsage", INTEGER, "Guest memory usage at the time of the scan", unit="MB"),
        Field("uptime_seconds", "summary.quickStats.uptimeSeconds", INTEGER, "Uptime of the guest at the time of the scan", unit="s"),
        Field("os_name", GUEST_OS, TEXT, "Operating system by VMware Tools, else by the guest, else as configured", compute=guests.os_name, redact_as=None),
        Field("os_configured", "config.guestFullName", TEXT, "Operating system as configured", redact_as=None),
        Field("guest_id", "config.guestId", TEXT, "Identifier of the operating system as configured", redact_as=None),
        Field("os_edition", GUEST_OS, TEXT, "Release by the guest, else by VMware Tools, else as configured", compute=guests.os_edition, redact_as=None),
        Field("dns_name", HOST_NAME, TEXT, "Host name that the guest reports", compute=guests.reported_name, redact_as="dns"),
        Field("domain", (HOST_NAME, guests.IP_STACKS), TEXT, "Domain of that host name, else of the DNS settings", compute=guests.domain, redact_as="domain"),
        Field("ip_address", (PRIMARY_ADDRESS, NICS), TEXT, "Address of one of its adapters, else the primary one", compute=guests.ip_address, redact_as="ip"),
        Field("guest_ip_address", PRIMARY_ADDRESS, TEXT, "Primary address as the guest reports it", redact_as="ip"),
        Field("ip_addresses", (NICS, PRIMARY_ADDRESS), LIST, "All IPv4 and IPv6 addresses, link-local ones last", compute=guests.ip_addresses, redact_as="ip"),
        Field("adapter_addresses", NICS, LIST, "Those of its adapters, without bridges and tunnels", compute=guests.adapter_addresses, redact_as="ip"),
        Field("mac_addresses", devices.DEVICES, LIST, "MAC addresses of its network adapters", compute=devices.mac_addresses, redact_as="mac"),
        Field("nic_count", devices.DEVICES, INTEGER, "Number of network adapters", compute=devices.nic_count, unit="adapters"),
        Field("disk_count", devices.DEVICES, INTEGER, "Number of virtual disks", compute=devices.disk_count, unit="disks"),
        Field("disks", devices.DEVICES, TEXT, "Each disk with size, provisioning and datastore", compute=devices.disks, redact_as="disks"),
        Field("storage_total_gb", devices.DEVICES, REAL, "Capacity of all virtual disks", compute=devices.disk_capacity_gb, unit="GB"),
        Field("provisioned_gb", (USED, UNCOMMITTED), REAL, "Provisioned storage: in use, plus what disks can grow by", compute=sizes.sum_gb, unit="GB"),
        Field("used_gb", USED, REAL, "Storage in use", compute=sizes.gb, unit="GB"),
        Field("unshared_gb", "summary.storage.unshared", REAL, "Storage in use by this VM alone", compute=sizes.gb, unit="GB"),
        Field("networks", "network", LIST, "Networks that it is connected to", compute=references.names, redact_as="network"),
        Field("primary_network", (devices.DEVICES, "network"), TEXT, "Network of its first adapter", compute=devices.primary_network, redact_as="network"),
        Field("datastores", "datastore", LIST, "Datastores that hold its files", compute=references.names, redact_as="datastore"),
        Field("primary_datastore", VMX_PATH, TEXT, "Datastore of its configuration file", compute=devices.datastore_of_path, redact_as="datastore"),
        Field("vmx_path", VMX_PATH, TEXT, "Path of its configuration file", redact_as="file"),
        Field("tools_status", "guest.toolsStatus", TEXT, "toolsOk, toolsOld, toolsNotRunning or toolsNotInstalled", redact_as=None),
        Field("tools_running", "guest.toolsRunningStatus", TEXT, "guestToolsRunning, guestToolsNotRunning or guestToolsExecutingScripts", redact_as=None),
        Field("tools_version_status", "guest.toolsVersionStatus2", TEXT, "guestToolsCurrent, guestToolsNeedUpgrade, guestToolsUnmanaged, …", redact_as=None),
        Field("tools_version", "guest.toolsVersion", TEXT, "Version of VMware Tools, or guest-managed", compute=guests.tools_version, redact_as=None),
        Field("hw_version", "config.version", TEXT, "Virtual hardware version, such as vmx-20", redact_as=None),
        Field("firmware", "config.firmware", TEXT, "bios or efi", redact_as=None),
        Field("secure_boot", "config.bootOptions.efiSecureBootEnabled", BOOLEAN, "EFI secure boot is on"),
        Field("snapshot_count", snapshots.TREES, INTEGER, "Number of snapshots", compute=snapshots.count, unit="snapshots"),
        Field("snapshot_oldest", snapshots.TREES, TIME, "Creation time of its oldest snapshot", compute=snapshots.oldest),
        Field("snapshot_size_gb", snapshots.ALL, REAL, "Space that its snapshots take on datastores", compute=snapshots.size_gb, unit="GB"),
        Field("created", CREATED, TIME, "Creation time", compute=values.time_if_set),
        Field("boot_time", "runtime.bootTime", TIME, "Time of the last power-on"),
        Field("consolidation_needed", "runtime.consolidationNeeded", BOOLEAN, "Disks need consolidation"),
        Field("change_tracking", "config.changeTrackingEnabled", BOOLEAN, "Changed block tracking is on"),
        Field("fault_tolerance", "runtime.faultToleranceState", TEXT, "Fault Tolerance state: notConfigured, enabled, running, …", redact_as=None),
        Field("annotation", "config.annotation", TEXT, "Notes", redact_as="note"),
        CUSTOM_ATTRIBUTES,
        TAGGED,
        Field("environment", ENVIRONMENT, TEXT, "Environment, by the option environment_from", compute=tags.environment, redact_as="environment"),
        *vm_details.VM_DETAILS,
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
        NICS: guests.NIC_SHAPE,
        guests.IP_STACKS: guests.IP_STACK_SHAPE,
        GUEST_DETAILS_ENTRY: guests.ENTRY_SHAPE,
        **vm_details.SHAPES,
        **snapshots.SHAPES,
        **system_vms.SHAPES,
        **tags.SHAPES,
    },
    since={CREATED: "6.7", GUEST_DETAILS: "8.0.2.0", **vm_details.SINCE},
    until={GUEST_DETAILS_ENTRY: "8.0.2.0"},
)
