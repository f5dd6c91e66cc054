// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"slices"

	"github.com/vmware/govmomi/vim25/types"
)

// deviceKind is how devices of a kind are numbered.
type deviceKind struct {
	label   string // with the number, if there can be more than one
	first   int32  // key of the first
	onlyOne bool
}

// kindOf names the kind of a device.
func kindOf(device types.BaseVirtualDevice) deviceKind {
	switch device.(type) {
	case *types.VirtualDisk:
		return deviceKind{"Hard disk %d", 2000, false}
	case *types.VirtualCdrom:
		return deviceKind{"CD/DVD drive %d", 3000, false}
	case types.BaseVirtualEthernetCard:
		return deviceKind{"Network adapter %d", 4000, false}
	case types.BaseVirtualSCSIController:
		return deviceKind{"SCSI controller %d", 1000, false}
	case *types.VirtualAHCIController:
		return deviceKind{"SATA controller %d", 15000, false}
	case *types.VirtualNVMEController:
		return deviceKind{"NVME controller %d", 31000, false}
	case *types.VirtualIDEController:
		return deviceKind{"IDE %d", 200, true}
	case *types.VirtualPS2Controller:
		return deviceKind{"PS2 controller 0", 300, true}
	case *types.VirtualPCIController:
		return deviceKind{"PCI controller 0", 100, true}
	case *types.VirtualSIOController:
		return deviceKind{"SIO controller 0", 400, true}
	case *types.VirtualMachineVideoCard:
		return deviceKind{"Video card ", 500, true}
	case *types.VirtualKeyboard:
		return deviceKind{"Keyboard ", 600, true}
	case *types.VirtualPointingDevice:
		return deviceKind{"Pointing device", 700, true}
	case *types.VirtualUSBController:
		return deviceKind{"USB controller", 7000, true}
	case *types.VirtualUSBXHCIController:
		return deviceKind{"USB xHCI controller", 14000, true}
	case *types.VirtualFloppy:
		return deviceKind{"Floppy drive %d", 8000, false}
	case *types.VirtualSerialPort:
		return deviceKind{"Serial port %d", 9000, false}
	case *types.VirtualParallelPort:
		return deviceKind{"Parallel port %d", 10000, false}
	case *types.VirtualTPM:
		return deviceKind{"Virtual TPM", 11000, true}
	case *types.VirtualMachineVMCIDevice:
		return deviceKind{"VMCI device", 12000, true}
	case *types.VirtualPCIPassthrough:
		return deviceKind{"PCI device %d", 13000, false}
	case types.BaseVirtualSoundCard:
		return deviceKind{"Sound card", 5000, true}
	}
	return deviceKind{"Device %d", 40000, false}
}

// bus is what a controller offers to the devices on it.
type bus struct {
	units    int32
	reserved int32 // the unit that the controller has itself, -1 for none
	firstKey int32 // of devices on bus 0
	perBus   int32
	hotPlug  bool
}

// busOf is what a controller offers to disks and drives; nil for one that takes none.
func busOf(controller types.BaseVirtualDevice) *bus {
	switch of := controller.(type) {
	case *types.VirtualIDEController:
		return &bus{2, -1, 3000, 2, false}
	case types.BaseVirtualSCSIController:
		return &bus{16, orCurrent(of.GetVirtualSCSIController().ScsiCtlrUnitNumber, 7), 2000, 16, true}
	case *types.VirtualAHCIController:
		return &bus{30, -1, 16000, 30, true}
	case *types.VirtualNVMEController:
		return &bus{15, -1, 32000, 15, true}
	}
	return nil
}

// place checks where a new or moved device is to stand, and chooses a unit where none is given.
func (x *deviceChange) place(device types.BaseVirtualDevice) types.BaseMethodFault {
	base := device.GetVirtualDevice()
	if controller, ok := device.(types.BaseVirtualController); ok {
		return x.placeController(device, controller.GetVirtualController())
	}
	if _, card := device.(types.BaseVirtualEthernetCard); card {
		base.ControllerKey = 100
		x.chooseUnit(base, 7, 17, -1)
		return nil
	}
	switch device.(type) {
	case *types.VirtualDisk, *types.VirtualCdrom:
	default:
		return nil
	}
	at := x.find(base.ControllerKey)
	var on *bus
	if at >= 0 {
		on = busOf(x.d.Config.Hardware.Device[at])
	}
	if on == nil {
		return &types.InvalidController{InvalidDeviceSpec: x.at("controllerKey"), ControllerKey: base.ControllerKey}
	}
	if x.running() && !on.hotPlug {
		return &types.DeviceHotPlugNotSupported{InvalidDeviceSpec: x.at("controllerKey")}
	}
	if base.UnitNumber == nil || *base.UnitNumber < 0 {
		base.UnitNumber = nil
		if !x.chooseUnit(base, 0, on.units, on.reserved) {
			return x.invalid("unitNumber")
		}
	}
	if unit := *base.UnitNumber; unit >= on.units || unit == on.reserved || x.isTaken(base, unit) {
		return x.invalid("unitNumber")
	}
	return nil
}

// maxBuses is how many controllers of a kind a machine can have.
const maxBuses = 4

func (x *deviceChange) placeController(device types.BaseVirtualDevice, controller *types.VirtualController) types.BaseMethodFault {
	kind := kindOf(device)
	if kind.onlyOne {
		return nil
	}
	taken := map[int32]bool{}
	for _, one := range x.d.Config.Hardware.Device {
		if other, ok := one.(types.BaseVirtualController); ok && kindOf(one).first == kind.first {
			taken[other.GetVirtualController().BusNumber] = true
		}
	}
	if taken[controller.BusNumber] && x.spec.Device.GetVirtualDevice().Key > 0 || controller.BusNumber < 0 || controller.BusNumber >= maxBuses || len(taken) >= maxBuses {
		return x.invalid("busNumber")
	}
	if taken[controller.BusNumber] {
		return x.invalid("busNumber")
	}
	controller.ControllerKey, controller.Device = 100, nil
	if scsi, ok := device.(types.BaseVirtualSCSIController); ok {
		of := scsi.GetVirtualSCSIController()
		of.ScsiCtlrUnitNumber, of.HotAddRemove = 7, ptr(true)
		of.SharedBus = orCurrent(of.SharedBus, types.VirtualSCSISharingNoSharing)
	}
	return nil
}

func (x *deviceChange) isTaken(of *types.VirtualDevice, unit int32) bool {
	return slices.ContainsFunc(x.d.Config.Hardware.Device, func(one types.BaseVirtualDevice) bool {
		other := one.GetVirtualDevice()
		return other.Key != of.Key && other.ControllerKey == of.ControllerKey && other.UnitNumber != nil && *other.UnitNumber == unit
	})
}

// chooseUnit takes the lowest unit that is free.
func (x *deviceChange) chooseUnit(base *types.VirtualDevice, first, end, reserved int32) bool {
	for unit := first; unit < end; unit++ {
		if unit != reserved && !x.isTaken(base, unit) {
			base.UnitNumber = &unit
			return true
		}
	}
	return false
}

// newKey is the key that a server gives: by bus and unit for what has them, else the next of its kind.
func (x *deviceChange) newKey(device types.BaseVirtualDevice) int32 {
	base, key := device.GetVirtualDevice(), kindOf(device).first
	if controller, ok := device.(types.BaseVirtualController); ok {
		key += controller.GetVirtualController().BusNumber
	} else if at := x.find(base.ControllerKey); at >= 0 && base.UnitNumber != nil {
		if on := busOf(x.d.Config.Hardware.Device[at]); on != nil {
			of := x.d.Config.Hardware.Device[at].(types.BaseVirtualController).GetVirtualController()
			key = on.firstKey + of.BusNumber*on.perBus + *base.UnitNumber
		}
	}
	for x.find(key) >= 0 {
		key++
	}
	return key
}

// newLabel is the kind with the lowest number that no device has; controllers have that of their bus.
func (x *deviceChange) newLabel(kind deviceKind, device types.BaseVirtualDevice) string {
	if kind.onlyOne {
		return kind.label
	}
	if controller, ok := device.(types.BaseVirtualController); ok {
		return fmt.Sprintf(kind.label, controller.GetVirtualController().BusNumber)
	}
	for number := 1; ; number++ {
		label := fmt.Sprintf(kind.label, number)
		if !slices.ContainsFunc(x.d.Config.Hardware.Device, func(one types.BaseVirtualDevice) bool {
			info := one.GetVirtualDevice().DeviceInfo
			return info != nil && info.GetDescription().Label == label
		}) {
			return label
		}
	}
}

// canHotPlug tells of a device whether it comes and goes while the machine is on.
func (x *deviceChange) canHotPlug(device types.BaseVirtualDevice) bool {
	if _, card := device.(types.BaseVirtualEthernetCard); card {
		return true
	}
	if at := x.find(device.GetVirtualDevice().ControllerKey); at >= 0 {
		if on := busOf(x.d.Config.Hardware.Device[at]); on != nil {
			return on.hotPlug
		}
	}
	_, controller := device.(types.BaseVirtualSCSIController)
	return controller
}

// summaryOf is the second line of a device's description.
func (c *changer) summaryOf(device types.BaseVirtualDevice) string {
	switch of := device.(type) {
	case *types.VirtualDisk:
		return thousands(of.CapacityInKB) + " KB"
	case types.BaseVirtualEthernetCard:
		card := of.GetVirtualEthernetCard()
		switch b := card.Backing.(type) {
		case *types.VirtualEthernetCardDistributedVirtualPortBackingInfo:
			return "DVSwitch: " + b.Port.SwitchUuid
		case *types.VirtualEthernetCardOpaqueNetworkBackingInfo:
			return b.OpaqueNetworkType + ": " + b.OpaqueNetworkId
		}
		return c.networkName(card)
	case *types.VirtualCdrom:
		switch b := of.Backing.(type) {
		case *types.VirtualCdromIsoBackingInfo:
			return "ISO " + b.FileName
		case *types.VirtualCdromAtapiBackingInfo:
			return "ATAPI " + b.DeviceName
		}
		return "Remote device"
	case *types.ParaVirtualSCSIController:
		return "VMware paravirtual SCSI"
	case *types.VirtualLsiLogicSASController:
		return "LSI Logic SAS"
	case *types.VirtualLsiLogicController:
		return "LSI Logic"
	case *types.VirtualAHCIController:
		return "AHCI"
	case *types.VirtualNVMEController:
		return "NVME Controller"
	}
	return kindOf(device).label
}
