// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"errors"
	"reflect"
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// errRefused is for what is refused for one reason alone.
var errRefused = errors.New("refused")

func argument(name string) types.BaseMethodFault {
	return &types.InvalidArgument{InvalidProperty: name}
}

// refusal is a fault with the condition that it stands for.
type refusal struct {
	broken bool
	fault  types.BaseMethodFault
}

func firstRefusal(all []refusal) types.BaseMethodFault {
	for _, one := range all {
		if one.broken {
			return one.fault
		}
	}
	return nil
}

// check refuses what a server refuses of a specification, devices apart.
func (c *changer) check(d *mo.VirtualMachine, spec *types.VirtualMachineConfigSpec) types.BaseMethodFault {
	config := d.Config
	cpus, cores := orCurrent(spec.NumCPUs, config.Hardware.NumCPU), orCurrent(spec.NumCoresPerSocket, config.Hardware.NumCoresPerSocket)
	firmware := orCurrent(spec.Firmware, config.Firmware)
	all := []refusal{
		{spec.ChangeVersion != "" && spec.ChangeVersion != config.ChangeVersion, &types.ConcurrentAccess{}},
		{config.Template && !isForTemplates(spec), &types.NotSupported{}},
		{spec.NumCPUs < 0 || spec.NumCPUs > 768, argument("configSpec.numCPUs")},
		{spec.NumCoresPerSocket < 0 || cores > 0 && cpus%cores != 0, argument("configSpec.numCoresPerSocket")},
		{spec.MemoryMB < 0 || spec.MemoryMB%4 != 0 || spec.MemoryMB > 24<<20, argument("configSpec.memoryMB")},
		{spec.GuestId != "" && !isGuestID(spec.GuestId), argument("configSpec.guestId")},
		{spec.Uuid != "" && !validUUID(spec.Uuid), argument("configSpec.uuid")},
		{spec.InstanceUuid != "" && !validUUID(spec.InstanceUuid), argument("configSpec.instanceUuid")},
		{firmware != "" && firmware != "bios" && firmware != "efi", argument("configSpec.firmware")},
		{wantsSecureBoot(spec) && firmware != "efi", &types.InvalidVmConfig{Property: "msg.hostd.configSpec.efi"}},
		{isBeyond(config.CpuAllocation, spec.CpuAllocation), argument("configSpec.cpuAllocation.reservation")},
		{isBeyond(config.MemoryAllocation, spec.MemoryAllocation), argument("configSpec.memoryAllocation.reservation")},
	}
	if fault := firstRefusal(append(all, c.hot(d, spec)...)); fault != nil {
		return fault
	}
	if name := escapeOnce(spec.Name); spec.Name != "" && name != d.Name {
		return c.checkName(d.Parent, d.ResourcePool, name, d.Self)
	}
	return nil
}

// hot refuses what cannot be changed while a machine is on.
func (c *changer) hot(d *mo.VirtualMachine, spec *types.VirtualMachineConfigSpec) []refusal {
	if d.Runtime.PowerState == off {
		return nil
	}
	config, hardware := d.Config, d.Config.Hardware
	state := &types.InvalidPowerState{RequestedState: off, ExistingState: d.Runtime.PowerState}
	limit, step := config.HotPlugMemoryLimit, config.HotPlugMemoryIncrementSize
	more := spec.MemoryMB - int64(hardware.MemoryMB)
	return []refusal{
		{spec.NumCPUs > hardware.NumCPU && !orElse(config.CpuHotAddEnabled, false), &types.CpuHotPlugNotSupported{}},
		{spec.NumCPUs != 0 && spec.NumCPUs < hardware.NumCPU && !orElse(config.CpuHotRemoveEnabled, false), &types.CpuHotPlugNotSupported{}},
		{spec.MemoryMB != 0 && (more < 0 || more > 0 && !orElse(config.MemoryHotAddEnabled, false)), &types.MemoryHotPlugNotSupported{}},
		{spec.MemoryMB != 0 && limit > 0 && spec.MemoryMB > limit, argument("configSpec.memoryMB")},
		{spec.MemoryMB != 0 && step > 0 && more%step != 0, argument("configSpec.memoryMB")},
		{differ(spec.NumCoresPerSocket, hardware.NumCoresPerSocket), state},
		{differ(spec.GuestId, config.GuestId), state},
		{differ(spec.Firmware, config.Firmware), state},
		{differ(spec.Version, config.Version), state},
		{differ(spec.Uuid, config.Uuid), state},
		{switches(spec.CpuHotAddEnabled, config.CpuHotAddEnabled), state},
		{switches(spec.CpuHotRemoveEnabled, config.CpuHotRemoveEnabled), state},
		{switches(spec.MemoryHotAddEnabled, config.MemoryHotAddEnabled), state},
		{switches(spec.NestedHVEnabled, config.NestedHVEnabled), state},
		{switches(spec.VPMCEnabled, config.VPMCEnabled), state},
		{wantsSecureBoot(spec) && !(config.BootOptions != nil && orElse(config.BootOptions.EfiSecureBootEnabled, false)), state},
	}
}

func orCurrent[T comparable](wanted, current T) T {
	var none T
	if wanted == none {
		return current
	}
	return wanted
}

// differ tells of a member that is set whether it is another than now.
func differ[T comparable](wanted, current T) bool {
	var none T
	return wanted != none && wanted != current
}

func switches(wanted, current *bool) bool {
	return wanted != nil && *wanted != orElse(current, false)
}

func wantsSecureBoot(spec *types.VirtualMachineConfigSpec) bool {
	return spec.BootOptions != nil && orElse(spec.BootOptions.EfiSecureBootEnabled, false)
}

func isGuestID(id string) bool {
	return slices.Contains(simulator.GuestID, types.VirtualMachineGuestOsIdentifier(id))
}

// isForTemplates tells of a specification that it has nothing but name and annotation, which a template takes.
func isForTemplates(spec *types.VirtualMachineConfigSpec) bool {
	allowed := types.VirtualMachineConfigSpec{Name: spec.Name, Annotation: spec.Annotation, ChangeVersion: spec.ChangeVersion}
	return reflect.DeepEqual(*spec, allowed)
}

// isBeyond tells of an allocation whether it would be negative, or reserve more than its limit.
func isBeyond(current, wanted *types.ResourceAllocationInfo) bool {
	if wanted == nil {
		return false
	}
	merged := types.ResourceAllocationInfo{}
	if current != nil {
		merged = *current
	}
	overlay(reflect.ValueOf(&merged).Elem(), reflect.ValueOf(wanted).Elem())
	reservation, limit := orElse(merged.Reservation, 0), orElse(merged.Limit, -1)
	return reservation < 0 || limit < -1 || limit >= 0 && reservation > limit
}

// checkName refuses a name that another machine or folder has in the same folder, or machine in the same vApp.
func (c *changer) checkName(folder, pool *ref, name string, self ref) types.BaseMethodFault {
	if len(unescape(name)) == 0 || len([]rune(unescape(name))) > 80 {
		return &types.InvalidName{Name: name}
	}
	var siblings []ref
	if folder != nil {
		if within, ok := c.registry.Get(*folder).(*simulator.Folder); ok {
			siblings = within.ChildEntity
		}
	} else if pool != nil {
		if app, ok := c.registry.Get(*pool).(*simulator.VirtualApp); ok {
			siblings = app.Vm
		}
	}
	for _, one := range siblings {
		if item, ok := c.registry.Get(one).(mo.Entity); ok && one != self && item.Entity().Name == name {
			return &types.DuplicateName{Name: name, Object: one}
		}
	}
	return nil
}

// escapeOnce writes a name as vCenter stores it; a % that begins an escaped character stays.
func escapeOnce(name string) string { return escape(unescape(name)) }
