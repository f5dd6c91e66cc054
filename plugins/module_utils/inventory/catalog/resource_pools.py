# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The section resource_pools: a row a ResourcePool or VirtualApp, the root pools of clusters and hosts among them."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import BOOLEAN, INTEGER, SELF, TEXT, Field, Section
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.shared import DATACENTER, MOID, name
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import references, sizes, values

CPU = "config.cpuAllocation."
MEMORY = "config.memoryAllocation."
CPU_USE = "runtime.cpu."
MEMORY_USE = "runtime.memory."
STATISTICS = "summary.quickStats."

RESOURCE_POOLS = Section(
    key="resource_pools",
    managed_types=("ResourcePool", "VirtualApp"),
    description="Resource pools and vApps",
    on_request=True,
    fields=(
        MOID,
        name("pool"),
        Field("kind", SELF, TEXT, "ResourcePool or VirtualApp", compute=references.managed_type, redact_as=None),
        Field("parent_moid", "parent", TEXT, "MoRef of the pool around it, else of its cluster or host", compute=references.moid_if_set, redact_as=None),
        Field("path", SELF, TEXT, "Path in the datacenter: /Cluster/Resources/Web", references.pool_path, redact_as="folder", is_path=True),
        Field("cluster", "parent", TEXT, "Cluster; empty on a standalone host", compute=references.cluster, redact_as="cluster"),
        DATACENTER,
        Field("overall_status", "overallStatus", TEXT, "green, yellow, red or gray", redact_as=None),
        Field("vm_count", "vm", INTEGER, "VMs in it, without those in pools below it", compute=values.count, unit="VMs"),
        Field("cpu_reservation_mhz", CPU + "reservation", INTEGER, "Reserved CPU", unit="MHz"),
        Field("cpu_limit_mhz", CPU + "limit", INTEGER, "CPU limit; empty for unlimited", compute=values.limit, unit="MHz"),
        Field("cpu_expandable", CPU + "expandableReservation", BOOLEAN, "More CPU may be reserved than the pool has"),
        Field("cpu_shares_level", CPU + "shares.level", TEXT, "CPU shares: low, normal, high or custom", redact_as=None),
        Field("cpu_shares", CPU + "shares.shares", INTEGER, "CPU shares", unit="shares"),
        Field("cpu_max_mhz", CPU_USE + "maxUsage", INTEGER, "CPU that it can use at most", unit="MHz"),
        Field("cpu_usage_mhz", CPU_USE + "overallUsage", INTEGER, "CPU in use, as its host counts", unit="MHz"),
        Field("cpu_reserved_mhz", CPU_USE + "reservationUsed", INTEGER, "CPU that is reserved in it", unit="MHz"),
        Field("cpu_reserved_for_vms_mhz", CPU_USE + "reservationUsedForVm", INTEGER, "CPU that its VMs reserve", unit="MHz"),
        Field("cpu_unreserved_for_pools_mhz", CPU_USE + "unreservedForPool", INTEGER, "CPU that pools below it can still reserve", unit="MHz"),
        Field("cpu_unreserved_for_vms_mhz", CPU_USE + "unreservedForVm", INTEGER, "CPU that VMs can still reserve", unit="MHz"),
        Field("cpu_demand_mhz", STATISTICS + "overallCpuDemand", INTEGER, "CPU that its VMs ask for", unit="MHz"),
        Field("cpu_usage_of_vms_mhz", STATISTICS + "overallCpuUsage", INTEGER, "CPU in use by its VMs", unit="MHz"),
        Field("cpu_entitlement_mhz", STATISTICS + "staticCpuEntitlement", INTEGER, "CPU that it is entitled to in the worst case", unit="MHz"),
        Field("cpu_drs_entitlement_mhz", STATISTICS + "distributedCpuEntitlement", INTEGER, "CPU that DRS entitles it to", unit="MHz"),
        Field("memory_reservation_mb", MEMORY + "reservation", INTEGER, "Reserved memory", unit="MB"),
        Field("memory_limit_mb", MEMORY + "limit", INTEGER, "Memory limit; empty for unlimited", compute=values.limit, unit="MB"),
        Field("memory_expandable", MEMORY + "expandableReservation", BOOLEAN, "More memory may be reserved than the pool has"),
        Field("memory_shares_level", MEMORY + "shares.level", TEXT, "Memory shares: low, normal, high or custom", redact_as=None),
        Field("memory_shares", MEMORY + "shares.shares", INTEGER, "Memory shares", unit="shares"),
        Field("memory_max_mb", MEMORY_USE + "maxUsage", INTEGER, "Memory that it can use at most", compute=sizes.whole_mb, unit="MB"),
        Field("memory_usage_mb", MEMORY_USE + "overallUsage", INTEGER, "Memory in use", compute=sizes.whole_mb, unit="MB"),
        Field("memory_reserved_mb", MEMORY_USE + "reservationUsed", INTEGER, "Memory that is reserved in it", compute=sizes.whole_mb, unit="MB"),
        Field("memory_reserved_for_vms_mb", MEMORY_USE + "reservationUsedForVm", INTEGER, "Memory that its VMs reserve", sizes.whole_mb, unit="MB"),
        Field("memory_unreserved_for_pools_mb", MEMORY_USE + "unreservedForPool", INTEGER, "Memory left to pools below it", sizes.whole_mb, unit="MB"),
        Field("memory_unreserved_for_vms_mb", MEMORY_USE + "unreservedForVm", INTEGER, "Memory that VMs can still reserve", sizes.whole_mb, unit="MB"),
        Field("memory_configured_mb", "summary.configuredMemoryMB", INTEGER, "Memory of all of its VMs", unit="MB"),
        Field("memory_consumed_mb", STATISTICS + "hostMemoryUsage", INTEGER, "Memory of hosts in use", unit="MB"),
        Field("memory_active_mb", STATISTICS + "guestMemoryUsage", INTEGER, "Memory in use in guests", unit="MB"),
        Field("memory_overhead_mb", STATISTICS + "overheadMemory", INTEGER, "Memory that hosts need to run its VMs", unit="MB"),
        Field("memory_consumed_overhead_mb", STATISTICS + "consumedOverheadMemory", INTEGER, "Memory of hosts in use to run its VMs", unit="MB"),
        Field("memory_private_mb", STATISTICS + "privateMemory", INTEGER, "Memory of hosts that its VMs do not share", unit="MB"),
        Field("memory_shared_mb", STATISTICS + "sharedMemory", INTEGER, "Memory that its VMs share", unit="MB"),
        Field("memory_swapped_mb", STATISTICS + "swappedMemory", INTEGER, "Memory that hosts have swapped out", unit="MB"),
        Field("memory_ballooned_mb", STATISTICS + "balloonedMemory", INTEGER, "Memory that balloon drivers have given back", unit="MB"),
        Field("memory_compressed_kb", STATISTICS + "compressedMemory", INTEGER, "Memory that hosts have compressed", unit="KB"),
        Field("memory_entitlement_mb", STATISTICS + "staticMemoryEntitlement", INTEGER, "Memory that it is entitled to in the worst case", unit="MB"),
        Field("memory_drs_entitlement_mb", STATISTICS + "distributedMemoryEntitlement", INTEGER, "Memory that DRS entitles it to", unit="MB"),
    ),
)
