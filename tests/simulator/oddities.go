// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// Rare things of real estates: datastores that are names of one store, a migration appliance that
// looks like a host with a huge datastore, and hosts that have lost a datastore.

// addOddities puts them where machines do not go.
func (e *estate) addOddities() {
	first, last := e.sites[0], e.sites[len(e.sites)-1]
	if len(e.sites) > 1 {
		e.addTwin(first.stores[0], last, func(twin *volume) {
			twin.self.Info = ptr(*first.stores[0].self.Info.(*types.VmfsDatastoreInfo))
			twin.facts.VMFSUUID = first.stores[0].facts.VMFSUUID
			twin.self.Summary.Url, twin.facts.URL = first.stores[0].self.Summary.Url, first.stores[0].facts.URL
		})
	}
	for _, v := range first.stores {
		if info, ok := v.self.Info.(*types.VsanDatastoreInfo); ok {
			e.addTwin(v, first, func(twin *volume) {
				twin.self.Info.GetDatastoreInfo().AliasOf = info.ContainerId
			})
			break
		}
	}
	if !e.isESXi() {
		e.addAppliance(last)
	}
}

// addTwin adds a second name of a datastore.
func (e *estate) addTwin(of *volume, at *datacenter, same func(*volume)) {
	twin := &volume{store: of.store, self: &simulator.Datastore{}, name: of.name + " (" + at.code + ")", twin: of}
	id := e.addStore(at, at.datastores, twin)
	e.fillStore(twin, id, len(at.members) > 1, 0)
	e.locate(twin, at)
	twin.facts.SSD = of.facts.SSD
	twin.facts.StoreID, twin.facts.DuplicateOf = of.facts.StoreID, of.name
	same(twin)
	at.odd = append(at.odd, twin)
}

// addAppliance adds the host and the datastore that an appliance pretends to be.
func (e *estate) addAppliance(at *datacenter) {
	c := &cluster{compute: &mo.ComputeResource{}, at: at, folder: at.hosts}
	c.compute.ConfigurationEx = &types.ComputeResourceConfigInfo{VmSwapPlacement: "vmDirectory"}
	c.compute.Summary = &types.ComputeResourceSummary{}
	self := e.ref("ComputeResource", "domain-s")
	h := e.addHost(at, &simulator.HostSystem{}, self)
	h.within, h.phantom = c, true
	c.members = []*host{h}
	e.put(c.compute, self, &c.folder.Self, h.name)
	addChild(c.folder, self)
	e.addRootPool(c)
	at.clusters = append(at.clusters, c)
	h.self.Summary.Hardware.Vendor, h.self.Summary.Hardware.Model = "VMware", "VMware Mobility Platform"
	h.facts.Vendor, h.facts.Model, h.facts.Appliance = "VMware", "VMware Mobility Platform", true

	v := &volume{store: store{kind: "VMFS", capacityTB: 500}, self: &simulator.Datastore{}, name: "ma-ds-" + e.id.uuid("appliance").String()}
	v.self.Host = []types.DatastoreHostMount{{Key: h.self.Self, MountInfo: types.HostMountInfo{
		AccessMode: "readWrite", Mounted: ptr(true), Accessible: ptr(true),
	}}}
	e.fillStore(v, e.addStore(at, at.datastores, v), false, 0)
	e.locate(v, at)
	v.facts.Appliance = true
	h.self.Datastore = []ref{v.self.Self}
	at.odd = append(at.odd, v)
}

// breakMounts makes a datastore inaccessible to one host, and another host's right to write.
func breakMounts(of *simulator.Datastore) {
	of.Host = slices.Clone(of.Host)
	lost := &of.Host[len(of.Host)-1].MountInfo
	lost.Accessible, lost.InaccessibleReason = ptr(false), "PermanentDeviceLoss"
	if len(of.Host) > 1 {
		of.Host[0].MountInfo.AccessMode = "readOnly"
	}
}
