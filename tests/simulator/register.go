// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"os"
	"path"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// RegisterVMTask makes a machine of a configuration file and the disks that it names. Nothing else need be there.
func (f *folderCalls) RegisterVMTask(ctx *simulator.Context, req *types.RegisterVM_Task) soap.HasFault {
	task := start(ctx, f.Folder, "RegisterVM_Task", func() (types.AnyType, types.BaseMethodFault) {
		vm, fault := f.c.register(ctx, f.Self, req)
		if fault != nil {
			return nil, fault
		}
		return vm.Self, nil
	})
	return &methods.RegisterVM_TaskBody{Res: &types.RegisterVM_TaskResponse{Returnval: task}}
}

func (c *changer) register(ctx *simulator.Context, folder ref, req *types.RegisterVM_Task) (*simulator.VirtualMachine, types.BaseMethodFault) {
	switch {
	case req.AsTemplate:
		return nil, &types.NotSupported{}
	case req.Pool == nil:
		return nil, &types.InvalidArgument{InvalidProperty: "pool"}
	case path.Ext(req.Path) != ".vmx" || storeName(req.Path) == "":
		return nil, &types.InvalidDatastorePath{DatastorePath: req.Path}
	}
	at, fault := c.findPlace(folder, *req.Pool, req.Host, nil, storeName(req.Path))
	if fault != nil {
		return nil, fault
	}
	for _, one := range at.store.Vm {
		if vm, ok := c.registry.Get(one).(*simulator.VirtualMachine); ok && vm.Config != nil && vm.Config.Files.VmPathName == req.Path {
			return nil, &types.AlreadyExists{Name: vm.Name}
		}
	}
	opened, err := os.Open(onDisk(at.store, req.Path))
	if err != nil {
		return nil, &types.NotFound{}
	}
	content := parseVMX(opened)
	_ = opened.Close()
	if content["virtualhw.version"] == "" {
		return nil, &types.InvalidVmConfig{Property: "virtualHW.version"}
	}
	spec := content.configSpec(path.Dir(req.Path))
	if req.Name != "" {
		spec.Name = req.Name
	}
	name := escapeOnce(spec.Name)
	if fault := c.checkName(&folder, req.Pool, name, ref{}); fault != nil {
		return nil, fault
	}
	if strings.EqualFold(content["uuid.action"], "create") {
		spec.Uuid = ""
	}
	if c.knowsInstance(spec.InstanceUuid) {
		spec.InstanceUuid = ""
	}
	spec.Files = &types.VirtualMachineFileInfo{VmPathName: req.Path}
	d := c.begin(at, name, req.Path)
	if fault := c.furnish(d, spec); fault != nil {
		return nil, fault
	}
	installTools(d)
	vm, fault := c.enter(ctx, d, at)
	if fault == nil {
		c.post(ctx, vm, func(e types.VmEvent) types.BaseEvent { return &types.VmRegisteredEvent{VmEvent: e} })
	}
	return vm, fault
}

// knowsInstance tells whether a machine has this instance UUID: a vCenter gives the next one another.
func (c *changer) knowsInstance(uuid string) bool {
	for _, item := range c.registry.All("VirtualMachine") {
		if vm := item.(*simulator.VirtualMachine); vm.Config != nil && vm.Config.InstanceUuid == uuid {
			return true
		}
	}
	return false
}
