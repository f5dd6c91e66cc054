// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// deepestSnapshot is how many snapshots there can be above one another.
const deepestSnapshot = 32

// snapshotCalls are the calls on a snapshot.
type snapshotCalls struct {
	*simulator.VirtualMachineSnapshot
	notEntity
	c *changer
}

// registerSnapshots makes objects of the snapshots that machines came with. Their configuration is that of the machine, until
// something happens to its snapshots.
func (c *changer) registerSnapshots(vm *simulator.VirtualMachine) {
	if vm.Snapshot == nil || vm.Config == nil || vm.LayoutEx == nil {
		return
	}
	var walk func([]types.VirtualMachineSnapshotTree)
	walk = func(nodes []types.VirtualMachineSnapshotTree) {
		for _, node := range nodes {
			if c.registry.Get(node.Snapshot) == nil {
				made := &simulator.VirtualMachineSnapshot{}
				made.Self, made.Vm, made.Config = node.Snapshot, vm.Self, *vm.Config
				for _, child := range node.ChildSnapshotList {
					made.ChildSnapshot = append(made.ChildSnapshot, child.Snapshot)
				}
				c.registry.Put(made)
			}
			walk(node.ChildSnapshotList)
		}
	}
	walk(vm.Snapshot.RootSnapshotList)
}

// layoutOf is what a snapshot has in the layout of its machine, or nil.
func layoutOf(d *mo.VirtualMachine, snapshot ref) *types.VirtualMachineFileLayoutExSnapshotLayout {
	for i := range d.LayoutEx.Snapshot {
		if d.LayoutEx.Snapshot[i].Key == snapshot {
			return &d.LayoutEx.Snapshot[i]
		}
	}
	return nil
}

func (m *machineCalls) CreateSnapshotTask(ctx *simulator.Context, req *types.CreateSnapshot_Task) soap.HasFault {
	task := m.takeSnapshot(ctx, "CreateSnapshot_Task", req.Name, req.Description, req.Memory, req.Quiesce)
	return &methods.CreateSnapshot_TaskBody{Res: &types.CreateSnapshot_TaskResponse{Returnval: task}}
}

func (m *machineCalls) CreateSnapshotExTask(ctx *simulator.Context, req *types.CreateSnapshotEx_Task) soap.HasFault {
	task := m.takeSnapshot(ctx, "CreateSnapshotEx_Task", req.Name, req.Description, req.Memory, req.QuiesceSpec != nil)
	return &methods.CreateSnapshotEx_TaskBody{Res: &types.CreateSnapshotEx_TaskResponse{Returnval: task}}
}

func (m *machineCalls) takeSnapshot(ctx *simulator.Context, method, name, description string, memory, quiesce bool) ref {
	return start(ctx, m.VirtualMachine, method, func() (types.AnyType, types.BaseMethodFault) {
		vm := m.VirtualMachine
		if fault := m.c.reachable(vm); fault != nil {
			return nil, fault
		}
		if vm.Config.Template {
			return nil, &types.NotSupported{}
		}
		made := &simulator.VirtualMachineSnapshot{}
		if m.c.esxi {
			made.Self = ref{Type: "VirtualMachineSnapshot", Value: fmt.Sprintf("%s-snapshot-%d", vm.Self.Value, m.c.snapshotID(vm, false))}
		}
		made.Vm = vm.Self
		node := types.VirtualMachineSnapshotTree{
			Vm: vm.Self, Name: escapeOnce(name), Description: description, CreateTime: time.Now().UTC(), State: off, ReplaySupported: ptr(false),
		}
		memory = memory && vm.Runtime.PowerState == on
		if memory {
			node.State = on
		}
		node.Quiesced = quiesce && !memory && vm.Runtime.PowerState == on && toolsRun(&vm.VirtualMachine)
		fault := m.c.change(ctx, vm, func(d *mo.VirtualMachine) types.BaseMethodFault {
			settle(d)
			if d.Snapshot != nil && d.Snapshot.CurrentSnapshot != nil && depthOf(d.Snapshot.RootSnapshotList, *d.Snapshot.CurrentSnapshot) >= deepestSnapshot {
				return &types.TooManySnapshotLevels{}
			}
			made.Config = *d.Config
			m.c.registry.Put(made)
			node.Snapshot, node.Id = made.Self, m.c.snapshotID(vm, true)
			m.c.freeze(d, node, memory)
			return m.c.account(d)
		})
		if fault != nil {
			m.c.registry.Remove(ctx, made.Self)
			return nil, fault
		}
		m.c.linkSnapshots(ctx, vm)
		return made.Self, nil
	})
}

// snapshotID is the next number of a machine's snapshots, which none before it had.
func (c *changer) snapshotID(vm *simulator.VirtualMachine, take bool) int32 {
	var highest int32
	var walk func([]types.VirtualMachineSnapshotTree)
	walk = func(nodes []types.VirtualMachineSnapshotTree) {
		for _, node := range nodes {
			highest = max(highest, node.Id)
			walk(node.ChildSnapshotList)
		}
	}
	if vm.Snapshot != nil {
		walk(vm.Snapshot.RootSnapshotList)
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	key := "snapshot of " + vm.Self.Value
	next := max(int(highest), c.numbers[key]) + 1
	if take {
		c.numbers[key] = next
	}
	return int32(next)
}

// freeze puts a snapshot below what is written from now on: its files, a new file on top of each disk, and its place in the tree.
func (c *changer) freeze(d *mo.VirtualMachine, node types.VirtualMachineSnapshotTree, memory bool) {
	layout := types.VirtualMachineFileLayoutExSnapshotLayout{Key: node.Snapshot, MemoryKey: -1, Disk: d.LayoutEx.Disk}
	layout.DataKey = addFile(d, fmt.Sprintf("%s-Snapshot%d.vmsn", stem(d.Config), node.Id), "snapshotData", 30000)
	if memory {
		name := fmt.Sprintf("%s-Snapshot%d.vmem", stem(d.Config), node.Id)
		layout.MemoryKey = addFile(d, name, "snapshotMemory", int64(d.Config.Hardware.MemoryMB)<<20)
	}
	d.LayoutEx.Snapshot = append(slices.Clip(d.LayoutEx.Snapshot), layout)
	growChains(d)
	settle(d)
	if d.Snapshot == nil {
		d.Snapshot = &types.VirtualMachineSnapshotInfo{}
	}
	d.Snapshot.RootSnapshotList = plant(d.Snapshot.RootSnapshotList, d.Snapshot.CurrentSnapshot, node)
	d.Snapshot.CurrentSnapshot = &node.Snapshot
	d.RootSnapshot = roots(d.Snapshot)
}

// plant adds a node to a tree below its parent, or as a root.
func plant(nodes []types.VirtualMachineSnapshotTree, parent *ref, node types.VirtualMachineSnapshotTree) []types.VirtualMachineSnapshotTree {
	all := slices.Clone(nodes)
	if parent == nil {
		return append(all, node)
	}
	for i := range all {
		if all[i].Snapshot == *parent {
			all[i].ChildSnapshotList = append(slices.Clip(all[i].ChildSnapshotList), node)
		} else {
			all[i].ChildSnapshotList = plantBelow(all[i].ChildSnapshotList, parent, node)
		}
	}
	return all
}

func plantBelow(nodes []types.VirtualMachineSnapshotTree, parent *ref, node types.VirtualMachineSnapshotTree) []types.VirtualMachineSnapshotTree {
	if len(nodes) == 0 {
		return nodes
	}
	return plant(nodes, parent, node)
}

func roots(info *types.VirtualMachineSnapshotInfo) []ref {
	var all []ref
	for _, node := range info.RootSnapshotList {
		all = append(all, node.Snapshot)
	}
	return all
}

// depthOf is how deep a snapshot stands in a tree, 1 for a root; 0 where it is not.
func depthOf(nodes []types.VirtualMachineSnapshotTree, snapshot ref) int {
	for _, node := range nodes {
		if node.Snapshot == snapshot {
			return 1
		}
		if below := depthOf(node.ChildSnapshotList, snapshot); below > 0 {
			return below + 1
		}
	}
	return 0
}

// linkSnapshots makes the snapshot objects of a machine agree with its tree and its layout.
func (c *changer) linkSnapshots(ctx *simulator.Context, vm *simulator.VirtualMachine) {
	var walk func([]types.VirtualMachineSnapshotTree)
	walk = func(nodes []types.VirtualMachineSnapshotTree) {
		for _, node := range nodes {
			item, ok := c.registry.Get(node.Snapshot).(*simulator.VirtualMachineSnapshot)
			if ok {
				var children []ref
				for _, child := range node.ChildSnapshotList {
					children = append(children, child.Snapshot)
				}
				ctx.WithLock(item, func() {
					item.ChildSnapshot = children
					if layout := layoutOf(&vm.VirtualMachine, node.Snapshot); layout != nil {
						item.Config.Hardware.Device = settled(&vm.VirtualMachine, item.Config.Hardware.Device, layout.Disk)
					}
				})
			}
			walk(node.ChildSnapshotList)
		}
	}
	if vm.Snapshot != nil {
		walk(vm.Snapshot.RootSnapshotList)
	}
}

func (s *snapshotCalls) RenameSnapshot(ctx *simulator.Context, req *types.RenameSnapshot) soap.HasFault {
	vm, ok := s.c.registry.Get(s.Vm).(*simulator.VirtualMachine)
	if !ok {
		return &methods.RenameSnapshotBody{Fault_: simulator.Fault("", &types.ManagedObjectNotFound{Obj: s.Vm})}
	}
	var fault types.BaseMethodFault
	ctx.WithLock(vm, func() {
		fault = s.c.change(ctx, vm, func(d *mo.VirtualMachine) types.BaseMethodFault {
			d.Snapshot.RootSnapshotList = renamed(d.Snapshot.RootSnapshotList, s.Self, req)
			return nil
		})
	})
	if fault != nil {
		return &methods.RenameSnapshotBody{Fault_: simulator.Fault(describe(fault), fault)}
	}
	return &methods.RenameSnapshotBody{Res: &types.RenameSnapshotResponse{}}
}

func renamed(nodes []types.VirtualMachineSnapshotTree, snapshot ref, req *types.RenameSnapshot) []types.VirtualMachineSnapshotTree {
	all := slices.Clone(nodes)
	for i := range all {
		if all[i].Snapshot == snapshot {
			setIf(&all[i].Name, escapeOnce(req.Name))
			setIf(&all[i].Description, req.Description)
		}
		all[i].ChildSnapshotList = renamed(all[i].ChildSnapshotList, snapshot, req)
	}
	return all
}
