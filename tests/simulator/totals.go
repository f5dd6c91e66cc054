// Copyright: (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// sumUp sets what follows from the machines: space on datastores, load of hosts, capacity of clusters.
func (e *estate) sumUp() {
	within := numbered{}
	for _, datastore := range each[*simulator.Datastore](e, "Datastore") {
		e.sumUpDatastore(datastore, within.next(e.siteOf(datastore)))
	}
	for _, host := range each[*simulator.HostSystem](e, "HostSystem") {
		e.sumUpHost(host)
	}
	for _, cluster := range each[*simulator.ClusterComputeResource](e, "ClusterComputeResource") {
		e.sumUpHosts(&cluster.ComputeResource)
	}
	for _, standalone := range each[*mo.ComputeResource](e, "ComputeResource") {
		e.sumUpHosts(standalone)
	}
}

func (e *estate) sumUpDatastore(datastore *simulator.Datastore, number int) {
	entry, _ := pick(stores, number)
	var committed, uncommitted int64
	for _, ref := range datastore.Vm {
		vm := e.model.Map().Get(ref).(*simulator.VirtualMachine)
		for _, usage := range vm.Storage.PerDatastoreUsage {
			if usage.Datastore == datastore.Self {
				committed += usage.Committed
				uncommitted += usage.Uncommitted
			}
		}
	}
	// Whole terabytes, and room for what is really there.
	capacity := entry.capacityTB << 40
	for float64(capacity)*entry.used < float64(committed) {
		capacity += 1 << 40
	}
	free := capacity - int64(float64(capacity)*entry.used)
	datastore.Summary.Capacity, datastore.Summary.FreeSpace, datastore.Summary.Uncommitted = capacity, free, uncommitted
	info := datastore.Info.GetDatastoreInfo()
	info.FreeSpace, info.MaxFileSize = free, 64<<40
	switch info := datastore.Info.(type) {
	case *types.VmfsDatastoreInfo:
		info.Vmfs.Capacity = capacity
	case *types.NasDatastoreInfo:
		info.Nas.Capacity = capacity
	}
}

// sumUpHost adds the host's own needs to those of its machines.
func (e *estate) sumUpHost(host *simulator.HostSystem) {
	hardware := host.Summary.Hardware
	stats := &host.Summary.QuickStats
	stats.OverallCpuUsage = hardware.CpuMhz / 2
	stats.OverallMemoryUsage = int32(hardware.MemorySize >> 20 / 32)
	for _, ref := range host.Vm {
		vm := e.model.Map().Get(ref).(*simulator.VirtualMachine)
		stats.OverallCpuUsage += vm.Summary.QuickStats.OverallCpuUsage
		stats.OverallMemoryUsage += vm.Summary.QuickStats.HostMemoryUsage
	}
	stats.OverallCpuUsage = min(stats.OverallCpuUsage, hardware.CpuMhz*int32(hardware.NumCpuCores))
	stats.OverallMemoryUsage = min(stats.OverallMemoryUsage, int32(hardware.MemorySize>>20))
}

func (e *estate) sumUpHosts(resource *mo.ComputeResource) {
	summary := resource.Summary.GetComputeResourceSummary()
	*summary = types.ComputeResourceSummary{OverallStatus: types.ManagedEntityStatusGreen}
	for _, ref := range resource.Host {
		host := e.model.Map().Get(ref).(*simulator.HostSystem)
		hardware := host.Summary.Hardware
		mhz := hardware.CpuMhz * int32(hardware.NumCpuCores)
		summary.TotalCpu += mhz
		summary.TotalMemory += hardware.MemorySize
		summary.NumCpuCores += hardware.NumCpuCores
		summary.NumCpuThreads += hardware.NumCpuThreads
		summary.NumHosts++
		if host.Runtime.ConnectionState == types.HostSystemConnectionStateConnected && !host.Runtime.InMaintenanceMode {
			summary.EffectiveCpu += mhz
			summary.EffectiveMemory += hardware.MemorySize >> 20
			summary.NumEffectiveHosts++
		} else {
			summary.OverallStatus = types.ManagedEntityStatusYellow
		}
	}
}
