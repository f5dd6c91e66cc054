// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// destination is where a new machine goes.
type destination struct {
	folder *simulator.Folder
	pool   ref
	host   *ref
	store  *simulator.Datastore
}

// findPlace checks where a new machine is to go, and chooses a host where none is named. near is the source's host.
func (c *changer) findPlace(folder, pool ref, host, near *ref, store string) (*destination, types.BaseMethodFault) {
	into, ok := c.registry.Get(folder).(*simulator.Folder)
	if !ok || !slices.Contains(into.ChildType, "VirtualMachine") {
		return nil, argument("folder")
	}
	chosen, fault := c.chooseHost(&pool, host, near, store)
	if fault != nil {
		return nil, fault
	}
	on := c.store(chosen, store)
	if on == nil {
		return nil, &types.InvalidDatastore{Name: store}
	}
	return &destination{into, pool, chosen, on}, nil
}

// begin is the draft of a machine that is not there yet, with the files that every machine has and no devices.
func (c *changer) begin(at *destination, name, vmx string) *mo.VirtualMachine {
	now := time.Now().UTC()
	d := &mo.VirtualMachine{}
	vm := &simulator.VirtualMachine{}
	vm.Self.Type = "VirtualMachine"
	d.Self = c.registry.NewEntity(vm).Reference()
	if c.esxi {
		d.Self.Value = strings.TrimPrefix(d.Self.Value, "vm-")
	}
	d.AlarmActionsEnabled = ptr(true)
	d.Parent, d.ResourcePool, d.Runtime.Host = &at.folder.Self, &at.pool, at.host
	if _, app := c.registry.Get(at.pool).(*simulator.VirtualApp); app {
		d.Parent, d.ParentVApp = nil, &at.pool
	}
	if compute := c.computeOf(at.pool); compute.EnvironmentBrowser != nil {
		d.EnvironmentBrowser = *compute.EnvironmentBrowser
	}
	d.Capability = types.VirtualMachineCapability{SnapshotOperationsSupported: true, MultipleSnapshotsSupported: true, ChangeTrackingSupported: ptr(true)}
	d.Runtime.ConnectionState, d.Runtime.PowerState = types.VirtualMachineConnectionStateConnected, off
	d.Runtime.FaultToleranceState, d.Runtime.ConsolidationNeeded = types.VirtualMachineFaultToleranceStateNotConfigured, ptr(false)
	d.Runtime.RecordReplayState = types.VirtualMachineRecordReplayStateInactive
	d.GuestHeartbeatStatus, d.Summary.OverallStatus = types.ManagedEntityStatusGray, types.ManagedEntityStatusGreen
	d.Summary.QuickStats.GuestHeartbeatStatus = types.ManagedEntityStatusGray
	d.Summary.Vm = &d.Self
	d.Layout = &types.VirtualMachineFileLayout{}
	d.LayoutEx, d.Storage = &types.VirtualMachineFileLayoutEx{Timestamp: now}, &types.VirtualMachineStorageInfo{Timestamp: now}
	if vmx == "" {
		folder := c.newFolder(at.store, name)
		vmx = fmt.Sprintf("[%s] %s/%s.vmx", unescape(at.store.Name), folder, fileSafe(name))
	}
	folder := path.Dir(vmx) + "/"
	d.Config = &types.VirtualMachineConfigInfo{
		Uuid: c.uuid("bios"), InstanceUuid: c.uuid("instance"), LocationId: c.uuid("location"),
		Files: types.VirtualMachineFileInfo{VmPathName: vmx, SnapshotDirectory: folder, SuspendDirectory: folder, LogDirectory: folder},
	}
	if c.release.atLeast("6.7") {
		d.Config.CreateDate = &now
	}
	addFile(d, vmx, "config", 3000)
	addFile(d, stem(d.Config)+".nvram", "nvram", 8684)
	addFile(d, stem(d.Config)+".vmsd", "snapshotList", 43)
	addFile(d, folder+"vmware.log", "log", 200000)
	return d
}

// fileSafe is what the files of a machine are called; some characters of names cannot be in there.
func fileSafe(name string) string {
	return strings.NewReplacer("/", "_", `\`, "_", "%", "_", "\t", "_", "\n", "_").Replace(unescape(name))
}

// newFolder is a folder of a datastore that nobody has, named after a machine.
func (c *changer) newFolder(on *simulator.Datastore, name string) string {
	taken := map[string]bool{}
	for _, one := range on.Vm {
		if vm, ok := c.registry.Get(one).(*simulator.VirtualMachine); ok && vm.Config != nil {
			_, inside := splitPath(home(vm.Config))
			taken[inside] = true
		}
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for i := 0; ; i++ {
		made := fileSafe(name)
		if i > 0 {
			made = fmt.Sprintf("%s_%d", made, i)
		}
		key := "folder " + on.Self.Value + " " + made
		if _, err := os.Stat(onDisk(on, "["+on.Name+"] "+made)); err != nil && !taken[made] && c.numbers[key] == 0 {
			c.numbers[key] = 1
			return made
		}
	}
}

// enter puts a finished draft into the estate.
func (c *changer) enter(ctx *simulator.Context, d *mo.VirtualMachine, at *destination) (*simulator.VirtualMachine, types.BaseMethodFault) {
	nothing := &mo.VirtualMachine{LayoutEx: &types.VirtualMachineFileLayoutEx{}}
	vm := &simulator.VirtualMachine{DataSets: map[string]*simulator.DataSet{}}
	if fault := c.account(d); fault != nil {
		return nil, fault
	}
	summarizeDraft(d)
	c.naming.Lock()
	defer c.naming.Unlock()
	if fault := c.checkName(d.Parent, d.ResourcePool, d.Name, d.Self); fault != nil {
		return nil, fault
	}
	if fault := c.charge(ctx, nothing, d); fault != nil {
		return nil, fault
	}
	vm.VirtualMachine = *d
	c.settleFiles(nothing, d)
	if d.Parent != nil {
		c.editChildren(ctx, at.folder.Self, func(list []ref) []ref { return with(list, d.Self) })
	}
	c.registry.Put(vm)
	c.relink(ctx, nothing, d)
	for _, of := range []*ref{d.Runtime.Host, d.ResourcePool} {
		if of != nil {
			c.editUsers(ctx, *of, func(list []ref) []ref { return with(list, d.Self) })
		}
	}
	return vm, nil
}
