// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vmware/govmomi/vim25/types"
)

// addFile counts a file of the machine to its datastore and returns its key.
func (m *machine) addFile(on *volume, name, kind string, size int64) int32 {
	key := int32(len(m.layout.File))
	m.layout.File = append(m.layout.File, types.VirtualMachineFileLayoutExFileInfo{
		Key: key, Name: name, Type: kind, Size: size, UniqueSize: size, Accessible: ptr(true),
	})
	m.use(on).Committed += size
	return key
}

// use is what the machine takes of a datastore.
func (m *machine) use(on *volume) *types.VirtualMachineUsageOnDatastore {
	vm := m.vm
	for i := range vm.Storage.PerDatastoreUsage {
		if vm.Storage.PerDatastoreUsage[i].Datastore == on.self.Self {
			return &vm.Storage.PerDatastoreUsage[i]
		}
	}
	vm.Datastore = append(vm.Datastore, on.self.Self)
	on.self.Vm = append(on.self.Vm, vm.Self)
	m.facts.Datastores = append(m.facts.Datastores, on.name)
	vm.Storage.PerDatastoreUsage = append(vm.Storage.PerDatastoreUsage, types.VirtualMachineUsageOnDatastore{Datastore: on.self.Self})
	return &vm.Storage.PerDatastoreUsage[len(vm.Storage.PerDatastoreUsage)-1]
}

// addBaseFiles lays out what a machine without snapshots has.
func (e *estate) addBaseFiles(m *machine) {
	m.vm.Storage = &types.VirtualMachineStorageInfo{Timestamp: e.now}
	m.addFile(m.home, m.path(m.home, ".vmx"), "config", int64(2800+m.random.IntN(4000)))
	m.addFile(m.home, m.path(m.home, ".nvram"), "nvram", 8684)
	m.addFile(m.home, m.path(m.home, ".vmsd"), "snapshotList", 43)
	for _, d := range m.disks {
		descriptor := m.addFile(d.on, d.facts.File, "diskDescriptor", 550)
		ending := "-flat.vmdk"
		if d.raw {
			ending = "-rdmp.vmdk"
		}
		extent := m.addFile(d.on, strings.TrimSuffix(d.facts.File, ".vmdk")+ending, "diskExtent", d.used)
		if !d.raw {
			m.use(d.on).Uncommitted += d.capacity - d.used
		}
		d.chain = []int32{descriptor, extent}
	}
	m.addFile(m.home, m.folderOnStore()+"vmware.log", "log", int64(200000+m.random.IntN(300000)))
	if m.isOn() {
		m.addFile(m.home, m.path(m.home, "-"+m.vm.Config.Uuid[:8]+".vswp"), "swap", int64(m.vm.Config.Hardware.MemoryMB)<<20)
	}
}

// taken is a snapshot with the files that the disks had when it was taken.
type taken struct {
	facts  snapshotFacts
	ref    ref
	data   int64
	grown  int64 // of disks on top of it
	chains [][]int32
}

// addSnapshots gives some machines a tree of snapshots, with what each of them takes of the datastores.
func (e *estate) addSnapshots(m *machine) {
	e.addBaseFiles(m)
	if m.template || m.number%7 != 2 || m.condition != sound {
		return
	}
	shape := snapshotTrees[m.number/7%len(snapshotTrees)]
	var all []*taken
	for i, entry := range shape {
		name := entry.name
		id := int32(i + 1)
		self := ref{Type: "VirtualMachineSnapshot", Value: fmt.Sprintf("%s-snapshot-%d", m.vm.Self.Value, id)}
		if !e.isESXi() {
			self = e.ref("VirtualMachineSnapshot", "snapshot-")
		}
		s := &taken{ref: self, facts: snapshotFacts{
			Moid: self.Value, Name: name, Description: entry.description, ID: id, Quiesced: entry.quiesced,
			Created: e.moment(m, time.Duration(entry.days)*24*time.Hour+time.Duration(m.number%60)*time.Minute),
			State:   string(types.VirtualMachinePowerStatePoweredOff), Current: i == len(shape)-1,
		}}
		for _, d := range m.disks {
			s.chains = append(s.chains, d.chain)
		}
		if entry.parent >= 0 {
			parent := all[entry.parent]
			s.facts.Parent = parent.facts.Name
			s.chains = m.grow(parent, parent.chains, i)
		} else if i > 0 {
			s.chains = m.grow(s, s.chains, i)
		}
		s.data = int64(28000 + m.random.IntN(9000))
		layout := types.VirtualMachineFileLayoutExSnapshotLayout{Key: self, MemoryKey: -1}
		layout.DataKey = m.addFile(m.home, m.path(m.home, fmt.Sprintf("-Snapshot%d.vmsn", id)), "snapshotData", s.data)
		if entry.memory {
			s.facts.State = string(types.VirtualMachinePowerStatePoweredOn)
			memory := int64(m.vm.Config.Hardware.MemoryMB) << 20
			layout.MemoryKey = m.addFile(m.home, m.path(m.home, fmt.Sprintf("-Snapshot%d.vmem", id)), "snapshotMemory", memory)
			s.data += memory
		}
		layout.Disk = m.diskLayout(s.chains)
		m.layout.Snapshot = append(m.layout.Snapshot, layout)
		all = append(all, s)
	}
	current := all[len(all)-1]
	for i, chain := range m.grow(current, current.chains, len(shape)) {
		m.disks[i].chain = chain
	}
	e.registerSnapshots(m, all, func(i int) int { return shape[i].parent })
}

// grow puts a new file on top of each disk's chain, which is what the snapshot below costs.
func (m *machine) grow(below *taken, chains [][]int32, number int) [][]int32 {
	var grown [][]int32
	for i, d := range m.disks {
		if d.raw || d.independent {
			grown = append(grown, chains[i])
			continue
		}
		stem := fmt.Sprintf("%s-%06d", strings.TrimSuffix(d.facts.File, ".vmdk"), number)
		size := d.capacity / 1000 * int64(1+m.random.IntN(60))
		descriptor := m.addFile(d.on, stem+".vmdk", "diskDescriptor", 330)
		extent := m.addFile(d.on, stem+"-sesparse.vmdk", "diskExtent", size)
		below.grown += size + 330
		grown = append(grown, append(slices.Clone(chains[i]), descriptor, extent))
	}
	return grown
}

func (m *machine) diskLayout(chains [][]int32) []types.VirtualMachineFileLayoutExDiskLayout {
	var all []types.VirtualMachineFileLayoutExDiskLayout
	for i, d := range m.disks {
		layout := types.VirtualMachineFileLayoutExDiskLayout{Key: d.facts.Key}
		for keys := range slices.Chunk(chains[i], 2) {
			layout.Chain = append(layout.Chain, types.VirtualMachineFileLayoutExDiskUnit{FileKey: keys})
		}
		all = append(all, layout)
	}
	return all
}

// registerSnapshots hangs the tree into the machine; children stand in the order of their taking.
func (e *estate) registerSnapshots(m *machine, all []*taken, parentOf func(int) int) {
	var total int64
	var below func(parent int) []types.VirtualMachineSnapshotTree
	below = func(parent int) []types.VirtualMachineSnapshotTree {
		var nodes []types.VirtualMachineSnapshotTree
		for i, s := range all {
			if parentOf(i) == parent {
				nodes = append(nodes, types.VirtualMachineSnapshotTree{
					Snapshot: s.ref, Vm: m.vm.Self, Name: escape(s.facts.Name), Description: s.facts.Description, Id: s.facts.ID,
					CreateTime: s.facts.Created, State: types.VirtualMachinePowerState(s.facts.State), Quiesced: s.facts.Quiesced,
					ReplaySupported: ptr(false), ChildSnapshotList: below(i),
				})
			}
		}
		return nodes
	}
	m.vm.Snapshot = &types.VirtualMachineSnapshotInfo{CurrentSnapshot: &all[len(all)-1].ref, RootSnapshotList: below(-1)}
	for i, s := range all {
		if parentOf(i) < 0 {
			m.vm.RootSnapshot = append(m.vm.RootSnapshot, s.ref)
		}
		s.facts.Size = gb(s.data + s.grown)
		total += s.data + s.grown
		m.facts.Snapshots = append(m.facts.Snapshots, s.facts)
		if m.facts.SnapshotOldest == nil || s.facts.Created.Before(*m.facts.SnapshotOldest) {
			m.facts.SnapshotOldest = &s.facts.Created
		}
	}
	m.facts.SnapshotCount, m.facts.SnapshotSize = len(all), ptr(gb(total))
}

// setStorage sums up the files as a vCenter does, and counts them to the datastores.
func (e *estate) setStorage(m *machine) {
	vm := m.vm
	var chains [][]int32
	for _, d := range m.disks {
		chains = append(chains, d.chain)
		m.facts.Disks = append(m.facts.Disks, d.facts)
	}
	for _, c := range m.cards {
		m.facts.NICs = append(m.facts.NICs, c.facts)
	}
	m.layout.Disk, m.layout.Timestamp = m.diskLayout(chains), e.now
	vm.LayoutEx = &m.layout
	total := &types.VirtualMachineStorageSummary{Timestamp: e.now}
	for i := range vm.Storage.PerDatastoreUsage {
		on := &vm.Storage.PerDatastoreUsage[i]
		on.Unshared = on.Committed
		total.Committed += on.Committed
		total.Uncommitted += on.Uncommitted
		total.Unshared += on.Unshared
		for _, v := range m.host.at.stores {
			if v.self.Self == on.Datastore {
				v.committed += on.Committed
				v.uncommitted += on.Uncommitted
			}
		}
	}
	vm.Summary.Storage = total
	slices.Sort(m.facts.Datastores)
	f := &m.facts
	f.Provisioned, f.Used, f.Unshared = ptr(gb(total.Committed+total.Uncommitted)), ptr(gb(total.Committed)), ptr(gb(total.Unshared))
}
