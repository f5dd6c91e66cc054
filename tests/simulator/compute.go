// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// cluster is what hosts and machines stand in; a standalone host has one of its own that is none.
type cluster struct {
	compute *mo.ComputeResource
	real    *simulator.ClusterComputeResource // nil for a standalone host
	name    string                            // empty for a standalone host
	at      *datacenter
	folder  *simulator.Folder
	root    *mo.ResourcePool
	members []*host
	pools   []*pool // in which machines stand
	paths   map[ref]string

	everyPool []*mo.ResourcePool // the root pool, those below it, and vApps
	number    int
	labels    labels
}

// pool is a resource pool or a vApp.
type pool struct {
	self ref
	name string
	app  *simulator.Folder // that a vApp lies in, by itself or by the one around it; nil for a pool
	mo   *mo.ResourcePool
}

// addCompute makes the clusters, hosts and pools of a datacenter.
func (e *estate) addCompute(at *datacenter, index int) {
	clusters := share(e.sizes.clusters, index, e.sizes.datacenters)
	before := e.sizes.clusters * index / e.sizes.datacenters
	for i := range clusters {
		e.addCluster(at, before+i, i)
	}
	for range share(e.sizes.standalone, index, e.sizes.datacenters) {
		c := &cluster{compute: &mo.ComputeResource{}, at: at, folder: at.hosts}
		c.compute.ConfigurationEx = &types.ComputeResourceConfigInfo{VmSwapPlacement: "vmDirectory"}
		c.compute.Summary = &types.ComputeResourceSummary{}
		self := e.ref("ComputeResource", "domain-s")
		h := e.addHost(at, &simulator.HostSystem{}, self)
		h.within = c
		c.members = []*host{h}
		e.put(c.compute, self, &c.folder.Self, h.name)
		addChild(c.folder, self)
		e.addRootPool(c)
		at.clusters = append(at.clusters, c)
	}
}

func (e *estate) addCluster(at *datacenter, number, within int) {
	c := &cluster{real: &simulator.ClusterComputeResource{}, at: at, folder: at.hosts, number: number}
	c.compute = &c.real.ComputeResource
	name, suffix := pick(clusterNames, within)
	c.name = strings.ToUpper(at.code) + "-" + name + suffix
	self := e.ref("ClusterComputeResource", "domain-c")
	e.put(c.real, self, &c.folder.Self, c.name)
	addChild(c.folder, self)
	c.labels = e.label(&c.compute.ManagedEntity, number)
	admission, ha, vsan := number%3 != 2, number%4 != 3, number%4 == 1
	behavior := []types.DrsBehavior{types.DrsBehaviorFullyAutomated, types.DrsBehaviorPartiallyAutomated, types.DrsBehaviorManual}[number%3]
	das := types.ClusterDasConfigInfo{
		Enabled: &ha, VmMonitoring: "vmMonitoringDisabled", HostMonitoring: "enabled", VmComponentProtecting: "enabled",
		FailoverLevel: 1, AdmissionControlEnabled: &admission, HBDatastoreCandidatePolicy: "allFeasibleDsWithUserPreference",
		AdmissionControlPolicy: &types.ClusterFailoverResourcesAdmissionControlPolicy{
			CpuFailoverResourcesPercent: 25, MemoryFailoverResourcesPercent: 25, FailoverLevel: 1,
		},
	}
	drs := types.ClusterDrsConfigInfo{Enabled: ptr(number%5 != 4), EnableVmBehaviorOverrides: ptr(true), DefaultVmBehavior: behavior, VmotionRate: 3}
	c.real.Configuration = types.ClusterConfigInfo{DasConfig: das, DrsConfig: drs}
	if number%2 == 1 {
		// Only the newer property says it. The library cannot leave a number out.
		c.real.Configuration = types.ClusterConfigInfo{DasConfig: types.ClusterDasConfigInfo{FailoverLevel: das.FailoverLevel}}
	}
	c.real.ConfigurationEx = &types.ClusterConfigInfoEx{
		ComputeResourceConfigInfo: types.ComputeResourceConfigInfo{VmSwapPlacement: "vmDirectory"},
		DasConfig:                 das,
		DrsConfig:                 drs,
		VsanConfigInfo:            &types.VsanClusterConfigInfo{Enabled: &vsan},
	}
	summary := &types.ClusterComputeResourceSummary{CurrentFailoverLevel: 1}
	if number%3 == 0 {
		summary.CurrentEVCModeKey = "intel-cascadelake"
	}
	c.real.Summary = summary
	before := (e.sizes.hosts - e.sizes.standalone) * number / e.sizes.clusters
	after := (e.sizes.hosts - e.sizes.standalone) * (number + 1) / e.sizes.clusters
	for range after - before {
		h := e.addHost(at, &simulator.HostSystem{}, self)
		h.within = c
		c.members = append(c.members, h)
	}
	e.addRootPool(c)
	e.addPools(c, share(e.sizes.pools, number, e.sizes.clusters), share(e.sizes.apps, number, e.sizes.clusters))
	at.clusters = append(at.clusters, c)
}

func (e *estate) addRootPool(c *cluster) {
	root := &simulator.ResourcePool{}
	e.fillPool(&root.ResourcePool, c, "Resources")
	self := e.ref("ResourcePool", "resgroup-")
	c.root = &root.ResourcePool
	e.put(root, self, &c.compute.Self, "Resources")
	c.compute.ResourcePool = &c.root.Self
	named := c.name
	if named == "" {
		named = c.members[0].name
	}
	c.paths, c.everyPool = map[ref]string{self: "/" + named + "/Resources"}, []*mo.ResourcePool{c.root}
	c.pools = []*pool{{self: self, name: "Resources", mo: c.root}}
}

func (e *estate) fillPool(it *mo.ResourcePool, c *cluster, name string) {
	allocation := types.ResourceAllocationInfo{
		Reservation: ptr(int64(0)), ExpandableReservation: ptr(true), Limit: ptr(int64(-1)),
		Shares: &types.SharesInfo{Shares: 4000, Level: types.SharesLevelNormal},
	}
	it.Owner = c.compute.Self
	it.Config = types.ResourceConfigSpec{CpuAllocation: allocation, MemoryAllocation: allocation}
	it.Runtime = types.ResourcePoolRuntimeInfo{OverallStatus: types.ManagedEntityStatusGreen}
	it.Summary = &types.ResourcePoolSummary{Name: escape(name), Config: it.Config, Runtime: it.Runtime}
}

// addPools makes pools and vApps below the root pool; the third of each round stands in the first.
func (e *estate) addPools(c *cluster, pools, apps int) {
	if pools > 0 {
		c.pools = nil
	} else if len(c.pools) == 0 {
		c.pools = []*pool{{self: c.root.Self, name: "Resources", mo: c.root}}
	}
	var made []*pool
	for i := range pools {
		parent := c.root
		if i%len(poolNames) == 2 {
			parent = made[i-2].mo
		}
		name, suffix := pick(poolNames, i)
		child := &simulator.ResourcePool{}
		made = append(made, e.addPool(c, child, &child.ResourcePool, parent, name+suffix))
	}
	c.pools = append(c.pools, made...)
	for i := range apps {
		name, suffix := pick(appNames, i)
		child := &simulator.VirtualApp{}
		child.VAppConfig = &types.VAppConfigInfo{}
		parent := c.root
		folder := e.folderAt(c.at, "Applications", c.name)
		if i%2 == 1 {
			// One within another has no folder of its own.
			outer := c.pools[len(c.pools)-1]
			parent, child.ParentVApp = outer.mo, &outer.self
		} else {
			child.ParentFolder = &folder.Self
		}
		app := e.addPool(c, child, &child.ResourcePool, parent, fmt.Sprint(name, suffix))
		app.app = folder
		if child.ParentFolder != nil {
			addChild(folder, app.self)
		}
		c.pools = append(c.pools, app)
	}
}

func (e *estate) addPool(c *cluster, item mo.Entity, it *mo.ResourcePool, parent *mo.ResourcePool, name string) *pool {
	e.fillPool(it, c, name)
	self := e.ref("ResourcePool", "resgroup-")
	if _, app := item.(*simulator.VirtualApp); app {
		self.Type, self.Value = "VirtualApp", strings.Replace(self.Value, "-", "-v", 1)
		it.Summary = &types.VirtualAppSummary{
			ResourcePoolSummary: *it.Summary.GetResourcePoolSummary(), VAppState: types.VirtualAppVAppStateStarted,
		}
	}
	e.put(item, self, &parent.Self, name)
	parent.ResourcePool = append(parent.ResourcePool, self)
	c.paths[self], c.everyPool = c.paths[parent.Self]+"/"+name, append(c.everyPool, it)
	return &pool{self: self, name: name, mo: it}
}
