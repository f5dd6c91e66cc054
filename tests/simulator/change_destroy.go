// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

func (m *machineCalls) DestroyTask(ctx *simulator.Context, _ *types.Destroy_Task) soap.HasFault {
	task := start(ctx, m.VirtualMachine, "Destroy_Task", func() (types.AnyType, types.BaseMethodFault) {
		return nil, m.c.destroy(ctx, m.VirtualMachine)
	})
	return &methods.Destroy_TaskBody{Res: &types.Destroy_TaskResponse{Returnval: task}}
}

func (m *machineCalls) UnregisterVM(ctx *simulator.Context, _ *types.UnregisterVM) soap.HasFault {
	if fault := m.c.removable(m.VirtualMachine); fault != nil {
		return &methods.UnregisterVMBody{Fault_: simulator.Fault(describe(fault), fault)}
	}
	m.c.unregister(ctx, m.VirtualMachine)
	return &methods.UnregisterVMBody{Res: &types.UnregisterVMResponse{}}
}

func (c *changer) removable(vm *simulator.VirtualMachine) types.BaseMethodFault {
	if vm.Runtime.PowerState == on {
		return &types.InvalidPowerState{RequestedState: off, ExistingState: on}
	}
	return nil
}

// destroy removes a machine with all its files, those of attached disks too.
func (c *changer) destroy(ctx *simulator.Context, vm *simulator.VirtualMachine) types.BaseMethodFault {
	if fault := c.removable(vm); fault != nil {
		return fault
	}
	if fault := c.reachable(vm); fault != nil {
		return fault
	}
	fault := c.change(ctx, vm, func(d *mo.VirtualMachine) types.BaseMethodFault {
		d.LayoutEx.File, d.LayoutEx.Disk, d.LayoutEx.Snapshot = nil, nil, nil
		d.Storage.PerDatastoreUsage = nil
		d.Storage.Timestamp = d.LayoutEx.Timestamp
		return nil
	})
	if fault != nil {
		return fault
	}
	c.unregister(ctx, vm)
	return nil
}

// unregister takes a machine out of the estate; its files stay.
func (c *changer) unregister(ctx *simulator.Context, vm *simulator.VirtualMachine) {
	c.post(ctx, vm, func(e types.VmEvent) types.BaseEvent { return &types.VmRemovedEvent{VmEvent: e} })
	self := vm.Self
	users := append(append([]ref{}, vm.Network...), vm.Datastore...)
	for _, of := range []*ref{vm.Runtime.Host, vm.ResourcePool} {
		if of != nil {
			users = append(users, *of)
		}
	}
	for _, of := range users {
		c.editUsers(ctx, of, func(list []ref) []ref { return without(list, self) })
	}
	if vm.Parent != nil {
		c.editChildren(ctx, *vm.Parent, func(list []ref) []ref { return without(list, self) })
	}
	for _, snapshot := range snapshotsIn(vm.Snapshot) {
		c.registry.Remove(ctx, snapshot)
	}
	c.guests.forget(self)
	c.registry.Remove(ctx, self)
}

// editChildren replaces the list of what is in a folder.
func (c *changer) editChildren(ctx *simulator.Context, of ref, edit func([]ref) []ref) {
	folder, ok := c.registry.Get(of).(*simulator.Folder)
	if !ok {
		return
	}
	ctx.WithLock(folder, func() {
		ctx.Update(folder, []types.PropertyChange{{Name: "childEntity", Val: edit(folder.ChildEntity)}})
	})
}

// snapshotsIn lists the snapshots of a machine, each before its children.
func snapshotsIn(info *types.VirtualMachineSnapshotInfo) []ref {
	var all []ref
	var walk func([]types.VirtualMachineSnapshotTree)
	walk = func(nodes []types.VirtualMachineSnapshotTree) {
		for _, node := range nodes {
			all = append(all, node.Snapshot)
			walk(node.ChildSnapshotList)
		}
	}
	if info != nil {
		walk(info.RootSnapshotList)
	}
	return all
}
