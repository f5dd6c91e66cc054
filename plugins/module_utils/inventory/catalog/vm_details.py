# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Fields of VMs that are read only where they are asked for by name."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import BOOLEAN, INTEGER, LIST, TEXT, TIME, Field, on_request
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import devices, guests, references, sizes

CHANGE_BLOCKS = 'config.extraConfig["ctkEnabled"]'
CUSTOMIZATION = "guest.customizationInfo.customizationStatus"
DISK_UUID = 'config.extraConfig["disk.EnableUUID"]'
GUEST_DETAILS = "guest.guestDetailedData"
STATISTICS = "summary.quickStats."
UPGRADE = "config.scheduledHardwareUpgradeInfo."

STATE = (
    Field("config_status", "configStatus", TEXT, "Status of its configuration: green, yellow, red or gray", redact_as=None),
    Field("heartbeat", "guestHeartbeatStatus", TEXT, "Heartbeat of its guest: green, yellow, red or gray", redact_as=None),
    Field("suspended_to_memory", "runtime.suspendedToMemory", BOOLEAN, "Is suspended to memory"),
    Field("suspend_time", "runtime.suspendTime", TIME, "Time of the last suspension"),
    Field("suspend_interval", "runtime.suspendInterval", INTEGER, "How long it was suspended; vSphere does not document the unit", unit="number"),
    Field("change_version", "config.changeVersion", TEXT, "Version of its configuration; most servers give the time of the last change", redact_as=None),
    Field("evc_mode", "runtime.minRequiredEVCModeKey", TEXT, "EVC mode that a host must have to run it", redact_as=None),
    Field("failover_in_progress", "runtime.vmFailoverInProgress", BOOLEAN, "vSphere HA is starting it on another host"),
    Field("ha_protected", "runtime.dasVmProtection.dasProtected", BOOLEAN, "vSphere HA protects it"),
    Field("operation_timeout", "runtime.opNotificationTimeout", INTEGER, "Time that its guest has to prepare for an operation", unit="s"),
    Field("customization_status", CUSTOMIZATION, TEXT, "State of its guest customization: IDLE, PENDING, …", guests.customization_status, redact_as=None),
)
CPU = (
    Field("cpu_max_mhz", "runtime.maxCpuUsage", INTEGER, "CPU that it can use at most on its host", unit="MHz"),
    Field("cpu_shares_level", "config.cpuAllocation.shares.level", TEXT, "CPU shares: low, normal, high or custom", redact_as=None),
    Field("cpu_shares", "config.cpuAllocation.shares.shares", INTEGER, "CPU shares", unit="shares"),
    Field("cpu_entitlement_mhz", STATISTICS + "staticCpuEntitlement", INTEGER, "CPU that it is entitled to in the worst case", unit="MHz"),
    Field("cpu_drs_entitlement_mhz", STATISTICS + "distributedCpuEntitlement", INTEGER, "CPU that DRS entitles it to", unit="MHz"),
    Field("cpu_readiness_percent", STATISTICS + "overallCpuReadiness", INTEGER, "Time that its CPUs waited for a processor", unit="%"),
    Field("cpu_hot_remove", "config.cpuHotRemoveEnabled", BOOLEAN, "CPUs can be removed while it runs"),
    Field("numa_hot_add", "config.numaInfo.vnumaOnCpuHotaddExposed", BOOLEAN, "Virtual NUMA is shown to its guest also where CPUs can be added"),
    Field("latency_sensitivity", "config.latencySensitivity.level", TEXT, "Latency sensitivity: low, normal, medium or high", redact_as=None),
)
MEMORY = (
    Field("memory_reserved_all", "config.memoryReservationLockedToMax", BOOLEAN, "All of its memory is reserved"),
    Field("memory_max_mb", "runtime.maxMemoryUsage", INTEGER, "Memory that it can use at most on its host", unit="MB"),
    Field("memory_overhead_mb", "runtime.memoryOverhead", INTEGER, "Memory that its host needs to run it", sizes.whole_mb, unit="MB"),
    Field("memory_consumed_mb", STATISTICS + "hostMemoryUsage", INTEGER, "Memory of its host in use", unit="MB"),
    Field("memory_consumed_overhead_mb", STATISTICS + "consumedOverheadMemory", INTEGER, "Memory of its host in use to run it", unit="MB"),
    Field("memory_private_mb", STATISTICS + "privateMemory", INTEGER, "Memory of its host that it does not share", unit="MB"),
    Field("memory_shared_mb", STATISTICS + "sharedMemory", INTEGER, "Memory that it shares with others", unit="MB"),
    Field("memory_swapped_mb", STATISTICS + "swappedMemory", INTEGER, "Memory that its host has swapped out", unit="MB"),
    Field("memory_ballooned_mb", STATISTICS + "balloonedMemory", INTEGER, "Memory that its balloon driver has given back", unit="MB"),
    Field("memory_active_mb", STATISTICS + "activeMemory", INTEGER, "Memory in active use", unit="MB"),
    Field("memory_entitlement_mb", STATISTICS + "staticMemoryEntitlement", INTEGER, "Memory that it is entitled to in the worst case", unit="MB"),
    Field("memory_drs_entitlement_mb", STATISTICS + "distributedMemoryEntitlement", INTEGER, "Memory that DRS entitles it to", unit="MB"),
    Field("memory_shares_level", "config.memoryAllocation.shares.level", TEXT, "Memory shares: low, normal, high or custom", redact_as=None),
    Field("memory_shares", "config.memoryAllocation.shares.shares", INTEGER, "Memory shares", unit="shares"),
)
HARDWARE = (
    Field("displays", devices.DEVICES, INTEGER, "Displays of its video card", devices.displays, "displays", shape=devices.VIDEO_CARD_SHAPE),
    Field("video_memory_kb", devices.DEVICES, INTEGER, "Memory of its video card", devices.video_memory_kb, "KB", shape=devices.VIDEO_CARD_SHAPE),
    Field("adapter_networks", devices.DEVICES, LIST, "Network of each adapter, in their order", devices.adapter_networks, redact_as="network"),
    Field("passthrough_hot_plug", "config.fixedPassthruHotPlugEnabled", BOOLEAN, "Fixed passthrough devices can be added while it runs"),
    Field("disk_uuid_setting", DISK_UUID, TEXT, "The setting disk.EnableUUID as it is written", guests.entry_value, redact_as=None),
    Field("change_tracking_setting", CHANGE_BLOCKS, TEXT, "The setting ctkEnabled as it is written", guests.entry_value, redact_as=None),
    Field("upgrade_status", UPGRADE + "scheduledHardwareUpgradeStatus", TEXT, "Hardware upgrade: none, pending, success or failed", redact_as=None),
    Field("upgrade_policy", UPGRADE + "upgradePolicy", TEXT, "When hardware is upgraded: never, onSoftPowerOff or always", redact_as=None),
    Field("upgrade_target", UPGRADE + "versionKey", TEXT, "Hardware version to upgrade to", redact_as=None),
)
BOOT = (
    Field("install_boot_required", "summary.config.installBootRequired", BOOLEAN, "An operating system has to be installed at first"),
    Field("boot_delay_ms", "config.bootOptions.bootDelay", INTEGER, "Delay before it boots", unit="ms"),
    Field("boot_retry", "config.bootOptions.bootRetryEnabled", BOOLEAN, "A failed boot is tried again"),
    Field("boot_retry_delay_ms", "config.bootOptions.bootRetryDelay", INTEGER, "Delay before a failed boot is tried again", unit="ms"),
    Field("boot_setup", "config.bootOptions.enterBIOSSetup", BOOLEAN, "Enters its firmware setup at the next boot"),
    Field("reboot_power_off", "config.rebootPowerOff", BOOLEAN, "A reboot of its guest powers it off"),
)
FAULT_TOLERANCE = (
    Field("ft_role", "config.ftInfo.role", INTEGER, "1 for the primary of a fault tolerant pair, else 2 and up", unit="number"),
    Field("ft_latency_status", STATISTICS + "ftLatencyStatus", TEXT, "Latency between the two of a pair: green, yellow, red or gray", redact_as=None),
    Field("ft_bandwidth_kbps", STATISTICS + "ftLogBandwidth", INTEGER, "Bandwidth between the two of a pair; -1 for none", unit="KB/s"),
    Field("ft_secondary_latency_ms", STATISTICS + "ftSecondaryLatency", INTEGER, "How far the secondary is behind; -1 for none", unit="ms"),
)
PLACE = (
    Field("folder_moid", "parent", TEXT, "MoRef of its folder; empty in a vApp", compute=references.moid_if_set, redact_as=None),
    Field("resource_pool_path", "resourcePool", TEXT, "Path of its resource pool", references.pool_path, redact_as="folder", is_path=True),
    Field("log_directory", "config.files.logDirectory", TEXT, "Folder of its log files", redact_as="file"),
    Field("snapshot_directory", "config.files.snapshotDirectory", TEXT, "Folder of its snapshots", redact_as="file"),
    Field("suspend_directory", "config.files.suspendDirectory", TEXT, "Folder of its suspend file", redact_as="file"),
)
STORAGE = (
    Field("provisioned_mb", ("summary.storage.committed", "summary.storage.uncommitted"), INTEGER, "Provisioned storage", sizes.sum_mb, unit="MB"),
    Field("used_mb", "summary.storage.committed", INTEGER, "Storage in use", compute=sizes.whole_mb, unit="MB"),
    Field("unshared_mb", "summary.storage.unshared", INTEGER, "Storage in use by this VM alone", compute=sizes.whole_mb, unit="MB"),
)
GUEST = (
    Field("os_of_tools", "guest.guestFullName", TEXT, "Operating system by VMware Tools", redact_as=None),
    Field("guest_details", GUEST_DETAILS, TEXT, "What the guest says of itself: prettyName='…' kernelVersion='…' …"),
    Field("tools_upgrade_policy", "config.tools.toolsUpgradePolicy", TEXT, "When VMware Tools are upgraded: manual or upgradeAtPowerCycle", redact_as=None),
    Field("tools_sync_time", "config.tools.syncTimeWithHost", BOOLEAN, "VMware Tools take the time from the host"),
    Field("app_state", "guest.appState", TEXT, "State of applications: none, appStateOk or appStateNeedReset", redact_as=None),
    Field("app_heartbeat", "guest.appHeartbeatStatus", TEXT, "Heartbeat of applications: appStatusGray, appStatusGreen or appStatusRed", redact_as=None),
    Field("guest_crashed", "guest.guestKernelCrashed", BOOLEAN, "The kernel of the guest has crashed"),
    Field("guest_operations_ready", "guest.guestOperationsReady", BOOLEAN, "Programs can be run in the guest"),
    Field("guest_state_change", "guest.guestStateChangeSupported", BOOLEAN, "The guest can be shut down and rebooted by VMware Tools"),
    Field("guest_interactive_ready", "guest.interactiveGuestOperationsReady", BOOLEAN, "Programs can be run in a session of a user in the guest"),
)

VM_DETAILS = on_request(*STATE, *CPU, *MEMORY, *HARDWARE, *BOOT, *FAULT_TOLERANCE, *PLACE, *STORAGE, *GUEST)

#: The parts of structures that are decoded, see :attr:`Section.shapes`.
SHAPES = {CHANGE_BLOCKS: guests.ENTRY_SHAPE, DISK_UUID: guests.ENTRY_SHAPE}
#: Property to the first API version that has it, where that is younger than vSphere 6.5.
SINCE = {
    "runtime.suspendedToMemory": "7.0.2.0",
    "runtime.vmFailoverInProgress": "7.0.2.0",
    "runtime.opNotificationTimeout": "8.0.0.1",
    CUSTOMIZATION: "7.0.2.0",
    STATISTICS + "overallCpuReadiness": "7.0.0.0",
    STATISTICS + "activeMemory": "7.0.3.0",
    "config.numaInfo.vnumaOnCpuHotaddExposed": "8.0.0.1",
    "config.fixedPassthruHotPlugEnabled": "8.0.1.0",
    "config.rebootPowerOff": "8.0.0.1",
}
