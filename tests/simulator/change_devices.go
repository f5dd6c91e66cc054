// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// deviceChange is one entry of a specification's deviceChange on its way into a draft.
type deviceChange struct {
	c     *changer
	d     *mo.VirtualMachine
	index int
	spec  *types.VirtualDeviceConfigSpec
	given map[int32]int32 // keys that devices got which came with negative ones
}

// configureDevices adds, changes and removes devices, one after another.
func (c *changer) configureDevices(d *mo.VirtualMachine, changes []types.BaseVirtualDeviceConfigSpec) types.BaseMethodFault {
	d.Config.Hardware.Device = slices.Clone(d.Config.Hardware.Device)
	given := map[int32]int32{}
	for i, one := range changes {
		change := &deviceChange{c: c, d: d, index: i, given: given}
		if one != nil {
			change.spec = one.GetVirtualDeviceConfigSpec()
		}
		if change.spec == nil || change.spec.Device == nil || reflect.ValueOf(change.spec.Device).IsNil() {
			return &types.InvalidDeviceSpec{DeviceIndex: int32(i)}
		}
		if fault := change.apply(); fault != nil {
			return fault
		}
	}
	return nil
}

func (x *deviceChange) apply() types.BaseMethodFault {
	switch x.spec.Operation {
	case types.VirtualDeviceConfigSpecOperationAdd:
		return x.add()
	case types.VirtualDeviceConfigSpecOperationEdit:
		return x.edit()
	case types.VirtualDeviceConfigSpecOperationRemove:
		return x.remove()
	}
	return x.invalid("operation")
}

// invalid is a fault of this entry, with the member that is wrong.
func (x *deviceChange) invalid(member string) types.BaseMethodFault { return ptr(x.at(member)) }

func (x *deviceChange) at(member string) types.InvalidDeviceSpec {
	made := types.InvalidDeviceSpec{DeviceIndex: int32(x.index)}
	made.Property = fmt.Sprintf("virtualDeviceSpec[%d].device.%s", x.index, member)
	return made
}

func (x *deviceChange) running() bool { return x.d.Runtime.PowerState != off }

func (x *deviceChange) find(key int32) int {
	return slices.IndexFunc(x.d.Config.Hardware.Device, func(one types.BaseVirtualDevice) bool { return one.GetVirtualDevice().Key == key })
}

func (x *deviceChange) add() types.BaseMethodFault {
	device := copyDevice(x.spec.Device)
	base := device.GetVirtualDevice()
	kind := kindOf(device)
	if kind.onlyOne && slices.ContainsFunc(x.d.Config.Hardware.Device, func(one types.BaseVirtualDevice) bool { return kindOf(one).first == kind.first }) {
		if base.ControllerKey == 0 && kind.first < 1000 {
			return nil // A board's own controllers are there already: nothing happens.
		}
		return x.invalid("key")
	}
	if key := x.given[base.ControllerKey]; key != 0 {
		base.ControllerKey = key
	}
	if fault := x.place(device); fault != nil {
		return fault
	}
	asked := base.Key
	base.Key = x.newKey(device)
	if asked <= 0 {
		x.given[asked] = base.Key
	}
	label := x.newLabel(kind, device)
	if fault := x.back(device, nil); fault != nil {
		return fault
	}
	base.DeviceInfo = &types.Description{Label: label, Summary: x.c.summaryOf(device)}
	x.d.Config.Hardware.Device = append(x.d.Config.Hardware.Device, device)
	x.attach(base.ControllerKey, base.Key, true)
	return nil
}

func (x *deviceChange) edit() types.BaseMethodFault {
	wanted := x.spec.Device.GetVirtualDevice()
	at := x.find(wanted.Key)
	if at < 0 {
		return &types.DeviceNotFound{InvalidDeviceSpec: x.at("key")}
	}
	old := x.d.Config.Hardware.Device[at]
	if reflect.TypeOf(x.spec.Device) != reflect.TypeOf(old) {
		return x.invalid("key")
	}
	device := copyDevice(old)
	backing := old.GetVirtualDevice().Backing
	if wanted.Backing != nil {
		backing = wanted.Backing
		if reflect.TypeOf(backing) == reflect.TypeOf(old.GetVirtualDevice().Backing) {
			merged := reflect.New(reflect.TypeOf(backing).Elem())
			merged.Elem().Set(reflect.ValueOf(old.GetVirtualDevice().Backing).Elem())
			overlay(merged.Elem(), reflect.ValueOf(backing).Elem())
			backing = merged.Interface().(types.BaseVirtualDeviceBackingInfo)
		}
	}
	overlay(reflect.ValueOf(device).Elem(), reflect.ValueOf(x.spec.Device).Elem())
	base := device.GetVirtualDevice()
	base.Backing, base.DeviceInfo = backing, old.GetVirtualDevice().DeviceInfo
	base.ControllerKey, base.UnitNumber = old.GetVirtualDevice().ControllerKey, old.GetVirtualDevice().UnitNumber
	setConnection(device, old, wanted.Connectable, x.d.Runtime.PowerState == on)
	if moved := x.given[wanted.ControllerKey]; moved != 0 || wanted.ControllerKey > 0 && wanted.ControllerKey != base.ControllerKey ||
		wanted.UnitNumber != nil && base.UnitNumber != nil && *wanted.UnitNumber != *base.UnitNumber {
		if x.running() {
			return &types.InvalidDeviceOperation{InvalidDeviceSpec: x.at("unitNumber"), BadOp: x.spec.Operation}
		}
		x.attach(base.ControllerKey, base.Key, false)
		base.ControllerKey, base.UnitNumber = orCurrent(orCurrent(moved, wanted.ControllerKey), base.ControllerKey), wanted.UnitNumber
		if fault := x.place(device); fault != nil {
			return fault
		}
		x.attach(base.ControllerKey, base.Key, true)
	}
	if fault := x.back(device, old); fault != nil {
		return fault
	}
	info := types.Description{}
	if base.DeviceInfo != nil {
		info = *base.DeviceInfo.GetDescription()
	}
	info.Summary = x.c.summaryOf(device)
	base.DeviceInfo = &info
	x.d.Config.Hardware.Device[at] = device
	return nil
}

// setConnection merges what is wanted of a connection; only a machine that is on is connected.
func setConnection(device, old types.BaseVirtualDevice, wanted *types.VirtualDeviceConnectInfo, running bool) {
	before := old.GetVirtualDevice().Connectable
	if wanted == nil {
		device.GetVirtualDevice().Connectable = before
		return
	}
	made := *wanted
	made.Connected = made.Connected && running
	if made.Status == "" && before != nil {
		made.Status = before.Status
	}
	if made.MigrateConnect == "" && before != nil {
		made.MigrateConnect = before.MigrateConnect
	}
	device.GetVirtualDevice().Connectable = &made
}

func (x *deviceChange) remove() types.BaseMethodFault {
	key := x.spec.Device.GetVirtualDevice().Key
	at := x.find(key)
	if at < 0 {
		return &types.DeviceNotFound{InvalidDeviceSpec: x.at("key")}
	}
	device := x.d.Config.Hardware.Device[at]
	kind := kindOf(device)
	refused := &types.InvalidDeviceOperation{InvalidDeviceSpec: x.at("key"), BadOp: x.spec.Operation}
	if kind.onlyOne && kind.first < 1000 {
		return refused
	}
	for _, other := range x.d.Config.Hardware.Device {
		if _, isController := device.(types.BaseVirtualController); isController && other.GetVirtualDevice().ControllerKey == key {
			return refused
		}
	}
	if x.running() && !x.canHotPlug(device) {
		return &types.DeviceHotPlugNotSupported{InvalidDeviceSpec: x.at("key")}
	}
	if disk, ok := device.(*types.VirtualDisk); ok {
		x.removeDisk(disk)
	}
	x.d.Config.Hardware.Device = slices.Delete(x.d.Config.Hardware.Device, at, at+1)
	x.attach(device.GetVirtualDevice().ControllerKey, key, false)
	return nil
}

// attach writes a device into the list of its controller, or takes it out.
func (x *deviceChange) attach(controller, key int32, on bool) {
	at := x.find(controller)
	if at < 0 {
		return
	}
	copied := copyDevice(x.d.Config.Hardware.Device[at])
	of, ok := copied.(types.BaseVirtualController)
	if !ok {
		return
	}
	list := &of.GetVirtualController().Device
	*list = slices.DeleteFunc(slices.Clone(*list), func(one int32) bool { return one == key })
	if on {
		*list = append(*list, key)
	}
	x.d.Config.Hardware.Device[at] = copied
}
