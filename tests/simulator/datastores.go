// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// localStore is the name that ESXi gives to its first datastore.
const localStore = "datastore1"

// volume is a datastore with what its machines take of it.
type volume struct {
	store
	self                   *simulator.Datastore
	name                   string
	pod                    *simulator.StoragePod
	committed, uncommitted int64
	facts                  datastoreFacts
	twin                   *volume // the datastore of the same store, whose space it has
}

func (e *estate) addStores(at *datacenter, index int) {
	var pods []*simulator.StoragePod
	for i := range share(e.sizes.pods, index, len(e.sites)) {
		pod := &simulator.StoragePod{}
		pod.ChildType = []string{"Datastore"}
		self, name := e.ref("StoragePod", "group-p"), fmt.Sprintf(podNames, at.code, i+1)
		e.put(pod, self, &at.datastores.Self, name)
		pod.Summary = &types.StoragePodSummary{Name: name}
		addChild(at.datastores, self)
		pods = append(pods, pod)
	}
	for i := range share(e.sizes.datastores, index, len(e.sites)) {
		entry, suffix := pick(stores, i)
		v := &volume{store: entry, self: &simulator.Datastore{}, name: at.code + "-" + entry.name + suffix}
		if e.isESXi() && i == 0 {
			v.name = localStore
		}
		parent := at.datastores
		if len(pods) > 0 && entry.kind == "VMFS" {
			v.pod = pods[i%len(pods)]
			parent = &simulator.Folder{Folder: v.pod.Folder}
		}
		id := e.addStore(at, parent, v)
		e.fillStore(v, id, len(at.members) > 1, i)
		e.locate(v, at)
		at.stores = append(at.stores, v)
	}
}

// addStore registers a datastore in its folder, or its pod, and tells the UUID of its store.
func (e *estate) addStore(at *datacenter, parent *simulator.Folder, v *volume) string {
	id := e.id.uuid("datastore", v.name).String()
	self := ref{Type: "Datastore", Value: id[:8] + "-" + id[9:13] + id[14:18] + "-" + id[19:23] + "-" + id[24:]}
	if !e.isESXi() {
		self = e.ref("Datastore", "datastore-")
	}
	e.put(v.self, self, &parent.Self, v.name)
	if v.pod != nil {
		v.pod.ChildEntity = append(v.pod.ChildEntity, self)
	} else {
		addChild(at.datastores, self)
	}
	at.self.Datastore = append(at.self.Datastore, self)
	browser := &simulator.HostDatastoreBrowser{}
	browser.Self = ref{Type: "HostDatastoreBrowser", Value: "datastoreBrowser-" + self.Value}
	v.self.Browser = e.registry.Put(browser).Reference()
	return id
}

// locate writes down where a datastore is.
func (e *estate) locate(v *volume, at *datacenter) {
	v.facts.Datacenter, v.facts.Folder = at.name, e.path(at.datastores)
	if v.pod != nil {
		v.facts.Cluster = v.pod.Name
		v.facts.Folder = strings.TrimSuffix(v.facts.Folder, "/") + "/" + v.pod.Name
	}
}

// fillStore says what a datastore is and where it stands; its space follows from the machines.
func (e *estate) fillStore(v *volume, id string, shared bool, index int) {
	url := fmt.Sprintf("ds:///vmfs/volumes/%s/", id)
	mode := "normal"
	if index%20 == 13 {
		mode = "inMaintenance"
	}
	v.self.Summary = types.DatastoreSummary{
		Datastore: &v.self.Self, Name: escape(v.name), Url: url, Accessible: true, MultipleHostAccess: &shared,
		Type: v.kind, MaintenanceMode: mode,
	}
	v.self.Capability = types.DatastoreCapability{DirectoryHierarchySupported: true, PerFileThinProvisioningSupported: true}
	info := types.DatastoreInfo{Name: escape(v.name), Url: url, MaxFileSize: 64 << 40, Timestamp: ptr(e.now)}
	on := types.HostFileSystemVolume{Type: v.kind, Name: escape(v.name)}
	v.facts = datastoreFacts{StoreID: id, Moid: v.self.Self.Value, Name: v.name, Type: v.kind, Accessible: true, Maintenance: mode, Multiple: shared, URL: url}
	switch v.kind {
	case "VMFS":
		ssd, local := index%2 == 0, e.isESXi()
		v.facts.SSD, v.facts.VMFSVersion, v.facts.VMFSUUID = &ssd, "6.82", id
		v.self.Info = &types.VmfsDatastoreInfo{DatastoreInfo: info, Vmfs: &types.HostVmfsVolume{
			HostFileSystemVolume: on, BlockSizeMb: 1, MaxBlocks: 63963136, MajorVersion: 6, Version: "6.82", Uuid: id,
			Extent: []types.HostScsiDiskPartition{{DiskName: e.disk("extent", v.name), Partition: 1}},
			Ssd:    &ssd, Local: &local,
		}}
	case "NFS", "NFS41":
		v.facts.NFSServer, v.facts.NFSPath = "nas01."+domain, "/export/"+v.name
		v.facts.StoreID = v.facts.NFSServer + ":" + v.facts.NFSPath
		v.self.Info = &types.NasDatastoreInfo{DatastoreInfo: info, Nas: &types.HostNasVolume{
			HostFileSystemVolume: on, RemoteHost: v.facts.NFSServer, RemotePath: v.facts.NFSPath,
		}}
	case "vsan":
		info.AliasOf, info.ContainerId = id, id
		v.self.Info = &types.VsanDatastoreInfo{DatastoreInfo: info, MembershipUuid: id}
	default:
		v.self.Info = &types.VvolDatastoreInfo{DatastoreInfo: info}
	}
	v.facts.labels = e.label(&v.self.ManagedEntity, index)
}

// disk is the name of a disk of the storage array.
func (e *estate) disk(parts ...string) string {
	id := e.id.uuid(parts...)
	return fmt.Sprintf("naa.6%031x", id[:])[:36]
}

// connect makes hosts, networks and datastores of a place know each other. All hosts of a place reach all
// of its datastores; distributed port groups are in clusters only.
func (e *estate) connect(at *datacenter) {
	var standalone, clustered []*network
	for _, n := range at.networks {
		clustered = append(clustered, n)
		if n.trunk == nil {
			standalone = append(standalone, n)
		}
	}
	var stores []ref
	for _, v := range slices.Concat(at.stores, at.odd) {
		if v.self.Host == nil {
			stores = append(stores, v.self.Self)
		}
	}
	stores = slices.Clip(stores)
	var mounts []types.DatastoreHostMount
	for _, h := range at.members {
		if h.phantom {
			continue
		}
		known := clustered
		if h.within.real == nil {
			known = standalone
		}
		for _, n := range known {
			h.self.Network = append(h.self.Network, n.self)
			n.common.Host = append(n.common.Host, h.self.Self)
			if n.facts.Type != "Uplink" {
				h.networks = append(h.networks, n)
			}
		}
		h.self.Datastore = stores
		mounts = append(mounts, types.DatastoreHostMount{Key: h.self.Self, MountInfo: types.HostMountInfo{
			AccessMode: "readWrite", Mounted: ptr(true), Accessible: ptr(true),
		}})
	}
	for _, v := range slices.Concat(at.stores, at.odd) {
		if v.self.Host == nil {
			v.self.Host = mounts
		}
	}
	if e.oddities {
		breakMounts(at.stores[0].self)
	}
	for _, c := range at.clusters {
		for _, h := range c.members {
			c.compute.Datastore, c.compute.Network = stores, h.self.Network
			c.compute.Host = append(c.compute.Host, h.self.Self)
		}
		c.compute.Host = slices.Clip(c.compute.Host)
		browser := &simulator.EnvironmentBrowser{}
		browser.Self = ref{Type: "EnvironmentBrowser", Value: "envbrowser-" + c.compute.Self.Value}
		c.compute.EnvironmentBrowser = ptr(e.registry.Put(browser).Reference())
	}
}
