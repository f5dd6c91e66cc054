// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

type unit = types.VirtualMachineFileLayoutExDiskUnit

// ofSnapshot is what the name of a file has that was put on top of a disk.
var ofSnapshot = regexp.MustCompile(`-\d{6}\.vmdk$`)

// growChains puts a new file on top of each disk that a snapshot freezes.
func growChains(d *mo.VirtualMachine) {
	layouts := slices.Clone(d.LayoutEx.Disk)
	for _, disk := range disksOf(d.Config) {
		at := slices.IndexFunc(layouts, func(one types.VirtualMachineFileLayoutExDiskLayout) bool { return one.Key == disk.Key })
		if at < 0 || !growsOnSnapshots(disk) {
			continue
		}
		name := strings.TrimSuffix(ofSnapshot.ReplaceAllString(fileName(disk), ".vmdk"), ".vmdk")
		top := ""
		for i := 1; top == "" || keyOf(d, top+".vmdk") >= 0; i++ {
			top = fmt.Sprintf("%s-%06d", name, i)
		}
		keys := []int32{addFile(d, top+".vmdk", "diskDescriptor", 330), addFile(d, top+"-sesparse.vmdk", "diskExtent", 1<<20)}
		layouts[at].Chain = append(slices.Clip(layouts[at].Chain), unit{FileKey: keys})
	}
	d.LayoutEx.Disk = layouts
}

// mergeChains merges each file that only one other builds on, and that no snapshot ends in, with that one. It tells whether there was any.
func mergeChains(d *mo.VirtualMachine) bool {
	merged := false
	for below, above, found := mergeable(d); found; below, above, found = mergeable(d) {
		merged = true
		drop := unitWith(d, above)
		low, high := fileOf(d, lastOf(unitWith(d, below))), fileOf(d, lastOf(drop))
		if low != nil && high != nil {
			d.LayoutEx.File = slices.Clone(d.LayoutEx.File)
			low = fileOf(d, low.Key)
			low.Size = max(low.Size, min(low.Size+high.Size, capacityAbove(d, above)))
			low.UniqueSize = low.Size
		}
		editChains(d, func(chain []unit) []unit {
			return slices.DeleteFunc(slices.Clone(chain), func(one unit) bool { return one.FileKey[0] == above })
		})
		dropFiles(d, func(file types.VirtualMachineFileLayoutExFileInfo) bool {
			return slices.Contains(drop.FileKey, file.Key)
		})
	}
	return merged
}

func lastOf(of unit) int32 { return of.FileKey[len(of.FileKey)-1] }

// capacityAbove is the size of the disk that a file belongs to.
func capacityAbove(d *mo.VirtualMachine, key int32) int64 {
	for _, disk := range disksOf(d.Config) {
		for _, one := range chainOf(d.LayoutEx.Disk, disk.Key) {
			if one.FileKey[0] == key {
				return disk.CapacityInBytes
			}
		}
	}
	return 1 << 62
}

// chains lists those of the machine and of its snapshots.
func chains(d *mo.VirtualMachine) [][]unit {
	var all [][]unit
	for _, layout := range d.LayoutEx.Disk {
		all = append(all, layout.Chain)
	}
	for _, snapshot := range d.LayoutEx.Snapshot {
		for _, layout := range snapshot.Disk {
			all = append(all, layout.Chain)
		}
	}
	return all
}

// editChains replaces them all.
func editChains(d *mo.VirtualMachine, edit func([]unit) []unit) {
	layouts := func(old []types.VirtualMachineFileLayoutExDiskLayout) []types.VirtualMachineFileLayoutExDiskLayout {
		all := slices.Clone(old)
		for i := range all {
			all[i].Chain = edit(all[i].Chain)
		}
		return all
	}
	d.LayoutEx.Disk = layouts(d.LayoutEx.Disk)
	d.LayoutEx.Snapshot = slices.Clone(d.LayoutEx.Snapshot)
	for i := range d.LayoutEx.Snapshot {
		d.LayoutEx.Snapshot[i].Disk = layouts(d.LayoutEx.Snapshot[i].Disk)
	}
}

func unitWith(d *mo.VirtualMachine, key int32) unit {
	for _, chain := range chains(d) {
		for _, one := range chain {
			if one.FileKey[0] == key {
				return one
			}
		}
	}
	return unit{FileKey: []int32{-1}}
}

// mergeable finds a file, by the key of its descriptor, that can be merged with the one above it.
func mergeable(d *mo.VirtualMachine) (below, above int32, found bool) {
	tops, above1 := map[int32]bool{}, map[int32]map[int32]bool{}
	for _, chain := range chains(d) {
		for i, one := range chain {
			if i == len(chain)-1 {
				tops[one.FileKey[0]] = true
				continue
			}
			if above1[one.FileKey[0]] == nil {
				above1[one.FileKey[0]] = map[int32]bool{}
			}
			above1[one.FileKey[0]][chain[i+1].FileKey[0]] = true
		}
	}
	for low, highs := range above1 {
		for high := range highs {
			lowFile, highFile := fileOf(d, low), fileOf(d, high)
			if !tops[low] && len(highs) == 1 && lowFile != nil && highFile != nil && path.Dir(lowFile.Name) == path.Dir(highFile.Name) {
				return low, high, true
			}
		}
	}
	return 0, 0, false
}

// dropUnused removes files of disks that are in no chain any more.
func dropUnused(d *mo.VirtualMachine) {
	used := map[int32]bool{}
	for _, chain := range chains(d) {
		for _, one := range chain {
			for _, key := range one.FileKey {
				used[key] = true
			}
		}
	}
	dropFiles(d, func(file types.VirtualMachineFileLayoutExFileInfo) bool {
		return strings.HasPrefix(file.Type, "disk") && !used[file.Key]
	})
}
