// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"reflect"
	"strings"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// Machines share memory: what one of them refers to is never changed in place. A change is made in a draft, a copy whose
// structures are its own down to the slices and devices in them; these are replaced, not written to.

// draft copies a machine so far that the structures in it can be written to.
func draft(of *mo.VirtualMachine) *mo.VirtualMachine {
	d := *of
	own(&d.Config)
	own(&d.Layout)
	own(&d.LayoutEx)
	own(&d.Storage)
	own(&d.Guest)
	own(&d.Snapshot)
	own(&d.Summary.Guest)
	own(&d.Summary.Storage)
	return &d
}

// own replaces a structure that is referred to by a copy.
func own[T any](at **T) {
	if *at != nil {
		copied := **at
		*at = &copied
	}
}

// copyDevice copies a device so far that its own fields can be written to.
func copyDevice(device types.BaseVirtualDevice) types.BaseVirtualDevice {
	copied := reflect.New(reflect.TypeOf(device).Elem())
	copied.Elem().Set(reflect.ValueOf(device).Elem())
	return copied.Interface().(types.BaseVirtualDevice)
}

// change lets edit work on a draft of a machine, which becomes the machine unless there is a fault, and tells those who
// watch its properties. The caller has locked the machine.
func (c *changer) change(ctx *simulator.Context, vm *simulator.VirtualMachine, edit func(*mo.VirtualMachine) types.BaseMethodFault) types.BaseMethodFault {
	before := vm.VirtualMachine
	d := draft(&before)
	if fault := edit(d); fault != nil {
		return fault
	}
	summarizeDraft(d)
	changes := differences(&before, d)
	if len(changes) == 0 {
		return nil
	}
	if fault := c.charge(ctx, &before, d); fault != nil {
		return fault
	}
	c.relink(ctx, &before, d)
	c.settleFiles(&before, d)
	d.RecentTask = vm.RecentTask
	vm.VirtualMachine = *d
	ctx.Update(vm, changes)
	return nil
}

// summarizeDraft copies into the summary what stands elsewhere, too.
func summarizeDraft(d *mo.VirtualMachine) {
	s := &d.Summary
	s.Runtime, s.CustomValue = d.Runtime, d.CustomValue
	if config := d.Config; config != nil {
		of := &s.Config
		of.Name, of.Template, of.VmPathName = config.Name, config.Template, config.Files.VmPathName
		of.MemorySizeMB, of.NumCpu = config.Hardware.MemoryMB, config.Hardware.NumCPU
		of.Uuid, of.InstanceUuid, of.GuestId, of.GuestFullName = config.Uuid, config.InstanceUuid, config.GuestId, config.GuestFullName
		of.Annotation, of.HwVersion, of.ManagedBy = config.Annotation, config.Version, config.ManagedBy
		of.CpuReservation, of.MemoryReservation = reserved(config.CpuAllocation), reserved(config.MemoryAllocation)
		of.NumEthernetCards, of.NumVirtualDisks = 0, 0
		for _, one := range config.Hardware.Device {
			switch one.(type) {
			case types.BaseVirtualEthernetCard:
				of.NumEthernetCards++
			case *types.VirtualDisk:
				of.NumVirtualDisks++
			}
		}
	}
	if guest := d.Guest; guest != nil {
		s.Guest = &types.VirtualMachineGuestSummary{
			GuestId: guest.GuestId, GuestFullName: guest.GuestFullName, HostName: guest.HostName, IpAddress: guest.IpAddress,
			ToolsStatus: guest.ToolsStatus, ToolsRunningStatus: guest.ToolsRunningStatus, HwVersion: guest.HwVersion,
			ToolsVersionStatus: guest.ToolsVersionStatus, ToolsVersionStatus2: guest.ToolsVersionStatus2,
		}
	}
}

func reserved(allocation *types.ResourceAllocationInfo) int32 {
	if allocation == nil || allocation.Reservation == nil {
		return 0
	}
	return int32(*allocation.Reservation)
}

// deepest is how many names a path of a change has at most: config.hardware.device.
const deepest = 3

// differences lists the properties in which two machines differ, the inner ones and those around them that came or went.
func differences(before, after *mo.VirtualMachine) []types.PropertyChange {
	var all []types.PropertyChange
	compare(reflect.ValueOf(before).Elem(), reflect.ValueOf(after).Elem(), nil, &all)
	return all
}

func compare(before, after reflect.Value, path []string, all *[]types.PropertyChange) {
	for i := range after.NumField() {
		field := after.Type().Field(i)
		if field.Anonymous {
			compare(before.Field(i), after.Field(i), path, all)
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "" || name == "self" || name == "recentTask" {
			continue
		}
		compareField(before.Field(i), after.Field(i), append(path[:len(path):len(path)], name), all)
	}
}

func compareField(before, after reflect.Value, path []string, all *[]types.PropertyChange) {
	if reflect.DeepEqual(before.Interface(), after.Interface()) {
		return
	}
	inner := after.Type()
	if inner.Kind() == reflect.Pointer {
		inner = inner.Elem()
	}
	whole := inner.Kind() != reflect.Struct || inner == reflect.TypeFor[time.Time]() || inner == reflect.TypeFor[ref]() || len(path) == deepest
	if after.Kind() == reflect.Pointer {
		if after.IsNil() {
			*all = append(*all, types.PropertyChange{Name: strings.Join(path, ".")})
			return
		}
		after = after.Elem()
		if before.IsNil() {
			whole, before = true, reflect.Zero(inner)
		} else {
			before = before.Elem()
		}
	}
	if whole {
		*all = append(*all, types.PropertyChange{Name: strings.Join(path, "."), Val: value(after)})
	}
	if inner.Kind() == reflect.Struct && inner != reflect.TypeFor[time.Time]() && inner != reflect.TypeFor[ref]() && len(path) < deepest {
		compare(before, after, path, all)
	}
}

// value is what a property change carries; nothing for an interface or string without content.
func value(of reflect.Value) any {
	if of.Kind() == reflect.Interface && of.IsNil() {
		return nil
	}
	return of.Interface()
}
