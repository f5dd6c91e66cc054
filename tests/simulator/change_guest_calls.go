// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// The calls on a guest answer before it has done anything; there is no task.

func (m *machineCalls) ShutdownGuest(ctx *simulator.Context, _ *types.ShutdownGuest) soap.HasFault {
	fault := m.ask(ctx, func(ctx *simulator.Context) { _ = m.c.powerOff(ctx, m.VirtualMachine) })
	return &methods.ShutdownGuestBody{Res: &types.ShutdownGuestResponse{}, Fault_: fault}
}

func (m *machineCalls) RebootGuest(ctx *simulator.Context, _ *types.RebootGuest) soap.HasFault {
	fault := m.ask(ctx, func(ctx *simulator.Context) { _ = m.c.restart(ctx, m.VirtualMachine) })
	return &methods.RebootGuestBody{Res: &types.RebootGuestResponse{}, Fault_: fault}
}

func (m *machineCalls) StandbyGuest(ctx *simulator.Context, _ *types.StandbyGuest) soap.HasFault {
	fault := m.ask(ctx, func(ctx *simulator.Context) { _ = m.c.suspend(ctx, m.VirtualMachine) })
	return &methods.StandbyGuestBody{Res: &types.StandbyGuestResponse{}, Fault_: fault}
}

// ask asks a guest for something, which it does after its delay, or refuses what cannot be asked.
func (m *machineCalls) ask(ctx *simulator.Context, do func(*simulator.Context)) *soap.Fault {
	fault := m.c.reachable(m.VirtualMachine)
	switch {
	case fault == nil && m.Config.Template:
		fault = &types.NotSupported{}
	case fault == nil:
		fault = mustBe(m.VirtualMachine, on)
	}
	if fault == nil && !toolsRun(&m.VirtualMachine.VirtualMachine) {
		fault = &types.ToolsUnavailable{}
	}
	if fault != nil {
		return simulator.Fault(describe(fault), fault)
	}
	if behaves(&m.VirtualMachine.VirtualMachine, stubborn) {
		m.c.guests.later(ctx, m.VirtualMachine, 1, do)
	}
	return nil
}
