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

// fieldCalls are the calls on the manager of custom fields.
type fieldCalls struct {
	*simulator.CustomFieldsManager
	c *changer
}

func (f *fieldCalls) SetField(ctx *simulator.Context, req *types.SetField) soap.HasFault {
	vm, ok := f.c.registry.Get(req.Entity).(*simulator.VirtualMachine)
	if !ok {
		item, ok := f.c.registry.Get(req.Entity).(mo.Entity)
		if !ok {
			return &methods.SetFieldBody{Fault_: simulator.Fault("", &types.ManagedObjectNotFound{Obj: req.Entity})}
		}
		// The library appends in place; entities share lists.
		entity := item.Entity()
		entity.CustomValue, entity.Value = slices.Clip(entity.CustomValue), slices.Clip(entity.Value)
		return f.CustomFieldsManager.SetField(ctx, req)
	}
	var fault types.BaseMethodFault
	ctx.WithLock(vm, func() {
		fault = f.c.setField(ctx, vm, req.Value, func(of types.CustomFieldDef) bool { return of.Key == req.Key })
	})
	if fault != nil {
		return &methods.SetFieldBody{Fault_: simulator.Fault(describe(fault), fault)}
	}
	return &methods.SetFieldBody{Res: &types.SetFieldResponse{}}
}

// SetCustomValue is not there on a host alone, which has no custom fields.
func (m *machineCalls) SetCustomValue(ctx *simulator.Context, req *types.SetCustomValue) soap.HasFault {
	fault := types.BaseMethodFault(&types.NotSupported{})
	if !m.c.esxi {
		fault = m.c.setField(ctx, m.VirtualMachine, req.Value, func(of types.CustomFieldDef) bool { return of.Name == req.Key })
	}
	if fault != nil {
		return &methods.SetCustomValueBody{Fault_: simulator.Fault(describe(fault), fault)}
	}
	return &methods.SetCustomValueBody{Res: &types.SetCustomValueResponse{}}
}

// setField gives a machine a value of the custom field that is meant, if machines have that.
func (c *changer) setField(ctx *simulator.Context, vm *simulator.VirtualMachine, value string, meant func(types.CustomFieldDef) bool) types.BaseMethodFault {
	at := slices.IndexFunc(c.registry.CustomFieldsManager().Field, func(of types.CustomFieldDef) bool {
		return meant(of) && (of.ManagedObjectType == "" || of.ManagedObjectType == "VirtualMachine" || of.ManagedObjectType == "ManagedEntity")
	})
	if at < 0 {
		return argument("key")
	}
	key := c.registry.CustomFieldsManager().Field[at].Key
	made := &types.CustomFieldStringValue{CustomFieldValue: types.CustomFieldValue{Key: key}, Value: value}
	replaced := func(old []types.BaseCustomFieldValue) []types.BaseCustomFieldValue {
		all := slices.Clone(old)
		if at := slices.IndexFunc(all, func(one types.BaseCustomFieldValue) bool { return one.GetCustomFieldValue().Key == key }); at >= 0 {
			all[at] = made
			return all
		}
		return append(all, made)
	}
	return c.change(ctx, vm, func(d *mo.VirtualMachine) types.BaseMethodFault {
		d.CustomValue, d.Value = replaced(d.CustomValue), replaced(d.Value)
		return nil
	})
}
