// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// Calls that change one thing each.

func (m *machineCalls) RenameTask(ctx *simulator.Context, req *types.Rename_Task) soap.HasFault {
	task := start(ctx, m.VirtualMachine, "Rename_Task", func() (types.AnyType, types.BaseMethodFault) {
		name := escapeOnce(req.NewName)
		if fault := m.c.checkName(m.Parent, m.ResourcePool, name, m.Self); fault != nil {
			return nil, fault
		}
		return nil, m.c.change(ctx, m.VirtualMachine, func(d *mo.VirtualMachine) types.BaseMethodFault {
			d.Name = name
			d.Summary.Config.Name = name
			if d.Config != nil {
				d.Config.Name = name
				m.c.touch(d.Config)
			}
			return nil
		})
	})
	return &methods.Rename_TaskBody{Res: &types.Rename_TaskResponse{Returnval: task}}
}

func (m *machineCalls) UpgradeVMTask(ctx *simulator.Context, req *types.UpgradeVM_Task) soap.HasFault {
	task := start(ctx, m.VirtualMachine, "UpgradeVM_Task", func() (types.AnyType, types.BaseMethodFault) {
		if fault := m.c.reachable(m.VirtualMachine); fault != nil {
			return nil, fault
		}
		if fault := mustBe(m.VirtualMachine, off); fault != nil {
			return nil, fault
		}
		wanted, current := m.c.release.hardware, 0
		_, _ = fmt.Sscanf(m.Config.Version, "vmx-%d", &current)
		if req.Version != "" {
			if _, err := fmt.Sscanf(req.Version, "vmx-%d", &wanted); err != nil || wanted > m.c.release.hardware {
				return nil, argument("version")
			}
		}
		switch {
		case m.Config.Template:
			return nil, &types.NotSupported{}
		case wanted <= current:
			return nil, &types.AlreadyUpgraded{}
		}
		return nil, m.c.change(ctx, m.VirtualMachine, func(d *mo.VirtualMachine) types.BaseMethodFault {
			d.Config.Version = fmt.Sprintf("vmx-%02d", wanted)
			m.c.touch(d.Config)
			return nil
		})
	})
	return &methods.UpgradeVM_TaskBody{Res: &types.UpgradeVM_TaskResponse{Returnval: task}}
}

func (m *machineCalls) UpgradeToolsTask(ctx *simulator.Context, _ *types.UpgradeTools_Task) soap.HasFault {
	task := start(ctx, m.VirtualMachine, "UpgradeTools_Task", func() (types.AnyType, types.BaseMethodFault) {
		if fault := mustBe(m.VirtualMachine, on); fault != nil {
			return nil, fault
		}
		if !toolsRun(&m.VirtualMachine.VirtualMachine) {
			return nil, &types.ToolsUnavailable{}
		}
		return nil, m.c.change(ctx, m.VirtualMachine, func(d *mo.VirtualMachine) types.BaseMethodFault {
			current := string(types.VirtualMachineToolsVersionStatusGuestToolsCurrent)
			d.Guest.ToolsVersion, d.Guest.ToolsVersionStatus, d.Guest.ToolsVersionStatus2 = "12416", current, current
			d.Guest.ToolsStatus = types.VirtualMachineToolsStatusToolsOk
			return nil
		})
	})
	return &methods.UpgradeTools_TaskBody{Res: &types.UpgradeTools_TaskResponse{Returnval: task}}
}
