// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"time"

	"github.com/vmware/govmomi/vim25/types"
)

// configure fills what is set up for a machine.
func (e *estate) configure(m *machine) {
	number := fmt.Sprint(m.number)
	cpus := m.role.cpus[m.turn%len(m.role.cpus)]
	memory := int32(m.role.memoryGB[m.turn%len(m.role.memoryGB)] << 10)
	hotAdd, secure, tracking := m.number%3 == 0, m.system.firmware == "efi" && m.number%2 == 0, m.number%5 != 4
	created := e.moment(m, time.Duration(30*24+m.random.IntN(2000*24))*time.Hour)
	config := &types.VirtualMachineConfigInfo{
		ChangeVersion:         created.Format(time.RFC3339Nano),
		Modified:              time.Unix(0, 0).UTC(),
		Name:                  escape(m.name),
		GuestFullName:         m.system.name,
		Version:               fmt.Sprintf("vmx-%d", max(13, e.release.hardware-2*(m.number%3))),
		Uuid:                  e.id.uuid("bios", number).String(),
		InstanceUuid:          e.id.uuid("instance", number).String(),
		LocationId:            e.id.uuid("location", m.home.name).String(),
		Template:              m.template,
		GuestId:               m.system.id,
		Annotation:            m.note,
		Firmware:              m.system.firmware,
		Tools:                 toolsConfig,
		DefaultPowerOps:       powerOps,
		CpuHotAddEnabled:      &hotAdd,
		MemoryHotAddEnabled:   &hotAdd,
		CpuAllocation:         allocation(m.number%10 == 3, int64(cpus)*500, m.number%25 == 7, int64(cpus)*1000),
		MemoryAllocation:      allocation(m.number%10 == 6, int64(memory)/2, m.number%50 == 9, int64(memory)),
		BootOptions:           &types.VirtualMachineBootOptions{EfiSecureBootEnabled: &secure, BootRetryDelay: 10000},
		ChangeTrackingEnabled: &tracking,
		ExtraConfig:           extraConfig,
		SwapPlacement:         "inherit",
		Files: types.VirtualMachineFileInfo{
			VmPathName: m.path(m.home, ".vmx"), SnapshotDirectory: m.folderOnStore(), SuspendDirectory: m.folderOnStore(), LogDirectory: m.folderOnStore(),
		},
		Hardware: types.VirtualHardware{NumCPU: cpus, NumCoresPerSocket: max(1, cpus/2), MemoryMB: memory, Device: e.devices(m)},
	}
	if by, known := managers[m.number%1000]; known && !e.isESXi() {
		config.ManagedBy = &types.ManagedByInfo{ExtensionKey: by.extension, Type: by.kind}
		m.facts.SystemVM, m.facts.ManagedBy = by.systemVM, by.extension+"/"+by.kind
	}
	if m.number%1000 == followsAt && !e.isESXi() {
		config.FtInfo = &types.FaultToleranceSecondaryConfigInfo{FaultToleranceConfigInfo: types.FaultToleranceConfigInfo{Role: 2}}
		m.facts.SystemVM = "secondary"
	}
	if e.release.atLeast("6.7") && m.number%23 != 22 {
		config.CreateDate = &created
		m.facts.Created = &created
		if m.number%46 == 21 {
			// Unknown for an old machine.
			config.CreateDate, m.facts.Created = ptr(time.Unix(0, 0).UTC()), nil
		}
	}
	if m.isMoved() {
		config.GuestFullName, config.GuestId = "Other Linux (64-bit)", "otherLinux64Guest"
	}
	m.vm.Config = config
	f := &m.facts
	f.InstanceUUID, f.BIOSUUID, f.Template = config.InstanceUuid, config.Uuid, &m.template
	f.VCPU, f.CoresPerSocket, f.RAMMB = &cpus, &config.Hardware.NumCoresPerSocket, &memory
	f.CPUHotAdd, f.MemoryHotAdd = &hotAdd, &hotAdd
	f.CPUReservation, f.CPULimit = config.CpuAllocation.Reservation, limit(config.CpuAllocation)
	f.MemoryReservation, f.MemoryLimit = config.MemoryAllocation.Reservation, limit(config.MemoryAllocation)
	f.OSConfigured, f.OSName, f.OSEdition, f.GuestID = config.GuestFullName, config.GuestFullName, config.GuestFullName, config.GuestId
	f.HWVersion, f.Firmware, f.SecureBoot, f.ChangeTracking = config.Version, config.Firmware, &secure, &tracking
	f.Annotation, f.VMXPath, f.PrimaryDatastore = m.note, config.Files.VmPathName, m.home.name
}

func (m *machine) folderOnStore() string { return fmt.Sprintf("[%s] %s/", m.home.name, m.directory()) }

func allocation(reserved bool, reservation int64, limited bool, most int64) *types.ResourceAllocationInfo {
	if !reserved && !limited {
		return unlimited
	}
	made := *unlimited
	if reserved {
		made.Reservation = &reservation
	}
	if limited {
		made.Limit = &most
	}
	return &made
}

func limit(of *types.ResourceAllocationInfo) *int64 {
	if *of.Limit < 0 {
		return nil
	}
	return of.Limit
}

// setRuntime says how a machine runs, and what it takes of its host.
func (e *estate) setRuntime(m *machine) {
	vm := m.vm
	runtime := &vm.Runtime
	*runtime = types.VirtualMachineRuntimeInfo{
		Host:                      &m.host.self.Self,
		ConnectionState:           types.VirtualMachineConnectionStateConnected,
		PowerState:                m.power,
		FaultToleranceState:       types.VirtualMachineFaultToleranceStateNotConfigured,
		MaxCpuUsage:               vm.Config.Hardware.NumCPU * m.host.mhz,
		MaxMemoryUsage:            vm.Config.Hardware.MemoryMB,
		RecordReplayState:         types.VirtualMachineRecordReplayStateInactive,
		OnlineStandby:             ptr(false),
		ConsolidationNeeded:       ptr(m.number%17 == 8),
		OfflineFeatureRequirement: featureRequirements[:6],
		CryptoState:               "",
	}
	switch {
	case m.condition == orphaned:
		runtime.ConnectionState = types.VirtualMachineConnectionStateOrphaned
	case m.condition == inaccessible:
		runtime.ConnectionState = types.VirtualMachineConnectionStateInaccessible
	case m.host.self.Runtime.ConnectionState != types.HostSystemConnectionStateConnected:
		runtime.ConnectionState = types.VirtualMachineConnectionStateDisconnected
	}
	stats := &vm.Summary.QuickStats
	stats.GuestHeartbeatStatus = types.ManagedEntityStatusGray
	if m.isOn() {
		uptime := time.Duration(1+m.random.IntN(m.longestUptime()))*time.Hour + time.Duration(m.random.IntN(3600))*time.Second
		booted := e.moment(m, uptime)
		runtime.BootTime, m.facts.BootTime = &booted, &booted
		runtime.FeatureRequirement, runtime.MinRequiredEVCModeKey = featureRequirements, "intel-broadwell"
		runtime.Device = nil
		for _, c := range m.cards {
			runtime.Device = append(runtime.Device, types.VirtualMachineDeviceRuntimeInfo{Key: c.facts.Key, RuntimeState: cardState})
		}
		memory := vm.Config.Hardware.MemoryMB
		stats.UptimeSeconds = int32(uptime.Seconds())
		stats.OverallCpuUsage = max(1, runtime.MaxCpuUsage/100*int32(2+m.random.IntN(30)))
		stats.OverallCpuDemand = stats.OverallCpuUsage / 10 * 11
		stats.GuestMemoryUsage = memory / 100 * int32(5+m.random.IntN(60))
		stats.HostMemoryUsage = memory / 100 * int32(70+m.random.IntN(30))
		stats.GuestHeartbeatStatus = types.ManagedEntityStatusGreen
		stats.StaticCpuEntitlement, stats.StaticMemoryEntitlement = runtime.MaxCpuUsage/2, memory
		stats.GrantedMemory, stats.PrivateMemory, stats.ConsumedOverheadMemory = memory, stats.HostMemoryUsage, 60
		m.host.self.Summary.QuickStats.OverallCpuUsage += stats.OverallCpuUsage
		m.host.self.Summary.QuickStats.OverallMemoryUsage += stats.HostMemoryUsage
	}
	f := &m.facts
	f.PowerState, f.ConnectionState = string(m.power), string(runtime.ConnectionState)
	f.Consolidation, f.FaultTolerance = runtime.ConsolidationNeeded, string(runtime.FaultToleranceState)
	f.CPUUsage, f.MemoryUsage, f.Uptime = stats.OverallCpuUsage, stats.GuestMemoryUsage, stats.UptimeSeconds
}

// longestUptime is in hours: what is tested is restarted often.
func (m *machine) longestUptime() int {
	if m.role.folder == "Test" {
		return 24
	}
	return 90 * 24
}

// summarize fills the summary with what stands elsewhere, too.
func (m *machine) summarize() {
	vm := m.vm
	summary, config, guest := &vm.Summary, vm.Config, vm.Guest
	summary.Vm, summary.Runtime, summary.OverallStatus = &vm.Self, vm.Runtime, vm.OverallStatus
	summary.CustomValue = vm.CustomValue
	summary.Config = types.VirtualMachineConfigSummary{
		Name: config.Name, Template: config.Template, VmPathName: config.Files.VmPathName, MemorySizeMB: config.Hardware.MemoryMB,
		CpuReservation: int32(*config.CpuAllocation.Reservation), MemoryReservation: int32(*config.MemoryAllocation.Reservation),
		NumCpu: config.Hardware.NumCPU, NumEthernetCards: int32(len(m.cards)), NumVirtualDisks: int32(len(m.disks)),
		Uuid: config.Uuid, InstanceUuid: config.InstanceUuid, GuestId: config.GuestId, GuestFullName: config.GuestFullName,
		Annotation: config.Annotation, InstallBootRequired: ptr(false), TpmPresent: ptr(false), HwVersion: config.Version,
		ManagedBy: config.ManagedBy,
	}
	summary.Guest = &types.VirtualMachineGuestSummary{
		GuestId: guest.GuestId, GuestFullName: guest.GuestFullName, HostName: guest.HostName, IpAddress: guest.IpAddress,
		ToolsStatus: guest.ToolsStatus, ToolsRunningStatus: guest.ToolsRunningStatus, HwVersion: guest.HwVersion,
		ToolsVersionStatus: guest.ToolsVersionStatus, ToolsVersionStatus2: guest.ToolsVersionStatus2,
	}
}

// forget takes away what a vCenter does not know of a machine whose files it cannot reach.
func (m *machine) forget() {
	vm := m.vm
	name, path := vm.Config.Name, vm.Config.Files.VmPathName
	vm.Config, vm.Guest, vm.LayoutEx, vm.Snapshot, vm.RootSnapshot = nil, nil, nil, nil, nil
	vm.Storage = nil
	vm.Summary.Config = types.VirtualMachineConfigSummary{Name: name, VmPathName: path}
	vm.Summary.Guest, vm.Summary.Storage = nil, nil
	known := m.facts
	m.facts = vmFacts{
		Moid: known.Moid, Name: known.Name, PowerState: known.PowerState, ConnectionState: known.ConnectionState,
		Processor: known.Processor, CPUUsage: known.CPUUsage, MemoryUsage: known.MemoryUsage, Uptime: known.Uptime,
		Networks: known.Networks, Datastores: known.Datastores, Host: known.Host, Cluster: known.Cluster,
		Datacenter: known.Datacenter, ResourcePool: known.ResourcePool, Folder: known.Folder, VApp: known.VApp,
		Disks: []diskFacts{}, NICs: []nicFacts{}, Partitions: []partitionFacts{}, Snapshots: []snapshotFacts{},
		CDROMs: []cdromFacts{}, USBDevices: []usbFacts{},
		BootTime: known.BootTime, Consolidation: known.Consolidation, FaultTolerance: known.FaultTolerance, labels: known.labels,
		runningDetails: known.runningDetails,
	}
}
