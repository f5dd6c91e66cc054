// Copyright: (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// localStore is the name that ESXi gives to its first datastore.
const localStore = "datastore1"

func (e *estate) dressDatastores() {
	within := numbered{}
	for _, datastore := range each[*simulator.Datastore](e, "Datastore") {
		at := e.siteOf(datastore)
		number := within.next(at)
		entry, suffix := pick(stores, number)
		name := at.code + "-" + entry.name + suffix
		if e.isESXi() && number == 0 {
			name = localStore
		}
		info := datastore.Info.GetDatastoreInfo()
		info.Name = name
		datastore.Name, datastore.Summary.Name, datastore.Summary.Type = name, name, entry.kind
		shared := len(datastore.Host) > 1
		datastore.Summary.MultipleHostAccess = &shared
		datastore.Info = e.storeInfo(*info, entry, e.id.uuid(datastore.Self.Value).String(), number)
	}
}

// storeInfo is what a datastore says of its volume. The URL stays a folder: the library keeps the files there.
func (e *estate) storeInfo(info types.DatastoreInfo, entry store, id string, number int) types.BaseDatastoreInfo {
	volume := types.HostFileSystemVolume{Type: entry.kind, Name: info.Name, Capacity: entry.capacityTB << 40}
	if entry.kind == "VMFS" {
		ssd, local := number%2 == 0, e.isESXi()
		return &types.VmfsDatastoreInfo{DatastoreInfo: info, Vmfs: &types.HostVmfsVolume{
			HostFileSystemVolume: volume, BlockSizeMb: 1, MaxBlocks: 63963136, MajorVersion: 6, Version: "6.82", Uuid: id,
			Extent: []types.HostScsiDiskPartition{{DiskName: "naa.6" + e.serialDigits(31), Partition: 1}},
			Ssd:    &ssd, Local: &local,
		}}
	}
	return &types.NasDatastoreInfo{DatastoreInfo: info, Nas: &types.HostNasVolume{
		HostFileSystemVolume: volume,
		RemoteHost:           "nas01." + domain,
		RemotePath:           "/export/" + info.Name,
	}}
}

func (e *estate) serialDigits(length int) string {
	digits := ""
	for len(digits) < length {
		digits += fmt.Sprintf("%08x", e.random.Uint32())
	}
	return digits[:length]
}
