// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"

	"github.com/vmware/govmomi/vim25/types"
)

// What many machines have in common; they share its memory.

var unlimited = &types.ResourceAllocationInfo{
	Reservation: ptr(int64(0)), ExpandableReservation: ptr(false), Limit: ptr(int64(-1)),
	Shares: &types.SharesInfo{Shares: 2000, Level: types.SharesLevelNormal},
}

var toolsConfig = &types.ToolsConfigInfo{
	AfterPowerOn: ptr(true), AfterResume: ptr(true), BeforeGuestStandby: ptr(true), BeforeGuestShutdown: ptr(true),
	ToolsUpgradePolicy: "manual", SyncTimeWithHost: ptr(false),
}

var powerOps = types.VirtualMachineDefaultPowerOpInfo{
	PowerOffType: "soft", SuspendType: "hard", ResetType: "soft", DefaultPowerOffType: "soft", DefaultSuspendType: "hard",
	DefaultResetType: "soft", StandbyAction: "checkpoint",
}

var cardState = &types.VirtualMachineDeviceRuntimeInfoVirtualEthernetCardRuntimeState{
	VmDirectPathGen2Active: ptr(false), VmDirectPathGen2InactiveReasonOther: []string{"vmNptIncompatibleNetwork"},
}

// featureRequirements are what makes the runtime of a machine in a cluster as large as it is.
var featureRequirements = func() []types.VirtualMachineFeatureRequirement {
	var all []types.VirtualMachineFeatureRequirement
	for _, feature := range []string{
		"lm", "pdpe1gb", "intel", "3dnprefetch", "abm", "adx", "aes", "avx", "avx2", "bmi1", "bmi2", "cmpxchg16b", "f16c", "fma",
		"fsgsbase", "ibpb", "ibrs", "invpcid", "lahf64", "mds", "movbe", "mwait", "nx", "pclmulqdq", "popcnt", "psn", "rdrand",
		"rdseed", "rdtscp", "smap", "smep", "ss", "ssbd", "sse3", "sse41", "sse42", "ssse3", "stibp", "xcr0_master_sse", "xsave",
	} {
		key := "cpuid." + feature
		all = append(all, types.VirtualMachineFeatureRequirement{Key: key, FeatureName: key, Value: "Bool:Min:1"})
	}
	return all
}()

// extraConfig is a long list of settings, as real machines have it.
var extraConfig = func() []types.BaseOptionValue {
	var all []types.BaseOptionValue
	add := func(key, value string) { all = append(all, &types.OptionValue{Key: key, Value: value}) }
	for i := range 8 {
		for _, key := range []string{"present", "virtualDev", "functions", "pciSlotNumber"} {
			add(fmt.Sprintf("pciBridge%d.%s", i, key), "TRUE")
		}
	}
	for i := range 16 {
		add(fmt.Sprintf("ethernet%d.pciSlotNumber", i%4), fmt.Sprint(160+32*i))
		add(fmt.Sprintf("scsi0:%d.redo", i), "")
		add(fmt.Sprintf("guestinfo.vmtools.detail%d", i), "estate")
	}
	for _, key := range []string{"svga.present", "hpet0.present", "viv.moid", "tools.guest.desktop.autolock", "sched.swap.derivedName", "disk.EnableUUID"} {
		add(key, "TRUE")
	}
	return all
}()

func device[T types.BaseVirtualDevice](made T, key int32, label, summary string) T {
	it := made.GetVirtualDevice()
	it.Key = key
	it.DeviceInfo = &types.Description{Label: label, Summary: summary}
	return made
}

// board lists the controllers and devices that every machine has.
var board = func() []types.BaseVirtualDevice {
	on := func(made types.BaseVirtualDevice, controller, unit int32) types.BaseVirtualDevice {
		made.GetVirtualDevice().ControllerKey, made.GetVirtualDevice().UnitNumber = controller, &unit
		return made
	}
	ide0 := device(&types.VirtualIDEController{}, 200, "IDE 0", "IDE 0")
	ide1 := device(&types.VirtualIDEController{}, 201, "IDE 1", "IDE 1")
	ide1.BusNumber = 1
	ps2 := device(&types.VirtualPS2Controller{}, 300, "PS2 controller 0", "PS2 controller 0")
	ps2.Device = []int32{600, 700}
	pointer := device(&types.VirtualPointingDevice{}, 700, "Pointing device", "Pointing device; Device")
	pointer.Backing = &types.VirtualPointingDeviceDeviceBackingInfo{HostPointingDevice: "autodetect"}
	video := device(&types.VirtualMachineVideoCard{}, 500, "Video card ", "Video card")
	video.VideoRamSizeInKB, video.NumDisplays, video.Use3dRenderer, video.GraphicsMemorySizeInKB = 8192, 1, "automatic", 262144
	pci := device(&types.VirtualPCIController{}, 100, "PCI controller 0", "PCI controller 0")
	pci.Device = []int32{500, 12000, 1000, 4000}
	return []types.BaseVirtualDevice{
		ide0, ide1, ps2, pci,
		device(&types.VirtualSIOController{}, 400, "SIO controller 0", "SIO controller 0"),
		on(device(&types.VirtualKeyboard{}, 600, "Keyboard ", "Keyboard"), 300, 0),
		on(pointer, 300, 1), on(video, 100, 0),
	}
}()

// drives are CD-ROM drives: without a disc, with an image, of the client.
var drives = func() []types.BaseVirtualDevice {
	var all []types.BaseVirtualDevice
	for i, backing := range []types.BaseVirtualDeviceBackingInfo{
		&types.VirtualCdromAtapiBackingInfo{VirtualDeviceDeviceBackingInfo: types.VirtualDeviceDeviceBackingInfo{DeviceName: "CDROM 0"}},
		&types.VirtualCdromIsoBackingInfo{VirtualDeviceFileBackingInfo: types.VirtualDeviceFileBackingInfo{FileName: "[] /usr/lib/vmware/isoimages/linux.iso"}},
		&types.VirtualCdromRemotePassthroughBackingInfo{Exclusive: false},
	} {
		drive := device(&types.VirtualCdrom{}, 3000, "CD/DVD drive 1", []string{"ATAPI CDROM 0", "ISO", "Remote device"}[i])
		drive.Backing, drive.ControllerKey, drive.UnitNumber = backing, 200, ptr(int32(0))
		drive.Connectable = &types.VirtualDeviceConnectInfo{Status: "untried", AllowGuestControl: true}
		all = append(all, drive)
	}
	return all
}()
