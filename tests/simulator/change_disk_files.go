// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
	"github.com/vmware/govmomi/vmdk"
)

// Machines have their files in their layout, with the sizes that they would have. Beside that, a datastore is a folder of
// this process where others put files and look for them: what a change makes is there, too, as small as possible.

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
	if descriptor, err := vmdk.ParseDescriptor(real); err == nil {
		known.capacity = descriptor.Capacity()
	}
	return known, true
}

// letLoose remembers a disk file that its machine does not have any more.
func (c *changer) letLoose(file types.VirtualMachineFileLayoutExFileInfo, capacity int64) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.looseFiles[file.Name] = looseFile{capacity, file.Size}
}

// materialize makes and removes real files as the layout of a machine has changed.
func (c *changer) materialize(before, after *mo.VirtualMachine) {
	if after.LayoutEx == nil || before.LayoutEx == nil {
		return
	}
	foreign := foreignFiles(before)
	for _, file := range before.LayoutEx.File {
		if keyOf(after, file.Name) >= 0 || foreign[file.Key] {
			continue
		}
		c.mutex.Lock()
		_, kept := c.looseFiles[file.Name]
		c.mutex.Unlock()
		if on := c.store(before.Runtime.Host, storeName(file.Name)); on != nil && !kept {
			_ = os.Remove(onDisk(on, file.Name))
		}
	}
	for _, file := range after.LayoutEx.File {
		if keyOf(before, file.Name) >= 0 {
			continue
		}
		c.mutex.Lock()
		delete(c.looseFiles, file.Name)
		c.mutex.Unlock()
		if on := c.store(after.Runtime.Host, storeName(file.Name)); on != nil {
			makeFile(onDisk(on, file.Name), contentOf(after, file))
		}
	}
}

// makeFile makes a file that is not there yet.
func makeFile(path, content string) {
	if _, err := os.Stat(path); err == nil {
		return
	}
	_ = os.MkdirAll(filepath.Dir(path), 0o700)
	_ = os.WriteFile(path, []byte(content), 0o600)
}

// contentOf is what others read out of a machine's file; most are empty.
func contentOf(d *mo.VirtualMachine, file types.VirtualMachineFileLayoutExFileInfo) string {
	if file.Type != "diskDescriptor" {
		return ""
	}
	capacity := int64(0)
	for _, disk := range disksOf(d.Config) {
		if fileName(disk) == file.Name {
			capacity = disk.CapacityInBytes
		}
	}
	extent := vmdk.Extent{Size: capacity / vmdk.SectorSize, Info: strings.TrimSuffix(filepath.Base(file.Name), ".vmdk") + "-flat.vmdk"}
	var text strings.Builder
	_ = vmdk.NewDescriptor(extent).Write(&text)
	return text.String()
}
