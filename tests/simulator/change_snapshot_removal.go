// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// unmerged in the name of a machine leaves its disks unmerged when a snapshot is removed.
const unmerged = "unmerged"

func (s *snapshotCalls) RemoveSnapshotTask(ctx *simulator.Context, req *types.RemoveSnapshot_Task) soap.HasFault {
	task := start(ctx, s.Vm, "RemoveSnapshot_Task", func() (types.AnyType, types.BaseMethodFault) {
		vm, ok := s.c.registry.Get(s.Vm).(*simulator.VirtualMachine)
		if !ok || s.c.registry.Get(s.Self) == nil {
			return nil, &types.ManagedObjectNotFound{Obj: s.Self}
		}
		gone := []ref{s.Self}
		if req.RemoveChildren {
			gone = below(vm.Snapshot, s.Self)
		}
		return nil, s.c.removeSnapshots(ctx, vm, gone, orElse(req.Consolidate, true))
	})
	return &methods.RemoveSnapshot_TaskBody{Res: &types.RemoveSnapshot_TaskResponse{Returnval: task}}
}

func (m *machineCalls) RemoveAllSnapshotsTask(ctx *simulator.Context, req *types.RemoveAllSnapshots_Task) soap.HasFault {
	task := start(ctx, m.VirtualMachine, "RemoveAllSnapshots_Task", func() (types.AnyType, types.BaseMethodFault) {
		return nil, m.c.removeSnapshots(ctx, m.VirtualMachine, snapshotsIn(m.Snapshot), orElse(req.Consolidate, true))
	})
	return &methods.RemoveAllSnapshots_TaskBody{Res: &types.RemoveAllSnapshots_TaskResponse{Returnval: task}}
}

func (m *machineCalls) ConsolidateVMDisksTask(ctx *simulator.Context, _ *types.ConsolidateVMDisks_Task) soap.HasFault {
	task := start(ctx, m.VirtualMachine, "ConsolidateVMDisks_Task", func() (types.AnyType, types.BaseMethodFault) {
		if fault := m.c.reachable(m.VirtualMachine); fault != nil {
			return nil, fault
		}
		fault := m.c.change(ctx, m.VirtualMachine, func(d *mo.VirtualMachine) types.BaseMethodFault {
			return m.c.consolidate(d)
		})
		m.c.linkSnapshots(ctx, m.VirtualMachine)
		return nil, fault
	})
	return &methods.ConsolidateVMDisks_TaskBody{Res: &types.ConsolidateVMDisks_TaskResponse{Returnval: task}}
}

// consolidate merges what can be merged in a draft.
func (c *changer) consolidate(d *mo.VirtualMachine) types.BaseMethodFault {
	dropUnused(d)
	mergeChains(d)
	settle(d)
	d.Runtime.ConsolidationNeeded = ptr(false)
	return c.account(d)
}

// below lists a snapshot and those that were taken on top of it.
func below(info *types.VirtualMachineSnapshotInfo, snapshot ref) []ref {
	var find func([]types.VirtualMachineSnapshotTree) []ref
	find = func(nodes []types.VirtualMachineSnapshotTree) []ref {
		for _, node := range nodes {
			if node.Snapshot == snapshot {
				return snapshotsIn(&types.VirtualMachineSnapshotInfo{RootSnapshotList: []types.VirtualMachineSnapshotTree{node}})
			}
			if found := find(node.ChildSnapshotList); found != nil {
				return found
			}
		}
		return nil
	}
	if info == nil {
		return nil
	}
	return find(info.RootSnapshotList)
}

// removeSnapshots takes snapshots out of a machine's tree; their children stand in their place.
func (c *changer) removeSnapshots(ctx *simulator.Context, vm *simulator.VirtualMachine, gone []ref, merge bool) types.BaseMethodFault {
	if fault := c.reachable(vm); fault != nil || len(gone) == 0 {
		return fault
	}
	fault := c.change(ctx, vm, func(d *mo.VirtualMachine) types.BaseMethodFault {
		files := map[int32]bool{}
		for _, one := range gone {
			if layout := layoutOf(d, one); layout != nil {
				files[layout.DataKey], files[layout.MemoryKey] = true, true
			}
		}
		dropFiles(d, func(file types.VirtualMachineFileLayoutExFileInfo) bool { return files[file.Key] })
		d.LayoutEx.Snapshot = slices.DeleteFunc(slices.Clone(d.LayoutEx.Snapshot), func(one types.VirtualMachineFileLayoutExSnapshotLayout) bool {
			return slices.Contains(gone, one.Key)
		})
		d.Snapshot.CurrentSnapshot = nearest(d.Snapshot.RootSnapshotList, d.Snapshot.CurrentSnapshot, gone)
		d.Snapshot.RootSnapshotList = uproot(d.Snapshot.RootSnapshotList, gone)
		d.RootSnapshot = roots(d.Snapshot)
		if len(d.RootSnapshot) == 0 {
			d.Snapshot = nil
		}
		if merge && behaves(d, unmerged) {
			needed := d.Runtime.ConsolidationNeeded
			fault := c.consolidate(d)
			d.Runtime.ConsolidationNeeded = needed
			return fault
		}
		settle(d)
		if _, _, left := mergeable(d); left {
			d.Runtime.ConsolidationNeeded = ptr(true)
		}
		return c.account(d)
	})
	if fault != nil {
		return fault
	}
	for _, one := range gone {
		c.registry.Remove(ctx, one)
	}
	c.linkSnapshots(ctx, vm)
	return nil
}

// uproot removes nodes from a tree and puts their children in their place.
func uproot(nodes []types.VirtualMachineSnapshotTree, gone []ref) []types.VirtualMachineSnapshotTree {
	var all []types.VirtualMachineSnapshotTree
	for _, node := range nodes {
		node.ChildSnapshotList = uproot(node.ChildSnapshotList, gone)
		if slices.Contains(gone, node.Snapshot) {
			all = append(all, node.ChildSnapshotList...)
		} else {
			all = append(all, node)
		}
	}
	return all
}

// nearest is the snapshot, or the first one below which it stands, that does not go; nil where all go.
func nearest(nodes []types.VirtualMachineSnapshotTree, snapshot *ref, gone []ref) *ref {
	if snapshot == nil {
		return nil
	}
	var way []ref
	var walk func([]types.VirtualMachineSnapshotTree, []ref)
	walk = func(nodes []types.VirtualMachineSnapshotTree, above []ref) {
		for _, node := range nodes {
			here := append(slices.Clip(above), node.Snapshot)
			if node.Snapshot == *snapshot {
				way = here
			}
			walk(node.ChildSnapshotList, here)
		}
	}
	walk(nodes, nil)
	for _, one := range slices.Backward(way) {
		if !slices.Contains(gone, one) {
			return &one
		}
	}
	return nil
}
