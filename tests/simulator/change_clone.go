// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"reflect"
	"slices"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// linked is the diskMoveType of a linked clone.
const linked = string(types.VirtualMachineRelocateDiskMoveOptionsCreateNewChildDiskBacking)

func (m *machineCalls) CloneVMTask(ctx *simulator.Context, req *types.CloneVM_Task) soap.HasFault {
	if m.c.esxi {
		return &methods.CloneVM_TaskBody{Fault_: simulator.Fault(describe(&types.NotSupported{}), &types.NotSupported{})}
	}
	task := start(ctx, m.VirtualMachine, "CloneVM_Task", func() (types.AnyType, types.BaseMethodFault) {
		vm, fault := m.c.clone(ctx, m.VirtualMachine, req)
		if fault != nil {
			return nil, fault
		}
		return vm.Self, nil
	})
	return &methods.CloneVM_TaskBody{Res: &types.CloneVM_TaskResponse{Returnval: task}}
}

func (c *changer) clone(ctx *simulator.Context, from *simulator.VirtualMachine, req *types.CloneVM_Task) (*simulator.VirtualMachine, types.BaseMethodFault) {
	if fault := c.reachable(from); fault != nil {
		return nil, fault
	}
	spec, source, name := &req.Spec, draft(&from.VirtualMachine), escapeOnce(req.Name)
	settle(source)
	pool := spec.Location.Pool
	if pool == nil {
		pool = from.ResourcePool
	}
	if pool == nil {
		return nil, argument("spec.location.pool")
	}
	if fault := c.checkName(&req.Folder, pool, name, ref{}); fault != nil {
		return nil, fault
	}
	if fault := c.useSnapshot(source, spec); fault != nil {
		return nil, fault
	}
	store := storeName(source.Config.Files.VmPathName)
	if wanted := spec.Location.Datastore; wanted != nil {
		on, ok := c.registry.Get(*wanted).(*simulator.Datastore)
		if !ok {
			return nil, argument("spec.location.datastore")
		}
		store = unescape(on.Name)
	}
	at, fault := c.findPlace(req.Folder, *pool, spec.Location.Host, from.Runtime.Host, store)
	if fault != nil {
		return nil, fault
	}
	d := c.begin(at, name, "")
	if fault = c.copyConfig(d, source, name); fault == nil {
		fault = c.copyDevices(d, source, spec)
	}
	if fault == nil {
		fault = c.configureDevices(d, spec.Location.DeviceChange)
	}
	if fault == nil && spec.Config != nil {
		wanted := *spec.Config
		wanted.ChangeVersion, wanted.Name, wanted.Version = "", "", ""
		wanted.DeviceChange = ofClone(wanted.DeviceChange, source.Config.Hardware.Device, d.Config.Hardware.Device)
		fault = c.configure(d, &wanted)
	}
	if fault == nil && spec.Customization != nil {
		fault = c.customizeClone(d, spec.Customization)
	}
	if fault != nil {
		return nil, fault
	}
	d.Network = c.networksOf(d.Config)
	if d.Config.Template = spec.Template; spec.Template {
		d.ResourcePool = nil
	}
	c.touch(d.Config)
	known := c.guests.nameOf(&from.VirtualMachine)
	vm, fault := c.enter(ctx, d, at)
	if fault != nil {
		c.guests.forget(d.Self)
		return nil, fault
	}
	c.guests.edit(vm.Self, func(of *guest) { of.known = &types.GuestInfo{HostName: known} })
	c.post(ctx, vm, func(e types.VmEvent) types.BaseEvent {
		source := types.VmEventArgument{EntityEventArgument: types.EntityEventArgument{Name: from.Name}, Vm: from.Self}
		return &types.VmClonedEvent{VmCloneEvent: types.VmCloneEvent{VmEvent: e}, SourceVm: source}
	})
	if spec.PowerOn && !spec.Template {
		ctx.WithLock(vm, func() { fault = c.powerOn(ctx, vm) })
	}
	return vm, fault
}

// ofClone are changes of disks with the files of the clone in place of those of its source, by which callers know them.
func ofClone(changes []types.BaseVirtualDeviceConfigSpec, source, clone []types.BaseVirtualDevice) []types.BaseVirtualDeviceConfigSpec {
	files := map[int32][2]string{}
	for i, devices := range [][]types.BaseVirtualDevice{source, clone} {
		for _, one := range devices {
			of := files[one.GetVirtualDevice().Key]
			of[i] = fileName(one)
			files[one.GetVirtualDevice().Key] = of
		}
	}
	all := slices.Clone(changes)
	for i, one := range all {
		if one == nil || one.GetVirtualDeviceConfigSpec() == nil {
			continue
		}
		change := *one.GetVirtualDeviceConfigSpec()
		disk, ok := change.Device.(*types.VirtualDisk)
		if !ok || disk == nil || change.Operation != types.VirtualDeviceConfigSpecOperationEdit {
			continue
		}
		backing, ok := disk.Backing.(*types.VirtualDiskFlatVer2BackingInfo)
		if of := files[disk.Key]; ok && backing != nil && backing.FileName == of[0] {
			copied, own := *disk, *backing
			own.FileName, own.Datastore = of[1], nil
			copied.Backing, change.Device = &own, &copied
			all[i] = &change
		}
	}
	return all
}

// nameOf is the host name that a guest has, or had when it ran.
func (g *guests) nameOf(vm *mo.VirtualMachine) (name string) {
	if vm.Guest != nil {
		name = vm.Guest.HostName
	}
	g.edit(vm.Self, func(of *guest) {
		if name == "" && of.known != nil {
			name = of.known.HostName
		}
	})
	return orCurrent(name, hostName(vm.Name))
}

// useSnapshot makes a draft of the source what it was when a snapshot was taken.
func (c *changer) useSnapshot(source *mo.VirtualMachine, spec *types.VirtualMachineCloneSpec) types.BaseMethodFault {
	if spec.Snapshot == nil {
		if spec.Location.DiskMoveType == linked {
			return argument("spec.snapshot")
		}
		return nil
	}
	taken, ok := c.registry.Get(*spec.Snapshot).(*simulator.VirtualMachineSnapshot)
	layout := layoutOf(source, *spec.Snapshot)
	if !ok || layout == nil {
		return argument("spec.snapshot")
	}
	config := taken.Config
	source.Config = &config
	source.LayoutEx.Disk = layout.Disk
	return nil
}

// copyConfig takes over what a clone has of its source, devices apart.
func (c *changer) copyConfig(d, source *mo.VirtualMachine, name string) types.BaseMethodFault {
	own := d.Config
	config := *source.Config
	config.Name, config.Uuid, config.InstanceUuid, config.LocationId = name, own.Uuid, own.InstanceUuid, own.LocationId
	config.Files, config.CreateDate, config.Template = own.Files, own.CreateDate, false
	config.ManagedBy, config.FtInfo, config.RepConfig = nil, nil, nil
	d.Name, d.Config = name, &config
	d.Guest = &types.GuestInfo{}
	if source.Guest != nil {
		guest := *source.Guest
		d.Guest = &guest
	}
	c.guests.silence(d)
	d.Guest.CustomizationInfo = nil
	return nil
}

// copyDevices gives a clone the devices of its source, with files and addresses of its own.
func (c *changer) copyDevices(d, source *mo.VirtualMachine, spec *types.VirtualMachineCloneSpec) types.BaseMethodFault {
	all := make([]types.BaseVirtualDevice, 0, len(source.Config.Hardware.Device))
	d.Config.Hardware.Device = nil
	for _, one := range source.Config.Hardware.Device {
		made := copyDevice(one)
		if connectable := made.GetVirtualDevice().Connectable; connectable != nil && connectable.Connected {
			changed := *connectable
			changed.Connected = false
			made.GetVirtualDevice().Connectable = &changed
		}
		switch of := made.(type) {
		case types.BaseVirtualEthernetCard:
			card := of.GetVirtualEthernetCard()
			if !strings.EqualFold(card.AddressType, "manual") {
				c.giveMAC(card)
			}
		case *types.VirtualDisk:
			if fault := c.copyDisk(d, source, of, spec); fault != nil {
				return fault
			}
		}
		all = append(all, made)
	}
	d.Config.Hardware.Device = all
	return nil
}

// copyDisk gives a disk of a clone its own file: a whole one, or one on top of the source's files.
func (c *changer) copyDisk(d, source *mo.VirtualMachine, disk *types.VirtualDisk, spec *types.VirtualMachineCloneSpec) types.BaseMethodFault {
	how, on := spec.Location.DiskMoveType, spec.Location.Datastore
	var wanted types.BaseVirtualDeviceBackingInfo
	for _, locator := range spec.Location.Disk {
		if locator.DiskId == disk.Key {
			how, on, wanted = orCurrent(locator.DiskMoveType, how), &locator.Datastore, locator.DiskBackingInfo
		}
	}
	name := storeName(fileName(disk))
	if on != nil {
		item, ok := c.registry.Get(*on).(*simulator.Datastore)
		if !ok {
			return argument("spec.location.disk.datastore")
		}
		name = unescape(item.Name)
	}
	store := c.store(d.Runtime.Host, name)
	if store == nil {
		return &types.InvalidDatastore{Name: name}
	}
	chain := chainOf(source.LayoutEx.Disk, disk.Key)
	backing := types.VirtualDiskFlatVer2BackingInfo{DiskMode: "persistent", Sharing: "sharingNone", ThinProvisioned: ptr(false)}
	if flat, ok := disk.Backing.(*types.VirtualDiskFlatVer2BackingInfo); ok {
		backing = *flat
	}
	if wanted, ok := wanted.(*types.VirtualDiskFlatVer2BackingInfo); ok {
		chosen := types.VirtualDiskFlatVer2BackingInfo{ThinProvisioned: wanted.ThinProvisioned, EagerlyScrub: wanted.EagerlyScrub}
		overlay(reflect.ValueOf(&backing).Elem(), reflect.ValueOf(&chosen).Elem())
	}
	x := &deviceChange{c: c, d: d}
	file := x.newDiskFile(name)
	backing.FileName, backing.Datastore, backing.Parent, backing.DeltaDiskFormat = file, &store.Self, nil, ""
	backing.Uuid = c.uuid("disk")
	backing.ContentId = strings.ReplaceAll(backing.Uuid, "-", "")
	disk.Backing = &backing
	if how != linked || isRaw(disk) {
		x.layOut(disk.Key, file, usedBy(source, disk, chain, &backing))
		return nil
	}
	var below []unit
	for _, one := range chain {
		var keys []int32
		for _, key := range one.FileKey {
			if of := fileOf(source, key); of != nil {
				shared := keyOf(d, of.Name)
				if shared < 0 {
					shared = addFile(d, of.Name, of.Type, of.Size)
				}
				keys = append(keys, shared)
			}
		}
		below = append(below, unit{FileKey: keys})
	}
	keys := []int32{addFile(d, file, "diskDescriptor", 330), addFile(d, strings.TrimSuffix(file, ".vmdk")+"-sesparse.vmdk", "diskExtent", 1<<20)}
	below = append(below, unit{FileKey: keys})
	d.LayoutEx.Disk = append(d.LayoutEx.Disk, types.VirtualMachineFileLayoutExDiskLayout{Key: disk.Key, Chain: below})
	*disk = *onChain(d, disk, below)
	return nil
}

// usedBy is what the file of a whole copy takes.
func usedBy(source *mo.VirtualMachine, disk *types.VirtualDisk, chain []unit, backing *types.VirtualDiskFlatVer2BackingInfo) int64 {
	if !orElse(backing.ThinProvisioned, false) {
		return disk.CapacityInBytes
	}
	var used int64
	for _, one := range chain {
		if extent := fileOf(source, lastOf(one)); extent != nil {
			used += extent.Size
		}
	}
	return min(used, disk.CapacityInBytes)
}

// customizeClone leaves a specification to the first start of a clone, if its guest can be customized.
func (c *changer) customizeClone(d *mo.VirtualMachine, spec *types.CustomizationSpec) types.BaseMethodFault {
	windows := strings.HasPrefix(d.Config.GuestId, "win")
	_, sysprep := spec.Identity.(*types.CustomizationSysprep)
	if spec.Identity == nil {
		return argument("spec.customization.identity")
	}
	if !hasTools(d) || windows != sysprep {
		return &types.UncustomizableGuest{UncustomizableGuestOS: d.Config.GuestFullName}
	}
	return c.customizeAtStart(d, spec)
}
