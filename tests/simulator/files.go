// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// keptBytes is how much of a file's content is kept; beyond it there are zeros.
const keptBytes = 64 << 20

// fileStore has the files of the datastores: those that were written, in a folder for each datastore, and those of
// the registered machines, which are made when they are read.
type fileStore struct {
	registry *simulator.Registry
	calls    *inProgress
	root     string
}

// fileRoot is where they are kept: in the folder of this process, which ends with it.
func fileRoot() string {
	home, err := os.Getwd()
	if err != nil {
		home = os.TempDir()
	}
	return home
}

// place is a file or folder of a datastore.
type place struct {
	store *simulator.Datastore
	path  string // within it
}

func (p place) String() string {
	return (&object.DatastorePath{Datastore: p.store.Name, Path: p.path}).String()
}

// disk is where it is kept. The datastores of the library's own model are folders already.
func (f *fileStore) disk(p place) string {
	folder := p.store.Summary.Url
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		folder = path.Join(f.root, p.store.Self.Value)
	}
	return path.Join(folder, p.path)
}

// find is the place that a datastore path of a datacenter names. On an ESXi host the datacenter may be left out.
func (f *fileStore) find(datacenter *ref, name string) (place, types.BaseMethodFault) {
	var p object.DatastorePath
	if !p.FromString(name) || strings.Contains(p.Path, "..") {
		return place{}, &types.InvalidDatastorePath{DatastorePath: name}
	}
	if datacenter == nil {
		if f.registry.IsVPX() {
			return place{}, &types.InvalidArgument{InvalidProperty: "datacenter"}
		}
		self := f.registry.Any("Datacenter").Reference()
		datacenter = &self
	}
	at, ok := f.registry.Get(*datacenter).(*simulator.Datacenter)
	if !ok {
		return place{}, &types.ManagedObjectNotFound{Obj: *datacenter}
	}
	if store := f.store(at, p.Datastore); store != nil {
		return place{store, path.Clean("/" + p.Path)[1:]}, nil
	}
	return place{}, &types.InvalidDatastore{Name: p.Datastore}
}

// store is a datacenter's datastore of a name, or nil.
func (f *fileStore) store(at *simulator.Datacenter, name string) *simulator.Datastore {
	for _, one := range at.Datastore {
		if store, ok := f.registry.Get(one).(*simulator.Datastore); ok && store.Name == name {
			return store
		}
	}
	return nil
}

// file is an open file. Its size is right even where its content is not kept.
type file struct {
	io.ReadSeeker
	size  int64
	close func() error
}

// open opens a file, or tells with fs.ErrNotExist that there is none.
func (f *fileStore) open(p place) (*file, error) {
	info, err := os.Stat(f.disk(p))
	if err == nil && !info.IsDir() && !(info.Size() == 0 && path.Ext(p.path) == ".vmx") {
		opened, err := os.Open(f.disk(p))
		if err != nil {
			return nil, err
		}
		return &file{opened, info.Size(), opened.Close}, nil
	}
	if vm, layout := f.owner(p); vm != nil {
		return f.render(vm, *layout), nil
	}
	return nil, fs.ErrNotExist
}

// owner is the machine that a file belongs to, with the file, or nil.
func (f *fileStore) owner(p place) (*mo.VirtualMachine, *types.VirtualMachineFileLayoutExFileInfo) {
	name := p.String()
	for _, entity := range f.registry.All("VirtualMachine") {
		vm := &entity.(*simulator.VirtualMachine).VirtualMachine
		if vm.LayoutEx == nil || vm.Config == nil {
			continue
		}
		for i := range vm.LayoutEx.File {
			if one := &vm.LayoutEx.File[i]; one.Name == name {
				return vm, one
			}
		}
		if vm.Config.Files.VmPathName == name {
			return vm, &types.VirtualMachineFileLayoutExFileInfo{Name: name}
		}
	}
	return nil, nil
}

// render makes the content of a machine's file. Only descriptions have one; all else is zeros.
func (f *fileStore) render(vm *mo.VirtualMachine, of types.VirtualMachineFileLayoutExFileInfo) *file {
	var text []byte
	switch {
	case path.Ext(of.Name) == ".vmx":
		text = renderVMX(vm.Config)
	case of.Type == string(types.VirtualMachineFileLayoutExFileTypeDiskDescriptor):
		text = renderDescriptor(diskSize(vm.Config, of.Name))
	default:
		return &file{io.NewSectionReader(zeros{}, 0, of.Size), of.Size, func() error { return nil }}
	}
	return &file{bytes.NewReader(text), int64(len(text)), func() error { return nil }}
}

// diskSize is how large the disk is that a file belongs to, in bytes; 0 if none has it.
func diskSize(config *types.VirtualMachineConfigInfo, name string) int64 {
	for _, device := range config.Hardware.Device {
		disk, ok := device.(*types.VirtualDisk)
		if !ok {
			continue
		}
		if backing, ok := disk.Backing.(types.BaseVirtualDeviceFileBackingInfo); ok && backing.GetVirtualDeviceFileBackingInfo().FileName == name {
			return max(disk.CapacityInBytes, disk.CapacityInKB<<10)
		}
	}
	return 0
}

// zeros is endless.
type zeros struct{}

func (zeros) ReadAt(into []byte, _ int64) (int, error) {
	clear(into)
	return len(into), nil
}

// write puts a whole body into a file, which is there only once all of it has come.
func (f *fileStore) write(p place, body io.Reader) (size int64, err error) {
	target := f.disk(p)
	scratch, err := os.CreateTemp(f.root, "upload-*")
	if err != nil {
		return 0, err
	}
	defer os.Remove(scratch.Name())
	size, err = io.Copy(scratch, io.LimitReader(body, keptBytes))
	if err == nil {
		var rest int64
		rest, err = io.Copy(io.Discard, body)
		size += rest
	}
	if err == nil {
		err = scratch.Truncate(size)
	}
	if err = errors.Join(err, scratch.Close()); err == nil {
		err = os.Rename(scratch.Name(), target)
	}
	return size, err
}

// isFolder tells whether a folder is there: the datastore itself, one that was made, or one of a machine.
func (f *fileStore) isFolder(p place) bool {
	if p.path == "" || p.path == "." {
		return os.MkdirAll(f.disk(p), 0o700) == nil
	}
	if info, err := os.Stat(f.disk(p)); err == nil {
		return info.IsDir()
	}
	if len(f.users(p)) > 0 {
		return os.MkdirAll(f.disk(p), 0o700) == nil
	}
	return false
}

// parent is the folder that a file or folder is in.
func (p place) parent() place {
	return place{p.store, strings.TrimPrefix(path.Dir("/"+p.path), "/")}
}

// users lists the machines that have a file, or one in a folder.
func (f *fileStore) users(p place) []*mo.VirtualMachine {
	var all []*mo.VirtualMachine
	name := p.String()
	for _, entity := range f.registry.All("VirtualMachine") {
		vm := &entity.(*simulator.VirtualMachine).VirtualMachine
		if vm.Config == nil {
			continue
		}
		names := []string{vm.Config.Files.VmPathName}
		if vm.LayoutEx != nil {
			for _, one := range vm.LayoutEx.File {
				names = append(names, one.Name)
			}
		}
		for _, one := range names {
			if one == name || strings.HasPrefix(one, name+"/") {
				all = append(all, vm)
				break
			}
		}
	}
	return all
}

// Reference makes it a handler of the registry.
func (f *fileStore) Reference() ref { return ref{Type: "Simulator", Value: "files"} }

// PutObject is told of every new object.
func (f *fileStore) PutObject(*simulator.Context, mo.Reference) {}

// UpdateObject is told of every change.
func (f *fileStore) UpdateObject(*simulator.Context, mo.Reference, []types.PropertyChange) {}

// RemoveObject is told of every object that goes. A machine that is unregistered leaves its files, one that is
// destroyed does not.
func (f *fileStore) RemoveObject(_ *simulator.Context, gone ref) {
	entity, ok := f.registry.Get(gone).(*simulator.VirtualMachine)
	if !ok || entity.Config == nil {
		return
	}
	vm := &entity.VirtualMachine
	call := f.calls.here()
	keep := call != nil && call.method.Name == "UnregisterVM"
	files := []types.VirtualMachineFileLayoutExFileInfo{{Name: vm.Config.Files.VmPathName}}
	if vm.LayoutEx != nil {
		files = append(files, vm.LayoutEx.File...)
	}
	for _, one := range files {
		p, found := f.ofMachine(vm, one.Name)
		if !found {
			continue
		}
		target := f.disk(p)
		if !keep {
			_ = os.Remove(target)
			continue
		}
		if info, err := os.Stat(target); err == nil && info.Size() > 0 {
			continue
		}
		_ = os.MkdirAll(path.Dir(target), 0o700)
		content := f.render(vm, one)
		if kept, err := os.Create(target); err == nil {
			_, _ = io.CopyN(kept, content, min(content.size, 1<<20))
			_ = kept.Truncate(content.size)
			_ = kept.Close()
		}
	}
	if !keep {
		if p, found := f.ofMachine(vm, vm.Config.Files.VmPathName); found && p.parent().path != "" {
			_ = os.RemoveAll(f.disk(p.parent()))
		}
	}
}

// ofMachine is the place that a datastore path of a machine's host names.
func (f *fileStore) ofMachine(vm *mo.VirtualMachine, name string) (place, bool) {
	var p object.DatastorePath
	if !p.FromString(name) {
		return place{}, false
	}
	for _, one := range vm.Datastore {
		if store, ok := f.registry.Get(one).(*simulator.Datastore); ok && store.Name == p.Datastore {
			return place{store, p.Path}, true
		}
	}
	return place{}, false
}
