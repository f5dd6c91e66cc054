# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The section hosts: a row a HostSystem."""

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
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap import present

CPU_MODEL = "summary.hardware.cpuModel"
CPU_USAGE = "summary.quickStats.overallCpuUsage"
MEMORY = "summary.hardware.memorySize"
MEMORY_USAGE = "summary.quickStats.overallMemoryUsage"
PORT_GROUPS = "config.network.portgroup"
SYSTEM = "hardware.systemInfo"
VMKERNEL = "config.virtualNicManagerInfo.netConfig"

HOSTS = Section(
    key="hosts",
    managed_types=("HostSystem",),
    text="ESXi hosts",
    fields=(
        Field("moid", "self", TEXT, "Managed object id, unique within one source", derive.moid),
        Field("name", "name", TEXT, "Name in the inventory", derive.unescaped),
        Field("uuid", "summary.hardware.uuid", TEXT, "Hardware UUID"),
        Field("ip", VMKERNEL, TEXT, "Address of the management VMkernel adapter", derive.management_ip),
        Field("version", "summary.config.product.version", TEXT, "ESXi version"),
        Field("build", "summary.config.product.build", TEXT, "ESXi build"),
        Field("full_name", "summary.config.product.fullName", TEXT, "ESXi product name with version and build"),
        Field("vendor", "summary.hardware.vendor", TEXT, "Manufacturer"),
        Field("model", "summary.hardware.model", TEXT, "Model"),
        Field("serial", SYSTEM, TEXT, "Serial number, else the service tag", derive.serial),
        Field("cpu_model", CPU_MODEL, TEXT, "CPU model", derive.one_line),
        Field("sockets", "summary.hardware.numCpuPkgs", INTEGER, "CPU sockets", unit="sockets"),
        Field("cores", "summary.hardware.numCpuCores", INTEGER, "CPU cores", unit="cores"),
        Field("threads", "summary.hardware.numCpuThreads", INTEGER, "CPU threads", unit="threads"),
        Field("cpu_mhz", "summary.hardware.cpuMhz", INTEGER, "Clock of a core", unit="MHz"),
        Field("ram_gb", MEMORY, REAL, "Memory", derive.gb, unit="GB"),
        Field("ram_used_gb", MEMORY_USAGE, REAL, "Memory in use", derive.gb_of_mb, unit="GB"),
        Field("ram_free_gb", (MEMORY, MEMORY_USAGE), REAL, "Memory not in use", derive.free_memory_gb, unit="GB"),
        Field("ram_usage_percent", (MEMORY, MEMORY_USAGE), REAL, "Memory in use, 0 to 100", derive.memory_percent, unit="%"),
        Field("cpu_usage_mhz", CPU_USAGE, INTEGER, "CPU in use", unit="MHz"),
        Field("cpu_usage_percent", (CPU_USAGE, "summary.hardware.cpuMhz", "summary.hardware.numCpuCores"), REAL,
              "CPU in use, 0 to 100", derive.cpu_percent, unit="%"),
        Field("connection_state", "runtime.connectionState", TEXT, "connected, disconnected or notResponding"),
        Field("power_state", "runtime.powerState", TEXT, "poweredOn, poweredOff, standBy or unknown"),
        Field("maintenance", "runtime.inMaintenanceMode", BOOLEAN, "It is in maintenance mode"),
        Field("overall_status", "summary.overallStatus", TEXT, "green, yellow, red or gray"),
        Field("cluster", "parent", TEXT, "Cluster, empty for a standalone host", derive.cluster),
        Field("datacenter", "parent", TEXT, "Datacenter", derive.datacenter),
        Field("folder", "parent", TEXT, "Path of its folder within the datacenter, / at the top", derive.folder),
        Field("vm_count", "vm", INTEGER, "VMs and templates registered with it", derive.count, unit="VMs"),
        Field("datastores", "datastore", LIST, "Datastores mounted", derive.names),
        Field("networks", "network", LIST, "Networks attached", derive.names),
        Field("boot_time", "runtime.bootTime", TIME, "When it was last started"),
    ),
    shapes={
        "vm": [present],
        VMKERNEL: [
            {
                "nicType": str,
                "selectedVnic": [str],
                "candidateVnic": [{"key": str, "spec": {"ip": {"ipAddress": str}}}],
            }
        ],
        PORT_GROUPS: [{"spec": {"name": str, "vlanId": int, "vswitchName": str}}],
        SYSTEM: {
            "serialNumber": str,
            "otherIdentifyingInfo": [{"identifierValue": str, "identifierType": {"key": str}}],
        },
    },
)
