// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/simulator/esx"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

type ref = types.ManagedObjectReference

// estate builds all objects straight into the library's registry: same name, seed and sizes, same estate.
// What stays the same between objects shares memory: do not change these objects later.
type estate struct {
	options
	service  *simulator.Service
	registry *simulator.Registry
	id       identity
	random   *rand.Rand
	octet    byte // second octet of every address in it
	count    int  // of managed object ids that were given out
	sites    []*datacenter
	hosts    []*host
	inUse    []*host // those that can take machines
	root     *simulator.Folder
	written  *record
	admitted map[string]*account // those that see a part
	tagged   map[string][]ref    // by tag
	turns    map[string]int      // how many machines of a role there are
}

// datacenter is one of the places, and what machines can use there.
type datacenter struct {
	site
	self                           *simulator.Datacenter
	vms, hosts, datastores, shares *simulator.Folder // where new things go; shares holds networks
	folders                        map[string]*simulator.Folder
	clusters                       []*cluster
	members                        []*host
	stores                         []*volume
	odd                            []*volume // see oddities.go
	networks                       []*network
	trunk                          *dvs
}

func newEstate(o *options, id identity) (*estate, error) {
	ctx := simulator.NewContext()
	content := o.model.ServiceContent
	seed := id.uuid("random")
	e := &estate{
		options: *o,
		id:      id,
		octet:   16 + seed[0]%224,
		count:   1,
		tagged:  map[string][]ref{},
		turns:   map[string]int{},
		random:  rand.New(rand.NewChaCha8([32]byte(append(seed[:], seed[:]...)))),
	}
	e.service = simulator.New(simulator.NewServiceInstance(ctx, content, o.model.RootFolder))
	e.registry = ctx.Map
	e.root = e.registry.Get(content.RootFolder).(*simulator.Folder)
	properties := &collector{release: o.release}
	properties.Self = content.PropertyCollector
	e.registry.Put(properties)
	search := &searchIndex{}
	search.Self = *content.SearchIndex
	e.registry.Put(search)
	var err error
	e.written, err = newRecord(o.record)
	return e, err
}

// fill makes everything, from the outside to the inside, and then what follows from the machines.
func (e *estate) fill() error {
	e.defineAttributes()
	if e.isESXi() {
		e.takeOverHost()
	} else {
		e.addDatacenters()
	}
	for i, at := range e.sites {
		e.addStores(at, i)
		e.addNetworks(at, i)
	}
	if e.oddities {
		e.addOddities()
	}
	for _, at := range e.sites {
		e.connect(at)
	}
	e.findHostsInUse()
	for number := range e.sizes.vms {
		e.addMachine(number)
	}
	e.sumUp()
	return errors.Join(e.addAccounts(), e.written.close())
}

func (e *estate) isESXi() bool { return e.kind == "esxi" }

// ref gives out the next id of a kind, numbered through all kinds as a vCenter does.
func (e *estate) ref(kind, prefix string) ref {
	e.count++
	return ref{Type: kind, Value: fmt.Sprintf("%s%d", prefix, e.count)}
}

// put registers an object under its parent, which learns of it elsewhere.
func (e *estate) put(item mo.Entity, self ref, parent *ref, name string) {
	entity := item.Entity()
	entity.Self, entity.Parent, entity.Name = self, parent, escape(name)
	entity.AlarmActionsEnabled = types.NewBool(true)
	e.registry.Put(item)
}

// escape is how vCenter writes a name.
func escape(name string) string {
	return escaper.Replace(name)
}

var escaper = strings.NewReplacer("%", "%25", "/", "%2f", `\`, "%5c")

func (e *estate) addFolder(parent *simulator.Folder, name string, holds ...string) *simulator.Folder {
	folder := &simulator.Folder{}
	folder.ChildType = append([]string{"Folder"}, holds...)
	prefix := map[string]string{"VirtualMachine": "v", "ComputeResource": "h", "Datastore": "s", "Network": "n", "Datacenter": "d"}
	self := e.ref("Folder", "group-"+prefix[holds[0]])
	e.put(folder, self, &parent.Self, name)
	addChild(parent, self)
	return folder
}

func addChild(parent *simulator.Folder, child ref) {
	parent.ChildEntity = append(parent.ChildEntity, child)
}

func (e *estate) addDatacenters() {
	for i := range e.sizes.datacenters {
		where, suffix := pick(sites, i+int(e.seed%uint64(len(sites))))
		at := &datacenter{
			site:    site{where.name + suffix, where.code + strings.TrimPrefix(suffix, "-")},
			self:    &simulator.Datacenter{},
			folders: map[string]*simulator.Folder{},
		}
		parent, nested := e.root, i >= e.sizes.datacenters-e.sizes.folders
		if nested {
			name, suffix := pick(siteFolders, i-e.sizes.datacenters+e.sizes.folders)
			parent = e.addFolder(e.root, name+suffix, "Datacenter")
		}
		self := e.ref("Datacenter", "datacenter-")
		e.put(at.self, self, &parent.Self, at.name)
		addChild(parent, self)
		holder := &simulator.Folder{}
		holder.Self = self
		for _, top := range []struct {
			folder **simulator.Folder
			ref    *ref
			name   string
			holds  []string
		}{
			{&at.vms, &at.self.VmFolder, "vm", []string{"VirtualMachine", "VirtualApp"}},
			{&at.hosts, &at.self.HostFolder, "host", []string{"ComputeResource"}},
			{&at.datastores, &at.self.DatastoreFolder, "datastore", []string{"Datastore", "StoragePod"}},
			{&at.shares, &at.self.NetworkFolder, "network", []string{"Network", "DistributedVirtualSwitch"}},
		} {
			*top.folder = e.addFolder(holder, top.name, top.holds...)
			*top.ref = (*top.folder).Self
		}
		if nested {
			at.hosts = e.addFolder(at.hosts, hostFolders[0], "ComputeResource")
			at.datastores = e.addFolder(at.datastores, "Storage / NetApp", "Datastore", "StoragePod")
			at.shares = e.addFolder(at.shares, at.name+" networks", "Network", "DistributedVirtualSwitch")
		}
		e.sites = append(e.sites, at)
		e.written.add("datacenters", placeFacts{Moid: self.Value, Name: at.name})
	}
	for i, at := range e.sites {
		e.addCompute(at, i)
	}
}

// takeOverHost makes a site of what the library has made of the one host.
func (e *estate) takeOverHost() {
	where, _ := pick(sites, int(e.seed%uint64(len(sites))))
	at := &datacenter{site: where, self: e.registry.Get(esx.Datacenter.Self).(*simulator.Datacenter), folders: map[string]*simulator.Folder{}}
	for _, top := range []struct {
		folder **simulator.Folder
		ref    ref
	}{
		{&at.vms, at.self.VmFolder}, {&at.hosts, at.self.HostFolder},
		{&at.datastores, at.self.DatastoreFolder}, {&at.shares, at.self.NetworkFolder},
	} {
		*top.folder = e.registry.Get(top.ref).(*simulator.Folder)
	}
	// The library's own network and datastore are made again.
	at.shares.ChildEntity, at.self.Network, at.self.Datastore = nil, nil, nil
	at.site.name = at.self.Name
	e.sites = append(e.sites, at)
	e.written.add("datacenters", placeFacts{Moid: at.self.Self.Value, Name: at.self.Name})
	resource := e.registry.Get(*esx.HostSystem.Parent).(*mo.ComputeResource)
	pool := e.registry.Get(*resource.ResourcePool).(*simulator.ResourcePool)
	made := e.registry.Get(resource.Host[0]).(*simulator.HostSystem)
	made.Network, made.Datastore = nil, nil
	h := e.addHost(at, made, resource.Self)
	resource.Name, resource.ResourcePool = h.name, &pool.Self
	c := &cluster{compute: resource, at: at, members: []*host{h}, root: &pool.ResourcePool, folder: at.hosts}
	c.paths, c.everyPool = map[ref]string{pool.Self: "/" + h.name + "/Resources"}, []*mo.ResourcePool{c.root}
	h.within = c
	at.clusters = append(at.clusters, c)
	e.addPools(c, e.sizes.pools, 0)
}

// pick goes round a table; a second round has a suffix of its own.
func pick[T any](table []T, index int) (T, string) {
	if round := index / len(table); round > 0 {
		return table[index%len(table)], fmt.Sprintf("-%d", round+1)
	}
	return table[index], ""
}

// names lists the names of entities by reference, sorted.
func (e *estate) names(refs []ref) []string {
	all := []string{}
	for _, one := range refs {
		all = append(all, unescape(e.registry.Get(one).(mo.Entity).Entity().Name))
	}
	slices.Sort(all)
	return all
}

func unescape(name string) string {
	return strings.NewReplacer("%2f", "/", "%5c", `\`, "%25", "%").Replace(name)
}

// path is a folder's path within its datacenter, as the record has it.
func (e *estate) path(folder *simulator.Folder) string {
	path := ""
	for {
		parent, ok := e.registry.Get(*folder.Parent).(*simulator.Folder)
		if !ok {
			if path == "" {
				return "/"
			}
			return path
		}
		path = "/" + unescape(folder.Name) + path
		folder = parent
	}
}

func (e *estate) ago(d time.Duration) *time.Time {
	then := e.now.Add(-d)
	return &then
}
