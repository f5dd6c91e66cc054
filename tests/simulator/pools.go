// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// poolFacts are of a resource pool or a vApp.
type poolFacts struct {
	Moid       string `json:"moid"`
	Name       string `json:"name"`
	Kind       string `json:"kind"`
	ParentMoid string `json:"parent_moid"`
	Path       string `json:"path"`
	Cluster    string `json:"cluster,omitempty"`
	Datacenter string `json:"datacenter"`
	Status     string `json:"overall_status"`
	VMCount    int    `json:"vm_count"`

	CPUReservation *int64 `json:"cpu_reservation_mhz"`
	CPULimit       *int64 `json:"cpu_limit_mhz,omitempty"`
	CPUExpandable  *bool  `json:"cpu_expandable"`
	CPULevel       string `json:"cpu_shares_level"`
	CPUShares      int32  `json:"cpu_shares"`
	CPUMax         int64  `json:"cpu_max_mhz"`
	CPUUsed        int64  `json:"cpu_usage_mhz"`
	CPUReserved    int64  `json:"cpu_reserved_mhz"`
	CPUForVMs      int64  `json:"cpu_reserved_for_vms_mhz"`
	CPULeft        int64  `json:"cpu_unreserved_for_pools_mhz"`
	CPULeftForVMs  int64  `json:"cpu_unreserved_for_vms_mhz"`
	CPUDemand      int64  `json:"cpu_demand_mhz"`
	CPUNow         int64  `json:"cpu_usage_of_vms_mhz"`
	CPUEntitled    int32  `json:"cpu_entitlement_mhz"`
	CPUOfDRS       int64  `json:"cpu_drs_entitlement_mhz"`

	MemoryReservation *int64 `json:"memory_reservation_mb"`
	MemoryLimit       *int64 `json:"memory_limit_mb,omitempty"`
	MemoryExpandable  *bool  `json:"memory_expandable"`
	MemoryLevel       string `json:"memory_shares_level"`
	MemoryShares      int32  `json:"memory_shares"`
	MemoryMax         int64  `json:"memory_max_mb"`
	MemoryUsed        int64  `json:"memory_usage_mb"`
	MemoryReserved    int64  `json:"memory_reserved_mb"`
	MemoryForVMs      int64  `json:"memory_reserved_for_vms_mb"`
	MemoryLeft        int64  `json:"memory_unreserved_for_pools_mb"`
	MemoryLeftForVMs  int64  `json:"memory_unreserved_for_vms_mb"`
	Configured        int32  `json:"memory_configured_mb"`
	Consumed          int64  `json:"memory_consumed_mb"`
	ActiveInGuests    int64  `json:"memory_active_mb"`
	Overhead          int64  `json:"memory_overhead_mb"`
	ConsumedOverhead  int64  `json:"memory_consumed_overhead_mb"`
	Private           int64  `json:"memory_private_mb"`
	Shared            int64  `json:"memory_shared_mb"`
	Swapped           int64  `json:"memory_swapped_mb"`
	Ballooned         int64  `json:"memory_ballooned_mb"`
	Compressed        int64  `json:"memory_compressed_kb"`
	MemoryEntitled    int32  `json:"memory_entitlement_mb"`
	MemoryOfDRS       int64  `json:"memory_drs_entitlement_mb"`
}

// sumUpPools sets what a cluster's pools have, and what they take by their machines, and writes it down.
func (e *estate) sumUpPools(c *cluster) {
	for i, it := range c.everyPool {
		it.ResourcePool, it.Vm = slices.Clip(it.ResourcePool), slices.Clip(it.Vm)
		e.configurePool(it, i)
		stats := e.loadOf(it)
		summary := it.Summary.GetResourcePoolSummary()
		summary.Config, summary.Runtime, summary.QuickStats = it.Config, it.Runtime, stats
		summary.ConfiguredMemoryMB = int32(len(it.Vm) * 4096)
		e.written.add("resource_pools", c.poolFacts(it))
	}
}

func (e *estate) configurePool(it *mo.ResourcePool, index int) {
	number := int64(index)
	cpu, memory := it.Config.CpuAllocation, it.Config.MemoryAllocation
	cpu.Reservation, memory.Reservation = ptr(number*500), ptr(number*1024)
	cpu.ExpandableReservation, memory.ExpandableReservation = ptr(index%3 != 1), ptr(index%3 != 2)
	if index%4 == 3 {
		cpu.Limit, memory.Limit = ptr(20000+number), ptr(65536+number)
		cpu.Shares, memory.Shares = &types.SharesInfo{Level: types.SharesLevelHigh, Shares: 8000}, &types.SharesInfo{Level: types.SharesLevelCustom, Shares: 333}
	}
	it.Config.CpuAllocation, it.Config.MemoryAllocation = cpu, memory
	it.OverallStatus = types.ManagedEntityStatusGreen
	if index%7 == 5 {
		it.OverallStatus = types.ManagedEntityStatusYellow
	}
	it.Runtime = types.ResourcePoolRuntimeInfo{
		OverallStatus: it.OverallStatus,
		Cpu: types.ResourcePoolResourceUsage{
			ReservationUsed: number * 400, ReservationUsedForVm: number * 300, UnreservedForPool: 9000 - number, UnreservedForVm: 8000 - number,
			OverallUsage: number * 111, MaxUsage: 50000 + number,
		},
		Memory: types.ResourcePoolResourceUsage{
			ReservationUsed: number << 30, ReservationUsedForVm: number<<29 + 5, UnreservedForPool: (64 - number) << 30, UnreservedForVm: (32 - number) << 30,
			OverallUsage: number*3<<30 + 1, MaxUsage: (256 + number) << 30,
		},
	}
}

// loadOf sums up what the machines of a pool take.
func (e *estate) loadOf(it *mo.ResourcePool) *types.ResourcePoolQuickStats {
	stats := &types.ResourcePoolQuickStats{CompressedMemory: int64(len(it.Vm) * 12)}
	for _, self := range it.Vm {
		its := e.registry.Get(self).(*simulator.VirtualMachine).Summary.QuickStats
		stats.OverallCpuUsage += int64(its.OverallCpuUsage)
		stats.OverallCpuDemand += int64(its.OverallCpuDemand)
		stats.StaticCpuEntitlement += its.StaticCpuEntitlement
		stats.DistributedCpuEntitlement += int64(its.DistributedCpuEntitlement)
		stats.GuestMemoryUsage += int64(its.GuestMemoryUsage)
		stats.HostMemoryUsage += int64(its.HostMemoryUsage)
		stats.PrivateMemory += int64(its.PrivateMemory)
		stats.SharedMemory += int64(its.SharedMemory)
		stats.SwappedMemory += int64(its.SwappedMemory)
		stats.BalloonedMemory += int64(its.BalloonedMemory)
		stats.OverheadMemory += 90
		stats.ConsumedOverheadMemory += int64(its.ConsumedOverheadMemory)
		stats.StaticMemoryEntitlement += its.StaticMemoryEntitlement
		stats.DistributedMemoryEntitlement += int64(its.DistributedMemoryEntitlement)
	}
	return stats
}

func (c *cluster) poolFacts(it *mo.ResourcePool) poolFacts {
	cpu, memory := it.Config.CpuAllocation, it.Config.MemoryAllocation
	used, held := it.Runtime.Cpu, it.Runtime.Memory
	summary := it.Summary.GetResourcePoolSummary()
	stats := summary.QuickStats
	return poolFacts{
		Moid: it.Self.Value, Name: unescape(it.Name), Kind: it.Self.Type, ParentMoid: it.Parent.Value, Path: c.paths[it.Self], Cluster: c.name,
		Datacenter: c.at.name, Status: string(it.OverallStatus), VMCount: len(it.Vm),

		CPUReservation: cpu.Reservation, CPULimit: limit(&cpu), CPUExpandable: cpu.ExpandableReservation,
		CPULevel: string(cpu.Shares.Level), CPUShares: cpu.Shares.Shares,
		CPUMax: used.MaxUsage, CPUUsed: used.OverallUsage, CPUReserved: used.ReservationUsed, CPUForVMs: used.ReservationUsedForVm,
		CPULeft: used.UnreservedForPool, CPULeftForVMs: used.UnreservedForVm,
		CPUDemand: stats.OverallCpuDemand, CPUNow: stats.OverallCpuUsage, CPUEntitled: stats.StaticCpuEntitlement, CPUOfDRS: stats.DistributedCpuEntitlement,

		MemoryReservation: memory.Reservation, MemoryLimit: limit(&memory), MemoryExpandable: memory.ExpandableReservation,
		MemoryLevel: string(memory.Shares.Level), MemoryShares: memory.Shares.Shares,
		MemoryMax: held.MaxUsage >> 20, MemoryUsed: held.OverallUsage >> 20, MemoryReserved: held.ReservationUsed >> 20,
		MemoryForVMs: held.ReservationUsedForVm >> 20, MemoryLeft: held.UnreservedForPool >> 20, MemoryLeftForVMs: held.UnreservedForVm >> 20,
		Configured: summary.ConfiguredMemoryMB, Consumed: stats.HostMemoryUsage, ActiveInGuests: stats.GuestMemoryUsage, Overhead: stats.OverheadMemory,
		ConsumedOverhead: stats.ConsumedOverheadMemory, Private: stats.PrivateMemory, Shared: stats.SharedMemory, Swapped: stats.SwappedMemory,
		Ballooned: stats.BalloonedMemory, Compressed: stats.CompressedMemory, MemoryEntitled: stats.StaticMemoryEntitlement,
		MemoryOfDRS: stats.DistributedMemoryEntitlement,
	}
}
