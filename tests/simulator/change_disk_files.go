// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"os"
	"path/filepath"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// Machines have their files in their layout, with the sizes that they would have; files.go makes what is read of them. What is
// really in the folder of a datastore was written from outside, or belongs to no machine.

// looseFile is a disk file that no machine has.
type looseFile struct{ capacity, used int64 }

// onDisk is where a file of a datastore really is.
func onDisk(on *simulator.Datastore, file string) string {
	_, inside := splitPath(file)
	return filepath.Join(on.Summary.Url, filepath.Clean("/"+inside))
}

// exists tells whether a datastore has a file: really, or in the layout of a machine.
func (c *changer) exists(on *simulator.Datastore, file string) bool {
	if _, err := os.Stat(onDisk(on, file)); err == nil {
		return true
	}
	_, known := c.inLayouts(on, file)
	return known
}

// inLayouts looks for a disk file in the layouts of a datastore's machines.
func (c *changer) inLayouts(on *simulator.Datastore, file string) (looseFile, bool) {
	for _, one := range on.Vm {
		vm, ok := c.registry.Get(one).(*simulator.VirtualMachine)
		if !ok || vm.LayoutEx == nil || vm.Config == nil {
			continue
		}
		if keyOf(&vm.VirtualMachine, file) < 0 {
			continue
		}
		for _, disk := range disksOf(vm.Config) {
			if fileName(disk) == file {
				return looseFile{disk.CapacityInBytes, ownSize(&vm.VirtualMachine, disk.Key, nil)}, true
			}
		}
		return looseFile{}, true
	}
	return looseFile{}, false
}

// loose is what is known of a disk file, and whether it is there.
func (c *changer) loose(on *simulator.Datastore, file string) (looseFile, bool) {
	if known, there := c.inLayouts(on, file); there {
		return known, true
	}
	c.mutex.Lock()
	known, there := c.looseFiles[file]
	c.mutex.Unlock()
	if there {
		return known, true
	}
	real, err := os.Open(onDisk(on, file))
	if err != nil {
		return looseFile{}, false
	}
	defer real.Close()
	known.capacity = describedSize(real)
	return known, true
}

// letLoose remembers a disk file that its machine does not have any more.
func (c *changer) letLoose(file types.VirtualMachineFileLayoutExFileInfo, capacity int64) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.looseFiles[file.Name] = looseFile{capacity, file.Size}
}

// settleFiles removes the real files that a machine does not have any more. Those of a disk that was detached stay: until then
// files.go made what was read of them.
func (c *changer) settleFiles(before, after *mo.VirtualMachine) {
	if after.LayoutEx == nil || before.LayoutEx == nil {
		return
	}
	foreign := foreignFiles(before)
	for _, file := range before.LayoutEx.File {
		if keyOf(after, file.Name) >= 0 || foreign[file.Key] {
			continue
		}
		c.mutex.Lock()
		kept, loose := c.looseFiles[file.Name]
		c.mutex.Unlock()
		on := c.store(before.Runtime.Host, storeName(file.Name))
		switch {
		case on == nil:
		case loose:
			keepFile(onDisk(on, file.Name), file.Type, kept.capacity)
		default:
			_ = os.Remove(onDisk(on, file.Name))
		}
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for _, file := range after.LayoutEx.File {
		delete(c.looseFiles, file.Name)
	}
}

// keepFile makes a real file of a disk: its descriptor, or room for its content.
func keepFile(path, kind string, capacity int64) {
	if _, err := os.Stat(path); err == nil {
		return
	}
	_ = os.MkdirAll(filepath.Dir(path), 0o700)
	if kind == "diskDescriptor" {
		_ = os.WriteFile(path, renderDescriptor(capacity), 0o600)
		return
	}
	if made, err := os.Create(path); err == nil {
		_ = made.Truncate(capacity)
		_ = made.Close()
	}
}
