// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"slices"

	"github.com/vmware/govmomi/vim25/types"
)

// What the record says of disks, adapters, partitions, snapshots and drives that a usual scan does not ask for.

type diskDetails struct {
	CapacityMB     int64    `json:"capacity_mb"`
	ControllerKind string   `json:"controller_summary"`
	ControllerUnit *int32   `json:"scsi_controller_unit,omitempty"`
	BusSharing     string   `json:"bus_sharing,omitempty"`
	Split          *bool    `json:"split,omitempty"`
	WriteThrough   *bool    `json:"write_through,omitempty"`
	IOLevel        string   `json:"io_shares_level"`
	IOShares       int32    `json:"io_shares"`
	IOReservation  *int32   `json:"io_reservation"`
	IOLimit        *int64   `json:"io_limit,omitempty"`
	RawLUN         string   `json:"raw_lun,omitempty"`
	RawMode        string   `json:"raw_mode,omitempty"`
	GuestPaths     []string `json:"guest_paths,omitempty"`
}

type nicDetails struct {
	MACType    string   `json:"mac_type"`
	DirectPath *bool    `json:"direct_path"`
	Prefixed   []string `json:"addresses_with_prefix,omitempty"`
}

type partitionDetails struct {
	CapacityMB int64    `json:"capacity_mb"`
	FreeMB     int64    `json:"free_mb"`
	DiskKeys   []string `json:"disk_keys,omitempty"`
}

type snapshotDetails struct {
	File   string  `json:"file"`
	FileMB float64 `json:"file_mb"`
	SizeMB float64 `json:"size_mb"`
}

type cdromFacts struct {
	Label          string `json:"label"`
	Key            int32  `json:"key"`
	Connected      bool   `json:"connected"`
	StartConnected bool   `json:"start_connected"`
	Summary        string `json:"summary"`
	ISO            string `json:"iso,omitempty"`
}

type usbFacts struct {
	Label         string   `json:"label"`
	Key           int32    `json:"key"`
	Summary       string   `json:"summary"`
	Connected     bool     `json:"connected"`
	Family        []string `json:"family"`
	Speed         []string `json:"speed"`
	Unit          *int32   `json:"unit"`
	ControllerBus int32    `json:"controller_bus"`
	EHCI          *bool    `json:"ehci"`
	AutoConnect   *bool    `json:"auto_connect"`
}

// hasUSB tells of a machine that a dongle or a stick is passed to it.
func (m *machine) hasUSB() bool { return m.number%18 == 4 }

// usb is a controller with two devices.
func (m *machine) usb() []types.BaseVirtualDevice {
	controller := device(&types.VirtualUSBController{}, 7000, "USB controller", "Auto connect Disabled")
	controller.AutoConnectDevices, controller.EhciEnabled, controller.ControllerKey = ptr(m.number%4 == 0), ptr(true), 100
	controller.UnitNumber, controller.Device = ptr(int32(22)), []int32{7100, 7101}
	all := []types.BaseVirtualDevice{controller}
	for i, kind := range []struct{ summary, family, speed string }{{"Licence key", "hid", "full"}, {"USB stick", "storage", "high"}} {
		made := device(&types.VirtualUSB{}, 7100+int32(i), fmt.Sprintf("USB %d", i+1), kind.summary)
		made.ControllerKey, made.UnitNumber, made.Connected = 7000, ptr(int32(i)), m.isOn() && i == 0
		made.Family, made.Speed = []string{kind.family}, []string{kind.speed, "superSpeed"}[:1+i]
		made.Backing = &types.VirtualUSBUSBBackingInfo{VirtualDeviceDeviceBackingInfo: types.VirtualDeviceDeviceBackingInfo{DeviceName: "path:0/1/" + fmt.Sprint(i)}}
		all = append(all, made)
	}
	return all
}

// drive is the machine's CD drive: of some there is an image of a datastore in it.
func (m *machine) drive() types.BaseVirtualDevice {
	if m.number%10 != 6 {
		return drives[m.number%len(drives)]
	}
	image := fmt.Sprintf("[%s] iso/tools %d%%.iso", m.home.name, m.number%3)
	drive := device(&types.VirtualCdrom{}, 3000, "CD/DVD drive 1", "ISO "+image)
	drive.Backing = &types.VirtualCdromIsoBackingInfo{VirtualDeviceFileBackingInfo: types.VirtualDeviceFileBackingInfo{FileName: image}}
	drive.ControllerKey, drive.UnitNumber = 200, ptr(int32(0))
	drive.Connectable = &types.VirtualDeviceConnectInfo{Status: "ok", AllowGuestControl: true, StartConnected: true, Connected: m.isOn()}
	return drive
}

// addItemDetails sets what only some reports ask for, and writes down all of the items that are new here.
func (m *machine) addItemDetails() {
	f := &m.facts
	disks, cards := 0, 0
	controllers := map[int32]types.BaseVirtualDevice{}
	for _, one := range m.vm.Config.Hardware.Device {
		controllers[one.GetVirtualDevice().Key] = one
		switch it := one.(type) {
		case *types.VirtualDisk:
			f.Disks[disks].diskDetails = m.diskDetails(it, controllers[it.ControllerKey])
			disks++
		case types.BaseVirtualEthernetCard:
			f.NICs[cards].nicDetails = m.nicDetails(it.GetVirtualEthernetCard())
			cards++
		case *types.VirtualCdrom:
			f.CDROMs = append(f.CDROMs, cdrom(it))
		case *types.VirtualUSB:
			f.USBDevices = append(f.USBDevices, usbDevice(it, controllers[it.ControllerKey].(*types.VirtualUSBController)))
		}
	}
	for i, part := range m.vm.Guest.Disk {
		f.Partitions[i].partitionDetails = partitionDetails{CapacityMB: part.Capacity >> 20, FreeMB: part.FreeSpace >> 20}
		for _, mapping := range part.Mappings {
			f.Partitions[i].DiskKeys = append(f.Partitions[i].DiskKeys, fmt.Sprint(mapping.Key))
		}
	}
	for i, layout := range m.layout.Snapshot {
		file := m.layout.File[layout.DataKey]
		f.Snapshots[i].snapshotDetails = snapshotDetails{File: file.Name, FileMB: float64(file.Size) / (1 << 20), SizeMB: f.Snapshots[i].Size * 1024}
	}
}

func (m *machine) diskDetails(it *types.VirtualDisk, controller types.BaseVirtualDevice) diskDetails {
	if m.number%13 == 6 {
		it.StorageIOAllocation = &types.StorageIOAllocationInfo{
			Limit: ptr(int64(5000)), Shares: &types.SharesInfo{Shares: 2500, Level: types.SharesLevelCustom}, Reservation: ptr(int32(100)),
		}
	}
	d := diskDetails{
		CapacityMB: it.CapacityInBytes >> 20, ControllerKind: controller.GetVirtualDevice().DeviceInfo.GetDescription().Summary,
		IOLevel: string(it.StorageIOAllocation.Shares.Level), IOShares: it.StorageIOAllocation.Shares.Shares,
		IOReservation: it.StorageIOAllocation.Reservation, IOLimit: it.StorageIOAllocation.Limit,
	}
	if *d.IOLimit < 0 {
		d.IOLimit = nil
	}
	if of, found := controller.(types.BaseVirtualSCSIController); found {
		its := of.GetVirtualSCSIController()
		if m.number%31 == 16 {
			its.SharedBus = types.VirtualSCSISharingPhysicalSharing
		}
		d.ControllerUnit, d.BusSharing = &its.ScsiCtlrUnitNumber, string(its.SharedBus)
	}
	switch backing := it.Backing.(type) {
	case *types.VirtualDiskFlatVer2BackingInfo:
		d.Split, d.WriteThrough = backing.Split, backing.WriteThrough
	case *types.VirtualDiskRawDiskMappingVer1BackingInfo:
		d.RawLUN, d.RawMode = backing.LunUuid, backing.CompatibilityMode
	}
	for _, part := range m.vm.Guest.Disk {
		if slices.ContainsFunc(part.Mappings, func(mapping types.GuestInfoVirtualDiskMapping) bool { return mapping.Key == it.Key }) {
			d.GuestPaths = append(d.GuestPaths, part.DiskPath)
		}
	}
	return d
}

func (m *machine) nicDetails(it *types.VirtualEthernetCard) nicDetails {
	if m.number%17 == 3 {
		it.AddressType = "manual"
	}
	d := nicDetails{MACType: it.AddressType, DirectPath: it.UptCompatibilityEnabled}
	for _, nic := range m.vm.Guest.Net {
		if nic.DeviceConfigId != it.Key || nic.IpConfig == nil {
			continue
		}
		for _, address := range nic.IpConfig.IpAddress {
			text := fmt.Sprintf("%s/%d", address.IpAddress, address.PrefixLength)
			if !slices.Contains(d.Prefixed, text) {
				d.Prefixed = append(d.Prefixed, text)
			}
		}
	}
	return d
}

func cdrom(it *types.VirtualCdrom) cdromFacts {
	info := it.DeviceInfo.GetDescription()
	f := cdromFacts{Label: info.Label, Key: it.Key, Summary: info.Summary, Connected: it.Connectable.Connected, StartConnected: it.Connectable.StartConnected}
	if backing, found := it.Backing.(*types.VirtualCdromIsoBackingInfo); found {
		f.ISO = backing.FileName
	}
	return f
}

func usbDevice(it *types.VirtualUSB, controller *types.VirtualUSBController) usbFacts {
	info := it.DeviceInfo.GetDescription()
	return usbFacts{
		Label: info.Label, Key: it.Key, Summary: info.Summary, Connected: it.Connected, Family: it.Family, Speed: it.Speed, Unit: it.UnitNumber,
		ControllerBus: controller.BusNumber, EHCI: controller.EhciEnabled, AutoConnect: controller.AutoConnectDevices,
	}
}
