// Copyright: (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"net"
	"path"
	"strings"
	"time"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// finish sets what a client cannot: state, guest, usage, dates.
func (e *estate) finish(m *machine, vm *simulator.VirtualMachine) error {
	created := time.Date(2019, 1, 7, 8, 0, 0, 0, time.UTC).Add(time.Duration(e.random.IntN(2200*24)) * time.Hour)
	vm.Config.CreateDate = &created
	// The library doubles the devices of a machine created under a name that has to be escaped.
	name := strings.NewReplacer("%", "%25", "/", "%2f", `\`, "%5c").Replace(m.name)
	vm.Name, vm.Config.Name, vm.Summary.Config.Name = name, name, name
	vm.Config.GuestFullName = m.system.name
	vm.Summary.Config.GuestFullName = m.system.name
	vm.Config.Template, vm.Summary.Config.Template = m.template, m.template
	if m.template {
		pool := e.model.Map().Get(*vm.ResourcePool)
		if owner, ok := pool.(*simulator.ResourcePool); ok {
			simulator.RemoveReference(&owner.Vm, vm.Self)
		} else if app, ok := pool.(*simulator.VirtualApp); ok {
			simulator.RemoveReference(&app.Vm, vm.Self)
		}
		vm.ResourcePool = nil
	}
	var networks []types.ManagedObjectReference
	for _, ref := range vm.Network {
		if simulator.FindReference(networks, ref) == nil {
			networks = append(networks, ref)
			used := e.network(ref)
			used.Vm = append(used.Vm, vm.Self)
		}
	}
	vm.Network = networks
	e.setRuntime(m, vm)
	e.setGuest(m, vm)
	if err := e.takeSnapshots(m, vm); err != nil {
		return err
	}
	e.setStorage(vm)
	return nil
}

func (e *estate) setRuntime(m *machine, vm *simulator.VirtualMachine) {
	on := m.power == types.VirtualMachinePowerStatePoweredOn
	vm.Runtime.PowerState = m.power
	vm.Runtime.MaxCpuUsage = vm.Config.Hardware.NumCPU * m.host.Summary.Hardware.CpuMhz
	vm.Runtime.MaxMemoryUsage = vm.Config.Hardware.MemoryMB
	vm.Runtime.FaultToleranceState = types.VirtualMachineFaultToleranceStateNotConfigured
	vm.Runtime.ConsolidationNeeded = types.NewBool(m.number%17 == 8)
	if m.host.Runtime.ConnectionState == types.HostSystemConnectionStateDisconnected {
		vm.Runtime.ConnectionState = types.VirtualMachineConnectionStateDisconnected
	}
	stats := &vm.Summary.QuickStats
	if on {
		uptime := time.Duration(1+e.random.IntN(m.longestUptime())) * time.Hour
		booted := time.Now().Add(-uptime).Truncate(time.Second)
		vm.Runtime.BootTime = &booted
		memory := vm.Config.Hardware.MemoryMB
		stats.UptimeSeconds = int32(uptime.Seconds())
		stats.OverallCpuUsage = vm.Runtime.MaxCpuUsage / 100 * int32(2+e.random.IntN(30))
		stats.OverallCpuDemand = stats.OverallCpuUsage * 11 / 10
		stats.GuestMemoryUsage = memory / 100 * int32(5+e.random.IntN(60))
		stats.HostMemoryUsage = memory / 100 * int32(70+e.random.IntN(30))
		stats.GuestHeartbeatStatus = types.ManagedEntityStatusGreen
	}
	for _, device := range vm.Config.Hardware.Device {
		if card, ok := device.(types.BaseVirtualEthernetCard); ok {
			card.GetVirtualEthernetCard().Connectable.Connected = on
		}
	}
	vm.Summary.Runtime = vm.Runtime
}

// longestUptime is in hours: what is tested is restarted often.
func (m *machine) longestUptime() int {
	if m.role.folder == "Test" {
		return 24
	}
	return 90 * 24
}

func (e *estate) setGuest(m *machine, vm *simulator.VirtualMachine) {
	state := toolsStates[m.number%len(toolsStates)]
	if m.power != types.VirtualMachinePowerStatePoweredOn && state.running {
		state.running, state.status = false, types.VirtualMachineToolsStatusToolsNotRunning
	}
	guest := &types.GuestInfo{
		GuestFamily:        vm.Guest.GuestFamily,
		GuestState:         string(types.VirtualMachineGuestStateNotRunning),
		ToolsStatus:        state.status,
		ToolsVersion:       fmt.Sprint(state.version),
		ToolsRunningStatus: string(types.VirtualMachineToolsRunningStatusGuestToolsNotRunning),
		HwVersion:          vm.Config.Version,
	}
	versionStatus := state.versionStatus
	if state.version > 0 {
		guest.GuestId, guest.GuestFullName, guest.GuestFamily = m.system.id, m.system.name, m.system.family
		guest.ToolsInstallType = string(types.VirtualMachineToolsInstallTypeGuestToolsTypeMSI)
		if m.system.family == "linuxGuest" {
			guest.ToolsInstallType = string(types.VirtualMachineToolsInstallTypeGuestToolsTypeOpenVMTools)
			versionStatus = types.VirtualMachineToolsVersionStatusGuestToolsUnmanaged
		}
	}
	guest.ToolsVersionStatus, guest.ToolsVersionStatus2 = string(versionStatus), string(versionStatus)
	if state.running {
		guest.ToolsRunningStatus = string(types.VirtualMachineToolsRunningStatusGuestToolsRunning)
		guest.GuestState = string(types.VirtualMachineGuestStateRunning)
		guest.HostName = fmt.Sprintf("%s.%s.%s", m.hostName(), e.siteOf(vm).code, domain)
		guest.Net = e.guestNetwork(m, vm)
		guest.IpAddress = guest.Net[0].IpAddress[0]
		guest.Disk = e.guestDisks(m, vm)
		if e.release.atLeast("8.0.2.0") {
			guest.GuestDetailedData = fmt.Sprintf("bitness='64' familyName='%s' prettyName='%s'",
				strings.TrimSuffix(m.system.family, "Guest"), m.system.pretty)
		}
	}
	vm.Guest = guest
	vm.Config.Tools.ToolsVersion = state.version
	vm.Summary.Guest = &types.VirtualMachineGuestSummary{
		GuestId: guest.GuestId, GuestFullName: guest.GuestFullName, HostName: guest.HostName, IpAddress: guest.IpAddress,
		ToolsStatus: guest.ToolsStatus, ToolsRunningStatus: guest.ToolsRunningStatus, HwVersion: guest.HwVersion,
		ToolsVersionStatus: guest.ToolsVersionStatus, ToolsVersionStatus2: guest.ToolsVersionStatus2,
	}
}

// hostName is the machine's short name in DNS; a hard name would not be one.
func (m *machine) hostName() string {
	if strings.HasPrefix(m.name, m.role.prefix) {
		return m.name
	}
	return fmt.Sprintf("vm%03d", m.number+1)
}

// guestNetwork tells of each card what Tools would: IPv4, a global IPv6 on Linux, the link-local one.
func (e *estate) guestNetwork(m *machine, vm *simulator.VirtualMachine) []types.GuestNicInfo {
	var all []types.GuestNicInfo
	for i, device := range object.VirtualDeviceList(vm.Config.Hardware.Device).SelectByType((*types.VirtualEthernetCard)(nil)) {
		card := device.(types.BaseVirtualEthernetCard).GetVirtualEthernetCard()
		addresses := []types.NetIpConfigInfoIpAddress{
			{IpAddress: fmt.Sprintf("10.%d.%d.%d", e.octet, 100+50*i+m.number/200, 10+m.number%200), PrefixLength: 24},
		}
		if m.system.family == "linuxGuest" {
			global := fmt.Sprintf("2001:db8:%x:%x::%x", e.octet, 1+i, 0x10+m.number)
			addresses = append(addresses, types.NetIpConfigInfoIpAddress{IpAddress: global, PrefixLength: 64})
		}
		local := types.NetIpConfigInfoIpAddress{IpAddress: linkLocal(card.MacAddress), PrefixLength: 64}
		addresses = append(addresses, local)
		nic := types.GuestNicInfo{
			Network:        e.networkName(card),
			MacAddress:     card.MacAddress,
			Connected:      true,
			DeviceConfigId: card.Key,
			IpConfig:       &types.NetIpConfigInfo{},
		}
		for _, address := range addresses {
			address.State = string(types.NetIpConfigInfoIpAddressStatusPreferred)
			nic.IpAddress = append(nic.IpAddress, address.IpAddress)
			nic.IpConfig.IpAddress = append(nic.IpConfig.IpAddress, address)
		}
		all = append(all, nic)
	}
	return all
}

func (e *estate) networkName(card *types.VirtualEthernetCard) string {
	switch backing := card.Backing.(type) {
	case *types.VirtualEthernetCardDistributedVirtualPortBackingInfo:
		ref := types.ManagedObjectReference{Type: "DistributedVirtualPortgroup", Value: backing.Port.PortgroupKey}
		return e.model.Map().Get(ref).(*simulator.DistributedVirtualPortgroup).Name
	case *types.VirtualEthernetCardNetworkBackingInfo:
		return backing.DeviceName
	}
	return ""
}

// linkLocal makes the IPv6 address that an interface gives itself from its MAC address.
func linkLocal(mac string) string {
	m, err := net.ParseMAC(mac)
	if err != nil {
		return ""
	}
	return net.IP{0xfe, 0x80, 0, 0, 0, 0, 0, 0, m[0] ^ 2, m[1], m[2], 0xff, 0xfe, m[3], m[4], m[5]}.String()
}

// guestDisks gives every disk one partition.
func (e *estate) guestDisks(m *machine, vm *simulator.VirtualMachine) []types.GuestDiskInfo {
	var all []types.GuestDiskInfo
	for i, device := range object.VirtualDeviceList(vm.Config.Hardware.Device).SelectByType((*types.VirtualDisk)(nil)) {
		where := "/"
		if m.system.family == "windowsGuest" {
			where = string(rune('C'+i)) + `:\`
		} else if i > 0 {
			where = fmt.Sprintf("/data%d", i)
		}
		capacity := device.(*types.VirtualDisk).CapacityInBytes / 100 * 97
		all = append(all, types.GuestDiskInfo{
			DiskPath:       where,
			Capacity:       capacity,
			FreeSpace:      capacity / 100 * int64(4+e.random.IntN(70)),
			FilesystemType: m.system.fileSystem,
			Mappings:       []types.GuestInfoVirtualDiskMapping{{Key: device.GetVirtualDevice().Key}},
		})
	}
	return all
}

func (e *estate) takeSnapshots(m *machine, vm *simulator.VirtualMachine) error {
	if m.template || m.number%7 != 2 {
		return nil
	}
	chosen, _ := pick(snapshots, m.number/7)
	count := 1
	if chosen.withChild {
		count = 2
	}
	for i := range count {
		name := strings.Repeat("again ", i) + chosen.name
		task, err := object.NewVirtualMachine(e.client, vm.Self).CreateSnapshot(e.ctx, name, chosen.description, false, false)
		if err == nil {
			err = task.Wait(e.ctx)
		}
		if err != nil {
			return err
		}
	}
	tree := vm.Snapshot.RootSnapshotList
	for day := chosen.days; len(tree) > 0; day /= 2 {
		tree[0].CreateTime = time.Now().AddDate(0, 0, -day).Truncate(time.Second)
		tree = tree[0].ChildSnapshotList
	}
	return nil
}

// setStorage gives the files of disks and snapshots sizes, and sums them up as a vCenter does.
func (e *estate) setStorage(vm *simulator.VirtualMachine) {
	usage := map[string]*types.VirtualMachineUsageOnDatastore{}
	for _, ref := range vm.Datastore {
		name := e.model.Map().Get(ref).(*simulator.Datastore).Name
		usage[name] = &types.VirtualMachineUsageOnDatastore{Datastore: ref}
	}
	free := map[string]int64{} // what the disk of an extent may still grow
	for _, device := range object.VirtualDeviceList(vm.Config.Hardware.Device).SelectByType((*types.VirtualDisk)(nil)) {
		disk := device.(*types.VirtualDisk)
		backing := disk.Backing.(*types.VirtualDiskFlatVer2BackingInfo)
		extent := strings.TrimSuffix(backing.FileName, ".vmdk") + "-flat.vmdk"
		used := disk.CapacityInBytes
		if *backing.ThinProvisioned {
			used = used / 100 * int64(15+e.random.IntN(70))
		}
		free[extent] = disk.CapacityInBytes - used
		setFileSize(vm, extent, used)
	}
	for i, file := range vm.LayoutEx.File {
		if path.Ext(file.Name) == ".vmsn" {
			setFileSize(vm, file.Name, int64(1+e.random.IntN(20))<<30)
		}
		var where object.DatastorePath
		where.FromString(file.Name)
		if on := usage[where.Datastore]; on != nil {
			size := vm.LayoutEx.File[i].Size
			on.Committed += size
			on.Unshared += size
			on.Uncommitted += free[file.Name]
		}
	}
	total := &types.VirtualMachineStorageSummary{Timestamp: time.Now()}
	vm.Storage.PerDatastoreUsage = nil
	for _, ref := range vm.Datastore {
		on := usage[e.model.Map().Get(ref).(*simulator.Datastore).Name]
		vm.Storage.PerDatastoreUsage = append(vm.Storage.PerDatastoreUsage, *on)
		total.Committed += on.Committed
		total.Uncommitted += on.Uncommitted
		total.Unshared += on.Unshared
	}
	vm.Summary.Storage = total
}

func setFileSize(vm *simulator.VirtualMachine, name string, size int64) {
	for i := range vm.LayoutEx.File {
		if vm.LayoutEx.File[i].Name == name {
			vm.LayoutEx.File[i].Size, vm.LayoutEx.File[i].UniqueSize = size, size
		}
	}
}
