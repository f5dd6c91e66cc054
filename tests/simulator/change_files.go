// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// addFile writes a file into the layout of a draft and returns its key.
func addFile(d *mo.VirtualMachine, name, kind string, size int64) int32 {
	var key int32
	for _, file := range d.LayoutEx.File {
		key = max(key, file.Key+1)
	}
	d.LayoutEx.File = append(slices.Clip(d.LayoutEx.File), types.VirtualMachineFileLayoutExFileInfo{
		Key: key, Name: name, Type: kind, Size: size, UniqueSize: size, Accessible: ptr(true),
	})
	return key
}

// dropFiles removes files from the layout of a draft.
func dropFiles(d *mo.VirtualMachine, drop func(types.VirtualMachineFileLayoutExFileInfo) bool) {
	d.LayoutEx.File = slices.DeleteFunc(slices.Clone(d.LayoutEx.File), drop)
}

// fileOf is the file with a key, or nothing.
func fileOf(d *mo.VirtualMachine, key int32) *types.VirtualMachineFileLayoutExFileInfo {
	for i := range d.LayoutEx.File {
		if d.LayoutEx.File[i].Key == key {
			return &d.LayoutEx.File[i]
		}
	}
	return nil
}

// keyOf is the key of the file of a name, -1 where there is none.
func keyOf(d *mo.VirtualMachine, name string) int32 {
	for _, file := range d.LayoutEx.File {
		if file.Name == name {
			return file.Key
		}
	}
	return -1
}

// home is the folder of a machine's own files.
func home(config *types.VirtualMachineConfigInfo) string {
	return path.Dir(config.Files.VmPathName)
}

// stem is what a machine's own files are called, without what follows.
func stem(config *types.VirtualMachineConfigInfo) string {
	return strings.TrimSuffix(config.Files.VmPathName, ".vmx")
}

// splitPath takes "[datastore] folder/file" apart. A name can have pairs of brackets in it.
func splitPath(file string) (store, inside string) {
	depth := 0
	for i, char := range file {
		switch char {
		case '[':
			depth++
		case ']':
			depth--
		}
		if depth <= 0 {
			if i == 0 {
				return "", ""
			}
			return file[1:i], strings.TrimLeft(file[i+1:], " ")
		}
	}
	return "", ""
}

// storeName is the name of the datastore in a path.
func storeName(file string) string {
	name, _ := splitPath(file)
	return name
}

// store is the datastore of a name that a host has, or nil.
func (c *changer) store(host *ref, name string) *simulator.Datastore {
	if host == nil {
		return nil
	}
	on, ok := c.registry.Get(*host).(*simulator.HostSystem)
	if !ok {
		return nil
	}
	for _, one := range on.Datastore {
		if item, ok := c.registry.Get(one).(*simulator.Datastore); ok && (item.Name == name || unescape(item.Name) == name) {
			return item
		}
	}
	return nil
}

// account sums up the files of a draft by datastore, as the estate's own machines are summed up.
func (c *changer) account(d *mo.VirtualMachine) types.BaseMethodFault {
	var all []types.VirtualMachineUsageOnDatastore
	use := func(file string) *types.VirtualMachineUsageOnDatastore {
		on := c.store(d.Runtime.Host, storeName(file))
		if on == nil {
			return nil
		}
		for i := range all {
			if all[i].Datastore == on.Self {
				return &all[i]
			}
		}
		all = append(all, types.VirtualMachineUsageOnDatastore{Datastore: on.Self})
		return &all[len(all)-1]
	}
	foreign := foreignFiles(d)
	for _, file := range d.LayoutEx.File {
		of := use(file.Name)
		if of == nil {
			return &types.InvalidDatastore{Name: storeName(file.Name)}
		}
		of.Committed += file.Size
		if !foreign[file.Key] {
			of.Unshared += file.Size
		}
	}
	for _, one := range disksOf(d.Config) {
		if of := use(fileName(one)); of != nil && !isRaw(one) {
			of.Uncommitted += max(0, one.CapacityInBytes-ownSize(d, one.Key, foreign))
		}
	}
	d.Storage.PerDatastoreUsage = all
	total := &types.VirtualMachineStorageSummary{Timestamp: d.Storage.Timestamp}
	d.Datastore = nil
	for _, of := range all {
		total.Committed += of.Committed
		total.Uncommitted += of.Uncommitted
		total.Unshared += of.Unshared
		d.Datastore = append(d.Datastore, of.Datastore)
	}
	d.Summary.Storage = total
	return nil
}

// foreignFiles has the keys of files that a linked clone builds on: those in another folder than the disk on top.
func foreignFiles(d *mo.VirtualMachine) map[int32]bool {
	all := map[int32]bool{}
	for _, layout := range d.LayoutEx.Disk {
		if len(layout.Chain) < 2 {
			continue
		}
		top := fileOf(d, layout.Chain[len(layout.Chain)-1].FileKey[0])
		for _, unit := range layout.Chain {
			for _, key := range unit.FileKey {
				if file := fileOf(d, key); file != nil && path.Dir(file.Name) != path.Dir(top.Name) {
					all[key] = true
				}
			}
		}
	}
	return all
}

// ownSize is what the lowest file of a disk takes that is the machine's own.
func ownSize(d *mo.VirtualMachine, disk int32, foreign map[int32]bool) int64 {
	for _, unit := range chainOf(d.LayoutEx.Disk, disk) {
		if file := fileOf(d, unit.FileKey[len(unit.FileKey)-1]); file != nil && !foreign[file.Key] {
			return file.Size
		}
	}
	return 0
}

// charge takes what a change adds to the datastores from their free space, or tells that there is too little of it.
func (c *changer) charge(ctx *simulator.Context, before, after *mo.VirtualMachine) types.BaseMethodFault {
	grown := map[ref]int64{}
	for sign, of := range map[int64]*mo.VirtualMachine{-1: before, 1: after} {
		if of.Storage != nil {
			for _, use := range of.Storage.PerDatastoreUsage {
				grown[use.Datastore] += sign * use.Unshared
			}
		}
	}
	for one, bytes := range grown {
		if on := c.registry.Get(one).(*simulator.Datastore); bytes > 0 && bytes > on.Summary.FreeSpace {
			return &types.NoDiskSpace{FileFault: types.FileFault{File: "[" + on.Name + "]"}, Datastore: on.Name}
		}
	}
	for one, bytes := range grown {
		if on := c.registry.Get(one).(*simulator.Datastore); bytes != 0 {
			ctx.WithLock(on, func() {
				free := on.Summary.FreeSpace - bytes
				on.Info.GetDatastoreInfo().FreeSpace = free
				ctx.Update(on, []types.PropertyChange{{Name: "summary.freeSpace", Val: free}})
			})
		}
	}
	return nil
}

// newFile is a path in a folder that no file of a draft has: name.vmdk, name_1.vmdk and so on.
func newFile(d *mo.VirtualMachine, folder, name, ending string) string {
	for i := 0; ; i++ {
		made := fmt.Sprintf("%s/%s%s", folder, name, ending)
		if i > 0 {
			made = fmt.Sprintf("%s/%s_%d%s", folder, name, i, ending)
		}
		if keyOf(d, made) < 0 {
			return made
		}
	}
}
