// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// descriptions has the descriptionId of a method's tasks, as vCenter's TaskManager lists them.
var descriptions = map[string]string{
	"CloneVM_Task":                 "VirtualMachine.clone",
	"ConsolidateVMDisks_Task":      "VirtualMachine.consolidateDisks",
	"CopyDatastoreFile_Task":       "FileManager.copyFile",
	"CopyVirtualDisk_Task":         "VirtualDiskManager.copyVirtualDisk",
	"CreateSnapshot_Task":          "VirtualMachine.createSnapshot",
	"CreateSnapshotEx_Task":        "VirtualMachine.createSnapshotEx",
	"CreateVM_Task":                "Folder.createVm",
	"CustomizeVM_Task":             "VirtualMachine.customize",
	"DeleteDatastoreFile_Task":     "FileManager.deleteFile",
	"DeleteVirtualDisk_Task":       "VirtualDiskManager.deleteVirtualDisk",
	"Destroy_Task":                 "VirtualMachine.destroy",
	"MoveDatastoreFile_Task":       "FileManager.moveFile",
	"MoveIntoFolder_Task":          "Folder.moveInto",
	"MoveVirtualDisk_Task":         "VirtualDiskManager.moveVirtualDisk",
	"PowerOffVM_Task":              "VirtualMachine.powerOff",
	"PowerOnMultiVM_Task":          "Datacenter.powerOnVm",
	"PowerOnVM_Task":               "VirtualMachine.powerOn",
	"ReconfigVM_Task":              "VirtualMachine.reconfigure",
	"RegisterVM_Task":              "Folder.registerVm",
	"RelocateVM_Task":              "VirtualMachine.relocate",
	"RemoveAllSnapshots_Task":      "VirtualMachine.removeAllSnapshots",
	"RemoveSnapshot_Task":          "vm.Snapshot.remove",
	"Rename_Task":                  "VirtualMachine.rename",
	"ResetVM_Task":                 "VirtualMachine.reset",
	"RevertToCurrentSnapshot_Task": "VirtualMachine.revertToCurrentSnapshot",
	"RevertToSnapshot_Task":        "vm.Snapshot.revert",
	"SearchDatastore_Task":         "HostDatastoreBrowser.searchDatastore",
	"SuspendVM_Task":               "VirtualMachine.suspend",
	"UpgradeTools_Task":            "VirtualMachine.upgradeTools",
	"UpgradeVM_Task":               "VirtualMachine.upgradeVirtualHardware",
}

// start makes a task of the work that a method does on an object, and returns it. The object is locked while the work is done.
func start(ctx *simulator.Context, on mo.Reference, method string, work func() (types.AnyType, types.BaseMethodFault)) ref {
	task := simulator.CreateTask(on.Reference(), method, func(*simulator.Task) (types.AnyType, types.BaseMethodFault) {
		return work()
	})
	task.Info.Name, task.Info.DescriptionId = method, descriptions[method]
	task.Info.Reason = &types.TaskReasonUser{UserName: ctx.Session.UserName}
	if entity, ok := ctx.Map.Get(on.Reference()).(mo.Entity); ok {
		task.Info.EntityName = entity.Entity().Name
	}
	return task.Run(ctx)
}

// taskTexts gives the faults of tasks the text of a server; the library has the name of a Go type there.
type taskTexts struct{}

// Reference makes it a handler of the registry.
func (taskTexts) Reference() ref { return ref{Type: "Simulator", Value: "texts"} }

func (taskTexts) PutObject(*simulator.Context, mo.Reference) {}

func (taskTexts) RemoveObject(*simulator.Context, ref) {}

// UpdateObject is told of every change.
func (taskTexts) UpdateObject(_ *simulator.Context, object mo.Reference, changes []types.PropertyChange) {
	task, ok := object.(*mo.Task)
	if !ok || task.Info.Error == nil || !strings.HasPrefix(task.Info.Error.LocalizedMessage, "*types.") {
		return
	}
	task.Info.Error.LocalizedMessage = describe(task.Info.Error.Fault)
	for i := range changes {
		if changes[i].Name == "info.error" {
			changes[i].Val = *task.Info.Error
		}
	}
}
