// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/ovf"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// CreateImportSpec lets the library read a descriptor. What is wrong with it is a list in the result, not a fault.
func (o *ovfCalls) CreateImportSpec(ctx *simulator.Context, r *types.CreateImportSpec) (answer soap.HasFault) {
	result := &types.OvfCreateImportSpecResult{}
	answered := &methods.CreateImportSpecBody{Res: &types.CreateImportSpecResponse{}}
	defer func() {
		if problem := recover(); problem != nil { // the library expects well-made descriptors
			result = &types.OvfCreateImportSpecResult{}
			result.Error = append(result.Error, localized(&types.OvfInvalidPackage{}, fmt.Sprintf("The OVF descriptor is invalid: %v", problem)))
		}
		if answered.Fault_ == nil {
			answered.Res.Returnval = *result
		}
		answer = answered
	}()
	envelope, err := ovf.Unmarshal(strings.NewReader(r.OvfDescriptor))
	if err != nil {
		result.Error = append(result.Error, localized(&types.OvfXmlFormat{Description: err.Error()}, "Could not parse the document: "+err.Error()))
		return
	}
	if envelope.VirtualSystem == nil || len(envelope.VirtualSystem.VirtualHardware) == 0 {
		missing := &types.OvfMissingElement{}
		missing.Name = "VirtualHardwareSection"
		result.Error = append(result.Error, localized(missing, "The OVF descriptor has no VirtualHardwareSection."))
		return
	}
	copied := *r
	copied.OvfDescriptor = withUnits(r.OvfDescriptor)
	made := o.OvfManager.CreateImportSpec(ctx, &copied).(*methods.CreateImportSpecBody)
	if made.Fault_ != nil {
		answered.Fault_ = made.Fault_
		return
	}
	result = &made.Res.Returnval
	if spec, ok := result.ImportSpec.(*types.VirtualMachineImportSpec); ok {
		placeFiles(&spec.ConfigSpec, result.FileItem)
		spec.ConfigSpec.ExtraConfig = nil // where the library repeats the properties
	}
	result.Warning = append(result.Warning, unmapped(envelope, r.Cisp.GetOvfCreateImportSpecParams())...)
	if len(result.Error) > 0 {
		result.ImportSpec, result.FileItem = nil, nil
	}
	return
}

var diskElement = regexp.MustCompile(`<(?:\w+:)?Disk\s[^>]*?(/?>)`)

// withUnits is the descriptor with units of all capacities. The library takes those without for KB, and they are bytes.
func withUnits(descriptor string) string {
	return diskElement.ReplaceAllStringFunc(descriptor, func(disk string) string {
		if strings.Contains(disk, "capacityAllocationUnits") {
			return disk
		}
		end := diskElement.FindStringSubmatch(disk)[1]
		return strings.TrimSuffix(disk, end) + ` ovf:capacityAllocationUnits="byte"` + end
	})
}

func localized(fault types.BaseMethodFault, message string) types.LocalizedMethodFault {
	return types.LocalizedMethodFault{Fault: fault, LocalizedMessage: message}
}

// placeFiles names the files by the place of their device, and leaves the names of disks to the server. The library
// counts devices of a kind instead.
func placeFiles(config *types.VirtualMachineConfigSpec, files []types.OvfFileItem) {
	var devices object.VirtualDeviceList
	byCount := map[string]types.BaseVirtualDevice{}
	seen := map[string]int{}
	for _, change := range config.DeviceChange {
		device := change.GetVirtualDeviceConfigSpec().Device
		devices = append(devices, device)
		kind := devices.Type(device)
		byCount[fmt.Sprintf("/%s/%s:%d", config.Name, kind, seen[kind])] = device
		seen[kind]++
		if disk, ok := device.(*types.VirtualDisk); ok {
			if backing, ok := disk.Backing.(*types.VirtualDiskFlatVer2BackingInfo); ok {
				backing.FileName = ""
			}
		}
	}
	for i := range files {
		if device := byCount[files[i].DeviceId]; device != nil {
			files[i].DeviceId = "/" + config.Name + "/" + deviceID(devices, device)
		}
		files[i].Create = files[i].CimType != cimDisk
	}
}

// cimDisk is the resource type of a disk in an OVF descriptor.
const cimDisk = 17

// unmapped warns of networks of a descriptor that the request does not map.
func unmapped(envelope *ovf.Envelope, params *types.OvfCreateImportSpecParams) []types.LocalizedMethodFault {
	if envelope.Network == nil {
		return nil
	}
	mapped := map[string]bool{}
	for _, one := range params.NetworkMapping {
		mapped[one.Name] = true
	}
	var warnings []types.LocalizedMethodFault
	for _, network := range envelope.Network.Networks {
		if !mapped[network.Name] {
			warnings = append(warnings, localized(&types.OvfNetworkMappingNotSupported{}, fmt.Sprintf("No network mapping for %q: the first network of the datacenter is used.", network.Name)))
		}
	}
	return warnings
}
