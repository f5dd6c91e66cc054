// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vmware/govmomi/vim25/types"
)

// disk is a virtual disk on its way; used is what its files take of the datastore.
type disk struct {
	on                 *volume
	capacity, used     int64
	raw                bool
	independent        bool
	facts              diskFacts
	chain              []int32 // keys of the files that it consists of, those of snapshots last
	extent, controller int32
}

// card is a network adapter on its way.
type card struct {
	network *network
	facts   nicFacts
}

// provisioning goes round over machines and disks: most are thin.
var provisioning = []string{
	"thin", "thick", "thin", "thin", "eager", "thin", "thin", "thick", "thin", "independent", "thin", "raw", "thin", "thin", "eager",
}

// addDisks decides on disks. Data disks of machines with more than two stand elsewhere than the home.
func (e *estate) addDisks(m *machine) {
	stores := m.host.at.stores
	sizes := m.role.diskGB
	if len(sizes) == 3 && m.number%3 == 0 {
		sizes = append(slices.Clone(sizes), 20)
	}
	for i, size := range sizes {
		d := &disk{on: m.home, capacity: size << 30}
		if i > 1 {
			d.on = stores[m.random.IntN(len(stores))]
		}
		how := provisioning[(m.number+3*i)%len(provisioning)]
		if how == "raw" && i == 0 {
			how = "thick"
		}
		d.raw, d.independent = how == "raw", how == "independent"
		suffix := ""
		if i > 0 {
			suffix = fmt.Sprintf("_%d", i)
		}
		f := &d.facts
		*f = diskFacts{
			Label: fmt.Sprintf("Hard disk %d", i+1), Key: 2000 + int32(i), Capacity: gb(d.capacity), Mode: "persistent", Sharing: "sharingNone",
			Raw: d.raw, Datastore: d.on.name, File: m.path(d.on, suffix+".vmdk"), Controller: "SCSI controller 0", Unit: int32(i),
			UUID: e.id.uuid("disk", fmt.Sprint(m.number), fmt.Sprint(i)).String(),
		}
		d.controller = 1000
		f.ControllerType = m.controllerType()
		if i > 1 && m.number%2 == 1 {
			d.controller = 31000
			f.Key, f.Controller, f.ControllerType, f.Unit = 32000+int32(i-2), "NVME controller 0", "VirtualNVMEController", int32(i-2)
		}
		d.used = d.capacity
		switch how {
		case "thin", "independent":
			f.Thin, d.used = ptr(true), d.capacity/100*int64(15+m.random.IntN(70))
		case "thick":
			f.Thin, f.EagerZeroed = ptr(false), ptr(false)
		case "eager":
			f.Thin, f.EagerZeroed = ptr(false), ptr(true)
		case "raw":
			d.used = 0
		}
		if d.independent {
			f.Mode = "independent_persistent"
		}
		if how == "eager" && i > 0 {
			f.Sharing = "sharingMultiWriter"
		}
		m.disks = append(m.disks, d)
	}
}

func (m *machine) controllerType() string {
	if m.system.family == "windowsGuest" && m.number%2 == 0 {
		return "VirtualLsiLogicSASController"
	}
	if m.system.firmware == "bios" {
		return "VirtualLsiLogicController"
	}
	return "ParaVirtualSCSIController"
}

// addCards decides on network adapters.
func (e *estate) addCards(m *machine) {
	count := m.role.nics
	if count > 0 && m.number%25 == 11 {
		count = 3
	}
	known := m.host.networks
	first := m.random.IntN(len(known))
	for i := range count {
		c := &card{network: known[(first+i)%len(known)]}
		adapter := "VirtualVmxnet3"
		if m.system.firmware == "bios" && m.number%2 == 0 {
			adapter = "VirtualE1000e"
		} else if m.number%40 == 19 {
			adapter = "VirtualE1000"
		}
		c.facts = nicFacts{
			Label: fmt.Sprintf("Network adapter %d", i+1), Key: 4000 + int32(i), Adapter: adapter,
			MAC: e.mac("nic", fmt.Sprint(m.number), fmt.Sprint(i)), Network: c.network.name, Switch: c.network.facts.Switch,
			VLAN: c.network.vlanOn(m.host), Connected: m.isOn() && !(i > 0 && m.number%6 == 1), StartConnected: m.number%30 != 21,
		}
		if m.isNew() {
			c.facts.MAC = ""
		} else {
			m.facts.MACAddresses = append(m.facts.MACAddresses, c.facts.MAC)
		}
		m.cards = append(m.cards, c)
		if !slices.Contains(m.vm.Network, c.network.self) {
			m.vm.Network = append(m.vm.Network, c.network.self)
			c.network.common.Vm = append(c.network.common.Vm, m.vm.Self)
			m.facts.Networks = append(m.facts.Networks, c.network.name)
		}
	}
	slices.Sort(m.facts.Networks)
	if count > 0 {
		m.facts.PrimaryNetwork = m.cards[0].network.name
	}
	total := 0.0
	for _, d := range m.disks {
		total += d.facts.Capacity
	}
	m.facts.StorageTotal, m.facts.DiskCount, m.facts.NICCount = &total, ptr(len(m.disks)), ptr(len(m.cards))
}

// devices makes the list of hardware out of what was decided.
func (e *estate) devices(m *machine) []types.BaseVirtualDevice {
	all := make([]types.BaseVirtualDevice, 0, len(board)+5+len(m.disks)+len(m.cards))
	all = append(all, board...)
	vmci := device(&types.VirtualMachineVMCIDevice{}, 12000, "VMCI device", "Device on the virtual machine PCI bus that provides support for the virtual machine communication interface")
	vmci.Id, vmci.ControllerKey, vmci.UnitNumber = int64(int32(m.random.Uint32())), 100, ptr(int32(17))
	all = append(all, vmci)
	on := map[int32][]int32{}
	for _, d := range m.disks {
		on[d.controller] = append(on[d.controller], d.facts.Key)
	}
	all = append(all, scsi(m.controllerType(), on[1000]))
	if nvme := on[31000]; nvme != nil {
		made := device(&types.VirtualNVMEController{}, 31000, "NVME controller 0", "NVME Controller")
		made.ControllerKey, made.UnitNumber, made.Device = 100, ptr(int32(30)), nvme
		all = append(all, made)
	}
	all = append(all, m.drive())
	if m.hasUSB() {
		all = append(all, m.usb()...)
	}
	for _, d := range m.disks {
		all = append(all, virtualDisk(d))
	}
	for i, c := range m.cards {
		all = append(all, e.virtualCard(m, c, i))
	}
	return all
}

func scsi(kind string, disks []int32) types.BaseVirtualDevice {
	base := types.VirtualSCSIController{SharedBus: types.VirtualSCSISharingNoSharing, HotAddRemove: ptr(true), ScsiCtlrUnitNumber: 7}
	base.ControllerKey, base.UnitNumber, base.Device = 100, ptr(int32(3)), disks
	base.SlotInfo = &types.VirtualDevicePciBusSlotInfo{PciSlotNumber: 160}
	switch kind {
	case "ParaVirtualSCSIController":
		return device(&types.ParaVirtualSCSIController{VirtualSCSIController: base}, 1000, "SCSI controller 0", "VMware paravirtual SCSI")
	case "VirtualLsiLogicSASController":
		return device(&types.VirtualLsiLogicSASController{VirtualSCSIController: base}, 1000, "SCSI controller 0", "LSI Logic SAS")
	}
	return device(&types.VirtualLsiLogicController{VirtualSCSIController: base}, 1000, "SCSI controller 0", "LSI Logic")
}

var (
	diskShares = &types.SharesInfo{Shares: 1000, Level: types.SharesLevelNormal}
	diskIO     = &types.StorageIOAllocationInfo{Limit: ptr(int64(-1)), Shares: diskShares, Reservation: ptr(int32(0))}
	cardShares = &types.VirtualEthernetCardResourceAllocation{
		Reservation: ptr(int64(0)), Limit: ptr(int64(-1)), Share: types.SharesInfo{Shares: 50, Level: types.SharesLevelNormal},
	}
)

func virtualDisk(d *disk) types.BaseVirtualDevice {
	f := &d.facts
	made := device(&types.VirtualDisk{}, f.Key, f.Label, thousands(d.capacity>>10)+" KB")
	made.ControllerKey, made.UnitNumber = d.controller, &f.Unit
	made.CapacityInKB, made.CapacityInBytes = d.capacity>>10, d.capacity
	made.Shares, made.StorageIOAllocation, made.NativeUnmanagedLinkedClone = diskShares, diskIO, ptr(false)
	made.DiskObjectId = fmt.Sprintf("1-%d", f.Key)
	file := types.VirtualDeviceFileBackingInfo{FileName: f.File, Datastore: &d.on.self.Self}
	content := strings.ReplaceAll(f.UUID, "-", "")
	if d.raw {
		made.Backing = &types.VirtualDiskRawDiskMappingVer1BackingInfo{
			VirtualDeviceFileBackingInfo: file, LunUuid: "02000000" + content, DeviceName: "vml.02000000" + content,
			CompatibilityMode: "physicalMode", DiskMode: f.Mode, Uuid: f.UUID, Sharing: f.Sharing,
		}
	} else {
		made.Backing = &types.VirtualDiskFlatVer2BackingInfo{
			VirtualDeviceFileBackingInfo: file, DiskMode: f.Mode, Split: ptr(false), WriteThrough: ptr(false), ThinProvisioned: f.Thin,
			EagerlyScrub: f.EagerZeroed, Uuid: f.UUID, ContentId: content, DigestEnabled: ptr(false), Sharing: f.Sharing,
		}
	}
	return made
}

func (e *estate) virtualCard(m *machine, c *card, index int) types.BaseVirtualDevice {
	f, n := &c.facts, c.network
	base := types.VirtualEthernetCard{
		AddressType: "assigned", MacAddress: f.MAC, WakeOnLanEnabled: ptr(true), ResourceAllocation: cardShares, UptCompatibilityEnabled: ptr(f.Adapter == "VirtualVmxnet3"),
	}
	base.ControllerKey, base.UnitNumber = 100, ptr(int32(7+index))
	base.SlotInfo = &types.VirtualDevicePciBusSlotInfo{PciSlotNumber: int32(192 + 32*index)}
	base.Connectable = &types.VirtualDeviceConnectInfo{
		MigrateConnect: "unset", StartConnected: f.StartConnected, AllowGuestControl: true, Connected: f.Connected, Status: "ok",
	}
	summary := n.name
	switch {
	case n.trunk != nil:
		summary = "DVSwitch: " + n.trunk.uuid
		base.Backing = &types.VirtualEthernetCardDistributedVirtualPortBackingInfo{Port: types.DistributedVirtualSwitchPortConnection{
			SwitchUuid: n.trunk.uuid, PortgroupKey: n.self.Value, PortKey: fmt.Sprint(len(n.common.Vm)), ConnectionCookie: int32(m.random.Uint32() >> 1),
		}}
	case n.opaque != "":
		summary = "nsx.LogicalSwitch: " + n.opaque
		base.Backing = &types.VirtualEthernetCardOpaqueNetworkBackingInfo{OpaqueNetworkId: n.opaque, OpaqueNetworkType: "nsx.LogicalSwitch"}
	default:
		base.Backing = &types.VirtualEthernetCardNetworkBackingInfo{
			VirtualDeviceDeviceBackingInfo: types.VirtualDeviceDeviceBackingInfo{DeviceName: escape(n.name), UseAutoDetect: ptr(false)},
			Network:                        &n.self,
		}
	}
	switch f.Adapter {
	case "VirtualE1000":
		return device(&types.VirtualE1000{VirtualEthernetCard: base}, f.Key, f.Label, summary)
	case "VirtualE1000e":
		return device(&types.VirtualE1000e{VirtualEthernetCard: base}, f.Key, f.Label, summary)
	}
	return device(&types.VirtualVmxnet3{VirtualVmxnet: types.VirtualVmxnet{VirtualEthernetCard: base}}, f.Key, f.Label, summary)
}

// thousands writes a number as vSphere does in the summary of a disk: 104,857,600.
func thousands(number int64) string {
	digits := fmt.Sprint(number)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
