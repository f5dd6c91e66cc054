// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vmware/govmomi/vim25/types"
)

// taskEntry is one entry of the tasks file: which tasks take how long, and how they end.
type taskEntry struct {
	turns
	vimFault
	Operation string  `json:"operation"`
	QueuedMS  int     `json:"queued_ms"`
	AfterMS   int     `json:"after_ms"`
	Progress  []int32 `json:"progress"`
	ForgetMS  *int    `json:"forget_ms"`
}

func (e *taskEntry) check() error {
	unlikely := func(percent int32) bool { return percent < 0 || percent > 100 }
	return firstBroken(slices.Concat([]rule{
		{e.Operation == "", "operation is missing"},
		{e.Operation != "*" && !isOperation(e.Operation), fmt.Sprintf("unknown operation %q", e.Operation)},
		{e.QueuedMS < 0 || e.AfterMS < 0 || orElse(e.ForgetMS, 0) < 0, "queued_ms, after_ms and forget_ms are not negative"},
		{slices.ContainsFunc(e.Progress, unlikely), "progress has numbers from 0 to 100"},
	}, e.vimFault.rules(), e.turns.rules())...)
}

// isOperation tells whether a method has this name, with what may be left out of it.
func isOperation(name string) bool {
	for _, suffix := range []string{"", "_Task", "VM_Task", "Ex_Task"} {
		if kind, ok := types.TypeFunc()(name + suffix); ok {
			if _, method := kind.FieldByName("This"); method {
				return true
			}
		}
	}
	return operationAliases[strings.ToLower(name)] != ""
}

// operationAliases are names that differ between SOAP, pyVmomi and the library's tasks.
var operationAliases = map[string]string{
	"reconfigure":    "reconfig",
	"revertsnapshot": "reverttocurrentsnapshot",
}

// operationName makes one name of PowerOnVM_Task, PowerOn and poweron, as of createSnapshotEx and CreateSnapshot_Task.
func operationName(name string) string {
	name = strings.ToLower(name)
	for _, suffix := range []string{"_task", "lro", "ex", "vm"} {
		name = strings.TrimSuffix(name, suffix)
	}
	if alias := operationAliases[name]; alias != "" {
		return alias
	}
	return name
}

// matches tells whether an entry is about a task: by its operation, and by the type, id or name of its object or the
// name of what it makes.
func (e *taskEntry) matches(info *types.TaskInfo, nameOf func(ref) string, making string) bool {
	if e.Operation != "*" && operationName(e.Operation) != operationName(info.Name) {
		return false
	}
	switch e.Object {
	case "", "*", info.Entity.Type, info.Entity.Value, making:
		return true
	}
	return nameOf(*info.Entity) == e.Object
}

// newName is the name of what a call makes, or nothing.
func newName(request any) string {
	switch made := request.(type) {
	case *types.CloneVM_Task:
		return made.Name
	case *types.CreateVM_Task:
		return made.Config.Name
	case *types.RegisterVM_Task:
		return made.Name
	case *types.ImportVApp:
		if spec, ok := made.Spec.(*types.VirtualMachineImportSpec); ok {
			return spec.ConfigSpec.Name
		}
	}
	return ""
}
