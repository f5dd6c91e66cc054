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

func (s *snapshotCalls) RevertToSnapshotTask(ctx *simulator.Context, req *types.RevertToSnapshot_Task) soap.HasFault {
	task := start(ctx, s.Vm, "RevertToSnapshot_Task", func() (types.AnyType, types.BaseMethodFault) {
		vm, ok := s.c.registry.Get(s.Vm).(*simulator.VirtualMachine)
		if !ok || s.c.registry.Get(s.Self) == nil {
			return nil, &types.ManagedObjectNotFound{Obj: s.Self}
		}
		return nil, s.c.revert(ctx, vm, s.Self, orElse(req.SuppressPowerOn, false))
	})
	return &methods.RevertToSnapshot_TaskBody{Res: &types.RevertToSnapshot_TaskResponse{Returnval: task}}
}

func (m *machineCalls) RevertToCurrentSnapshotTask(ctx *simulator.Context, req *types.RevertToCurrentSnapshot_Task) soap.HasFault {
	if m.Snapshot == nil || m.Snapshot.CurrentSnapshot == nil {
		return &methods.RevertToCurrentSnapshot_TaskBody{Fault_: simulator.Fault(describe(&types.NotFound{}), &types.NotFound{})}
	}
	task := start(ctx, m.VirtualMachine, "RevertToCurrentSnapshot_Task", func() (types.AnyType, types.BaseMethodFault) {
		if m.Snapshot == nil || m.Snapshot.CurrentSnapshot == nil {
			return nil, &types.NotFound{}
		}
		return nil, m.c.revert(ctx, m.VirtualMachine, *m.Snapshot.CurrentSnapshot, orElse(req.SuppressPowerOn, false))
	})
	return &methods.RevertToCurrentSnapshot_TaskBody{Res: &types.RevertToCurrentSnapshot_TaskResponse{Returnval: task}}
}

// revert makes a machine what it was: configuration, disks, and on only where its memory was kept.
func (c *changer) revert(ctx *simulator.Context, vm *simulator.VirtualMachine, to ref, stayOff bool) types.BaseMethodFault {
	if fault := c.reachable(vm); fault != nil {
		return fault
	}
	taken, ok := c.registry.Get(to).(*simulator.VirtualMachineSnapshot)
	if !ok || vm.Snapshot == nil {
		return &types.NotFound{}
	}
	c.guests.stop(vm)
	state := off
	fault := c.change(ctx, vm, func(d *mo.VirtualMachine) types.BaseMethodFault {
		layout := layoutOf(d, to)
		if layout == nil {
			return &types.NotFound{}
		}
		if layout.MemoryKey >= 0 && !stayOff {
			state = on
		}
		config := taken.Config
		config.Name, config.Uuid, config.InstanceUuid = d.Config.Name, d.Config.Uuid, d.Config.InstanceUuid
		config.Template = d.Config.Template
		d.Config = &config
		d.LayoutEx.Disk = layout.Disk
		settle(d)
		growChains(d)
		dropUnused(d)
		settle(d)
		d.Snapshot.CurrentSnapshot = &to
		d.Network = c.networksOf(d.Config)
		setPower(d, state)
		c.guests.silence(d)
		dropFiles(d, isRunningFile)
		if state == on {
			addFile(d, swapFile(d), "swap", int64(d.Config.Hardware.MemoryMB)<<20)
		}
		c.touch(d.Config)
		return c.account(d)
	})
	if fault != nil {
		return fault
	}
	c.linkSnapshots(ctx, vm)
	c.post(ctx, vm, func(e types.VmEvent) types.BaseEvent {
		return &types.VmMessageEvent{VmEvent: e, Message: "The execution state has been reverted to a snapshot"}
	})
	if state == on {
		c.guests.boot(ctx, vm, true)
	}
	return nil
}
