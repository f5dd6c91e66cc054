// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// before puts the managers of files and disks below the library's, which know real folders alone.
func (f *fileStore) before(ctx *simulator.Context, method *simulator.Method) (mo.Reference, types.BaseMethodFault) {
	if ctx.Session == nil || ctx.Session.Registry.Get(method.This) != nil {
		return nil, nil
	}
	switch item := ctx.Map.Get(method.This).(type) {
	case *simulator.FileManager:
		ctx.Session.Registry.Put(&fileManager{item, f})
	case *simulator.VirtualDiskManager:
		ctx.Session.Registry.Put(&diskManager{item, f})
	case *simulator.HostDatastoreBrowser:
		if below := f.browserOf(item); below != nil {
			ctx.Session.Registry.Put(below)
		}
	}
	return nil, nil
}

// fileManager answers the calls on the FileManager.
type fileManager struct {
	*simulator.FileManager
	files *fileStore
}

// diskManager answers the calls on the VirtualDiskManager.
type diskManager struct {
	*simulator.VirtualDiskManager
	files *fileStore
}

// task makes a task of work on files. Its object is the datacenter: pyVmomi refuses a manager as info.entity.
func (f *fileStore) task(ctx *simulator.Context, datacenter *ref, name string, work func() types.BaseMethodFault) ref {
	if datacenter == nil {
		self := f.registry.Any("Datacenter").Reference()
		datacenter = &self
	}
	at := f.registry.Get(*datacenter)
	if at == nil {
		at = f.registry.Any("Datacenter")
	}
	return start(ctx, at, name, func() (types.AnyType, types.BaseMethodFault) { return nil, work() })
}

// fileFault turns what the system says into a fault.
func fileFault(p place, err error) types.BaseMethodFault {
	of := types.FileFault{File: p.String()}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return &types.FileNotFound{FileFault: of}
	case errors.Is(err, fs.ErrExist):
		return &types.FileAlreadyExists{FileFault: of}
	}
	return &types.CannotAccessFile{FileFault: of}
}

// locked is the fault for a file that a machine has open, or nil.
func (f *fileStore) locked(p place) types.BaseMethodFault {
	for _, vm := range f.users(p) {
		if vm.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn {
			return &types.FileLocked{FileFault: types.FileFault{File: p.String()}}
		}
	}
	return nil
}

// exists tells whether a file or folder is there.
func (f *fileStore) exists(p place) bool {
	if opened, err := f.open(p); err == nil {
		_ = opened.close()
		return true
	}
	return f.isFolder(p)
}

// remove removes a file, or a folder with all that is in it. What registered machines have stays.
func (f *fileStore) remove(p place) types.BaseMethodFault {
	switch {
	case p.path == "":
		return &types.CannotDeleteFile{FileFault: types.FileFault{File: p.String()}}
	case !f.exists(p):
		return fileFault(p, fs.ErrNotExist)
	case len(f.users(p)) > 0:
		return &types.FileLocked{FileFault: types.FileFault{File: p.String()}}
	}
	return fileFault(p, os.RemoveAll(f.disk(p)))
}

// copy copies one file.
func (f *fileStore) copy(from, to place, force bool) types.BaseMethodFault {
	source, err := f.open(from)
	if err != nil {
		return fileFault(from, err)
	}
	defer source.close()
	if !f.isFolder(to.parent()) {
		return fileFault(to.parent(), fs.ErrNotExist)
	}
	if f.exists(to) && !force {
		return fileFault(to, fs.ErrExist)
	}
	_, err = f.write(to, source)
	return fileFault(to, err)
}

// two finds the source and the target of a request.
func (f *fileStore) two(fromCenter *ref, from string, toCenter *ref, to string) (source, target place, fault types.BaseMethodFault) {
	if source, fault = f.find(fromCenter, from); fault != nil {
		return
	}
	if toCenter == nil {
		toCenter = fromCenter
	}
	target, fault = f.find(toCenter, to)
	return
}

func (m *fileManager) DeleteDatastoreFileTask(ctx *simulator.Context, r *types.DeleteDatastoreFile_Task) soap.HasFault {
	task := m.files.task(ctx, r.Datacenter, "DeleteDatastoreFile_Task", func() types.BaseMethodFault {
		p, fault := m.files.find(r.Datacenter, r.Name)
		if fault != nil {
			return fault
		}
		return m.files.remove(p)
	})
	return &methods.DeleteDatastoreFile_TaskBody{Res: &types.DeleteDatastoreFile_TaskResponse{Returnval: task}}
}

func (m *fileManager) CopyDatastoreFileTask(ctx *simulator.Context, r *types.CopyDatastoreFile_Task) soap.HasFault {
	task := m.files.task(ctx, r.SourceDatacenter, "CopyDatastoreFile_Task", func() types.BaseMethodFault {
		from, to, fault := m.files.two(r.SourceDatacenter, r.SourceName, r.DestinationDatacenter, r.DestinationName)
		if fault != nil {
			return fault
		}
		if fault := m.files.locked(from); fault != nil {
			return fault
		}
		return m.files.copy(from, to, orElse(r.Force, false))
	})
	return &methods.CopyDatastoreFile_TaskBody{Res: &types.CopyDatastoreFile_TaskResponse{Returnval: task}}
}

func (m *fileManager) MoveDatastoreFileTask(ctx *simulator.Context, r *types.MoveDatastoreFile_Task) soap.HasFault {
	task := m.files.task(ctx, r.SourceDatacenter, "MoveDatastoreFile_Task", func() types.BaseMethodFault {
		from, to, fault := m.files.two(r.SourceDatacenter, r.SourceName, r.DestinationDatacenter, r.DestinationName)
		if fault == nil {
			fault = m.files.copy(from, to, orElse(r.Force, false))
		}
		if fault != nil {
			return fault
		}
		return m.files.remove(from)
	})
	return &methods.MoveDatastoreFile_TaskBody{Res: &types.MoveDatastoreFile_TaskResponse{Returnval: task}}
}

func (m *fileManager) MakeDirectory(_ *simulator.Context, r *types.MakeDirectory) soap.HasFault {
	body := &methods.MakeDirectoryBody{Res: &types.MakeDirectoryResponse{}}
	p, fault := m.files.find(r.Datacenter, r.Name)
	switch {
	case fault != nil:
	case m.files.exists(p):
		fault = fileFault(p, fs.ErrExist)
	case !m.files.isFolder(p.parent()) && !orElse(r.CreateParentDirectories, false):
		fault = fileFault(p.parent(), fs.ErrNotExist)
	default:
		fault = fileFault(p, os.MkdirAll(m.files.disk(p), 0o700))
	}
	if fault != nil {
		body.Fault_ = simulator.Fault("The folder cannot be made.", fault)
	}
	return body
}

// flat is the file with the content of the disk that a descriptor describes.
func (p place) flat() place {
	return place{p.store, strings.TrimSuffix(p.path, ".vmdk") + "-flat.vmdk"}
}

// copyDisk copies a disk: its descriptor, and as much room as it has. A disk on snapshots becomes one file.
func (f *fileStore) copyDisk(from, to place, force bool) types.BaseMethodFault {
	if path.Ext(from.path) != ".vmdk" || path.Ext(to.path) != ".vmdk" {
		return &types.InvalidDiskFormat{}
	}
	if fault := f.locked(from); fault != nil {
		return fault
	}
	source, err := f.open(from)
	if err != nil {
		return fileFault(from, err)
	}
	size := describedSize(source)
	_ = source.close()
	if f.taken(from, size) > to.store.Summary.FreeSpace {
		return &types.NoDiskSpace{FileFault: types.FileFault{File: to.String()}, Datastore: to.store.Name}
	}
	if !f.isFolder(to.parent()) {
		return fileFault(to.parent(), fs.ErrNotExist)
	}
	if f.exists(to) && !force {
		return fileFault(to, fs.ErrExist)
	}
	_, err = f.write(to, strings.NewReader(string(renderDescriptor(size))))
	if err == nil {
		err = os.WriteFile(f.disk(to.flat()), nil, 0o600)
	}
	if err == nil {
		err = os.Truncate(f.disk(to.flat()), size)
	}
	return fileFault(to, err)
}

// taken is what a disk takes on its datastore: as its machine says, else all that it has.
func (f *fileStore) taken(disk place, size int64) int64 {
	if vm, content := f.owner(disk.flat()); vm != nil {
		return content.Size
	}
	return size
}

func (m *diskManager) CopyVirtualDiskTask(ctx *simulator.Context, r *types.CopyVirtualDisk_Task) soap.HasFault {
	if r.DestSpec != nil && ctx.Map.IsESX() {
		return &methods.CopyVirtualDisk_TaskBody{Fault_: simulator.Fault("The operation is not supported on the object.", &types.NotSupported{})}
	}
	task := m.files.task(ctx, r.SourceDatacenter, "CopyVirtualDisk_Task", func() types.BaseMethodFault {
		from, to, fault := m.files.two(r.SourceDatacenter, r.SourceName, r.DestDatacenter, r.DestName)
		if fault != nil {
			return fault
		}
		return m.files.copyDisk(from, to, orElse(r.Force, false))
	})
	return &methods.CopyVirtualDisk_TaskBody{Res: &types.CopyVirtualDisk_TaskResponse{Returnval: task}}
}

func (m *diskManager) MoveVirtualDiskTask(ctx *simulator.Context, r *types.MoveVirtualDisk_Task) soap.HasFault {
	task := m.files.task(ctx, r.SourceDatacenter, "MoveVirtualDisk_Task", func() types.BaseMethodFault {
		from, to, fault := m.files.two(r.SourceDatacenter, r.SourceName, r.DestDatacenter, r.DestName)
		if fault == nil {
			fault = m.files.copyDisk(from, to, orElse(r.Force, false))
		}
		if fault != nil {
			return fault
		}
		return m.files.removeDisk(from)
	})
	return &methods.MoveVirtualDisk_TaskBody{Res: &types.MoveVirtualDisk_TaskResponse{Returnval: task}}
}

func (m *diskManager) DeleteVirtualDiskTask(ctx *simulator.Context, r *types.DeleteVirtualDisk_Task) soap.HasFault {
	task := m.files.task(ctx, r.Datacenter, "DeleteVirtualDisk_Task", func() types.BaseMethodFault {
		p, fault := m.files.find(r.Datacenter, r.Name)
		if fault != nil {
			return fault
		}
		return m.files.removeDisk(p)
	})
	return &methods.DeleteVirtualDisk_TaskBody{Res: &types.DeleteVirtualDisk_TaskResponse{Returnval: task}}
}

func (f *fileStore) removeDisk(p place) types.BaseMethodFault {
	if fault := f.remove(p); fault != nil {
		return fault
	}
	_ = os.Remove(f.disk(p.flat()))
	return nil
}
