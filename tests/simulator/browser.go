// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"os"
	"path"
	"sort"
	"strings"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// browser answers the calls on the browser of a datastore; those of hosts are left to the library.
type browser struct {
	*simulator.HostDatastoreBrowser
	files *fileStore
	store *simulator.Datastore
}

// browserOf puts the browser of a datastore below the library's.
func (f *fileStore) browserOf(item *simulator.HostDatastoreBrowser) *browser {
	for _, entity := range f.registry.All("Datastore") {
		if store := entity.(*simulator.Datastore); store.Browser == item.Self {
			return &browser{item, f, store}
		}
	}
	return nil
}

// SearchDatastoreTask lists the folders in a folder, and its files unless only folders are asked for. Of details it knows none.
func (b *browser) SearchDatastoreTask(ctx *simulator.Context, r *types.SearchDatastore_Task) soap.HasFault {
	task := start(ctx, b.files.registry.Any("Datacenter"), "SearchDatastore_Task", func() (types.AnyType, types.BaseMethodFault) {
		var p object.DatastorePath
		if !p.FromString(r.DatastorePath) || p.Datastore != b.store.Name {
			return nil, &types.InvalidDatastorePath{DatastorePath: r.DatastorePath}
		}
		at := place{b.store, strings.Trim(p.Path, "/")}
		if !b.files.isFolder(at) {
			return nil, &types.FileNotFound{FileFault: types.FileFault{File: r.DatastorePath}}
		}
		found := types.HostDatastoreBrowserSearchResults{Datastore: &b.store.Self, FolderPath: at.String()}
		for _, name := range b.files.list(at) {
			below := place{b.store, path.Join(at.path, name)}
			switch {
			case b.files.isFolder(below):
				found.File = append(found.File, &types.FolderFileInfo{FileInfo: types.FileInfo{Path: name}})
			case !onlyFolders(r.SearchSpec):
				found.File = append(found.File, &types.FileInfo{Path: name})
			}
		}
		return found, nil
	})
	return &methods.SearchDatastore_TaskBody{Res: &types.SearchDatastore_TaskResponse{Returnval: task}}
}

func onlyFolders(spec *types.HostDatastoreBrowserSearchSpec) bool {
	if spec == nil || len(spec.Query) != 1 {
		return false
	}
	_, is := spec.Query[0].(*types.FolderFileQuery)
	return is
}

// list has the names of what is in a folder: what was written, and what machines have there.
func (f *fileStore) list(folder place) []string {
	names := map[string]bool{}
	entries, _ := os.ReadDir(f.disk(folder))
	for _, entry := range entries {
		names[entry.Name()] = true
	}
	add := func(file string) {
		var p object.DatastorePath
		if !p.FromString(file) || p.Datastore != folder.store.Name {
			return
		}
		if rest, within := strings.CutPrefix("/"+p.Path, strings.TrimSuffix("/"+folder.path, "/")+"/"); within && rest != "" {
			names[strings.SplitN(rest, "/", 2)[0]] = true
		}
	}
	for _, one := range folder.store.Vm {
		entity, ok := f.registry.Get(one).(*simulator.VirtualMachine)
		if !ok || entity.Config == nil {
			continue
		}
		vm := &entity.VirtualMachine
		add(vm.Config.Files.VmPathName)
		if vm.LayoutEx != nil {
			for _, file := range vm.LayoutEx.File {
				add(file.Name)
			}
		}
	}
	sorted := make([]string, 0, len(names))
	for name := range names {
		sorted = append(sorted, name)
	}
	sort.Strings(sorted)
	return sorted
}
