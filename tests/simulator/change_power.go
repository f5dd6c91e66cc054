// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"slices"
	"strings"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

const (
	on        = types.VirtualMachinePowerStatePoweredOn
	off       = types.VirtualMachinePowerStatePoweredOff
	suspended = types.VirtualMachinePowerStateSuspended
)

func (m *machineCalls) PowerOnVMTask(ctx *simulator.Context, _ *types.PowerOnVM_Task) soap.HasFault {
	task, fault := m.power(ctx, "PowerOnVM_Task", func() types.BaseMethodFault { return m.c.askAndPowerOn(ctx, m.VirtualMachine) })
	if fault != nil {
		return &methods.PowerOnVM_TaskBody{Fault_: fault}
	}
	return &methods.PowerOnVM_TaskBody{Res: &types.PowerOnVM_TaskResponse{Returnval: task}}
}

func (m *machineCalls) PowerOffVMTask(ctx *simulator.Context, _ *types.PowerOffVM_Task) soap.HasFault {
	task, fault := m.power(ctx, "PowerOffVM_Task", func() types.BaseMethodFault { return m.c.powerOff(ctx, m.VirtualMachine) })
	if fault != nil {
		return &methods.PowerOffVM_TaskBody{Fault_: fault}
	}
	return &methods.PowerOffVM_TaskBody{Res: &types.PowerOffVM_TaskResponse{Returnval: task}}
}

func (m *machineCalls) SuspendVMTask(ctx *simulator.Context, _ *types.SuspendVM_Task) soap.HasFault {
	task, fault := m.power(ctx, "SuspendVM_Task", func() types.BaseMethodFault { return m.c.suspend(ctx, m.VirtualMachine) })
	if fault != nil {
		return &methods.SuspendVM_TaskBody{Fault_: fault}
	}
	return &methods.SuspendVM_TaskBody{Res: &types.SuspendVM_TaskResponse{Returnval: task}}
}

func (m *machineCalls) ResetVMTask(ctx *simulator.Context, _ *types.ResetVM_Task) soap.HasFault {
	task, fault := m.power(ctx, "ResetVM_Task", func() types.BaseMethodFault {
		if fault := mustBe(m.VirtualMachine, on); fault != nil {
			return fault
		}
		return m.c.restart(ctx, m.VirtualMachine)
	})
	if fault != nil {
		return &methods.ResetVM_TaskBody{Fault_: fault}
	}
	return &methods.ResetVM_TaskBody{Res: &types.ResetVM_TaskResponse{Returnval: task}}
}

// power starts a task that changes the power state, which a template does not have.
func (m *machineCalls) power(ctx *simulator.Context, method string, work func() types.BaseMethodFault) (ref, *soap.Fault) {
	if m.Config != nil && m.Config.Template {
		return ref{}, simulator.Fault("The operation is not supported on the object.", &types.NotSupported{})
	}
	return start(ctx, m.VirtualMachine, method, func() (types.AnyType, types.BaseMethodFault) {
		if fault := m.c.reachable(m.VirtualMachine); fault != nil {
			return nil, fault
		}
		return nil, work()
	}), nil
}

// mustBe refuses a machine in another power state.
func mustBe(vm *simulator.VirtualMachine, state types.VirtualMachinePowerState) types.BaseMethodFault {
	if vm.Runtime.PowerState != state {
		return &types.InvalidPowerState{RequestedState: state, ExistingState: vm.Runtime.PowerState}
	}
	return nil
}

// reachable refuses a machine that its host does not serve.
func (c *changer) reachable(vm *simulator.VirtualMachine) types.BaseMethodFault {
	if vm.Config == nil || vm.Runtime.ConnectionState != types.VirtualMachineConnectionStateConnected {
		return &types.InvalidState{}
	}
	return nil
}

func (c *changer) powerOn(ctx *simulator.Context, vm *simulator.VirtualMachine) types.BaseMethodFault {
	if vm.Runtime.PowerState == on {
		return &types.InvalidPowerState{RequestedState: on, ExistingState: on}
	}
	if host, ok := c.registry.Get(*vm.Runtime.Host).(*simulator.HostSystem); ok && host.Runtime.InMaintenanceMode {
		return &types.InvalidState{}
	}
	resumed := vm.Runtime.PowerState == suspended
	fault := c.change(ctx, vm, func(d *mo.VirtualMachine) types.BaseMethodFault {
		setPower(d, on)
		if keyOf(d, swapFile(d)) < 0 {
			addFile(d, swapFile(d), "swap", int64(d.Config.Hardware.MemoryMB)<<20)
		}
		return c.account(d)
	})
	if fault == nil {
		c.post(ctx, vm, func(e types.VmEvent) types.BaseEvent { return &types.VmPoweredOnEvent{VmEvent: e} })
		c.guests.boot(ctx, vm, resumed)
	}
	return fault
}

func (c *changer) powerOff(ctx *simulator.Context, vm *simulator.VirtualMachine) types.BaseMethodFault {
	if vm.Runtime.PowerState == off {
		return &types.InvalidPowerState{RequestedState: off, ExistingState: off}
	}
	c.guests.stop(vm)
	fault := c.change(ctx, vm, func(d *mo.VirtualMachine) types.BaseMethodFault {
		setPower(d, off)
		c.guests.silence(d)
		dropFiles(d, isRunningFile)
		return c.account(d)
	})
	if fault == nil {
		c.post(ctx, vm, func(e types.VmEvent) types.BaseEvent { return &types.VmPoweredOffEvent{VmEvent: e} })
	}
	return fault
}

func (c *changer) suspend(ctx *simulator.Context, vm *simulator.VirtualMachine) types.BaseMethodFault {
	if vm.Runtime.PowerState != on {
		return &types.InvalidPowerState{RequestedState: on, ExistingState: vm.Runtime.PowerState}
	}
	c.guests.stop(vm)
	fault := c.change(ctx, vm, func(d *mo.VirtualMachine) types.BaseMethodFault {
		setPower(d, suspended)
		c.guests.silence(d)
		return nil
	})
	if fault == nil {
		c.post(ctx, vm, func(e types.VmEvent) types.BaseEvent { return &types.VmSuspendedEvent{VmEvent: e} })
	}
	return fault
}

// restart begins the guest anew; the machine stays on.
func (c *changer) restart(ctx *simulator.Context, vm *simulator.VirtualMachine) types.BaseMethodFault {
	c.guests.stop(vm)
	fault := c.change(ctx, vm, func(d *mo.VirtualMachine) types.BaseMethodFault {
		d.Runtime.BootTime = ptr(time.Now().UTC())
		c.guests.silence(d)
		return nil
	})
	if fault == nil {
		c.post(ctx, vm, func(e types.VmEvent) types.BaseEvent { return &types.VmResettingEvent{VmEvent: e} })
		c.guests.boot(ctx, vm, false)
	}
	return fault
}

// setPower writes a power state, and what follows from it, into a draft.
func setPower(d *mo.VirtualMachine, state types.VirtualMachinePowerState) {
	runtime, stats := &d.Runtime, &d.Summary.QuickStats
	wasOff := runtime.PowerState == off
	runtime.PowerState = state
	runtime.SuspendTime, runtime.Device = nil, nil
	heartbeat := types.ManagedEntityStatusGray
	*stats = types.VirtualMachineQuickStats{GuestHeartbeatStatus: heartbeat}
	d.GuestHeartbeatStatus = heartbeat
	now := time.Now().UTC()
	switch state {
	case on:
		if wasOff || runtime.BootTime == nil {
			runtime.BootTime = &now
		}
		runtime.CleanPowerOff = nil
		if config := d.Config; orElse(config.MemoryHotAddEnabled, false) {
			config.HotPlugMemoryLimit, config.HotPlugMemoryIncrementSize = 16*int64(config.Hardware.MemoryMB), 128
		}
		for _, one := range d.Config.Hardware.Device {
			if card, ok := one.(types.BaseVirtualEthernetCard); ok {
				key := card.GetVirtualEthernetCard().Key
				runtime.Device = append(runtime.Device, types.VirtualMachineDeviceRuntimeInfo{Key: key, RuntimeState: cardState})
			}
		}
	case suspended:
		runtime.SuspendTime = &now
	case off:
		runtime.BootTime = nil
		d.Config.HotPlugMemoryLimit, d.Config.HotPlugMemoryIncrementSize = 0, 0
	}
	d.Config.Hardware.Device = slices.Clone(d.Config.Hardware.Device)
	for i, one := range d.Config.Hardware.Device {
		connectable := one.GetVirtualDevice().Connectable
		if connectable == nil {
			continue
		}
		connected := state == on && connectable.StartConnected
		if connected != connectable.Connected {
			changed := *connectable
			changed.Connected = connected
			d.Config.Hardware.Device[i] = copyDevice(one)
			d.Config.Hardware.Device[i].GetVirtualDevice().Connectable = &changed
		}
	}
}

func swapFile(d *mo.VirtualMachine) string {
	return stem(d.Config) + "-" + d.Config.Uuid[:min(8, len(d.Config.Uuid))] + ".vswp"
}

// isRunningFile tells of a file that a machine has only while it is on.
func isRunningFile(file types.VirtualMachineFileLayoutExFileInfo) bool {
	return file.Type == "swap" || strings.HasPrefix(file.Type, "suspend")
}
