// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"path"
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

func (m *machineCalls) RelocateVMTask(ctx *simulator.Context, req *types.RelocateVM_Task) soap.HasFault {
	if m.c.esxi {
		return &methods.RelocateVM_TaskBody{Fault_: simulator.Fault(describe(&types.NotSupported{}), &types.NotSupported{})}
	}
	task := start(ctx, m.VirtualMachine, "RelocateVM_Task", func() (types.AnyType, types.BaseMethodFault) {
		return nil, m.c.relocate(ctx, m.VirtualMachine, &req.Spec)
	})
	return &methods.RelocateVM_TaskBody{Res: &types.RelocateVM_TaskResponse{Returnval: task}}
}

// relocate moves a machine to another pool, host, datastore or folder.
func (c *changer) relocate(ctx *simulator.Context, vm *simulator.VirtualMachine, spec *types.VirtualMachineRelocateSpec) types.BaseMethodFault {
	if fault := c.reachable(vm); fault != nil {
		return fault
	}
	pool, host := vm.ResourcePool, vm.Runtime.Host
	if spec.Pool != nil && !vm.Config.Template {
		pool = spec.Pool
	}
	if spec.Host != nil || spec.Pool != nil {
		within := pool
		if within == nil {
			within = c.rootPool(*orPointer(spec.Host, host))
		}
		if within == nil {
			return argument("spec.pool")
		}
		chosen, fault := c.chooseHost(within, spec.Host, host, "")
		if fault != nil {
			return fault
		}
		host = chosen
	}
	var folder *simulator.Folder
	if spec.Folder != nil {
		var ok bool
		if folder, ok = c.registry.Get(*spec.Folder).(*simulator.Folder); !ok {
			return argument("spec.folder")
		}
		if fault := c.checkName(&folder.Self, nil, vm.Name, vm.Self); fault != nil {
			return fault
		}
	}
	before := vm.VirtualMachine
	fault := c.change(ctx, vm, func(d *mo.VirtualMachine) types.BaseMethodFault {
		settle(d)
		d.Runtime.Host, d.ResourcePool = host, pool
		if fault := c.moveFiles(d, spec); fault != nil {
			return fault
		}
		if fault := c.configureDevices(d, spec.DeviceChange); fault != nil {
			return fault
		}
		d.Network = c.networksOf(d.Config)
		c.touch(d.Config)
		return c.account(d)
	})
	if fault != nil {
		return fault
	}
	for _, pair := range [][2]*ref{{before.Runtime.Host, host}, {before.ResourcePool, pool}} {
		if pair[0] != nil && pair[1] != nil && *pair[0] != *pair[1] {
			c.editUsers(ctx, *pair[0], func(list []ref) []ref { return without(list, vm.Self) })
			c.editUsers(ctx, *pair[1], func(list []ref) []ref { return with(list, vm.Self) })
		}
	}
	c.linkSnapshots(ctx, vm)
	c.post(ctx, vm, func(e types.VmEvent) types.BaseEvent {
		return &types.VmRelocatedEvent{VmRelocateSpecEvent: types.VmRelocateSpecEvent{VmEvent: e}}
	})
	if folder != nil {
		return c.moveInto(ctx, vm, folder)
	}
	return nil
}

// rootPool is the root resource pool of a host's cluster, or nil.
func (c *changer) rootPool(host ref) *ref {
	item, ok := c.registry.Get(host).(*simulator.HostSystem)
	if !ok || item.Parent == nil {
		return nil
	}
	switch of := c.registry.Get(*item.Parent).(type) {
	case *simulator.ClusterComputeResource:
		return of.ResourcePool
	case *mo.ComputeResource:
		return of.ResourcePool
	}
	return nil
}

func orPointer[T any](one, other *T) *T {
	if one != nil {
		return one
	}
	return other
}

// moveFiles gives the files of a machine their names on other datastores, as far as a specification wants it.
func (c *changer) moveFiles(d *mo.VirtualMachine, spec *types.VirtualMachineRelocateSpec) types.BaseMethodFault {
	target := map[int32]*simulator.Datastore{} // by key of file
	find := func(of *ref) (*simulator.Datastore, types.BaseMethodFault) {
		on, ok := c.registry.Get(*of).(*simulator.Datastore)
		if !ok || c.store(d.Runtime.Host, on.Name) == nil {
			return nil, argument("spec.datastore")
		}
		return on, nil
	}
	foreign := foreignFiles(d)
	if spec.Datastore != nil {
		on, fault := find(spec.Datastore)
		if fault != nil {
			return fault
		}
		for _, file := range d.LayoutEx.File {
			if !foreign[file.Key] {
				target[file.Key] = on
			}
		}
	}
	for _, locator := range spec.Disk {
		on, fault := find(&locator.Datastore)
		if fault != nil {
			return fault
		}
		if !slices.ContainsFunc(disksOf(d.Config), func(one *types.VirtualDisk) bool { return one.Key == locator.DiskId }) {
			return argument("spec.disk.diskId")
		}
		for _, one := range chainOf(d.LayoutEx.Disk, locator.DiskId) {
			for _, key := range one.FileKey {
				if !foreign[key] {
					target[key] = on
				}
			}
		}
	}
	c.renameFiles(d, target)
	return nil
}

// renameFiles writes the new names of files into a draft, and what follows from them.
func (c *changer) renameFiles(d *mo.VirtualMachine, target map[int32]*simulator.Datastore) {
	folders := map[string]string{}
	d.LayoutEx.File = slices.Clone(d.LayoutEx.File)
	for i := range d.LayoutEx.File {
		file := &d.LayoutEx.File[i]
		on := target[file.Key]
		if on == nil || c.store(d.Runtime.Host, storeName(file.Name)) == on {
			continue
		}
		if folders[on.Name] == "" {
			folders[on.Name] = fmt.Sprintf("[%s] %s", unescape(on.Name), c.newFolder(on, d.Name))
		}
		old := file.Name
		file.Name = folders[on.Name] + "/" + path.Base(old)
		if old == d.Config.Files.VmPathName {
			files := &d.Config.Files
			files.VmPathName = file.Name
			inside := folders[on.Name] + "/"
			files.SnapshotDirectory, files.SuspendDirectory, files.LogDirectory = inside, inside, inside
		}
	}
	settle(d)
	d.Config.Hardware.Device = slices.Clone(d.Config.Hardware.Device)
	for i, one := range d.Config.Hardware.Device {
		disk, ok := one.(*types.VirtualDisk)
		if !ok {
			continue
		}
		on := c.store(d.Runtime.Host, storeName(fileName(disk)))
		if on == nil {
			continue
		}
		changed := *disk
		switch backing := disk.Backing.(type) {
		case *types.VirtualDiskFlatVer2BackingInfo:
			moved := *backing
			moved.Datastore, changed.Backing = &on.Self, &moved
		case *types.VirtualDiskRawDiskMappingVer1BackingInfo:
			moved := *backing
			moved.Datastore, changed.Backing = &on.Self, &moved
		}
		d.Config.Hardware.Device[i] = &changed
	}
}

// datacenterCalls are the calls on a datacenter.
type datacenterCalls struct {
	*simulator.Datacenter
	notEntity
	c *changer
}

// PowerOnMultiVMTask starts a task for each machine; what is no machine is not attempted.
func (d *datacenterCalls) PowerOnMultiVMTask(ctx *simulator.Context, req *types.PowerOnMultiVM_Task) soap.HasFault {
	if d.c.esxi {
		return &methods.PowerOnMultiVM_TaskBody{Fault_: simulator.Fault("The method is not implemented.", &types.NotImplemented{})}
	}
	task := start(ctx, d.Datacenter, "PowerOnMultiVM_Task", func() (types.AnyType, types.BaseMethodFault) {
		result := types.ClusterPowerOnVmResult{Attempted: []types.ClusterAttemptedVmInfo{}}
		for _, one := range req.Vm {
			vm, ok := d.c.registry.Get(one).(*simulator.VirtualMachine)
			fault := types.BaseMethodFault(&types.ManagedObjectNotFound{Obj: one})
			if ok && vm.Config != nil && vm.Config.Template {
				ok, fault = false, &types.NotSupported{}
			}
			if !ok {
				reason := types.LocalizedMethodFault{Fault: fault, LocalizedMessage: describe(fault)}
				result.NotAttempted = append(result.NotAttempted, types.ClusterNotAttemptedVmInfo{Vm: one, Fault: reason})
				continue
			}
			part := &simulator.Context{Context: ctx.Context, Session: ctx.Session, Map: ctx.Map}
			started := (&machineCalls{VirtualMachine: vm, c: d.c}).PowerOnVMTask(part, &types.PowerOnVM_Task{This: one})
			id := started.(*methods.PowerOnVM_TaskBody).Res.Returnval
			result.Attempted = append(result.Attempted, types.ClusterAttemptedVmInfo{Vm: one, Task: &id})
		}
		return result, nil
	})
	return &methods.PowerOnMultiVM_TaskBody{Res: &types.PowerOnMultiVM_TaskResponse{Returnval: task}}
}
