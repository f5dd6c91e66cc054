// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"bytes"
	"reflect"
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

func (m *machineCalls) ReconfigVMTask(ctx *simulator.Context, req *types.ReconfigVM_Task) soap.HasFault {
	task := start(ctx, m.VirtualMachine, "ReconfigVM_Task", func() (types.AnyType, types.BaseMethodFault) {
		return nil, m.c.reconfigure(ctx, m.VirtualMachine, &req.Spec)
	})
	return &methods.ReconfigVM_TaskBody{Res: &types.ReconfigVM_TaskResponse{Returnval: task}}
}

func (c *changer) reconfigure(ctx *simulator.Context, vm *simulator.VirtualMachine, spec *types.VirtualMachineConfigSpec) types.BaseMethodFault {
	if fault := c.reachable(vm); fault != nil {
		return fault
	}
	fault := c.change(ctx, vm, func(d *mo.VirtualMachine) types.BaseMethodFault {
		settle(d)
		if fault := c.configure(d, spec); fault != nil {
			return fault
		}
		return c.account(d)
	})
	if fault == nil {
		c.post(ctx, vm, func(e types.VmEvent) types.BaseEvent {
			return &types.VmReconfiguredEvent{VmEvent: e, ConfigSpec: *spec}
		})
	}
	return fault
}

// configure writes a specification into a draft, all of it or, with a fault, an unknown part.
func (c *changer) configure(d *mo.VirtualMachine, spec *types.VirtualMachineConfigSpec) types.BaseMethodFault {
	if fault := c.check(d, spec); fault != nil {
		return fault
	}
	config := d.Config
	plain := *spec
	plain.Files, plain.ExtraConfig, plain.VAppConfig, plain.ManagedBy = nil, nil, nil, nil
	overlay(reflect.ValueOf(config).Elem(), reflect.ValueOf(&plain).Elem())
	if spec.Name != "" {
		config.Name = escapeOnce(spec.Name)
		d.Name = config.Name
	}
	if spec.Annotation == emptied {
		config.Annotation = ""
	}
	if spec.GuestId != "" {
		config.GuestFullName = guestName(spec.GuestId)
	}
	if power := spec.PowerOpInfo; power != nil {
		overlay(reflect.ValueOf(&config.DefaultPowerOps).Elem(), reflect.ValueOf(power).Elem())
	}
	setIf(&config.Hardware.NumCPU, spec.NumCPUs)
	setIf(&config.Hardware.NumCoresPerSocket, spec.NumCoresPerSocket)
	setIf(&config.Hardware.MemoryMB, int32(spec.MemoryMB))
	if by := spec.ManagedBy; by != nil {
		if config.ManagedBy = by; by.ExtensionKey == "" {
			config.ManagedBy = nil
		}
	}
	if locked := config.MemoryReservationLockedToMax; locked != nil && *locked && config.MemoryAllocation != nil {
		own(&config.MemoryAllocation)
		config.MemoryAllocation.Reservation = ptr(int64(config.Hardware.MemoryMB))
	}
	config.ExtraConfig = mergeExtra(config.ExtraConfig, spec.ExtraConfig)
	if fault := configureVApp(config, spec); fault != nil {
		return fault
	}
	if fault := c.configureDevices(d, spec.DeviceChange); fault != nil {
		return fault
	}
	d.Network = c.networksOf(config)
	d.Runtime.MaxMemoryUsage = config.Hardware.MemoryMB
	c.touch(config)
	return nil
}

func setIf[T comparable](at *T, value T) {
	var none T
	if value != none {
		*at = value
	}
}

// overlay copies the members that are set in one structure into those of the same name in another; structures that are
// referred to are replaced by copies.
func overlay(onto, from reflect.Value) {
	for i := range from.NumField() {
		field, value := from.Type().Field(i), from.Field(i)
		at := onto.FieldByName(field.Name)
		if !at.IsValid() || value.IsZero() {
			continue
		}
		isStruct := value.Kind() == reflect.Pointer && value.Elem().Kind() == reflect.Struct && value.Elem().NumField() > 0
		switch {
		case isStruct && at.Kind() == reflect.Struct:
			overlay(at, value.Elem())
		case isStruct && at.Type() == value.Type() && !at.IsNil() && value.Type() != reflect.TypeFor[*ref]():
			merged := reflect.New(value.Type().Elem())
			merged.Elem().Set(at.Elem())
			overlay(merged.Elem(), value.Elem())
			at.Set(merged)
		case at.Kind() == reflect.Struct && value.Kind() == reflect.Struct:
			overlay(at, value)
		case value.Type().AssignableTo(at.Type()):
			at.Set(value)
		}
	}
}

// mergeExtra sets keys of extraConfig; an empty value removes one.
func mergeExtra(old, changes []types.BaseOptionValue) []types.BaseOptionValue {
	all := slices.Clone(old)
	for _, change := range changes {
		option := change.GetOptionValue()
		if option == nil {
			continue
		}
		at := slices.IndexFunc(all, func(one types.BaseOptionValue) bool { return one.GetOptionValue().Key == option.Key })
		removed := option.Value == nil || option.Value == ""
		switch {
		case removed && at >= 0:
			all = slices.Delete(all, at, at+1)
		case removed:
		case at >= 0:
			all[at] = &types.OptionValue{Key: option.Key, Value: option.Value}
		default:
			all = append(all, &types.OptionValue{Key: option.Key, Value: option.Value})
		}
	}
	return all
}

// configureVApp sets properties and products of a machine that came out of an OVF.
func configureVApp(config *types.VirtualMachineConfigInfo, spec *types.VirtualMachineConfigSpec) types.BaseMethodFault {
	if removed := spec.VAppConfigRemoved; removed != nil && *removed {
		config.VAppConfig = nil
	}
	if spec.VAppConfig == nil {
		return nil
	}
	info := types.VmConfigInfo{}
	if config.VAppConfig != nil {
		info = *config.VAppConfig.GetVmConfigInfo()
	}
	wanted := spec.VAppConfig.GetVmConfigSpec()
	fault := error(nil)
	info.Property, fault = edited(info.Property, wanted.Property,
		func(p types.VAppPropertySpec) (types.ArrayUpdateSpec, *types.VAppPropertyInfo) {
			return p.ArrayUpdateSpec, p.Info
		},
		func(p types.VAppPropertyInfo) int32 { return p.Key })
	if fault == nil {
		info.Product, fault = edited(info.Product, wanted.Product,
			func(p types.VAppProductSpec) (types.ArrayUpdateSpec, *types.VAppProductInfo) {
				return p.ArrayUpdateSpec, p.Info
			},
			func(p types.VAppProductInfo) int32 { return p.Key })
	}
	if fault != nil {
		return argument("configSpec.vAppConfig")
	}
	if wanted.OvfEnvironmentTransport != nil {
		info.OvfEnvironmentTransport = wanted.OvfEnvironmentTransport
	}
	if wanted.IpAssignment != nil {
		info.IpAssignment = *wanted.IpAssignment
	}
	config.VAppConfig = &info
	return nil
}

// edited applies the changes of a specification to a list whose entries have keys.
func edited[S, I any](old []I, changes []S, parts func(S) (types.ArrayUpdateSpec, *I), key func(I) int32) ([]I, error) {
	all := slices.Clone(old)
	for _, change := range changes {
		update, info := parts(change)
		wanted, _ := update.RemoveKey.(int32)
		if info != nil {
			wanted = key(*info)
		}
		at := slices.IndexFunc(all, func(one I) bool { return key(one) == wanted })
		switch {
		case update.Operation == types.ArrayUpdateOperationAdd && at < 0 && info != nil:
			all = append(all, *info)
		case update.Operation == types.ArrayUpdateOperationEdit && at >= 0 && info != nil:
			merged := all[at]
			overlay(reflect.ValueOf(&merged).Elem(), reflect.ValueOf(info).Elem())
			all[at] = merged
		case update.Operation == types.ArrayUpdateOperationRemove && at >= 0:
			all = slices.Delete(all, at, at+1)
		default:
			return nil, errRefused
		}
	}
	return all, nil
}

// emptied stands for an annotation without characters, which the library cannot tell from one that is absent.
const emptied = "\ue000"

// keepEmptied marks annotations without characters in a request.
func keepEmptied(body []byte) []byte {
	for _, empty := range []string{"<annotation></annotation>", "<annotation/>", "<annotation />"} {
		body = bytes.ReplaceAll(body, []byte(empty), []byte("<annotation>"+emptied+"</annotation>"))
	}
	return body
}

// guestName is how vSphere calls a guest operating system.
func guestName(id string) string {
	for _, one := range systems {
		if one.id == id {
			return one.name
		}
	}
	if name := otherGuests[id]; name != "" {
		return name
	}
	return id
}

var otherGuests = map[string]string{
	"otherGuest": "Other (32-bit)", "otherGuest64": "Other (64-bit)", "otherLinux64Guest": "Other Linux (64-bit)",
	"other5xLinux64Guest": "Other 5.x or later Linux (64-bit)", "debian10_64Guest": "Debian GNU/Linux 10 (64-bit)",
	"centos7_64Guest": "CentOS 7 (64-bit)", "centos8_64Guest": "CentOS 8 (64-bit)", "windows9_64Guest": "Microsoft Windows 10 (64-bit)",
}
