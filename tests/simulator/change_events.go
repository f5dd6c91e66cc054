// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// post sends an event about a machine.
func (c *changer) post(ctx *simulator.Context, vm *simulator.VirtualMachine, event func(types.VmEvent) types.BaseEvent) {
	about := types.VmEvent{Event: types.Event{
		CreatedTime: time.Now().UTC(),
		Vm:          &types.VmEventArgument{EntityEventArgument: types.EntityEventArgument{Name: vm.Name}, Vm: vm.Self},
	}}
	if vm.Config != nil {
		about.Template = vm.Config.Template
	}
	if vm.Runtime.Host != nil {
		if host, ok := c.registry.Get(*vm.Runtime.Host).(*simulator.HostSystem); ok {
			about.Host = &types.HostEventArgument{EntityEventArgument: types.EntityEventArgument{Name: host.Name}, Host: host.Self}
		}
	}
	for at := orPointer(vm.Parent, vm.ResourcePool); at != nil; {
		item, ok := c.registry.Get(*at).(mo.Entity)
		if !ok {
			break
		}
		if at.Type == "Datacenter" {
			about.Datacenter = &types.DatacenterEventArgument{
				EntityEventArgument: types.EntityEventArgument{Name: item.Entity().Name}, Datacenter: *at,
			}
			break
		}
		at = item.Entity().Parent
	}
	manager := c.registry.EventManager()
	ctx.WithLock(manager, func() {
		manager.PostEvent(ctx, &types.PostEvent{EventToPost: event(about)})
	})
}
