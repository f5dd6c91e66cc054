// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"net"
	"path"
	"slices"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// back checks what a device stands on, and completes it; old is nil for a new one.
func (x *deviceChange) back(device, old types.BaseVirtualDevice) types.BaseMethodFault {
	switch of := device.(type) {
	case *types.VirtualDisk:
		if old != nil {
			return x.growDisk(of, old.(*types.VirtualDisk))
		}
		return x.addDisk(of)
	case types.BaseVirtualEthernetCard:
		return x.connectCard(of.GetVirtualEthernetCard(), old)
	case *types.VirtualCdrom:
		x.completeConnection(device, old, false)
		if iso, ok := of.Backing.(*types.VirtualCdromIsoBackingInfo); ok {
			if fault := x.c.mustExist(x.d, iso.FileName); fault != nil {
				return fault
			}
			if on := x.c.store(x.d.Runtime.Host, storeName(iso.FileName)); on != nil {
				copied := *iso
				copied.Datastore = &on.Self
				of.Backing = &copied
			}
		}
	}
	return nil
}

// completeConnection gives a new device the connection that it has where nothing is said.
func (x *deviceChange) completeConnection(device, old types.BaseVirtualDevice, connected bool) {
	base := device.GetVirtualDevice()
	if old != nil {
		return
	}
	made := types.VirtualDeviceConnectInfo{StartConnected: connected, AllowGuestControl: true, Connected: connected}
	if base.Connectable != nil {
		made = *base.Connectable
	}
	made.Status = orCurrent(made.Status, "untried")
	made.Connected = made.Connected && x.d.Runtime.PowerState == on
	base.Connectable = &made
}

func (x *deviceChange) connectCard(card *types.VirtualEthernetCard, old types.BaseVirtualDevice) types.BaseMethodFault {
	x.completeConnection(card, old, true)
	backing, found := x.network(card.Backing)
	if !found {
		return &types.InvalidDeviceBacking{InvalidDeviceSpec: x.at("backing")}
	}
	card.Backing = backing
	wanted := x.spec.Device.(types.BaseVirtualEthernetCard).GetVirtualEthernetCard()
	moved := wanted.MacAddress != "" || old == nil
	if old != nil && wanted.MacAddress == "" && wanted.AddressType != "" && !strings.EqualFold(wanted.AddressType, "manual") {
		moved = !strings.EqualFold(wanted.AddressType, old.(types.BaseVirtualEthernetCard).GetVirtualEthernetCard().AddressType)
		card.MacAddress = ""
		if !moved {
			card.MacAddress = old.(types.BaseVirtualEthernetCard).GetVirtualEthernetCard().MacAddress
		}
	}
	if old != nil && x.running() && card.MacAddress != old.(types.BaseVirtualEthernetCard).GetVirtualEthernetCard().MacAddress {
		return &types.InvalidDeviceOperation{InvalidDeviceSpec: x.at("macAddress"), BadOp: x.spec.Operation}
	}
	if card.MacAddress != "" && moved {
		if hardware, err := net.ParseMAC(card.MacAddress); err != nil || len(hardware) != 6 || hardware[0]&1 == 1 {
			return x.invalid("macAddress")
		}
		card.AddressType = orCurrent(card.AddressType, "manual")
	}
	if card.MacAddress == "" {
		if strings.EqualFold(card.AddressType, "manual") {
			return x.invalid("macAddress")
		}
		x.c.giveMAC(card)
	}
	card.WakeOnLanEnabled = ptr(orElse(card.WakeOnLanEnabled, true))
	if card.ResourceAllocation == nil {
		card.ResourceAllocation = cardShares
	}
	return nil
}

// giveMAC makes an address as vCenter or a host alone does.
func (c *changer) giveMAC(card *types.VirtualEthernetCard) {
	id := c.id.uuid("new", "mac", fmt.Sprint(c.next("mac")))
	if c.esxi {
		card.AddressType = "generated"
		card.MacAddress = fmt.Sprintf("00:0c:29:%02x:%02x:%02x", id[0], id[1], id[2])
		return
	}
	card.AddressType = "assigned"
	card.MacAddress = fmt.Sprintf("00:50:56:%02x:%02x:%02x", 0x80|id[0]&0x3f, id[1], id[2])
}

// network completes what an adapter stands on, if its host has that.
func (x *deviceChange) network(backing types.BaseVirtualDeviceBackingInfo) (types.BaseVirtualDeviceBackingInfo, bool) {
	host, ok := x.c.registry.Get(*x.d.Runtime.Host).(*simulator.HostSystem)
	if !ok {
		return nil, false
	}
	switch b := backing.(type) {
	case *types.VirtualEthernetCardNetworkBackingInfo:
		for _, one := range host.Network {
			item, ok := x.c.registry.Get(one).(mo.Entity)
			if ok && one.Type == "Network" && (item.Entity().Name == b.DeviceName || unescape(item.Entity().Name) == b.DeviceName) {
				made := *b
				made.DeviceName, made.Network = item.Entity().Name, &one
				return &made, true
			}
		}
	case *types.VirtualEthernetCardDistributedVirtualPortBackingInfo:
		group, ok := x.c.networkOf(b).(*simulator.DistributedVirtualPortgroup)
		if !ok || !slices.Contains(host.Network, group.Self) || group.Config.DistributedVirtualSwitch == nil {
			return nil, false
		}
		over, ok := x.c.registry.Get(*group.Config.DistributedVirtualSwitch).(*simulator.DistributedVirtualSwitch)
		if !ok || over.Uuid != b.Port.SwitchUuid {
			return nil, false
		}
		made := *b
		if made.Port.PortKey == "" {
			made.Port.PortKey, made.Port.ConnectionCookie = fmt.Sprint(1000+x.c.next("port")), int32(x.c.next("cookie"))
		}
		return &made, true
	case *types.VirtualEthernetCardOpaqueNetworkBackingInfo:
		at := x.c.networkOf(b)
		return b, at != nil && slices.Contains(host.Network, at.Reference())
	}
	return nil, false
}

// mustExist refuses a file that is not on a datastore of the machine's host.
func (c *changer) mustExist(d *mo.VirtualMachine, file string) types.BaseMethodFault {
	if strings.HasPrefix(file, "[] ") {
		return nil // on the host itself
	}
	on := c.store(d.Runtime.Host, storeName(file))
	if on == nil {
		return &types.InvalidDatastorePath{InvalidDatastore: types.InvalidDatastore{Name: storeName(file)}, DatastorePath: file}
	}
	if keyOf(d, file) < 0 && !c.exists(on, file) {
		return &types.FileNotFound{FileFault: types.FileFault{File: file}}
	}
	return nil
}

// capacityOf is what is wanted of a disk; bytes win over kilobytes.
func capacityOf(disk *types.VirtualDisk) int64 {
	if disk.CapacityInBytes != 0 {
		return disk.CapacityInBytes
	}
	return disk.CapacityInKB << 10
}

func (x *deviceChange) addDisk(disk *types.VirtualDisk) types.BaseMethodFault {
	file, ok := disk.Backing.(types.BaseVirtualDeviceFileBackingInfo)
	if !ok {
		return &types.InvalidDeviceBacking{InvalidDeviceSpec: x.at("backing")}
	}
	wanted := file.GetVirtualDeviceFileBackingInfo()
	name := storeName(wanted.FileName)
	if wanted.Datastore != nil && name == "" {
		if on, ok := x.c.registry.Get(*wanted.Datastore).(*simulator.Datastore); ok {
			name = on.Name
		}
	}
	name = orCurrent(name, storeName(x.d.Config.Files.VmPathName))
	on := x.c.store(x.d.Runtime.Host, name)
	if on == nil {
		return &types.InvalidDatastore{Name: name}
	}
	creates := x.spec.FileOperation == types.VirtualDeviceConfigSpecFileOperationCreate || x.spec.FileOperation == types.VirtualDeviceConfigSpecFileOperationReplace
	path := wanted.FileName
	if !strings.HasSuffix(path, ".vmdk") {
		if !creates {
			return &types.FileNotFound{FileFault: types.FileFault{File: path}}
		}
		path = x.newDiskFile(name)
	}
	size := capacityOf(disk)
	known, there := x.c.loose(on, path)
	switch {
	case creates && size <= 0:
		return x.invalid("capacityInKB")
	case creates && (there || keyOf(x.d, path) >= 0):
		return &types.FileAlreadyExists{FileFault: types.FileFault{File: path}}
	case !creates && !there:
		return &types.FileNotFound{FileFault: types.FileFault{File: path}}
	case !creates && known.capacity > 0:
		size = known.capacity
	}
	backing := types.VirtualDiskFlatVer2BackingInfo{DiskMode: "persistent"}
	if flat, ok := disk.Backing.(*types.VirtualDiskFlatVer2BackingInfo); ok {
		backing = *flat
		backing.Parent = nil
	}
	backing.FileName, backing.Datastore = path, &on.Self
	backing.DiskMode, backing.Sharing = orCurrent(backing.DiskMode, "persistent"), orCurrent(backing.Sharing, "sharingNone")
	backing.ThinProvisioned, backing.EagerlyScrub = ptr(orElse(backing.ThinProvisioned, false)), ptr(orElse(backing.EagerlyScrub, false))
	backing.Split, backing.WriteThrough, backing.DigestEnabled = ptr(false), ptr(false), ptr(false)
	backing.Uuid = x.c.uuid("disk")
	backing.ContentId = strings.ReplaceAll(backing.Uuid, "-", "")
	disk.Backing = &backing
	disk.CapacityInBytes, disk.CapacityInKB = size, size>>10
	disk.DiskObjectId = fmt.Sprintf("1-%d", disk.Key)
	if disk.Shares == nil {
		disk.Shares = diskShares
	}
	if disk.StorageIOAllocation == nil {
		disk.StorageIOAllocation = diskIO
	}
	used := size
	if *backing.ThinProvisioned {
		used = min(size, 1<<20)
	}
	if !creates && known.used > 0 {
		used = known.used
	}
	x.layOut(disk.Key, path, used)
	return nil
}

// layOut adds the files of a disk to the layout.
func (x *deviceChange) layOut(key int32, path string, used int64) {
	keys := []int32{
		addFile(x.d, path, "diskDescriptor", 550),
		addFile(x.d, strings.TrimSuffix(path, ".vmdk")+"-flat.vmdk", "diskExtent", used),
	}
	x.d.LayoutEx.Disk = append(slices.Clip(x.d.LayoutEx.Disk), types.VirtualMachineFileLayoutExDiskLayout{
		Key: key, Chain: []types.VirtualMachineFileLayoutExDiskUnit{{FileKey: keys}},
	})
}

// newDiskFile is where a disk goes that has no path: into the machine's folder, on another datastore one of the same name.
func (x *deviceChange) newDiskFile(store string) string {
	folder := home(x.d.Config)
	if own := storeName(folder); own != store {
		folder = fmt.Sprintf("[%s] %s", store, strings.TrimPrefix(folder, "["+own+"] "))
	}
	return newFile(x.d, folder, path.Base(stem(x.d.Config)), ".vmdk")
}

func (x *deviceChange) growDisk(disk, old *types.VirtualDisk) types.BaseMethodFault {
	refused := &types.InvalidDeviceOperation{InvalidDeviceSpec: x.at("capacityInKB"), BadOp: x.spec.Operation}
	wanted := capacityOf(x.spec.Device.(*types.VirtualDisk))
	before := old.CapacityInBytes
	disk.CapacityInBytes, disk.CapacityInKB = before, before>>10
	if fileName(disk) != fileName(old) {
		return x.invalid("backing")
	}
	if wanted == 0 || wanted == before {
		return nil
	}
	chain := chainOf(x.d.LayoutEx.Disk, old.Key)
	onIDE := disk.ControllerKey == 200 || disk.ControllerKey == 201
	if wanted < before || len(chain) > 1 || x.d.Snapshot != nil || x.running() && onIDE {
		return refused
	}
	disk.CapacityInBytes, disk.CapacityInKB = wanted, wanted>>10
	if flat, ok := disk.Backing.(*types.VirtualDiskFlatVer2BackingInfo); ok && !orElse(flat.ThinProvisioned, false) && len(chain) == 1 {
		x.d.LayoutEx.File = slices.Clone(x.d.LayoutEx.File)
		if extent := fileOf(x.d, chain[0].FileKey[len(chain[0].FileKey)-1]); extent != nil {
			extent.Size += wanted - before
			extent.UniqueSize = extent.Size
		}
	}
	return nil
}

// removeDisk takes a disk's files out of the layout: they go, or stay on the datastore for others to attach.
func (x *deviceChange) removeDisk(disk *types.VirtualDisk) {
	foreign := foreignFiles(x.d)
	drop := map[int32]bool{}
	for _, unit := range chainOf(x.d.LayoutEx.Disk, disk.Key) {
		for _, key := range unit.FileKey {
			drop[key] = true
		}
	}
	for _, snapshot := range x.d.LayoutEx.Snapshot {
		for _, layout := range snapshot.Disk {
			for _, unit := range layout.Chain {
				for _, key := range unit.FileKey {
					delete(drop, key)
				}
			}
		}
	}
	destroys := x.spec.FileOperation == types.VirtualDeviceConfigSpecFileOperationDestroy
	for _, file := range x.d.LayoutEx.File {
		if drop[file.Key] && !foreign[file.Key] && !destroys {
			x.c.letLoose(file, disk.CapacityInBytes)
		}
	}
	dropFiles(x.d, func(file types.VirtualMachineFileLayoutExFileInfo) bool { return drop[file.Key] })
	x.d.LayoutEx.Disk = slices.DeleteFunc(slices.Clone(x.d.LayoutEx.Disk), func(one types.VirtualMachineFileLayoutExDiskLayout) bool {
		return one.Key == disk.Key
	})
}
