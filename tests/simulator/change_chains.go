// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"strings"

	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// A disk is a chain of files, the lowest first: its own, and one for each snapshot. The layout has the keys of the files;
// the backing of the device has their names, the top one first and the others as its parents.

// disksOf lists the virtual disks of a configuration.
func disksOf(config *types.VirtualMachineConfigInfo) []*types.VirtualDisk {
	var all []*types.VirtualDisk
	for _, one := range config.Hardware.Device {
		if disk, ok := one.(*types.VirtualDisk); ok {
			all = append(all, disk)
		}
	}
	return all
}

// fileName is the file that a device stands on, or nothing.
func fileName(device types.BaseVirtualDevice) string {
	if backing, ok := device.GetVirtualDevice().Backing.(types.BaseVirtualDeviceFileBackingInfo); ok {
		return backing.GetVirtualDeviceFileBackingInfo().FileName
	}
	return ""
}

func isRaw(disk *types.VirtualDisk) bool {
	_, raw := disk.Backing.(*types.VirtualDiskRawDiskMappingVer1BackingInfo)
	return raw
}

// growsOnSnapshots tells whether a snapshot freezes a disk and puts a new file on top.
func growsOnSnapshots(disk *types.VirtualDisk) bool {
	backing, flat := disk.Backing.(*types.VirtualDiskFlatVer2BackingInfo)
	return flat && !strings.HasPrefix(backing.DiskMode, "independent")
}

// chainOf is the chain of a disk in the layout.
func chainOf(layout []types.VirtualMachineFileLayoutExDiskLayout, disk int32) []types.VirtualMachineFileLayoutExDiskUnit {
	for _, of := range layout {
		if of.Key == disk {
			return of.Chain
		}
	}
	return nil
}

// onChain is a disk whose backing has the files of a chain: a new device, with the same one's other properties.
func onChain(d *mo.VirtualMachine, disk *types.VirtualDisk, chain []types.VirtualMachineFileLayoutExDiskUnit) *types.VirtualDisk {
	if len(chain) == 0 {
		return disk
	}
	if raw, ok := disk.Backing.(*types.VirtualDiskRawDiskMappingVer1BackingInfo); ok {
		return renamedRaw(disk, raw, fileOf(d, chain[len(chain)-1].FileKey[0]))
	}
	backing, flat := disk.Backing.(*types.VirtualDiskFlatVer2BackingInfo)
	if !flat {
		return disk
	}
	var top *types.VirtualDiskFlatVer2BackingInfo
	for _, unit := range chain {
		file := fileOf(d, unit.FileKey[0])
		if file == nil {
			return disk
		}
		made := *backing
		made.FileName, made.Parent = file.Name, top
		if top != nil {
			made.DeltaDiskFormat = "seSparseFormat"
			if storeName(file.Name) != storeName(top.FileName) {
				made.Datastore = nil
			}
		} else {
			made.DeltaDiskFormat = ""
		}
		top = &made
	}
	top.Datastore = backing.Datastore
	changed := *disk
	changed.Backing = top
	return &changed
}

// renamedRaw is a raw disk whose mapping is in a file; the disk itself where that is so already.
func renamedRaw(disk *types.VirtualDisk, raw *types.VirtualDiskRawDiskMappingVer1BackingInfo, file *types.VirtualMachineFileLayoutExFileInfo) *types.VirtualDisk {
	if file == nil || raw.FileName == file.Name {
		return disk
	}
	backing, changed := *raw, *disk
	backing.FileName = file.Name
	changed.Backing = &backing
	return &changed
}

// settle makes the disks of a draft stand on the chains of its layout. The estate's own machines name the lowest file
// of each disk only, until they are changed.
func settle(d *mo.VirtualMachine) {
	d.Config.Hardware.Device = settled(d, d.Config.Hardware.Device, d.LayoutEx.Disk)
}

func settled(d *mo.VirtualMachine, devices []types.BaseVirtualDevice, layout []types.VirtualMachineFileLayoutExDiskLayout) []types.BaseVirtualDevice {
	all := make([]types.BaseVirtualDevice, len(devices))
	for i, one := range devices {
		all[i] = one
		if disk, ok := one.(*types.VirtualDisk); ok {
			all[i] = onChain(d, disk, chainOf(layout, disk.Key))
		}
	}
	return all
}
