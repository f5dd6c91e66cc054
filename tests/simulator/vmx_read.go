// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"regexp"
	"sort"
	"strings"

	"github.com/vmware/govmomi/vim25/types"
)

// vmxOwn are the keys that become properties of their own; all others are extraConfig.
var vmxOwn = regexp.MustCompile(`^(\.encoding|config\.version|virtualhw\.version|displayname|guestos|memsize|numvcpus|cpuid\.corespersocket|` +
	`uuid\.(bios|location|action)|vc\.uuid|nvram|extendedconfigfile|sched\.swap\.derivedname|migrate\.hostlog|vmx\.log\..*|firmware|annotation|` +
	`(scsi|sata|ide|nvme)\d+(:\d+)?\..*|ethernet\d+\..*)$`)

// vmfsPath is how such files name what lies in another folder. The name of a datastore stands for its UUID.
var vmfsPath = regexp.MustCompile(`^/vmfs/volumes/([^/]+)/(.+)$`)

// configSpec is the machine that a configuration file in a folder describes.
func (v vmx) configSpec(folder string) *types.VirtualMachineConfigSpec {
	spec := &types.VirtualMachineConfigSpec{
		Name: v["displayname"], GuestId: guestOf(v["guestos"]), Annotation: v["annotation"], Firmware: v["firmware"],
		MemoryMB: v.number("memSize"), NumCPUs: int32(v.number("numvcpus")), NumCoresPerSocket: int32(v.number("cpuid.coresPerSocket")),
		Uuid: plainUUID(v["uuid.bios"]), InstanceUuid: plainUUID(v["vc.uuid"]),
	}
	if v["virtualhw.version"] != "" {
		spec.Version = "vmx-" + v["virtualhw.version"]
	}
	keys := make([]string, 0, len(v))
	for key := range v {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	for _, key := range keys {
		if !vmxOwn.MatchString(key) {
			spec.ExtraConfig = append(spec.ExtraConfig, &types.OptionValue{Key: key, Value: v[key]})
		}
	}
	v.readDevices(spec, folder)
	return spec
}

// add adds a device with a key of its own.
func add(spec *types.VirtualMachineConfigSpec, device types.BaseVirtualDevice) int32 {
	key := -int32(len(spec.DeviceChange)) - 1
	device.GetVirtualDevice().Key = key
	spec.DeviceChange = append(spec.DeviceChange, &types.VirtualDeviceConfigSpec{Operation: types.VirtualDeviceConfigSpecOperationAdd, Device: device})
	return key
}

const (
	busNumbers  = 4
	unitNumbers = 30
	cardNumbers = 10
)

func (v vmx) readDevices(spec *types.VirtualMachineConfigSpec, folder string) {
	for _, kind := range []string{"ide", "scsi", "sata", "nvme"} {
		for bus := range int32(busNumbers) {
			at := fmt.Sprintf("%s%d", kind, bus)
			key := 200 + bus
			if kind != "ide" {
				if !v.is(at + ".present") {
					continue
				}
				key = add(spec, newController(kind, v[at+".virtualdev"], bus))
			}
			for unit := range int32(unitNumbers) {
				if place := fmt.Sprintf("%s:%d.", at, unit); v.is(place + "present") {
					v.readDrive(spec, place, key, unit, folder)
				}
			}
		}
	}
	for number := range cardNumbers {
		if at := fmt.Sprintf("ethernet%d.", number); v.is(at + "present") {
			v.readCard(spec, at)
		}
	}
}

func newController(kind, model string, bus int32) types.BaseVirtualDevice {
	scsi := types.VirtualSCSIController{SharedBus: types.VirtualSCSISharingNoSharing}
	scsi.BusNumber = bus
	switch {
	case kind == "sata":
		made := &types.VirtualAHCIController{}
		made.BusNumber = bus
		return made
	case kind == "nvme":
		made := &types.VirtualNVMEController{}
		made.BusNumber = bus
		return made
	case model == "pvscsi":
		return &types.ParaVirtualSCSIController{VirtualSCSIController: scsi}
	case model == "lsisas1068":
		return &types.VirtualLsiLogicSASController{VirtualSCSIController: scsi}
	case model == "buslogic":
		return &types.VirtualBusLogicController{VirtualSCSIController: scsi}
	}
	return &types.VirtualLsiLogicController{VirtualSCSIController: scsi}
}

func (v vmx) readDrive(spec *types.VirtualMachineConfigSpec, at string, controller, unit int32, folder string) {
	file := vmfsPath.ReplaceAllString(v[at+"filename"], "[$1] $2")
	if file != "" && !strings.HasPrefix(file, "[") && !strings.HasPrefix(file, "/") {
		file = folder + "/" + file
	}
	of := types.VirtualDevice{ControllerKey: controller, UnitNumber: &unit}
	if !strings.Contains(v[at+"devicetype"], "cdrom") {
		mode := strings.Replace(v[at+"mode"], "-", "_", 1)
		if mode == "" {
			mode = string(types.VirtualDiskModePersistent)
		}
		of.Backing = &types.VirtualDiskFlatVer2BackingInfo{
			VirtualDeviceFileBackingInfo: types.VirtualDeviceFileBackingInfo{FileName: file}, DiskMode: mode,
		}
		add(spec, &types.VirtualDisk{VirtualDevice: of})
		return
	}
	of.Connectable = &types.VirtualDeviceConnectInfo{StartConnected: v.is(at + "startConnected"), AllowGuestControl: true}
	of.Backing = &types.VirtualCdromRemotePassthroughBackingInfo{}
	if v[at+"devicetype"] == "cdrom-image" {
		of.Backing = &types.VirtualCdromIsoBackingInfo{VirtualDeviceFileBackingInfo: types.VirtualDeviceFileBackingInfo{FileName: file}}
	}
	add(spec, &types.VirtualCdrom{VirtualDevice: of})
}

func (v vmx) readCard(spec *types.VirtualMachineConfigSpec, at string) {
	card := types.VirtualEthernetCard{AddressType: "generated", MacAddress: v[at+"generatedaddress"]}
	if v[at+"addresstype"] == "static" {
		card.AddressType, card.MacAddress = "manual", v[at+"address"]
	}
	card.Connectable = &types.VirtualDeviceConnectInfo{
		StartConnected: v[at+"startconnected"] == "" || v.is(at+"startConnected"), AllowGuestControl: true,
	}
	switch {
	case v[at+"dvs.portgroupid"] != "":
		card.Backing = &types.VirtualEthernetCardDistributedVirtualPortBackingInfo{Port: types.DistributedVirtualSwitchPortConnection{
			SwitchUuid: v[at+"dvs.switchid"], PortgroupKey: v[at+"dvs.portgroupid"],
		}}
	case v[at+"opaquenetwork.id"] != "":
		card.Backing = &types.VirtualEthernetCardOpaqueNetworkBackingInfo{
			OpaqueNetworkId: v[at+"opaquenetwork.id"], OpaqueNetworkType: v[at+"opaquenetwork.type"],
		}
	default:
		card.Backing = &types.VirtualEthernetCardNetworkBackingInfo{
			VirtualDeviceDeviceBackingInfo: types.VirtualDeviceDeviceBackingInfo{DeviceName: v[at+"networkname"]},
		}
	}
	switch v[at+"virtualdev"] {
	case "e1000":
		add(spec, &types.VirtualE1000{VirtualEthernetCard: card})
	case "e1000e":
		add(spec, &types.VirtualE1000e{VirtualEthernetCard: card})
	default:
		vmxnet3 := &types.VirtualVmxnet3{}
		vmxnet3.VirtualEthernetCard = card
		add(spec, vmxnet3)
	}
}
