// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"slices"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// need is a privilege that a call needs on an object.
type need struct {
	privilege string
	on        ref
}

// ownNeeds has the privilege that a call needs on the object that is called, of those calls that need no other.
var ownNeeds = map[string]string{
	"AnswerVM":                     "VirtualMachine.Interact.AnswerQuestion",
	"ConsolidateVMDisks_Task":      "VirtualMachine.State.RemoveSnapshot",
	"CreateFolder":                 "Folder.Create",
	"CreateSnapshot_Task":          "VirtualMachine.State.CreateSnapshot",
	"CustomizeVM_Task":             "VirtualMachine.Provisioning.Customize",
	"Destroy_Task":                 "VirtualMachine.Inventory.Delete",
	"MarkAsTemplate":               "VirtualMachine.Provisioning.MarkAsTemplate",
	"PowerOffVM_Task":              "VirtualMachine.Interact.PowerOff",
	"PowerOnVM_Task":               "VirtualMachine.Interact.PowerOn",
	"RebootGuest":                  "VirtualMachine.Interact.Reset",
	"RemoveSnapshot_Task":          "VirtualMachine.State.RemoveSnapshot",
	"RemoveAllSnapshots_Task":      "VirtualMachine.State.RemoveSnapshot",
	"RenameSnapshot":               "VirtualMachine.State.RenameSnapshot",
	"Rename_Task":                  "VirtualMachine.Config.Rename",
	"ResetVM_Task":                 "VirtualMachine.Interact.Reset",
	"RevertToCurrentSnapshot_Task": "VirtualMachine.State.RevertToSnapshot",
	"RevertToSnapshot_Task":        "VirtualMachine.State.RevertToSnapshot",
	"ShutdownGuest":                "VirtualMachine.Interact.PowerOff",
	"StandbyGuest":                 "VirtualMachine.Interact.Suspend",
	"StartService":                 "Host.Config.NetService",
	"StopService":                  "Host.Config.NetService",
	"SuspendVM_Task":               "VirtualMachine.Interact.Suspend",
	"UnregisterVM":                 "VirtualMachine.Inventory.Unregister",
	"UpdateServicePolicy":          "Host.Config.NetService",
	"UpgradeTools_Task":            "VirtualMachine.Interact.ToolsInstall",
	"UpgradeVM_Task":               "VirtualMachine.Config.UpgradeVirtualHardware",
}

// needs tells which privileges calls need of the accounts that hold some alone.
type needs struct {
	registry *simulator.Registry
	accounts map[string]*account
	root     ref
}

// before refuses a call whose account lacks a privilege for it.
func (n *needs) before(ctx *simulator.Context, method *simulator.Method) (mo.Reference, types.BaseMethodFault) {
	if ctx.Session == nil {
		return nil, nil
	}
	asking := n.accounts[ctx.Session.UserName]
	if asking == nil {
		return nil, nil
	}
	for _, one := range n.of(method) {
		if !asking.holds(one.privilege, one.on) {
			return nil, &types.NoPermission{Object: &one.on, PrivilegeId: one.privilege}
		}
	}
	return nil, nil
}

// of lists what a call needs.
func (n *needs) of(method *simulator.Method) []need {
	on := n.owner(method.This)
	if own, ok := ownNeeds[method.Name]; ok {
		return []need{{own, on}}
	}
	switch call := method.Body.(type) {
	case *types.CreateVM_Task:
		all := append([]need{{"VirtualMachine.Inventory.Create", on}}, poolNeed(&call.Pool)...)
		return append(all, n.ofConfig(&call.Config, on, call.Config.Files)...)
	case *types.CloneVM_Task:
		return n.ofClone(call, on)
	case *types.RegisterVM_Task:
		return append([]need{{"VirtualMachine.Inventory.Register", on}}, poolNeed(call.Pool)...)
	case *types.ReconfigVM_Task:
		return n.ofConfig(&call.Spec, on, nil)
	case *types.RelocateVM_Task:
		return n.ofRelocation(call, on)
	case *types.MarkAsVirtualMachine:
		return append([]need{{"VirtualMachine.Provisioning.MarkAsVM", on}}, poolNeed(&call.Pool)...)
	case *types.MoveIntoFolder_Task:
		all := []need{{"VirtualMachine.Inventory.Move", on}}
		for _, moved := range call.List {
			all = append(all, need{"VirtualMachine.Inventory.Move", moved})
		}
		return all
	case *types.SetField:
		return []need{{"Global.SetCustomField", call.Entity}}
	case *types.SetCustomValue:
		return []need{{"Global.SetCustomField", on}}
	case *types.GetCustomizationSpec:
		return []need{{"VirtualMachine.Provisioning.ReadCustSpecs", n.root}}
	case *types.MakeDirectory:
		return n.onDatastore("Datastore.FileManagement", call.Name)
	case *types.DeleteDatastoreFile_Task:
		return n.onDatastore("Datastore.FileManagement", call.Name)
	case *types.CopyVirtualDisk_Task:
		return append(n.onDatastore("Datastore.FileManagement", call.SourceName), n.onDatastore("Datastore.FileManagement", call.DestName)...)
	case *types.ImportVApp:
		return []need{{"VApp.Import", on}}
	}
	return nil
}

// owner is the object in the inventory that something is a part of.
func (n *needs) owner(of ref) ref {
	switch item := n.registry.Get(of).(type) {
	case *simulator.VirtualMachineSnapshot:
		return item.Vm
	case *hostServices:
		return item.host.Self
	}
	return of
}

// ofClone lists what cloning needs: on the source, the folder, the pool, the datastore, and of what it changes.
func (n *needs) ofClone(call *types.CloneVM_Task, source ref) []need {
	own := "VirtualMachine.Provisioning.Clone"
	if vm, ok := n.registry.Get(source).(*simulator.VirtualMachine); ok && vm.Config != nil && vm.Config.Template {
		own = "VirtualMachine.Provisioning.DeployTemplate"
	}
	all := []need{{own, source}, {"VirtualMachine.Inventory.CreateFromExisting", call.Folder}}
	all = append(all, poolNeed(call.Spec.Location.Pool)...)
	if to := call.Spec.Location.Datastore; to != nil {
		all = append(all, need{"Datastore.AllocateSpace", *to})
	} else if vm, ok := n.registry.Get(source).(*simulator.VirtualMachine); ok {
		for _, at := range vm.Datastore {
			all = append(all, need{"Datastore.AllocateSpace", at})
		}
	}
	if call.Spec.Customization != nil {
		all = append(all, need{"VirtualMachine.Provisioning.Customize", source})
	}
	if call.Spec.Config != nil {
		all = append(all, n.ofConfig(call.Spec.Config, source, nil)...)
	}
	if call.Spec.PowerOn {
		all = append(all, need{"VirtualMachine.Interact.PowerOn", call.Folder})
	}
	return all
}

// ofRelocation lists what moving needs.
func (n *needs) ofRelocation(call *types.RelocateVM_Task, on ref) []need {
	own := "Resource.ColdMigrate"
	if vm, ok := n.registry.Get(on).(*simulator.VirtualMachine); ok && vm.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn {
		own = "Resource.HotMigrate"
	}
	all := append([]need{{own, on}}, poolNeed(call.Spec.Pool)...)
	if to := call.Spec.Datastore; to != nil {
		all = append(all, need{"Datastore.AllocateSpace", *to})
	}
	return all
}

func poolNeed(pool *ref) []need {
	if pool == nil {
		return nil
	}
	return []need{{"Resource.AssignVMToPool", *pool}}
}

// ofConfig lists what a specification needs of a machine that is there, or of the folder of one that is made: then with its files.
func (n *needs) ofConfig(spec *types.VirtualMachineConfigSpec, on ref, files *types.VirtualMachineFileInfo) []need {
	isNew := files != nil
	var all []need
	add := func(given bool, privilege string) {
		if given {
			all = append(all, need{"VirtualMachine.Config." + privilege, on})
		}
	}
	if isNew {
		all = append(all, n.onDatastore("Datastore.AllocateSpace", files.VmPathName)...)
	} else {
		// Whoever may create a machine may say how large it is.
		add(spec.NumCPUs != 0 || spec.NumCoresPerSocket != 0, "CPUCount")
		add(spec.MemoryMB != 0, "Memory")
		add(spec.CpuAllocation != nil || spec.MemoryAllocation != nil || spec.MemoryReservationLockedToMax != nil, "Resource")
		add(spec.Annotation != "", "Annotation")
		add(spec.Name != "", "Rename")
		add(spec.GuestId != "" || spec.Firmware != "" || spec.BootOptions != nil || spec.Tools != nil || spec.CpuHotAddEnabled != nil ||
			spec.MemoryHotAddEnabled != nil || spec.CpuHotRemoveEnabled != nil || spec.NestedHVEnabled != nil || spec.VAppConfig != nil, "Settings")
	}
	add(len(spec.ExtraConfig) > 0, "AdvancedConfig")
	for _, change := range spec.DeviceChange {
		all = append(all, n.ofDevice(change.GetVirtualDeviceConfigSpec(), on, isNew)...)
	}
	return all
}

// ofDevice lists what a change of a device needs.
func (n *needs) ofDevice(change *types.VirtualDeviceConfigSpec, on ref, isNew bool) []need {
	config := func(privilege string) need { return need{"VirtualMachine.Config." + privilege, on} }
	disk, isDisk := change.Device.(*types.VirtualDisk)
	before := n.device(on, change.Device.GetVirtualDevice().Key)
	var all []need
	switch {
	case isDisk && change.Operation == types.VirtualDeviceConfigSpecOperationAdd && change.FileOperation != "":
		all = append(all, config("AddNewDisk"))
		if backing, ok := disk.Backing.(types.BaseVirtualDeviceFileBackingInfo); ok {
			path := backing.GetVirtualDeviceFileBackingInfo().FileName
			if vm, ok := n.registry.Get(on).(*simulator.VirtualMachine); ok && path == "" {
				path = vm.Config.Files.VmPathName
			}
			all = append(all, n.onDatastore("Datastore.AllocateSpace", path)...)
		}
	case isDisk && change.Operation == types.VirtualDeviceConfigSpecOperationAdd:
		all = append(all, config("AddExistingDisk"))
	case isDisk && change.Operation == types.VirtualDeviceConfigSpecOperationRemove:
		all = append(all, config("RemoveDisk"))
	case isDisk && grows(disk, before):
		all = append(all, config("DiskExtend"))
	case change.Operation == types.VirtualDeviceConfigSpecOperationEdit:
		all = append(all, config("EditDevice"))
	case !isNew:
		all = append(all, config("AddRemoveDevice"))
	}
	if change.Operation != types.VirtualDeviceConfigSpecOperationRemove {
		network := ofNetwork(change.Device)
		if before == nil || !slices.Equal(network, ofNetwork(before)) {
			all = append(all, network...)
		}
	}
	return all
}

// device is the device of a machine that is there with a key, nil for none.
func (n *needs) device(on ref, key int32) types.BaseVirtualDevice {
	vm, ok := n.registry.Get(on).(*simulator.VirtualMachine)
	if !ok || vm.Config == nil {
		return nil
	}
	for _, device := range vm.Config.Hardware.Device {
		if device.GetVirtualDevice().Key == key {
			return device
		}
	}
	return nil
}

// grows tells whether a disk of a machine that is there becomes larger.
func grows(disk *types.VirtualDisk, device types.BaseVirtualDevice) bool {
	before, ok := device.(*types.VirtualDisk)
	return ok && disk.CapacityInBytes > before.CapacityInBytes
}

// ofNetwork is what an adapter needs of its network.
func ofNetwork(device types.BaseVirtualDevice) []need {
	switch on := device.GetVirtualDevice().Backing.(type) {
	case *types.VirtualEthernetCardNetworkBackingInfo:
		if on.Network != nil {
			return []need{{"Network.Assign", *on.Network}}
		}
	case *types.VirtualEthernetCardDistributedVirtualPortBackingInfo:
		return []need{{"Network.Assign", ref{Type: "DistributedVirtualPortgroup", Value: on.Port.PortgroupKey}}}
	}
	return nil
}

// onDatastore is a privilege that is needed on the datastore that a path names.
func (n *needs) onDatastore(privilege, path string) []need {
	for _, item := range n.registry.All("Datastore") {
		// Names may have brackets themselves.
		if strings.HasPrefix(path, "["+item.Entity().Name+"]") {
			return []need{{privilege, item.Reference()}}
		}
	}
	return nil
}
