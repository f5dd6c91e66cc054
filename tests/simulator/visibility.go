// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"slices"
	"strings"

	"github.com/vmware/govmomi/vim25/types"
)

// viewProperties are the properties that need System.View, by the type that has them; "" is any type. All others need System.Read.
var viewProperties = map[string][]string{
	"": {
		"name", "parent", "tag", "customValue", "availableField", "value", "effectiveRole", "declaredAlarmState", "triggeredAlarmState",
	},
	"Folder":                 {"childType", "childEntity"},
	"StoragePod":             {"childType", "childEntity", "summary"},
	"Datacenter":             {"vmFolder", "hostFolder", "datastoreFolder", "networkFolder", "configuration"},
	"ComputeResource":        {"resourcePool", "host", "datastore", "network", "environmentBrowser"},
	"ClusterComputeResource": {"resourcePool", "host", "datastore", "network", "environmentBrowser"},
	"ResourcePool":           {"owner", "resourcePool", "vm"},
	"VirtualApp":             {"owner", "resourcePool", "vm", "parentFolder", "datastore", "network"},
	"HostSystem":             {"datastore", "network", "datastoreBrowser"},
	"VirtualMachine":         {"datastore", "network"},
}

// unfilteredLists also contain references that an account may not see, as do references in structures.
var unfilteredLists = []string{"VirtualMachine.datastore", "VirtualMachine.network"}

// sees tells whether an account can see an object; nil is the account that sees everything.
func (a *account) sees(of ref) bool {
	return a == nil || a.rightOn(of) > noAccess
}

// filterReply removes from a reply what the account may not see. An object that it may not see is there without
// any property if it was requested by its id, else it is missing.
func (a *account) filterReply(objects []types.ObjectContent, asked types.PropertyFilterSpec) []types.ObjectContent {
	if a == nil {
		return objects
	}
	var shown []types.ObjectContent
	for _, object := range objects {
		named := func(one types.ObjectSpec) bool { return one.Obj == object.Obj }
		if !a.sees(object.Obj) && !slices.ContainsFunc(asked.ObjectSet, named) {
			continue
		}
		granted, properties := a.rightOn(object.Obj), object.PropSet
		object.PropSet = nil
		for _, property := range properties {
			if granted >= requiredRight(object.Obj, property.Name) && a.removeReferences(object.Obj, &property) {
				object.PropSet = append(object.PropSet, property)
			}
		}
		for _, of := range asked.PropSet {
			for _, path := range of.PathSet {
				if matches(of, object.Obj) && granted < requiredRight(object.Obj, path) {
					object.MissingSet = append(object.MissingSet, denied(object.Obj, path))
				}
			}
		}
		shown = append(shown, object)
	}
	return shown
}

func requiredRight(object ref, path string) right {
	name, _, _ := strings.Cut(path, ".")
	if slices.Contains(viewProperties[""], name) || slices.Contains(viewProperties[object.Type], name) {
		return viewOnly
	}
	return readOnly
}

func denied(object ref, path string) types.MissingProperty {
	privilege := map[right]string{viewOnly: "System.View", readOnly: "System.Read"}[requiredRight(object, path)]
	return types.MissingProperty{Path: path, Fault: types.LocalizedMethodFault{
		Fault:            &types.NoPermission{Object: &object, PrivilegeId: privilege},
		LocalizedMessage: "Permission to perform this operation was denied.",
	}}
}

// removeReferences removes references that the account may not see from a property, and tells whether it is still set.
func (a *account) removeReferences(of ref, property *types.DynamicProperty) bool {
	switch value := property.Val.(type) {
	case types.ArrayOfManagedObjectReference:
		if !slices.Contains(unfilteredLists, of.Type+"."+property.Name) {
			value.ManagedObjectReference = slices.DeleteFunc(value.ManagedObjectReference, func(one ref) bool { return !a.sees(one) })
			property.Val = value
		}
	case types.ManagedObjectReference:
		return property.Name != "resourcePool" || a.sees(value)
	}
	return true
}
