// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// sumUp sets what follows from the machines: space on datastores, load of hosts, capacity of clusters. It
// also keeps others from appending to lists in place.
func (e *estate) sumUp() {
	for _, at := range e.sites {
		for _, v := range slices.Concat(at.stores, at.odd) {
			e.sumUpStore(v)
		}
		for _, h := range at.members {
			e.sumUpHost(h)
		}
		for _, n := range at.networks {
			n.facts.Hosts, n.facts.HostCount, n.facts.VMCount = e.names(n.common.Host), len(n.common.Host), len(n.common.Vm)
			e.written.add("networks", n.facts)
		}
		for _, c := range at.clusters {
			e.sumUpCluster(c)
			e.sumUpPools(c)
		}
		if at.trunk != nil {
			summary := &at.trunk.mo.Summary
			for _, h := range at.members {
				if h.within.real != nil {
					summary.HostMember = append(summary.HostMember, h.self.Self)
				}
			}
			summary.Host, summary.NumHosts = summary.HostMember, int32(len(summary.HostMember))
		}
	}
}

// sumUpStore takes whole terabytes, and room for what is really there.
func (e *estate) sumUpStore(v *volume) {
	capacity := v.capacityTB << 40
	if v.twin != nil {
		v.uncommitted, v.committed = v.twin.uncommitted, v.twin.committed
	}
	for float64(capacity)*v.used < float64(v.committed) {
		capacity += 1 << 40
	}
	free := capacity - int64(float64(capacity)*v.used)
	v.self.Summary.Capacity, v.self.Summary.FreeSpace, v.self.Summary.Uncommitted = capacity, free, v.uncommitted
	v.self.Info.GetDatastoreInfo().FreeSpace = free
	switch info := v.self.Info.(type) {
	case *types.VmfsDatastoreInfo:
		info.Vmfs.Capacity = capacity
	case *types.NasDatastoreInfo:
		info.Nas.Capacity = capacity
	}
	if v.pod != nil {
		v.pod.Summary.Capacity += capacity
		v.pod.Summary.FreeSpace += free
	}
	v.facts.WithoutIt, v.facts.ReadOnly = []string{}, []string{}
	for _, mount := range v.self.Host {
		name := e.registry.Get(mount.Key).(*simulator.HostSystem).Name
		v.facts.Hosts = append(v.facts.Hosts, name)
		if !*mount.MountInfo.Accessible {
			v.facts.WithoutIt = append(v.facts.WithoutIt, name)
		} else if mount.MountInfo.AccessMode == "readOnly" {
			v.facts.ReadOnly = append(v.facts.ReadOnly, name)
		}
	}
	slices.Sort(v.facts.Hosts)
	f := &v.facts
	f.Capacity, f.Free, f.Uncommitted, f.VMCount, f.HostCount = gb(capacity), gb(free), gb(v.uncommitted), len(v.self.Vm), len(v.self.Host)
	f.Used, f.Provisioned, f.UsedPercent = gb(capacity-free), gb(capacity-free+v.uncommitted), 100*float64(capacity-free)/float64(capacity)
	e.written.add("datastores", v.facts)
}

// sumUpHost adds the host's own needs to those of its machines.
func (e *estate) sumUpHost(h *host) {
	hardware, stats := h.self.Summary.Hardware, &h.self.Summary.QuickStats
	stats.OverallCpuUsage = min(stats.OverallCpuUsage+hardware.CpuMhz/2, hardware.CpuMhz*int32(hardware.NumCpuCores))
	stats.OverallMemoryUsage = min(stats.OverallMemoryUsage+int32(hardware.MemorySize>>20/32), int32(hardware.MemorySize>>20))
	runtime, f := h.self.Runtime, &h.facts
	f.Moid, f.Name, f.Cluster, f.Datacenter, f.Folder = h.self.Self.Value, h.name, h.within.name, h.at.name, e.path(h.within.folder)
	f.CPUUsage, f.RAMUsed = stats.OverallCpuUsage, float64(stats.OverallMemoryUsage)/1024
	f.RAMFree, f.RAMPercent = f.RAM-f.RAMUsed, 100*f.RAMUsed/f.RAM
	f.CPUPercent = 100 * float64(f.CPUUsage) / float64(hardware.CpuMhz*int32(hardware.NumCpuCores))
	f.ConnectionState, f.PowerState, f.Standby = string(runtime.ConnectionState), string(runtime.PowerState), runtime.StandbyMode
	f.Maintenance, f.BootTime, f.OverallStatus = runtime.InMaintenanceMode, runtime.BootTime, string(h.self.Summary.OverallStatus)
	f.Datastores, f.Networks = e.names(h.self.Datastore), e.names(h.self.Network)
	if c := h.within.real; c != nil {
		h.self.Summary.CurrentEVCModeKey = c.Summary.(*types.ClusterComputeResourceSummary).CurrentEVCModeKey
		f.EVC = h.self.Summary.CurrentEVCModeKey
	}
	e.written.add("hosts", *f)
}

func (e *estate) sumUpCluster(c *cluster) {
	summary := c.compute.Summary.GetComputeResourceSummary()
	*summary = types.ComputeResourceSummary{OverallStatus: types.ManagedEntityStatusGreen}
	vms, system := 0, 0
	for _, h := range c.members {
		hardware := h.self.Summary.Hardware
		mhz := hardware.CpuMhz * int32(hardware.NumCpuCores)
		summary.TotalCpu += mhz
		summary.TotalMemory += hardware.MemorySize
		summary.NumCpuCores += hardware.NumCpuCores
		summary.NumCpuThreads += hardware.NumCpuThreads
		summary.NumHosts++
		vms += h.facts.VMCount
		for _, vm := range h.self.Vm {
			if config := e.registry.Get(vm).(*simulator.VirtualMachine).Config; config != nil && config.ManagedBy != nil {
				system++
			}
		}
		if h.self.Runtime.ConnectionState == types.HostSystemConnectionStateConnected && !h.self.Runtime.InMaintenanceMode {
			summary.EffectiveCpu += mhz
			summary.EffectiveMemory += hardware.MemorySize >> 20
			summary.NumEffectiveHosts++
		} else {
			summary.OverallStatus = types.ManagedEntityStatusYellow
		}
	}
	if c.real == nil {
		return
	}
	c.real.OverallStatus = summary.OverallStatus
	extended := c.real.Summary.(*types.ClusterComputeResourceSummary)
	extended.UsageSummary = &types.ClusterUsageSummary{
		TotalCpuCapacityMhz: summary.EffectiveCpu, TotalMemCapacityMB: int32(summary.EffectiveMemory), TotalVmCount: int32(vms - system),
	}
	configuration := c.real.ConfigurationEx.(*types.ClusterConfigInfoEx)
	das, drs := configuration.DasConfig, configuration.DrsConfig
	e.written.add("clusters", clusterFacts{
		Moid: c.real.Self.Value, Name: c.name, Datacenter: c.at.name, Folder: e.path(c.folder), Hosts: e.names(c.compute.Host), HostCount: len(c.compute.Host),
		Effective: summary.NumEffectiveHosts, Cores: int32(summary.NumCpuCores), Threads: int32(summary.NumCpuThreads), MHz: summary.TotalCpu,
		RAM: gb(summary.TotalMemory), EffectiveMHz: summary.EffectiveCpu, EffectiveRAM: float64(summary.EffectiveMemory) / 1024, VMCount: vms,
		CountedByVC: int32(vms - system),
		DRS:         *drs.Enabled, DRSBehavior: string(drs.DefaultVmBehavior), HA: *das.Enabled, HAAdmission: *das.AdmissionControlEnabled,
		HAFailover: das.FailoverLevel, EVC: extended.CurrentEVCModeKey,
		VSAN:          *configuration.VsanConfigInfo.Enabled,
		OverallStatus: string(summary.OverallStatus), labels: c.labels,
	})
}
