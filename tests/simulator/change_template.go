// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

func (m *machineCalls) MarkAsTemplate(ctx *simulator.Context, _ *types.MarkAsTemplate) soap.HasFault {
	fault := m.c.convertible(m.VirtualMachine, false)
	if fault == nil {
		pool := m.ResourcePool
		fault = m.c.change(ctx, m.VirtualMachine, func(d *mo.VirtualMachine) types.BaseMethodFault {
			d.Config.Template, d.ResourcePool = true, nil
			m.c.touch(d.Config)
			return nil
		})
		if pool != nil && fault == nil {
			m.c.editUsers(ctx, *pool, func(list []ref) []ref { return without(list, m.Self) })
		}
	}
	if fault != nil {
		return &methods.MarkAsTemplateBody{Fault_: simulator.Fault(describe(fault), fault)}
	}
	return &methods.MarkAsTemplateBody{Res: &types.MarkAsTemplateResponse{}}
}

func (m *machineCalls) MarkAsVirtualMachine(ctx *simulator.Context, req *types.MarkAsVirtualMachine) soap.HasFault {
	fault := m.c.convertible(m.VirtualMachine, true)
	host := m.Runtime.Host
	if fault == nil {
		host, fault = m.c.chooseHost(&req.Pool, req.Host, host, "")
	}
	if fault == nil {
		fault = m.c.change(ctx, m.VirtualMachine, func(d *mo.VirtualMachine) types.BaseMethodFault {
			d.Config.Template, d.ResourcePool, d.Runtime.Host = false, &req.Pool, host
			m.c.touch(d.Config)
			return nil
		})
		m.c.editUsers(ctx, req.Pool, func(list []ref) []ref { return with(list, m.Self) })
	}
	if fault != nil {
		return &methods.MarkAsVirtualMachineBody{Fault_: simulator.Fault(describe(fault), fault)}
	}
	return &methods.MarkAsVirtualMachineBody{Res: &types.MarkAsVirtualMachineResponse{}}
}

// convertible refuses what cannot be made a template, or a machine again.
func (c *changer) convertible(vm *simulator.VirtualMachine, isTemplate bool) types.BaseMethodFault {
	if c.esxi {
		return &types.NotSupported{}
	}
	if fault := c.reachable(vm); fault != nil {
		return fault
	}
	if vm.Config.Template != isTemplate || vm.ParentVApp != nil {
		return &types.NotSupported{}
	}
	return mustBe(vm, off)
}

// computeOf is the compute resource that a pool is in, with its hosts; nil for what is no pool.
func (c *changer) computeOf(pool ref) *mo.ComputeResource {
	var owner ref
	switch item := c.registry.Get(pool).(type) {
	case *simulator.ResourcePool:
		owner = item.Owner
	case *simulator.VirtualApp:
		owner = item.Owner
	default:
		return nil
	}
	switch item := c.registry.Get(owner).(type) {
	case *simulator.ClusterComputeResource:
		return &item.ComputeResource
	case *mo.ComputeResource:
		return item
	}
	return nil
}

// usable tells whether a host takes machines.
func (c *changer) usable(host ref) bool {
	item, ok := c.registry.Get(host).(*simulator.HostSystem)
	return ok && !item.Runtime.InMaintenanceMode && item.Runtime.ConnectionState == types.HostSystemConnectionStateConnected
}

// chooseHost is the host for a machine in a pool: the wanted one, the current one if it is of the same cluster, else one that DRS
// chooses, which has the datastore.
func (c *changer) chooseHost(pool, wanted, current *ref, store string) (*ref, types.BaseMethodFault) {
	compute := c.computeOf(*pool)
	if compute == nil {
		return nil, argument("pool")
	}
	has := func(host ref) bool { return c.usable(host) && (store == "" || c.store(&host, store) != nil) }
	if wanted != nil {
		if !slices.Contains(compute.Host, *wanted) {
			return nil, argument("spec.location.host")
		}
		if !c.usable(*wanted) {
			return nil, &types.InvalidState{}
		}
		return wanted, nil
	}
	if current != nil && slices.Contains(compute.Host, *current) && has(*current) {
		return current, nil
	}
	var able []ref
	for _, host := range compute.Host {
		if has(host) {
			able = append(able, host)
		}
	}
	if len(able) == 0 {
		return nil, &types.InvalidState{}
	}
	if !c.esxi && len(compute.Host) > 1 && !hasDRS(c.registry.Get(compute.Self)) {
		return nil, argument("spec.location.host")
	}
	return &able[c.next("placement")%len(able)], nil
}

// hasDRS tells whether a cluster chooses hosts by itself.
func hasDRS(item mo.Reference) bool {
	cluster, ok := item.(*simulator.ClusterComputeResource)
	if !ok {
		return false
	}
	if info, ok := cluster.ConfigurationEx.(*types.ClusterConfigInfoEx); ok {
		return orElse(info.DrsConfig.Enabled, false)
	}
	return orElse(cluster.Configuration.DrsConfig.Enabled, false)
}
