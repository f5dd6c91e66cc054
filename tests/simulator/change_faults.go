// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"reflect"

	"github.com/vmware/govmomi/vim25/types"
)

// describe is the text that a server gives with a fault.
func describe(fault types.BaseMethodFault) string {
	switch f := fault.(type) {
	case *types.InvalidPowerState:
		return fmt.Sprintf("The attempted operation cannot be performed in the current state (%s).", powerNames[f.ExistingState])
	case *types.DuplicateName:
		return fmt.Sprintf("The name '%s' already exists.", f.Name)
	case *types.InvalidArgument:
		return "A specified parameter was not correct: " + f.InvalidProperty
	case *types.InvalidDeviceSpec:
		return fmt.Sprintf("Invalid configuration for device '%d'.", f.DeviceIndex)
	case *types.InvalidController:
		return fmt.Sprintf("Invalid configuration for device '%d'.", f.DeviceIndex)
	case *types.InvalidDeviceBacking:
		return fmt.Sprintf("Incompatible device backing specified for device '%d'.", f.DeviceIndex)
	case *types.InvalidDatastorePath:
		return fmt.Sprintf("Invalid datastore path '%s'.", f.DatastorePath)
	case *types.InvalidName:
		return fmt.Sprintf("The name '%s' is invalid.", f.Name)
	case *types.DeviceNotFound:
		return fmt.Sprintf("Device '%d' was not found.", f.DeviceIndex)
	case *types.InvalidDeviceOperation:
		return fmt.Sprintf("Invalid operation for device '%d'.", f.DeviceIndex)
	case *types.FileNotFound:
		return fmt.Sprintf("File %s was not found", f.File)
	case *types.FileAlreadyExists:
		return fmt.Sprintf("Cannot complete the operation because the file or folder %s already exists", f.File)
	case *types.NoDiskSpace:
		return fmt.Sprintf("Insufficient disk space on datastore '%s'.", f.Datastore)
	case *types.NicSettingMismatch:
		return fmt.Sprintf("The number of network adapter settings (%d) does not match that of the adapters (%d).", f.NumberOfNicsInSpec, f.NumberOfNicsInVM)
	case *types.InvalidDatastore:
		return fmt.Sprintf("Invalid datastore '%s'.", f.Name)
	case *types.UncustomizableGuest:
		return fmt.Sprintf("Customization of the guest operating system '%s' is not supported in this configuration.", f.UncustomizableGuestOS)
	case *types.InvalidVmConfig:
		return "Invalid virtual machine configuration: " + f.Property
	case *types.SystemError:
		return "A general system error occurred: " + f.Reason
	case *types.ManagedObjectNotFound:
		return "The object has already been deleted or has not been completely created"
	}
	name := reflect.TypeOf(fault).Elem().Name()
	if text := texts[name]; text != "" {
		return text
	}
	return name
}

var powerNames = map[types.VirtualMachinePowerState]string{on: "Powered on", off: "Powered off", suspended: "Suspended"}

// texts are those of faults without parts.
var texts = map[string]string{
	"ConcurrentAccess":          "The operation cannot complete due to concurrent modification by another operation.",
	"CpuHotPlugNotSupported":    "CPU hot plug is not supported for this virtual machine.",
	"MemoryHotPlugNotSupported": "Memory hot plug is not supported for this virtual machine.",
	"ToolsUnavailable":          "Cannot complete operation because VMware Tools is not running in this virtual machine.",
	"InvalidState":              "The operation is not allowed in the current state.",
	"NotSupported":              "The operation is not supported on the object.",
	"NotFound":                  "The object or item referred to could not be found.",
	"TaskInProgress":            "Another task is already in progress.",
	"CustomizationPending":      "A customization operation is already pending.",
	"TooManySnapshotLevels":     "Snapshot hierarchy is too deep.",
}
