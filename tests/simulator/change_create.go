// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// folderCalls are the calls on a folder.
type folderCalls struct {
	*simulator.Folder
	notEntity
	c *changer
}

func (f *folderCalls) CreateVMTask(ctx *simulator.Context, req *types.CreateVM_Task) soap.HasFault {
	task := start(ctx, f.Folder, "CreateVM_Task", func() (types.AnyType, types.BaseMethodFault) {
		imported := ctx.Caller != nil && ctx.Caller.Type != "Folder"
		vm, fault := f.c.create(ctx, f.Self, req.Pool, req.Host, &req.Config, imported)
		if fault != nil {
			return nil, fault
		}
		return vm.Self, nil
	})
	return &methods.CreateVM_TaskBody{Res: &types.CreateVM_TaskResponse{Returnval: task}}
}

// create makes a machine out of a specification alone. What is imported has an operating system with VMware Tools on its disks.
func (c *changer) create(ctx *simulator.Context, folder, pool ref, host *ref, spec *types.VirtualMachineConfigSpec, imported bool) (*simulator.VirtualMachine, types.BaseMethodFault) {
	if spec.Name == "" {
		return nil, &types.InvalidVmConfig{Property: "configSpec.name"}
	}
	if spec.Files == nil || storeName(spec.Files.VmPathName) == "" {
		return nil, &types.InvalidVmConfig{Property: "configSpec.files.vmPathName"}
	}
	file := spec.Files.VmPathName
	at, fault := c.findPlace(folder, pool, host, nil, storeName(file))
	if fault != nil {
		return nil, fault
	}
	name := escapeOnce(spec.Name)
	if fault := c.checkName(&folder, &pool, name, ref{}); fault != nil {
		return nil, fault
	}
	vmx := ""
	switch _, inside := splitPath(file); {
	case strings.HasSuffix(inside, ".vmx"):
		vmx = file
		if c.exists(at.store, vmx) {
			return nil, &types.FileAlreadyExists{FileFault: types.FileFault{File: vmx}}
		}
	case inside != "":
		vmx = fmt.Sprintf("[%s] %s/%s.vmx", storeName(file), path.Clean(inside), fileSafe(name))
	}
	d := c.begin(at, name, vmx)
	if fault := c.furnish(d, spec); fault != nil {
		return nil, fault
	}
	if imported {
		installTools(d)
	}
	vm, fault := c.enter(ctx, d, at)
	if fault == nil {
		c.post(ctx, vm, func(e types.VmEvent) types.BaseEvent { return &types.VmCreatedEvent{VmEvent: e} })
	}
	return vm, fault
}

// installTools makes the guest of a draft one that has VMware Tools.
func installTools(d *mo.VirtualMachine) {
	guest := d.Guest
	unmanaged := string(types.VirtualMachineToolsVersionStatusGuestToolsUnmanaged)
	guest.ToolsStatus, guest.ToolsVersion = types.VirtualMachineToolsStatusToolsNotRunning, "12389"
	guest.ToolsVersionStatus, guest.ToolsVersionStatus2 = unmanaged, unmanaged
	guest.ToolsInstallType = string(types.VirtualMachineToolsInstallTypeGuestToolsTypeOpenVMTools)
	guest.GuestId, guest.GuestFullName, guest.GuestFamily = d.Config.GuestId, d.Config.GuestFullName, "linuxGuest"
	if strings.HasPrefix(d.Config.GuestId, "win") {
		guest.GuestFamily = "windowsGuest"
	}
}

// furnish gives a new machine what it has by itself, and what is wanted.
func (c *changer) furnish(d *mo.VirtualMachine, spec *types.VirtualMachineConfigSpec) types.BaseMethodFault {
	version := orCurrent(spec.Version, fmt.Sprintf("vmx-%02d", c.release.hardware))
	number := 0
	if _, err := fmt.Sscanf(version, "vmx-%d", &number); err != nil || number > c.release.hardware || number < 4 {
		return &types.NotSupported{}
	}
	config := d.Config
	config.Version, config.GuestId, config.GuestFullName, config.Firmware = version, "otherGuest", guestName("otherGuest"), "bios"
	config.Hardware = types.VirtualHardware{NumCPU: 1, NumCoresPerSocket: 1, MemoryMB: 32, Device: append([]types.BaseVirtualDevice{}, board...)}
	vmci := device(&types.VirtualMachineVMCIDevice{}, 12000, "VMCI device", "VMCI device")
	vmci.Id, vmci.ControllerKey, vmci.UnitNumber = int64(c.next("vmci")), 100, ptr(int32(17))
	config.Hardware.Device = append(config.Hardware.Device, vmci)
	config.CpuAllocation, config.MemoryAllocation = unlimited, unlimited
	config.Tools, config.DefaultPowerOps, config.SwapPlacement = toolsConfig, powerOps, "inherit"
	config.CpuHotAddEnabled, config.CpuHotRemoveEnabled, config.MemoryHotAddEnabled = ptr(false), ptr(false), ptr(false)
	config.BootOptions = &types.VirtualMachineBootOptions{EfiSecureBootEnabled: ptr(false), BootRetryDelay: 10000}
	config.ChangeTrackingEnabled = ptr(false)
	d.Guest = &types.GuestInfo{
		GuestState: string(types.VirtualMachineGuestStateNotRunning), HwVersion: version, ToolsVersion: "0", AppHeartbeatStatus: "appStatusGray", AppState: "none",
		ToolsStatus:         types.VirtualMachineToolsStatusToolsNotInstalled,
		ToolsRunningStatus:  string(types.VirtualMachineToolsRunningStatusGuestToolsNotRunning),
		ToolsVersionStatus:  string(types.VirtualMachineToolsVersionStatusGuestToolsNotInstalled),
		ToolsVersionStatus2: string(types.VirtualMachineToolsVersionStatusGuestToolsNotInstalled),
	}
	wanted := *spec
	wanted.ChangeVersion, wanted.Version = "", ""
	return c.configure(d, &wanted)
}

// MoveIntoFolderTask moves machines and folders; the library moves anything else.
func (f *folderCalls) MoveIntoFolderTask(ctx *simulator.Context, req *types.MoveIntoFolder_Task) soap.HasFault {
	for _, one := range req.List {
		if one.Type != "VirtualMachine" && one.Type != "Folder" {
			return f.Folder.MoveIntoFolderTask(ctx, req)
		}
	}
	task := start(ctx, f.Folder, "MoveIntoFolder_Task", func() (types.AnyType, types.BaseMethodFault) {
		for _, one := range req.List {
			var fault types.BaseMethodFault
			switch item := f.c.registry.Get(one).(type) {
			case *simulator.VirtualMachine:
				fault = f.c.moveInto(ctx, item, f.Folder)
			case *simulator.Folder:
				fault = f.c.moveFolder(ctx, item, f.Folder)
			default:
				fault = &types.ManagedObjectNotFound{Obj: one}
			}
			if fault != nil {
				return nil, fault
			}
		}
		return nil, nil
	})
	return &methods.MoveIntoFolder_TaskBody{Res: &types.MoveIntoFolder_TaskResponse{Returnval: task}}
}

// moveFolder puts a folder into another one, which must hold the same and not be inside the first.
func (c *changer) moveFolder(ctx *simulator.Context, folder, into *simulator.Folder) types.BaseMethodFault {
	for at := &into.Self; at != nil; {
		if *at == folder.Self {
			return &types.InvalidFolder{Target: folder.Self}
		}
		item, ok := c.registry.Get(*at).(mo.Entity)
		if !ok {
			break
		}
		at = item.Entity().Parent
	}
	if folder.Parent == nil || folder.Parent.Type != "Folder" || !slices.Equal(folder.ChildType, into.ChildType) {
		return &types.NotSupported{}
	}
	if fault := c.checkName(&into.Self, nil, folder.Name, folder.Self); fault != nil {
		return fault
	}
	c.editChildren(ctx, *folder.Parent, func(list []ref) []ref { return without(list, folder.Self) })
	c.editChildren(ctx, into.Self, func(list []ref) []ref { return with(list, folder.Self) })
	ctx.WithLock(folder, func() { ctx.Update(folder, []types.PropertyChange{{Name: "parent", Val: into.Self}}) })
	return nil
}

// moveInto puts a machine into another folder of machines.
func (c *changer) moveInto(ctx *simulator.Context, vm *simulator.VirtualMachine, folder *simulator.Folder) types.BaseMethodFault {
	old := vm.Parent
	if old == nil || !slices.Contains(folder.ChildType, "VirtualMachine") {
		return &types.NotSupported{}
	}
	if *old == folder.Self {
		return nil
	}
	if fault := c.checkName(&folder.Self, nil, vm.Name, vm.Self); fault != nil {
		return fault
	}
	c.editChildren(ctx, *old, func(list []ref) []ref { return without(list, vm.Self) })
	c.editChildren(ctx, folder.Self, func(list []ref) []ref { return with(list, vm.Self) })
	var fault types.BaseMethodFault
	ctx.WithLock(vm, func() {
		fault = c.change(ctx, vm, func(d *mo.VirtualMachine) types.BaseMethodFault {
			d.Parent = &folder.Self
			return nil
		})
	})
	return fault
}
