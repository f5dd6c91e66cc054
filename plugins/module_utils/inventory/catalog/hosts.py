# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The section hosts: a row a HostSystem."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import (
    BOOLEAN,
    INTEGER,
    LIST,
    REAL,
    TEXT,
    TIME,
    Aggregates,
    Field,
    Section,
)
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.shared import CUSTOM_ATTRIBUTES, DATACENTER, FOLDER, MOID, TAGGED, name
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import hosts, references, sizes, tags, values
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import presence

CPU_MODEL = "summary.hardware.cpuModel"
MODEL = "summary.hardware.model"
CPU_MHZ = "summary.hardware.cpuMhz"
CORES = "summary.hardware.numCpuCores"
CPU_USAGE = "summary.quickStats.overallCpuUsage"
MEMORY = "summary.hardware.memorySize"
RUNNING = "counted.power_state = 'poweredOn'"
MEMORY_USAGE = "summary.quickStats.overallMemoryUsage"
SYSTEM = "hardware.systemInfo"
VMKERNEL = "config.virtualNicManagerInfo.netConfig"

HOSTS = Section(
    key="hosts",
    managed_types=("HostSystem",),
    description="ESXi hosts",
    fields=(
        MOID,
        name("host"),
        Field("uuid", "summary.hardware.uuid", TEXT, "Hardware UUID", redact_as="uuid"),
        Field("ip", VMKERNEL, TEXT, "Address of the management VMkernel adapter", compute=hosts.management_ip, redact_as="ip"),
        Field("version", "summary.config.product.version", TEXT, "ESXi version", redact_as=None),
        Field("build", "summary.config.product.build", TEXT, "ESXi build", redact_as=None),
        Field("full_name", "summary.config.product.fullName", TEXT, "ESXi product name with version and build", redact_as=None),
        Field("vendor", "summary.hardware.vendor", TEXT, "Manufacturer", redact_as=None),
        Field("model", MODEL, TEXT, "Model", redact_as=None),
        Field("migration_appliance", MODEL, BOOLEAN, "Is an appliance of VMware HCX, not hardware; totals leave it out", compute=hosts.migration_appliance),
        Field("serial", SYSTEM, TEXT, "Serial number, else the service tag; empty for placeholders of the firmware", compute=hosts.serial, redact_as="serial"),
        Field("bios_version", "hardware.biosInfo.biosVersion", TEXT, "BIOS version", redact_as=None),
        Field("bios_date", "hardware.biosInfo.releaseDate", TIME, "BIOS release date", compute=values.time_if_set),
        Field("cpu_model", CPU_MODEL, TEXT, "CPU model", compute=values.one_line, redact_as=None),
        Field("sockets", "summary.hardware.numCpuPkgs", INTEGER, "Number of CPU sockets", unit="sockets"),
        Field("cores", CORES, INTEGER, "Number of CPU cores", unit="cores"),
        Field("threads", "summary.hardware.numCpuThreads", INTEGER, "Number of CPU threads", unit="threads"),
        Field("cpu_mhz", CPU_MHZ, INTEGER, "CPU clock speed", unit="MHz"),
        Field("hyperthreading", "config.hyperThread.active", BOOLEAN, "Hyper-threading is active"),
        Field("ram_gb", MEMORY, REAL, "Memory", compute=sizes.gb, unit="GB"),
        Field("ram_used_gb", MEMORY_USAGE, REAL, "Memory in use", compute=sizes.gb_of_mb, unit="GB"),
        Field("ram_free_gb", (MEMORY, MEMORY_USAGE), REAL, "Memory not in use", compute=sizes.free_memory_gb, unit="GB"),
        Field("ram_usage_percent", (MEMORY, MEMORY_USAGE), REAL, "Memory in use, 0 to 100", compute=sizes.memory_percent, unit="%"),
        Field("cpu_usage_mhz", CPU_USAGE, INTEGER, "CPU in use", unit="MHz"),
        Field("cpu_usage_percent", (CPU_USAGE, CPU_MHZ, CORES), REAL, "CPU in use, 0 to 100", compute=sizes.cpu_percent, unit="%"),
        Field("connection_state", "runtime.connectionState", TEXT, "connected, disconnected or notResponding", redact_as=None),
        Field("power_state", "runtime.powerState", TEXT, "poweredOn, poweredOff, standBy or unknown", redact_as=None),
        Field("maintenance", "runtime.inMaintenanceMode", BOOLEAN, "Is in maintenance mode"),
        Field("standby", "runtime.standbyMode", TEXT, "none, entering, in or exiting standby", redact_as=None),
        Field("overall_status", "summary.overallStatus", TEXT, "green, yellow, red or gray", redact_as=None),
        Field("cluster", "parent", TEXT, "Cluster; empty for a standalone host", compute=references.cluster, redact_as="cluster"),
        DATACENTER,
        FOLDER,
        Field("vm_count", "vm", INTEGER, "Number of VMs and templates registered on it", compute=values.count, unit="VMs"),
        Field("vm_running", (), INTEGER, "Number of powered-on VMs; needs the section vms", unit="VMs"),
        Field("vcpu_count", (), INTEGER, "Virtual CPUs of powered-on VMs; needs the section vms", unit="vCPU"),
        Field("vcpu_per_core", (), REAL, "Virtual CPUs of powered-on VMs per core; needs the section vms", unit="vCPU"),
        Field("datastores", "datastore", LIST, "Mounted datastores", compute=references.names, redact_as="datastore"),
        Field("networks", "network", LIST, "Attached networks", compute=references.names, redact_as="network"),
        Field("nic_count", "summary.hardware.numNics", INTEGER, "Number of physical network adapters", unit="adapters"),
        Field("hba_count", "summary.hardware.numHBAs", INTEGER, "Number of storage adapters", unit="adapters"),
        Field("boot_time", "runtime.bootTime", TIME, "Time of the last boot"),
        Field("evc_mode", "summary.currentEVCModeKey", TEXT, "Active EVC mode", redact_as=None),
        Field("evc_mode_max", "summary.maxEVCModeKey", TEXT, "Highest EVC mode that it supports", redact_as=None),
        Field("ntp_servers", "config.dateTimeInfo.ntpConfig.server", LIST, "NTP servers", redact_as="address"),
        Field("time_zone", "config.dateTimeInfo.timeZone.name", TEXT, "Time zone", redact_as=None),
        Field("lockdown", "config.lockdownMode", TEXT, "lockdownDisabled, lockdownNormal or lockdownStrict", redact_as=None),
        CUSTOM_ATTRIBUTES,
        TAGGED,
    ),
    shapes={
        "vm": [presence],
        VMKERNEL: [
            {
                "nicType": str,
                "selectedVnic": [str],
                "candidateVnic": [{"key": str, "spec": {"ip": {"ipAddress": str}}}],
            }
        ],
        SYSTEM: {
            "serialNumber": str,
            "otherIdentifyingInfo": [{"identifierValue": str, "identifierType": {"key": str}}],
        },
        **tags.SHAPES,
    },
    aggregates=Aggregates(
        section="vms",
        join_on={"host": "name"},
        columns={
            "vm_running": f"count(*) FILTER (WHERE {RUNNING})",
            "vcpu_count": f"coalesce(sum(counted.vcpu) FILTER (WHERE {RUNNING}), 0)",
            "vcpu_per_core": f"round(coalesce(1.0 * sum(counted.vcpu) FILTER (WHERE {RUNNING}), 0) / hosts.cores, 2)",
        },
    ),
)
